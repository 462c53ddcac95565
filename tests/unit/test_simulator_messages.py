"""Text messages of the simulator."""

from typing import Any

import pytest
from simulator_wire import CALLED, PHONE, Desk, Frame, Phone

from callfsm.simulator.messages import Failure, Text


def send(desk: Desk, **more: Any) -> Frame:
    """Send a text message."""
    return desk.phone.ask("messaging.send", **{"to_number": PHONE, "from_number": CALLED, "body": "ready"} | more)


def states(desk: Desk) -> list[str]:
    """The states that were reported."""
    return [event["message_state"] for event in desk.phone.events("messaging.state")]


def test_a_message_is_delivered() -> None:
    """Its states are reported in order, and the number has it."""
    desk = Desk()
    reply = send(desk, tags=["order-17"], context="texts")
    desk.clock.pass_(1)

    events = desk.phone.events("messaging.state", message_id=reply["message_id"])
    assert ["queued", "initiated", "sent", "delivered"] == [event["message_state"] for event in events]
    assert ("outbound", "texts", 1, ["order-17"]) == (
        events[-1]["direction"],
        events[-1]["context"],
        events[-1]["segments"],
        events[-1]["tags"],
    )
    assert [Text(PHONE, CALLED, "ready", (), ("order-17",), "texts")] == list(desk.exchange.post.texts[PHONE])


@pytest.mark.parametrize(
    ("state", "told"),
    [("undelivered", ["queued", "initiated", "sent", "undelivered"]), ("failed", ["queued", "initiated", "failed"])],
)
def test_a_message_does_not_arrive(state: str, told: list[str]) -> None:
    """The last state tells why, and the number has nothing."""
    desk = Desk()
    desk.exchange.post.failures[PHONE] = Failure(state, "spam")
    send(desk)
    desk.clock.pass_(1)

    assert (told, "spam", []) == (
        states(desk),
        desk.phone.events("messaging.state")[-1]["reason"],
        list(desk.exchange.post.texts[PHONE]),
    )


def test_the_envelope_tells_the_context() -> None:
    """Messaging envelopes have a context in the place of a channel: the protocol, when none is given."""
    desk = Desk()
    send(desk)
    envelope = desk.phone.frames[-1]["params"]

    assert (envelope["params"]["context"], False) == (envelope["context"], "event_channel" in envelope)
    assert envelope["context"] in desk.exchange.sessions


def test_a_long_message_has_parts() -> None:
    """Every 160 characters are a part; pictures alone are one."""
    desk = Desk()
    send(desk, body="x" * 161)
    send(desk, body="", media=["https://files.example.test/cat.png"])

    assert [2, 1] == [event["segments"] for event in desk.phone.events("messaging.state")]


@pytest.mark.parametrize("params", [{"body": ""}, {"to_number": ""}, {"body": 1}])
def test_a_message_that_is_none_is_refused(params: Frame) -> None:
    """Without a body and media, or without a number, it gets 400."""
    desk = Desk()

    assert ("400", []) == (send(desk, **params)["code"], states(desk))


def test_a_message_comes() -> None:
    """One client that has its context gets it, each in turn."""
    desk = Desk()
    other = Phone(desk.exchange)
    other.log_in("desk")
    ids = [desk.exchange.post.deliver(Text(CALLED, PHONE, body, context="desk")) for body in ("one", "two")]

    events = [phone.events("messaging.receive") for phone in (desk.phone, other)]
    assert [[ids[0]], [ids[1]]] == [[event["message_id"] for event in told] for told in events]
    assert ("received", "inbound", PHONE, "one") == (
        events[0][0]["message_state"],
        events[0][0]["direction"],
        events[0][0]["from_number"],
        events[0][0]["body"],
    )


def test_a_message_for_nobody() -> None:
    """A message in a context that nobody has is in the journal, and nowhere else."""
    desk = Desk()
    desk.exchange.post.deliver(Text(CALLED, PHONE, "hello", context="nobody"))

    assert ([], "messaging.receive") == (
        desk.phone.events("messaging.receive"),
        desk.exchange.journal.entries()[-1].name,
    )


def test_closing_leaves_nothing_on_its_way() -> None:
    """After the exchange has shut down no time limit is left running."""
    desk = Desk()
    send(desk)
    desk.exchange.shut_down()

    assert 0 == desk.clock.pending
