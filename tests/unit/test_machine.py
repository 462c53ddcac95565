"""`callfsm.core.machine`: the engines are the tables, and an illegal trigger changes nothing."""

from typing import Any

import pytest
from transitions import Machine

from callfsm.core import machine
from callfsm.core.machine import ENGINES, SEND
from callfsm.core.tables import TABLES, Speaker, Table

every_table = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)

UNGUARDED = (
    "connect",
    "disconnect",
    "transfer",
    "refer",
    "user_event",
    "bind_digit",
    "clear_digit_bindings",
    "queue_enter",
    "queue_leave",
    "leave_conference",
    "leave_room",
)
"""The commands that a created call takes whatever its guards say."""

Edge = tuple[str, str, str | None, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Puppet:
    """A subject that says yes to every guard, and remembers which guards and hooks it was asked."""

    def __init__(self, state: str, *, willing: bool = True) -> None:
        self.state = state
        self.willing = willing
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        # Any: transitions looks guards and hooks up by name, and calls them with the payload.
        def hear(_payload: object) -> bool:
            self.asked.append(name)
            return self.willing

        return hear


def engine_edges(engine: Machine) -> set[Edge]:
    """What the engine knows, asked of the engine itself."""
    return {
        (
            name,
            transition.source,
            transition.dest,
            tuple(str(condition.func) for condition in transition.conditions),
            tuple(str(hook) for hook in transition.before),
            tuple(str(hook) for hook in transition.after),
        )
        for name, event in engine.events.items()
        for transitions in event.transitions.values()
        for transition in transitions
    }


def table_edges(table: Table) -> set[Edge]:
    """What the table says."""
    return {
        (
            row.trigger,
            source,
            row.dest,
            tuple(row.guards.split()),
            tuple(row.hooks.split()),
            (SEND,) if row.sends else (),
        )
        for row in table.rows
        for source in row.sources.split()
    }


@every_table
def test_edges(table: Table) -> None:
    """The engine has the rows of its table, with guards as conditions and hooks, and not one more."""
    assert table_edges(table) == engine_edges(ENGINES[table.name])


@every_table
def test_rows_keep_their_order(table: Table) -> None:
    """Rows for the same trigger in the same state are tried in the order of the table."""
    for name, event in ENGINES[table.name].events.items():
        for state, transitions in event.transitions.items():
            rows = [row.guards for row in table.rows if row.trigger == name and state in row.sources.split()]

            assert rows == [" ".join(str(each.func) for each in one.conditions) for one in transitions]


@every_table
def test_state_hooks(table: Table) -> None:
    """Enter and exit hooks are the engine's own, on the states that the table names."""
    states = ENGINES[table.name].states

    assert (
        {name: " ".join(map(str, state.on_enter)) for name, state in states.items() if state.on_enter},
        {name: " ".join(map(str, state.on_exit)) for name, state in states.items() if state.on_exit},
    ) == (dict(table.on_enter), dict(table.on_exit))


@every_table
def test_finals(table: Table) -> None:
    """The engine knows which states are final, and so does `is_final`."""
    final = set(table.final.split())

    assert final == {name for name in table.states if machine.is_final(table.name, name)}


@every_table
def test_final_hook(table: Table) -> None:
    """The hook of the final states is the engine's own."""
    assert table.on_final.split() == list(map(str, ENGINES[table.name].on_final))


@every_table
def test_shared_engine(table: Table) -> None:
    """No subject is registered with an engine, nothing is queued, and there are no triggers but the rows'."""
    engine = ENGINES[table.name]

    assert ([], False, {row.trigger for row in table.rows}) == (
        engine.models,
        engine.has_queue,
        set(engine.events),
    )


@every_table
def test_initial(table: Table) -> None:
    """Every subject begins in the first state of its table."""
    assert table.initial == ENGINES[table.name].initial


@every_table
def test_illegal_triggers(table: Table) -> None:
    """A trigger that has no row in this state leaves it alone, asks no guard, runs no hook and raises nothing."""
    rows = {(row.trigger, source) for row in table.rows for source in row.sources.split()}
    strangers = [*ENGINES[table.name].events, "", "nonsense", "__class__"]
    for state in table.states:
        for trigger in strangers:
            puppet = Puppet(state)
            if (trigger, state) not in rows:
                fired = machine.fire(table.name, puppet, trigger, {})

                assert (fired, puppet.state, puppet.asked) == (False, state, [])


@every_table
def test_refused_triggers(table: Table) -> None:
    """Where no guard lets a trigger in, the state stays and no hook runs."""
    for row in (row for row in table.rows if row.guards):
        for source in row.sources.split():
            puppet = Puppet(source, willing=False)
            open_row = any(
                other.trigger == row.trigger and source in other.sources.split() and not other.guards
                for other in table.rows
            )
            fired = machine.fire(table.name, puppet, row.trigger, {})

            assert open_row or (fired, puppet.state, set(puppet.asked) - set(row.guards.split())) == (
                False,
                source,
                {guard for other in table.rows if other.trigger == row.trigger for guard in other.guards.split()}
                & set(puppet.asked) - set(row.guards.split()),
            )


@every_table
def test_legal_triggers(table: Table) -> None:
    """Where a row takes a trigger, the state becomes its destination, or stays when it has none."""
    seen: set[tuple[str, str]] = set()
    for row in table.rows:
        for source in row.sources.split():
            if (row.trigger, source) not in seen:
                puppet = Puppet(source)

                assert machine.fire(table.name, puppet, row.trigger, {})
                assert puppet.state == (row.dest or source)
            seen.add((row.trigger, source))


def test_exit_hook_runs() -> None:
    """The engine runs the exit hook of answered on the way out, and the enter hook of ended after it."""
    puppet = Puppet("answered")
    machine.fire("call", puppet, "ended", {})

    assert puppet.asked == ["note_end", "tear_down", "settle"]


def test_internal_rows_run_no_state_hooks() -> None:
    """What is heard within a state neither leaves nor enters it."""
    puppet = Puppet("answered")
    machine.fire("call", puppet, "play", {})

    assert puppet.asked == [SEND]


@every_table
def test_speakers(table: Table) -> None:
    """Each trigger is told with its speaker, and a word that nobody says has none."""
    assert {row.trigger: row.speaker for row in table.rows} == {
        trigger: machine.speaker(table.name, trigger) for trigger in ENGINES[table.name].events
    }
    assert machine.speaker(table.name, "nonsense") is None


@every_table
def test_sends(table: Table) -> None:
    """Each ask is told with the method that it sends in each state."""
    for row in table.rows:
        for source in row.sources.split():
            assert row.sends == machine.sends(table.name, row.trigger, source)


def test_sends_nothing() -> None:
    """An ask without a row in this state sends nothing."""
    assert machine.sends("call", "play", "ended") == ""


@every_table
def test_permitted(table: Table) -> None:
    """Permitted are the asks that have a row in this state and whose guards let them, in the order of the table."""
    for state in table.states:
        asks = [row.trigger for row in table.rows if row.speaker is Speaker.ASK and state in row.sources.split()]

        assert tuple(dict.fromkeys(asks)) == machine.permitted(table.name, Puppet(state))


def test_permitted_by_no_guard() -> None:
    """What a guard refuses is not permitted."""
    assert machine.permitted("call", Puppet("created", willing=False)) == UNGUARDED


def test_refusing_guard() -> None:
    """The first guard that says no is the one that is named."""
    assert machine.refusing_guard("call", Puppet("created", willing=False), "answer", {}) == "inbound"


@pytest.mark.parametrize(("state", "trigger"), [("ended", "answer"), ("created", "answer")])
def test_no_refusing_guard(state: str, trigger: str) -> None:
    """Where there is no row, or nothing refuses, no guard is named."""
    assert machine.refusing_guard("call", Puppet(state), trigger, {}) == ""


def test_every_engine() -> None:
    """There is an engine for each table, in their order."""
    assert (len(TABLES), list(TABLES)) == (len(ENGINES), list(ENGINES))
