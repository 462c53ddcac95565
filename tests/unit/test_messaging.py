"""`callfsm.core.messaging`: whose event this is, among the messages that were sent."""

import json
from typing import Any

import pytest
from core_wire import Server, only

from callfsm.core import messaging
from callfsm.core.effects import Effect, MessageArrived, MessageMade, MessageMoved, MessageSettled, Replied, Unheard
from callfsm.core.request import Request
from callfsm.event import MessageReceiveEvent


def send(server: Server) -> Request:
    """Send a message."""
    return server.session.request("messaging.send", {"body": "Hello"}, messaging.SEND)


def sent(server: Server, message_id: str = "msg-1") -> list[Effect]:
    """Send a message that the server takes; what follows from that."""
    return server.reply(send(server), message_id=message_id)


def report(server: Server, word: str, message_id: object = "msg-1", **more: Any) -> list[Effect]:
    """Report the state of a message."""
    return server.event("messaging.state", {"message_id": message_id, "message_state": word} | more)


def test_made() -> None:
    """A message that the server has taken is known by its id before the program hears of the reply."""
    server = Server()
    effects = sent(server)
    (made,) = only(MessageMade, effects)

    assert (made.message.message_id, made.message.state) == ("msg-1", "queued")
    assert [type(each) for each in effects if isinstance(each, MessageMade | Replied)] == [MessageMade, Replied]


def test_whose_request() -> None:
    """The request that made a message is told with it."""
    server = Server()
    request = send(server)
    (made,) = only(MessageMade, server.reply(request, message_id="msg-1"))

    assert made.request is request


@pytest.mark.parametrize(
    ("code", "more"),
    [("200", {}), ("200", {"message_id": ""}), ("200", {"message_id": 7}), ("400", {"message_id": "msg-1"})],
)
def test_not_made(code: str, more: dict[str, Any]) -> None:
    """A message that was refused, or has no id, is not watched."""
    server = Server()
    effects = server.reply(send(server), code, **more)

    assert (only(MessageMade, effects), server.session.messaging.messages) == ([], {})


def test_other_replies() -> None:
    """The reply to another request makes no message, whatever it tells."""
    server = Server()
    effects = server.reply(server.session.request("calling.play", {}), message_id="msg-1")

    assert only(MessageMade, effects) == []


def test_state_right_after_the_reply() -> None:
    """A state that comes in the same read as the reply to the command finds its message."""
    server = Server()
    request = send(server)
    server.take()
    for frame in (
        {"id": request.id, "result": {"code": "200", "message_id": "msg-1"}},
        {
            "id": "event-1",
            "method": "signalwire.event",
            "params": {
                "event_type": "messaging.state",
                "params": {"message_id": "msg-1", "message_state": "delivered"},
            },
        },
    ):
        server.session.receive(json.dumps(frame))
    effects = server.take()
    order = [type(each) for each in effects if isinstance(each, MessageMade | MessageMoved | MessageSettled)]

    assert order == [MessageMade, MessageMoved, MessageSettled]


def test_moved() -> None:
    """Every event of a message is told to its listeners, also one that changes nothing."""
    server = Server()
    sent(server)
    told = [len(only(MessageMoved, report(server, word))) for word in ("sent", "initiated", "nonsense")]

    assert told == [1, 1, 1]


def test_over() -> None:
    """A message is forgotten with its last word; what comes after that is about nothing known."""
    server = Server()
    sent(server)
    report(server, "delivered")

    assert server.session.messaging.messages == {}
    assert only(Unheard, report(server, "failed")) == [
        Unheard("event of nothing that is known here", "messaging.state")
    ]


@pytest.mark.parametrize("message_id", ["msg-9", "", None, 7, []])
def test_strangers(message_id: object) -> None:
    """An event of an unknown message moves none."""
    server = Server()
    sent(server)
    effects = report(server, "delivered", message_id)

    assert (len(only(Unheard, effects)), only(MessageMoved, effects)) == (1, [])
    assert server.session.messaging.messages["msg-1"].state == "queued"


def test_arrived() -> None:
    """A message that came to us is handed on as its typed event."""
    server = Server()
    (arrived,) = only(MessageArrived, server.event("messaging.receive", {"message_id": "msg-7", "body": "Hi"}))

    assert isinstance(arrived.event, MessageReceiveEvent)
    assert arrived.event.body == "Hi"


def test_lost_with_the_session() -> None:
    """On a fresh session nothing more will be reported of the messages of the old one: all settle."""
    server = Server()
    sent(server, "msg-1")
    sent(server, "msg-2")
    server.drop()
    effects = server.log_in("protocol-2")

    assert [each.message.message_id for each in only(MessageSettled, effects)] == ["msg-1", "msg-2"]
    assert server.session.messaging.messages == {}


def test_kept_over_a_drop() -> None:
    """A session that is taken up again goes on reporting its messages."""
    server = Server()
    sent(server)
    server.drop()
    server.log_in()

    assert [each.event.params["message_state"] for each in only(MessageSettled, report(server, "delivered"))] == [
        "delivered"
    ]


def test_closed() -> None:
    """A connection that is closed settles every message."""
    server = Server()
    sent(server)

    assert len(only(MessageSettled, server.close())) == 1


def test_same_id_again() -> None:
    """A server that gives one id twice leaves nobody waiting: the first message is lost, the second watched."""
    server = Server()
    first = only(MessageMade, sent(server))[0].message
    effects = sent(server)
    second = only(MessageMade, effects)[0].message

    assert [each.message for each in only(MessageSettled, effects)] == [first]
    assert server.session.messaging.messages == {"msg-1": second}


def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many messages are watched; the oldest is settled first."""
    monkeypatch.setattr(messaging, "MAX_MESSAGES", 2)
    server = Server()
    settled = [
        [each.message.message_id for each in only(MessageSettled, sent(server, f"msg-{number}"))] for number in range(4)
    ]

    assert settled == [[], [], ["msg-0"], ["msg-1"]]
