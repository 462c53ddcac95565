"""The picture of the whole system is derived from the tables and the hooks that run."""

import pytest

from callfsm import diagram
from callfsm.core.machine import ENGINES
from callfsm.core.system import cascades, system
from callfsm.core.tables import CALL, KINDS, STANDINGS, Speaker
from callfsm.diagrams import FORMATS

MEMBERS = [*(kind.table for kind in KINDS.values()), *(standing.table for standing in STANDINGS.values())]


def test_cascades_are_found_by_running_the_hooks() -> None:
    """The hooks that touch others are those of the call's exit from answered and of its end."""
    assert {"tear_down": "call_ending", "settle": "call_ended"} == cascades()


def test_what_is_heard_of_a_call() -> None:
    """Operations and standings hear of their call exactly what its hooks set off."""
    heard = {trigger for table in MEMBERS for trigger in table.triggers(Speaker.CALL)}

    assert set(cascades().values()) == heard


def test_every_member_is_shown_once() -> None:
    """Each operation and each standing stands in exactly one group."""
    shown = [line for box in system().boxes if box.key.endswith("_open") for line in box.lines]

    assert sorted(table.name for table in MEMBERS) == sorted(
        name for line in shown for name in line.rstrip(",").split(", ")
    )


@pytest.mark.parametrize("table", MEMBERS, ids=lambda table: table.name)
def test_where_a_call_takes_its_members(table: object) -> None:
    """Where a machine ends up because of its call is a box of its group."""
    assert any(table is each for each in MEMBERS)
    found = system()
    name = next(each.name for each in MEMBERS if each is table)
    (group,) = {
        box.key.removesuffix("_open")
        for box in found.boxes
        if box.key.endswith("_open") and name in ", ".join(box.lines).replace(",,", ",").split(", ")
    }
    titles = {box.title for box in found.boxes if box.key.startswith(group)}
    dests = {
        transition.dest
        for trigger in [*cascades().values(), "grace_over"]
        if trigger in ENGINES[name].events
        for transitions in ENGINES[name].events[trigger].transitions.values()
        for transition in transitions
    }

    assert set() == dests - titles


def test_how_a_cascade_begins() -> None:
    """The picture tells which change of the call sets off what."""
    arrows = {(arrow.source, arrow.dest): arrow.labels for arrow in system().arrows}

    assert (("as it is left: tear_down",), ("as it is entered: settle",)) == (
        arrows["answered", "call_ending"],
        arrows["ended", "call_ended"],
    )


def test_the_call_itself() -> None:
    """The call's own states are all there, with their moves."""
    found = system()
    moves = {
        (source, transition.dest)
        for event in ENGINES[CALL.name].events.values()
        for source, transitions in event.transitions.items()
        for transition in transitions
        if transition.dest is not None
    }

    assert (set(), set()) == (
        set(CALL.states) - {box.key for box in found.boxes},
        moves - {(arrow.source, arrow.dest) for arrow in found.arrows},
    )


@pytest.mark.parametrize("form", FORMATS)
def test_forms(form: str) -> None:
    """It is written in each form."""
    assert "lingering" in diagram("system", form)
