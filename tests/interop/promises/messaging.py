"""What is promised of text messages."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from staging import PATIENCE, Finding, Stage, promise

if TYPE_CHECKING:
    from plain_server import Frame

MESSAGES = "Text messages"
SENT = 5


def _state(stage: Stage, word: str, message_id: str = "message-1") -> Frame:
    return stage.server.event("messaging.state", message_id=message_id, message_state=word, direction="outbound")


def _accept_messages(stage: Stage) -> None:
    server = stage.server
    server.replies["messaging.send"] = lambda frame: [server.reply(frame, message_id="message-1")]


@promise(MESSAGES, "A message's state that comes together with the reply to `send_message()` is not lost")
async def state_right_after_reply(stage: Stage) -> Finding:
    server, numbers = stage.server, count(1)

    def accepted(frame: Frame) -> Sequence[Frame]:
        message_id = f"message-{next(numbers)}"
        return [server.reply(frame, message_id=message_id), _state(stage, "delivered", message_id)]

    server.replies["messaging.send"] = accepted
    await stage.logged_in()
    delivered = (await stage.told("delivered"))["count"]
    return Finding(
        delivered == SENT, "it arrives" if delivered == SENT else "it is lost, and `message.wait()` waits on"
    )


@promise(MESSAGES, "A slow `on_message` handler does not delay the next message")
async def slow_message_handler(stage: Stage) -> Finding:
    await stage.logged_in()
    for number in ("first", "second"):
        told = {"message_id": number, "direction": "inbound", "message_state": "received", "body": number}
        stage.server.say(stage.server.event("messaging.receive", context="office", **told))
    heard = await stage.hears("second", PATIENCE)
    return Finding(heard is not None, "the next one is handled" if heard else "it waits")


@promise(MESSAGES, "A slow coroutine that listens to a message does not hold up the line")
async def slow_message_listener(stage: Stage) -> Finding:
    _accept_messages(stage)
    await stage.told("waiting")
    stage.server.say(_state(stage, "sent"))
    await stage.told("listening")
    answer = await stage.server.answer_to(stage.server.request("signalwire.ping"), PATIENCE)
    return Finding(answer is not None, "a ping is answered" if answer else "a ping is not answered 5 s later")


@promise(MESSAGES, "When a message's listeners are told its last state, `message.is_done` is true")
async def done_when_told(stage: Stage) -> Finding:
    _accept_messages(stage)
    await stage.told("waiting")
    stage.server.say(_state(stage, "delivered"))
    done = (await stage.told("done"))["done"]
    return Finding(done, "it is" if done else "it is still false")


@promise(MESSAGES, "A message's listener that raises keeps nobody else from hearing")
async def raising_message_listener(stage: Stage) -> Finding:
    _accept_messages(stage)
    await stage.told("waiting")
    stage.server.say(_state(stage, "delivered"))
    heard = await stage.hears("heard", PATIENCE)
    return Finding(heard is not None, "the next one hears" if heard else "the next one does not hear")
