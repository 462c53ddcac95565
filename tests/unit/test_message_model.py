"""`callfsm.core.model.message`: a text message, from the server's acceptance to its last word."""

from typing import Any

import pytest
from core_wire import Server, only

from callfsm.core.effects import MessageSettled
from callfsm.core.model import MessageModel
from callfsm.event import MessageStateEvent, RelayEvent, parse_event


def message(server: Server) -> MessageModel:
    """A message that the server has taken."""
    return MessageModel(server.session, "msg-1")


def event(word: object, **more: Any) -> RelayEvent:
    """An event that tells the state of the message."""
    params = {"message_id": "msg-1", "message_state": word}
    return parse_event({"event_type": "messaging.state", "params": params | more})


def test_begins_queued() -> None:
    """A message that was sent is queued from the start."""
    assert message(Server()).state == "queued"


def test_received() -> None:
    """A message that came to us is received, for good, and settles nobody."""
    server = Server()
    arrived = MessageModel(server.session, "msg-1", state="received")
    server.take()
    for word in ("queued", "delivered", "failed"):
        arrived.hear_event(event(word))
    arrived.lose()

    assert (arrived.state, arrived.stale, arrived.result) == ("received", 3, None)


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (["initiated", "sent", "delivered"], "delivered"),
        (["delivered"], "delivered"),
        (["sent", "initiated"], "sent"),
        (["initiated", "failed"], "failed"),
        (["sent", "undelivered", "delivered"], "undelivered"),
        (["queued", "nonsense", "", None, 7], "queued"),
    ],
)
def test_words(said: list[object], state: str) -> None:
    """States may be skipped, none comes back, and the first last word stands."""
    sent = message(Server())
    for word in said:
        sent.hear_event(event(word))

    assert sent.state == state


@pytest.mark.parametrize("word", ["delivered", "undelivered", "failed"])
def test_settled_with_its_event(word: str) -> None:
    """Whoever waits for a message gets the event that told its last state."""
    server = Server()
    sent, last = message(server), event(word)
    sent.hear_event(last)

    assert only(MessageSettled, server.take()) == [MessageSettled(sent, last)]


def test_settled_once() -> None:
    """After its last word a message settles nobody any more."""
    server = Server()
    sent = message(server)
    for word in ("delivered", "delivered", "failed"):
        sent.hear_event(event(word))
    sent.lose()

    assert len(only(MessageSettled, server.take())) == 1


@pytest.mark.parametrize(
    ("more", "reason"), [({"reason": "spam"}, "spam"), ({}, ""), ({"reason": None}, ""), ({"reason": 7}, "")]
)
@pytest.mark.parametrize("word", ["undelivered", "failed"])
def test_reason(word: str, more: dict[str, Any], reason: str) -> None:
    """A message that did not arrive knows why, where the server tells it."""
    sent = message(Server())
    sent.hear_event(event(word, **more))

    assert sent.reason == reason


def test_no_reason_for_success() -> None:
    """A message that arrived has no reason why it did not."""
    sent = message(Server())
    sent.hear_event(event("delivered", reason="none"))

    assert sent.reason == ""


def test_lost() -> None:
    """A message whose session is lost settles with a terminal event of its own."""
    server = Server()
    sent = message(server)
    sent.lose()
    (settled,) = only(MessageSettled, server.take())

    assert isinstance(settled.event, MessageStateEvent)
    assert (settled.event.message_id, settled.event.message_state) == ("msg-1", "lost")


def test_queued_confirmed_once() -> None:
    """The report of what is so already confirms it once, and is stale after that."""
    sent = message(Server())
    stale = []
    for _ in range(3):
        sent.hear_event(event("queued"))
        stale.append(sent.stale)

    assert stale == [0, 1, 2]


def test_name() -> None:
    """Logs name a message by its id."""
    assert message(Server()).name == "message msg-1"
