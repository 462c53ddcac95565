"""Faxes of the simulator."""

from typing import Any

import pytest
from simulator_wire import CALLED, CALLER, PHONE, TTS, Desk, Frame, to

from callfsm.simulator import fax_machine
from callfsm.simulator.leg import Leg
from callfsm.simulator.people import Manner
from callfsm.simulator.person import Person

DOCUMENT = "https://files.example.test/fax.pdf"


def told(desk: Desk) -> list[Frame]:
    """What was told of the fax, in order."""
    return [event["fax"] for event in desk.phone.events("calling.call.fax", control_id="f")]


def send(desk: Desk, person: Person) -> Leg:
    """An answered call to this person in which a fax is sent."""
    leg = desk.answered()
    leg.person = person
    desk.ask(leg, "calling.send_fax", control_id="f", document=DOCUMENT)
    return leg


def receive(desk: Desk, person: Person) -> Leg:
    """An answered call in which a fax is taken."""
    leg = desk.answered()
    leg.person = person
    desk.ask(leg, "calling.receive_fax", control_id="f")
    return leg


def test_a_fax_is_sent() -> None:
    """Each page is told, then who sent what to whom."""
    desk = Desk()
    send(desk, fax_machine())
    desk.clock.pass_(5)

    page, second, finished = told(desk)
    assert ({"direction": "send", "number": 1}, 2) == (page["params"], second["params"]["number"])
    assert finished["params"] == {
        "direction": "send",
        "identity": CALLED,
        "remote_identity": CALLER,
        "document": DOCUMENT,
        "format": "pdf",
        "pages": 2,
        "success": True,
        "result": 0,
        "result_text": "OK",
    }


def test_a_fax_is_taken() -> None:
    """What the person sends comes, as many pages as it has."""
    desk = Desk()
    receive(desk, fax_machine(DOCUMENT, pages=3))
    desk.clock.pass_(5)

    finished = told(desk)[-1]["params"]
    assert (["page"] * 3 + ["finished"], DOCUMENT, True, "receive") == (
        [event["type"] for event in told(desk)],
        finished["document"],
        finished["success"],
        finished["direction"],
    )


@pytest.mark.parametrize("begin", [send, receive])
def test_a_human_is_no_fax(begin: Any) -> None:
    """A fax to or from somebody who is none fails, and tells so."""
    desk = Desk()
    begin(desk, Person())
    desk.clock.pass_(5)

    (finished,) = told(desk)
    assert (False, 0, "The far end is not a fax machine") == (
        finished["params"]["success"],
        finished["params"]["pages"],
        finished["params"]["result_text"],
    )


def test_a_fax_that_is_stopped_has_failed() -> None:
    """What has gone through until then is told."""
    desk = Desk()
    leg = send(desk, fax_machine())
    desk.clock.pass_(2.5)
    reply = desk.ask(leg, "calling.send_fax.stop", control_id="f")

    finished = told(desk)[-1]["params"]
    assert ("200", False, 1) == (reply["code"], finished["success"], finished["pages"])


@pytest.mark.parametrize("late", [True, False])
def test_a_fax_whose_call_ends_is_told_of(late: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """The last report comes while the call is ending, or after it has ended when that is set."""
    desk = Desk(late_recordings=late)
    leg = receive(desk, fax_machine(DOCUMENT))
    leg.person_hangs_up()
    desk.clock.pass_(0.06)
    soon = len(told(desk))
    desk.clock.pass_(1)

    assert ("ended", int(not late), 1) == (leg.state, soon, len(told(desk)))


@pytest.mark.parametrize(("states", "state"), [(True, "finished"), (False, None)])
def test_a_state_beside_the_result_can_be_left_out(states: bool, state: str | None) -> None:  # noqa: FBT001  # a parameter of the test
    """The last report has a state for clients that wait for one, unless it is set otherwise."""
    desk = Desk(states_in_results=states)
    send(desk, fax_machine())
    desk.clock.pass_(5)

    events = desk.phone.events("calling.call.fax")
    assert [None, None, state] == [event.get("state") for event in events]


def test_a_fax_needs_the_call_for_itself() -> None:
    """While anything else runs, or the call is connected, a fax is a conflict."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    playing = desk.ask(leg, "calling.receive_fax", control_id="f")
    desk.clock.pass_(3)
    desk.ask(leg, "calling.connect", devices=[to(PHONE)])
    connecting = desk.ask(leg, "calling.receive_fax", control_id="f")

    assert ("409", "409", []) == (playing["code"], connecting["code"], desk.unexpected)


def test_an_outbound_fax_tells_who_is_who() -> None:
    """On a call of ours, we are its from and the far end its to."""
    desk = Desk()
    desk.exchange.people.set(PHONE, Manner("answered", 1, person=fax_machine()))
    desk.phone.ask("calling.dial", tag="t", devices=[to(PHONE)])
    desk.clock.pass_(2)
    (leg,) = desk.exchange.legs.values()
    desk.ask(leg, "calling.send_fax", control_id="f", document=DOCUMENT)
    desk.clock.pass_(5)

    finished = told(desk)[-1]["params"]
    assert (CALLED, PHONE, True) == (finished["identity"], finished["remote_identity"], finished["success"])
