"""What no example takes of the call machine: every command before and after the answer, and every way to end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from callfsm import Call, DialError, IllegalCommandError, phone, refer_to, tap_audio, tts, websocket
from callfsm.call import StoppableAction
from callfsm.core.effects import Transitioned
from callfsm.core.tables import COMMANDS
from callfsm.simulator import Caller
from callfsm.testing import Relay

AWAY, DESK = "+15550100081", "+15550100082"
SIP_CALLER, SIP_DESK = "sip:caller@example.com", "sip:desk@example.com"
FILE = "https://example.com/order.pdf"


async def briefly(beginning: Awaitable[StoppableAction[Any]]) -> None:
    """Begin an operation, and stop it."""
    action = await beginning
    await action.stop()
    await action.wait()


async def operates(call: Call) -> None:
    """Begin an operation of each kind, one after the other."""
    await briefly(call.play_tts("Hello"))
    await briefly(call.record())
    await briefly(call.collect(digits={"max": 1}))
    await briefly(call.play_and_collect([tts("Press 1")], {"digits": {"max": 1}}))
    await briefly(call.detect_digit())
    await briefly(call.send_fax(FILE))
    await briefly(call.receive_fax())
    await briefly(call.tap(tap_audio("both"), websocket("wss://example.com")))
    await briefly(call.stream("wss://example.com"))
    await briefly(call.transcribe())
    await briefly(call.pay("https://example.com/connector"))
    await call.send_digits("12")


async def lets_agents_speak(call: Call) -> None:
    """Ask whatever can be asked of agents, and of those who write along."""
    agent = await call.ai(prompt={"text": "Be kind."})
    await call.ai_message(message_text="Hurry up.", role="system")
    await call.ai_hold(timeout="10")
    await call.ai_unhold()
    await agent.stop()
    await call.amazon_bedrock(prompt={"text": "Be kind."})
    await call.live_transcribe({"start": {"lang": "en-US", "direction": ["remote-caller"]}})
    await call.live_translate({"start": {"from_lang": "en-US", "to_lang": "de-DE", "direction": ["remote-caller"]}})


async def goes_around(call: Call) -> None:
    """Enter everything that a call can be in, and leave it again."""
    await call.connect([[phone(AWAY, DESK)]])
    await call.disconnect()
    conference = await call.join_conference("weekly")
    await call.leave_conference(conference["conference_id"])
    await call.join_room("lounge")
    await call.leave_room()
    await call.queue_enter("support")
    await call.queue_leave("support")
    await call.hold()
    await call.unhold()
    await call.denoise()
    await call.denoise_stop()
    await call.echo(timeout=5)
    await call.bind_digit("9", "calling.play")
    await call.clear_digit_bindings()
    await call.user_event(event={"name": "seen"})  # type: ignore[arg-type]  # as the server takes it


async def hands_over(call: Call) -> None:
    """Refer the far end to a desk that is busy, and hand the call over."""
    await call.refer(refer_to(SIP_DESK))
    await call.wait_for("calling.call.refer", lambda event: event.params["state"] == "busy")
    await call.transfer("context:operator")
    await call.wait_for_ended()


@pytest.mark.parametrize("answers", [True, False])
async def test_every_command(relay: Relay, *, answers: bool) -> None:
    """Everything can be asked of a call that is answered; with early media, of one that is not answered yet too."""
    relay.settings.early_media = True
    relay.no_answer(AWAY)
    relay.busy(SIP_DESK)

    async def asks_everything(call: Call) -> None:
        if answers:
            await call.answer()
        await goes_around(call)
        await operates(call)
        await lets_agents_speak(call)
        await hands_over(call)

    await relay.serves(asks_everything, early_media=True)
    caller = relay.call("office", from_=SIP_CALLER)
    await caller.is_over(timeout=300)

    assert {command.sends for command in COMMANDS} <= set(relay.methods(caller.call_id))


async def test_outbound(relay: Relay) -> None:
    """A call that is made is created, rings and is answered, as the server reports it."""
    relay.answers(DESK)
    client = relay.client()
    await client.connect()
    call = await client.dial([[phone(DESK, AWAY)]])

    assert [("created", "created"), ("ringing", "created"), ("answered", "answered")] == moves(relay, call.call_id)


async def test_busy(relay: Relay) -> None:
    """A call to somebody who is busy ends without ever having been answered."""
    relay.busy(DESK)
    client = relay.client()
    await client.connect()
    with pytest.raises(DialError, match="busy"):
        await client.dial([[phone(DESK, AWAY)]])

    assert ("ended", "ended") in moves(relay)


async def offered(relay: Relay) -> tuple[Call, Caller]:
    """A call that has come in, and whoever calls: the test itself is the program."""
    calls: asyncio.Queue[Call] = asyncio.Queue()
    await relay.serves(calls.put)
    caller = relay.call("office")
    return await calls.get(), caller


def moves(relay: Relay, call_id: str = "") -> list[tuple[str, str]]:
    """What calls have heard until now, each with the state that it led to."""
    return [
        (effect.trigger, effect.dest)
        for effect in relay.effects
        if isinstance(effect, Transitioned) and effect.subject.machine == "call"
        if call_id in effect.subject.name
    ]


async def test_not_before_the_answer(relay: Relay) -> None:
    """Without early media, nothing is played to a caller who has not been answered."""
    call, _ = await offered(relay)
    with pytest.raises(IllegalCommandError, match="need an answered call"):
        await call.play_tts("Hello")

    assert [] == relay.methods(call.call_id)


async def test_reported_twice(relay: Relay) -> None:
    """What is reported twice moves a call once."""
    relay.duplicates("calling.call.state", times=3)
    call, _ = await offered(relay)
    await call.answer()
    await call.hangup()
    await call.wait_for_ended()
    words = [word for word, _ in moves(relay)]

    assert ["answer", "answer_accepted", "answered", "hangup", "hangup_accepted", "ending", "ended"] == words


async def test_passes(relay: Relay) -> None:
    """A call that is passed is over here."""
    call, _ = await offered(relay)
    await call.pass_()

    assert ("ended", "passed") == (call.state, call.end_reason)


async def test_turns_away(relay: Relay) -> None:
    """A call can be hung up without having been answered, and the caller is told why."""
    call, caller = await offered(relay)
    await call.hangup("busy")

    assert "busy" == await caller.is_over()


async def test_gives_up(relay: Relay) -> None:
    """A caller who is not answered hangs up."""
    call, caller = await offered(relay)
    await caller.stays_silent(20)
    await caller.hangs_up("cancel")
    await call.wait_for_ended()

    assert [("ending", "ending"), ("ended", "ended")] == moves(relay)


async def test_end_without_warning(relay: Relay) -> None:
    """A call whose hang-up was reported to nobody ends as soon as its end is."""
    call, caller = await offered(relay)
    await call.answer()
    await call.wait_for_answered()
    relay.loses("calling.call.state")
    await caller.hangs_up()
    await call.wait_for_ended()

    assert [("answered", "answered"), ("ended", "ended")] == moves(relay)[-2:]


async def stays_unanswered(call: Call) -> None:
    """Leave it created."""
    assert "created" == call.state


async def answers(call: Call) -> None:
    """Answer it."""
    await call.answer()


async def hangs_up(call: Call) -> None:
    """Answer it and hang up; no report tells that it has ended."""
    await call.answer()
    await call.hangup()


@pytest.mark.parametrize("so_far", [stays_unanswered, answers, hangs_up])
async def test_lost(relay: Relay, so_far: Callable[[Call], Awaitable[None]]) -> None:
    """Whatever its state, a call is lost with the session that it belongs to."""
    call, _ = await offered(relay)
    relay.loses("calling.call.state", times=3)
    await so_far(call)
    relay.restarts()
    await call.wait_for_ended()

    assert ("lost", "ended") == moves(relay)[-1]


async def test_gone_before_the_answer(relay: Relay) -> None:
    """A call that the server does not know any more when it is answered is gone."""
    relay.replies(404, "calling.answer")
    call, _ = await offered(relay)
    await call.answer()

    assert ("ended", "gone") == (call.state, call.end_reason)


async def test_gone(relay: Relay) -> None:
    """A call that is gone when something is asked of it is over, and so is what was asked."""
    relay.replies(410, "calling.play")
    call, _ = await offered(relay)
    await call.answer()
    greeting = await call.play_tts("Hello")

    assert ("ended", "gone", True) == (call.state, call.end_reason, greeting.is_done)


async def test_gone_while_ending(relay: Relay) -> None:
    """What crosses a hang-up finds the call gone, and harms nobody."""
    relay.replies(410, "calling.play")
    call, _ = await offered(relay)
    await call.answer()
    await asyncio.gather(call.hangup(), call.play_tts("Goodbye"))

    assert ("gone", "ended") == moves(relay)[-1]
