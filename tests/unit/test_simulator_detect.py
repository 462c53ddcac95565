"""Detectors of the simulator."""

from dataclasses import replace
from typing import Any

import pytest
from simulator_wire import Desk, Frame

from callfsm.simulator import answering_machine, fax_machine
from callfsm.simulator.leg import Leg
from callfsm.simulator.person import HUMAN, Person

GREETING = "Please leave a message after the tone"
"""Thirty-seven characters, so 2.22 s."""


def detect(desk: Desk, person: Person = HUMAN, kind: str = "machine", *, timeout: float = 30, **params: Any) -> Leg:
    """An answered call in which this person is detected."""
    leg = desk.answered()
    leg.person = person
    reply = desk.ask(leg, "calling.detect", control_id="d", detect={"type": kind, "params": params}, timeout=timeout)
    assert reply["code"] == "200"
    return leg


def findings(desk: Desk) -> list[str]:
    """What was told, in order."""
    return [event["detect"]["params"]["event"] for event in desk.phone.events("calling.call.detect")]


def test_a_human_is_detected_after_a_silence() -> None:
    """A human is told, and then that it is finished."""
    desk = Desk()
    detect(desk)
    desk.clock.pass_(0.9)
    before = findings(desk)
    desk.clock.pass_(0.2)

    assert ([], ["HUMAN", "finished"], 0) == (before, findings(desk), desk.exchange.statistics.operations_open)


def test_a_machine_is_ready_at_the_beep() -> None:
    """A machine is told while it speaks, and READY with the beep when its greeting is over."""
    desk = Desk()
    detect(desk, answering_machine(GREETING))
    desk.clock.pass_(2)
    before = findings(desk)
    desk.clock.pass_(0.5)

    beeps = [event["detect"]["params"].get("beep") for event in desk.phone.events("calling.call.detect")]
    assert (["MACHINE"], ["MACHINE", "READY", "finished"], [None, True, None]) == (before, findings(desk), beeps)


def test_a_machine_without_a_beep_is_ready_after_a_silence() -> None:
    """Without a beep it takes machine_ready_timeout to be sure."""
    desk = Desk()
    detect(desk, answering_machine(GREETING, beep=False), machine_ready_timeout=2)
    desk.clock.pass_(4)
    before = findings(desk)
    desk.clock.pass_(0.5)

    ready = desk.phone.events("calling.call.detect")[1]["detect"]["params"]
    assert (["MACHINE"], {"event": "READY"}) == (before, ready)


def test_the_end_of_the_message_need_not_be_waited_for() -> None:
    """Without detect_message_end a machine is the end of it."""
    desk = Desk()
    detect(desk, answering_machine(GREETING), detect_message_end=False)
    desk.clock.pass_(2)

    assert ["MACHINE", "finished"] == findings(desk)


def test_a_machine_may_go_on_speaking() -> None:
    """With detect_interruptions a greeting that goes on is NOT_READY, and READY again after a silence."""
    desk = Desk()
    leg = detect(desk, answering_machine(GREETING), detect_interruptions=True)
    desk.clock.pass_(5)
    leg.begin_speaking()
    leg.finish_speaking("one more thing")
    desk.clock.pass_(2)

    assert ["MACHINE", "READY", "NOT_READY", "READY"] == findings(desk)


def test_somebody_who_is_a_machine_after_all_is_one() -> None:
    """Whoever is told to be a machine while the detector listens is detected as one."""
    desk = Desk()
    leg = detect(desk)
    leg.person = answering_machine(GREETING)
    desk.clock.pass_(1.1)

    assert ["MACHINE"] == findings(desk)


def test_a_fax_is_neither_human_nor_machine() -> None:
    """A detector of machines does not know what to make of a fax."""
    desk = Desk()
    detect(desk, fax_machine())
    desk.clock.pass_(5)

    assert ["UNKNOWN", "finished"] == findings(desk)


@pytest.mark.parametrize(
    ("person", "tone", "told"),
    [
        (fax_machine(), "CED", ["CED", "finished"]),
        (fax_machine("https://files.example.test/a.pdf"), "CNG", ["CNG", "finished"]),
        (fax_machine(), "CNG", ["finished"]),
        (HUMAN, "CED", ["finished"]),
    ],
)
def test_a_fax_is_detected_by_its_tone(person: Person, tone: str, told: list[str]) -> None:
    """A fax that answers gives CED, one that calls gives CNG; another tone is not heard."""
    desk = Desk()
    detect(desk, person, "fax", tone=tone, timeout=3)
    desk.clock.pass_(4)

    assert told == findings(desk)


def test_keys_are_detected() -> None:
    """Each wanted key is told, until the time is up."""
    desk = Desk()
    leg = detect(desk, HUMAN, "digit", digits="12", timeout=5)
    for key in "132":
        leg.press(key)
    desk.clock.pass_(5)

    assert ["1", "2", "finished"] == findings(desk)


def test_other_people_s_keys_and_words_do_not_matter() -> None:
    """A detector of machines hears no keys, and takes a human's words for what they are."""
    desk = Desk()
    leg = detect(desk)
    leg.press("1")
    leg.begin_speaking()
    leg.finish_speaking("hello")
    desk.clock.pass_(2)

    assert ["HUMAN", "finished"] == findings(desk)


def test_a_detector_can_be_stopped() -> None:
    """A stop is answered, and then it is finished."""
    desk = Desk()
    leg = detect(desk)
    reply = desk.ask(leg, "calling.detect.stop", control_id="d")
    desk.clock.pass_(5)

    assert ("200", ["finished"]) == (reply["code"], findings(desk))


def test_a_detector_ends_with_its_call_without_a_word() -> None:
    """Nothing is told of a detector whose call ends, and nothing is left open."""
    desk = Desk()
    leg = detect(desk)
    leg.person_hangs_up()
    desk.clock.pass_(5)

    assert ([], 0) == (findings(desk), desk.exchange.statistics.operations_open)


@pytest.mark.parametrize(
    "detector",
    [
        {"type": "cat"},
        {"type": "machine", "params": 1},
        {"type": "machine", "params": {"initial_timeout": 0}},
        {"type": "fax", "params": {"tone": "BEEP"}},
    ],
)
def test_a_detector_that_is_none_is_refused(detector: Frame) -> None:
    """Wrong params get 400, and are held against the client."""
    desk = Desk()
    reply = desk.ask(desk.answered(), "calling.detect", control_id="d", detect=detector)

    assert ("400", 1) == (reply["code"], len(desk.unexpected))


def test_a_person_without_a_greeting_is_no_machine() -> None:
    """An answering machine says something."""
    with pytest.raises(ValueError, match="says something"):
        answering_machine("")

    assert not replace(answering_machine("hello"), greeting="").is_machine
