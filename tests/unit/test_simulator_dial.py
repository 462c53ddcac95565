"""Outbound dials of the simulator: who is rung, who wins, and what is told of it."""

from typing import Any

import pytest
from simulator_wire import PHONE, Desk, to

from callfsm.simulator.people import Manner

OTHER = "+15550100098"
THIRD = "+15550100097"


def dial(desk: Desk, *groups: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Dial under the tag ``t``."""
    return desk.phone.ask("calling.dial", tag="t", devices=list(groups), **more)


def story(desk: Desk) -> list[str]:
    """What was told of the dial and its legs, in order: the last digits of the number, and the state."""
    told = []
    for frame in desk.phone.frames:
        envelope = frame.get("params", {})
        params = envelope.get("params", {})
        if envelope.get("event_type") == "calling.call.state":
            told.append(f"{params['device']['params']['to_number'][-2:]} {params['call_state']}")
        elif envelope.get("event_type") == "calling.call.dial":
            told.append(params["dial_state"])
    return told


def test_somebody_answers() -> None:
    """The leg's own reports come before the dial's, and both carry the tag."""
    desk = Desk()
    reply = dial(desk, to(PHONE))
    desk.clock.pass_(2)

    tags = {event["tag"] for event in desk.phone.events("calling.call.state")}
    assert (
        {"code": "200", "message": "Dialing"},
        ["dialing", "99 created", "99 ringing", "99 answered", "answered"],
        {"t"},
    ) == (
        reply,
        story(desk),
        tags,
    )


def test_the_winner_is_told() -> None:
    """The dial event holds the leg that won."""
    desk = Desk()
    dial(desk, to(PHONE))
    desk.clock.pass_(2)

    call = desk.phone.events("calling.call.dial")[-1]["call"]
    leg = next(iter(desk.exchange.legs.values()))
    told = {
        "call_id": leg.call_id,
        "tag": "t",
        "call_state": "answered",
        "direction": "outbound",
        "dial_winner": "true",
    }
    assert told == {name: call[name] for name in told}


def test_the_first_to_answer_wins() -> None:
    """Of those that ring together the slower one ends, before the winner is told."""
    desk = Desk()
    desk.exchange.people.set(OTHER, Manner("answered", 5))
    dial(desk, to(OTHER, PHONE))
    desk.clock.pass_(10)

    told = ["dialing", "98 created", "99 created", "98 ringing", "99 ringing", "98 ended", "99 answered", "answered"]
    assert told == story(desk)


@pytest.mark.parametrize(("outcome", "reason"), [("busy", "busy"), ("decline", "decline"), ("noAnswer", "noAnswer")])
def test_nobody_answers(outcome: str, reason: str) -> None:
    """A number that is busy, declines or rings out fails the dial, and the reason is told."""
    desk = Desk()
    desk.exchange.people.set(PHONE, Manner(outcome, 1))
    dial(desk, to(PHONE))
    desk.clock.pass_(31)

    last = desk.phone.events("calling.call.dial")[-1]
    assert (["dialing", "99 created", "99 ringing", "99 ended", "failed"], reason) == (story(desk), last["reason"])


def test_the_next_group_is_rung_when_the_first_fails() -> None:
    """Groups are tried in turn, and only when everybody in one has failed."""
    desk = Desk()
    for number, after in ((PHONE, 1), (OTHER, 2)):
        desk.exchange.people.set(number, Manner("busy", after))
    dial(desk, to(PHONE, OTHER), to(THIRD))
    desk.clock.pass_(10)

    told = ["99 ended", "98 ended", "97 created", "97 ringing", "97 answered", "answered"]
    assert told == story(desk)[-6:]


def test_a_device_rings_only_so_long() -> None:
    """The timeout of a device ends its ringing."""
    desk = Desk()
    desk.exchange.people.set(PHONE, Manner("answered", 20))
    dial(desk, to(PHONE, timeout=10))
    desk.clock.pass_(11)

    assert desk.phone.events("calling.call.dial")[-1]["reason"] == "noAnswer"


def test_a_dial_tries_only_so_long() -> None:
    """The timeout of the dial ends it, whoever still could be rung."""
    desk = Desk()
    desk.exchange.people.set(PHONE, Manner("noAnswer", 0))
    dial(desk, to(PHONE), to(OTHER), timeout=5)
    desk.clock.pass_(6)

    assert (["99 ended", "failed"], 0) == (story(desk)[-2:], len(desk.exchange.legs))


def test_an_outbound_call_may_be_limited() -> None:
    """max_duration counts from the answer."""
    desk = Desk()
    dial(desk, to(PHONE), max_duration=60)
    desk.clock.pass_(62)

    assert desk.phone.events("calling.call.state")[-1]["end_reason"] == "maxDuration"


def test_a_tag_in_use_is_a_conflict() -> None:
    """A tag is free again once its dial is over."""
    desk = Desk()
    codes = [dial(desk, to(PHONE))["code"] for _ in range(2)]
    desk.clock.pass_(2)
    codes.append(dial(desk, to(PHONE))["code"])

    assert codes == ["200", "409", "200"]


def test_a_ringing_leg_can_be_hung_up() -> None:
    """A client that hangs up the only leg fails its dial."""
    desk = Desk()
    dial(desk, to(PHONE))
    (leg,) = desk.exchange.legs.values()
    desk.ask(leg, "calling.end", reason="cancel")
    desk.clock.pass_(5)

    assert story(desk) == ["dialing", "99 created", "99 ending", "99 ended", "failed"]


def test_an_outbound_leg_is_not_answered_by_command() -> None:
    """Answer is for inbound calls."""
    desk = Desk()
    dial(desk, to(PHONE))
    (leg,) = desk.exchange.legs.values()

    assert desk.ask(leg, "calling.answer")["code"] == "409"


def test_a_dial_ends_with_its_session() -> None:
    """When nobody comes back to a session, what it dialled is not rung any longer."""
    desk = Desk()
    desk.exchange.people.set(PHONE, Manner("noAnswer", 0))
    dial(desk, to(PHONE, timeout=500), to(OTHER))
    desk.phone.close()
    desk.clock.pass_(31)

    assert (len(desk.exchange.legs), desk.clock.pending) == (0, 0)


def test_addresses_other_than_phones_are_rung() -> None:
    """SIP, fabric and WebRTC addresses are numbers like others."""
    desk = Desk()
    dial(desk, [{"type": kind, "params": {"to": f"{kind}:somebody"}} for kind in ("sip", "fabric", "webrtc")])

    assert [leg.device["params"] for leg in desk.exchange.legs.values()] == [
        {"to": "sip:somebody"},
        {"to": "fabric:somebody"},
        {"to": "webrtc:somebody"},
    ]
