"""The engines of the core, moved from the server's side."""

import pytest
from simulator_wire import PHONE, Desk, to

from callfsm.core.tables import TABLES, Speaker, Table
from callfsm.simulator.dialing import Dial
from callfsm.simulator.leg import Leg
from callfsm.simulator.operations import Collect, Play, PlayAndCollect, Record
from callfsm.simulator.subject import LawlessReportError, Subject

SUBJECTS: dict[str, type[Subject]] = {
    "call": Leg,
    "dial": Dial,
    "play": Play,
    "record": Record,
    "collect": Collect,
    "play_and_collect": PlayAndCollect,
}
HEARD = (Speaker.ASK, Speaker.REPORT, Speaker.CALL, Speaker.CLOCK)
"""Who speaks to the server's subjects: replies and lost lines are for clients."""


def callbacks(table: Table) -> set[str]:
    """Every guard and hook that the engine of a table may call on the server's side."""
    rows = [f"{row.guards} {row.hooks}" for row in table.rows if row.speaker in HEARD]
    states = [*table.on_enter.values(), *table.on_exit.values(), table.on_final]
    return set(" ".join([*rows, *states]).split())


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_guard_and_hook_is_there(name: str) -> None:
    """Whatever a table names, the simulator's subject has."""
    missing = {callback for callback in callbacks(TABLES[name]) if not hasattr(SUBJECTS[name], callback)}

    # A dial that is given up is the client's affair: the server has no such state.
    assert missing - {"hang_up_legs", "hang_up_winner"} == set()


def test_the_simulator_says_nothing_that_no_table_hears() -> None:
    """A report without a row is a fault of the simulator: it is raised, and nothing is sent."""
    desk = Desk()
    leg = desk.answered()
    leg.person_hangs_up()

    with pytest.raises(LawlessReportError, match="call cannot report 'answered' while it is ending"):
        leg.report("answered")

    assert desk.phone.states(leg.call_id) == ["answered", "ending"]


def test_a_dial_fails_once() -> None:
    """What is over hears nothing more."""
    desk = Desk()
    desk.phone.ask("calling.dial", tag="t", devices=[to(PHONE)])
    (dial,) = next(iter(desk.exchange.sessions.values())).dials.values()
    dial.cancel()
    dial.cancel()

    assert [event["dial_state"] for event in desk.phone.events("calling.call.dial")] == ["dialing", "failed"]
