"""Calls of the simulator that are begun, referred or transferred."""

import pytest
from simulator_wire import CALLED, PHONE, TTS, Desk, Frame, to

from callfsm.simulator.leg import Leg
from callfsm.simulator.people import Manner

TARGET = "sip:desk@pbx.example.test"


@pytest.mark.parametrize("method", ["calling.begin", "calling.call"])
def test_a_call_is_begun(method: str) -> None:
    """The reply tells the call's id, and its states are reported without a dial."""
    desk = Desk()
    (device,) = to(PHONE)
    reply = desk.phone.ask(method, device=device, tag="t")
    desk.clock.pass_(2)

    states = desk.phone.events("calling.call.state", call_id=reply["call_id"], tag="t")
    assert (["created", "ringing", "answered"], []) == (
        [event["call_state"] for event in states],
        desk.phone.events("calling.call.dial"),
    )


def test_a_call_that_is_begun_may_fail() -> None:
    """It ends with the reason."""
    desk = Desk()
    desk.exchange.people.set(PHONE, Manner("busy", 1))
    (device,) = to(PHONE)
    desk.phone.ask("calling.begin", device=device)
    desk.clock.pass_(2)

    assert "busy" == desk.phone.events("calling.call.state", call_state="ended")[0]["end_reason"]


def test_a_call_that_is_begun_may_be_limited() -> None:
    """After max_duration it ends."""
    desk = Desk()
    (device,) = to(PHONE)
    desk.phone.ask("calling.begin", device=device, max_duration=5)
    desk.clock.pass_(10)

    assert "maxDuration" == desk.phone.events("calling.call.state", call_state="ended")[0]["end_reason"]


def test_nothing_is_begun_without_a_device() -> None:
    """A device that is none gets 400."""
    desk = Desk()

    assert "400" == desk.phone.ask("calling.begin", device={"type": "cat"})["code"]


def sip(desk: Desk) -> Leg:
    """An answered call by SIP."""
    leg = desk.exchange.ring("desk", "sip:us@example.test", "sip:them@example.test")
    desk.ask(leg, "calling.answer")
    return leg


def refer(desk: Desk, leg: Leg, device: Frame | None = None) -> Frame:
    """Refer a call to the target."""
    return desk.ask(leg, "calling.refer", device=device or {"type": "sip", "params": {"to": TARGET}})


def told(desk: Desk) -> list[tuple[str, str | None]]:
    """What was told of a referral."""
    return [
        (event["state"], event.get("sip_notify_response_code")) for event in desk.phone.events("calling.call.refer")
    ]


def test_a_call_is_referred() -> None:
    """After the success the far end is gone."""
    desk = Desk()
    leg = sip(desk)
    refer(desk, leg)
    desk.clock.pass_(2)

    assert ([("inProgress", None), ("success", "200")], "ended", TARGET) == (
        told(desk),
        leg.state,
        desk.phone.events("calling.call.refer")[0]["sip_refer_to"],
    )


def test_a_referral_fails() -> None:
    """The call is up as before, and can be referred again."""
    desk = Desk()
    desk.exchange.people.set(TARGET, Manner("busy", 1))
    leg = sip(desk)
    refer(desk, leg)
    desk.clock.pass_(2)
    refer(desk, leg)

    assert (["inProgress", "busy", "inProgress"], "answered") == ([state for state, _ in told(desk)], leg.state)


def test_what_cannot_be_referred() -> None:
    """A call that is not by SIP, and a destination that is not, get 400."""
    desk = Desk()
    replies = [
        refer(desk, desk.answered()),
        refer(desk, sip(desk), {"type": "phone"}),
        refer(desk, sip(desk), {"type": "sip"}),
    ]

    assert ["400"] * 3 == [reply["code"] for reply in replies]


@pytest.mark.parametrize(
    ("destination", "where"), [("context:sales", "context:sales"), ({"version": "1.0.0"}, "other instructions")]
)
def test_a_call_is_transferred(destination: str | Frame, where: str) -> None:
    """It goes on elsewhere for a while, out of the client's hands, and the journal tells where."""
    desk = Desk()
    leg = desk.answered()
    reply = desk.ask(leg, "calling.transfer", dest=destination)
    play = desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    desk.clock.pass_(4.9)
    before = leg.state
    desk.clock.pass_(1)

    labels = [entry.label for entry in desk.exchange.journal.entries(leg.call_id)]
    assert ("200", "409", "answered", "ended", []) == (reply["code"], play["code"], before, leg.state, desk.unexpected)
    assert f"goes on at {where}" in labels


def test_a_transferred_call_can_still_be_hung_up() -> None:
    """A program that cleans up is not refused."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.transfer", dest="context:sales")

    assert "200" == desk.ask(leg, "calling.end", reason="hangup")["code"]


def test_a_sip_call_tells_its_addresses() -> None:
    """The device of a call by SIP has from and to."""
    desk = Desk()
    leg = sip(desk)

    assert {"type": "sip", "params": {"from": "sip:them@example.test", "to": "sip:us@example.test"}} == leg.device
    assert CALLED not in str(leg.device)
