"""Bridges of the simulator."""

from typing import Any

from simulator_wire import PHONE, TTS, Desk, Frame, to

from callfsm.simulator.leg import Leg
from callfsm.simulator.people import Manner


def connect(desk: Desk, leg: Leg, **more: Any) -> Frame:
    """Connect a call to somebody."""
    return desk.ask(leg, "calling.connect", devices=[to(PHONE)], **more)


def bridged(desk: Desk) -> tuple[Leg, Leg]:
    """A call and the one it is connected to."""
    leg = desk.answered()
    connect(desk, leg)
    desk.clock.pass_(2)
    (peer,) = (other for other in desk.exchange.legs.values() if other is not leg)
    return leg, peer


def bridge_states(desk: Desk) -> list[str]:
    """What was told of the bridge."""
    return [event["connect_state"] for event in desk.phone.events("calling.call.connect")]


def test_connecting() -> None:
    """The second leg's own reports come without a tag; then the bridge is told with its peer."""
    desk = Desk()
    leg, peer = bridged(desk)

    connected = desk.phone.events("calling.call.connect")[-1]
    tags = [event.get("tag") for event in desk.phone.events("calling.call.state", call_id=peer.call_id)]
    assert (["connecting", "connected"], leg.call_id, peer.call_id, [None] * 3) == (
        bridge_states(desk),
        connected["call_id"],
        connected["peer"]["call_id"],
        tags,
    )


def test_a_bridged_leg_tells_its_peer() -> None:
    """State events of bridged legs name the other leg."""
    desk = Desk()
    leg, peer = bridged(desk)
    leg.person_hangs_up()

    (ending,) = desk.phone.events("calling.call.state", call_id=leg.call_id, call_state="ending")
    assert ending["peer"]["call_id"] == peer.call_id


def test_a_second_connect_is_a_conflict() -> None:
    """One bridge at a time; the client is not to blame."""
    desk = Desk()
    leg = desk.answered()
    codes = [connect(desk, leg)["code"] for _ in range(2)]

    assert (codes, desk.unexpected) == (["200", "409"], [])


def test_nobody_answers() -> None:
    """A failed bridge tells why, and leaves the call up and free for another."""
    desk = Desk()
    desk.exchange.people.set(PHONE, Manner("busy", 1))
    leg = desk.answered()
    connect(desk, leg)
    desk.clock.pass_(2)

    (_, failed) = desk.phone.events("calling.call.connect")
    assert ("failed", "busy", "answered", "200") == (
        failed["connect_state"],
        failed["failed_reason"],
        leg.state,
        connect(desk, leg)["code"],
    )


def test_disconnecting_leaves_both_up() -> None:
    """After disconnect the legs are apart and neither has ended."""
    desk = Desk()
    leg, peer = bridged(desk)

    reply = desk.ask(leg, "calling.disconnect")

    assert ("200", "disconnected", "answered", "answered") == (
        reply["code"],
        bridge_states(desk)[-1],
        leg.state,
        peer.state,
    )


def test_disconnecting_what_is_not_connected_is_a_conflict() -> None:
    """There is nothing to part."""
    desk = Desk()

    assert desk.ask(desk.answered(), "calling.disconnect")["code"] == "409"


def test_disconnecting_while_it_rings_fails_the_bridge() -> None:
    """Whoever is being rung is rung no longer."""
    desk = Desk()
    leg = desk.answered()
    connect(desk, leg)
    desk.ask(leg, "calling.disconnect")
    desk.clock.pass_(5)

    assert (["connecting", "failed"], [leg]) == (bridge_states(desk), list(desk.exchange.legs.values()))


def test_the_peer_hangs_up() -> None:
    """The bridge is disconnected, and the call goes on."""
    desk = Desk()
    leg, peer = bridged(desk)
    peer.person_hangs_up()
    desk.clock.pass_(1)

    assert ("disconnected", "answered", "ended") == (bridge_states(desk)[-1], leg.state, peer.state)


def test_the_caller_hangs_up() -> None:
    """The second leg ends with the first, also after they have been parted."""
    desk = Desk()
    leg, peer = bridged(desk)
    desk.ask(leg, "calling.disconnect")
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert peer.state == "ended"


def test_the_caller_hangs_up_while_it_rings() -> None:
    """Nobody is rung for a call that is over, and nothing more is told of the bridge."""
    desk = Desk()
    leg = desk.answered()
    connect(desk, leg)
    leg.person_hangs_up()
    desk.clock.pass_(5)

    assert (["connecting"], 0) == (bridge_states(desk), len(desk.exchange.legs))


def test_ringback_is_heard_until_somebody_answers() -> None:
    """The caller hears the ringback over and over, and then no more of it."""
    desk = Desk()
    leg = desk.answered()
    connect(desk, leg, ringback=[{"type": "ringtone", "params": {"name": "us", "duration": 0.5}}])
    desk.clock.pass_(20)

    assert leg.ear.heard() == ["us", "us", "us"]


def test_bridged_people_hear_each_other() -> None:
    """What one says the other hears."""
    desk = Desk()
    leg, peer = bridged(desk)
    leg.finish_speaking("hello")
    peer.finish_speaking("good day")

    assert (["hello"], ["good day"]) == (peer.ear.heard(), leg.ear.heard())


def test_an_unanswered_call_is_answered_by_the_bridge() -> None:
    """When the second party picks up, the first call is answered as well."""
    desk = Desk()
    leg = desk.ring()
    connect(desk, leg)
    desk.clock.pass_(2)

    assert (leg.state, bridge_states(desk)[-1]) == ("answered", "connected")


def test_media_can_be_played_into_a_bridged_call() -> None:
    """A bridge leaves the other commands as they are."""
    desk = Desk()
    leg, _ = bridged(desk)

    assert desk.ask(leg, "calling.play", control_id="p", play=[TTS])["code"] == "200"
