"""Tables become engines: one shared `transitions` machine for each table.

Subjects (calls, operations, ...) are not registered with their engine, which would cost each of them
kilobytes and a scan of all the others; an engine is handed the subject with each trigger. It reads and
writes the subject's ``state`` and calls the guards and hooks by name on it.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple, Protocol

from callfsm.core.effects import CallTransitioned, LineTransitioned, Transitioned
from callfsm.core.engine import Engine, EngineEvent
from callfsm.core.tables import TABLES, Row, Speaker, Table

SEND: Final = "send"
"""The hook of every row that sends: it runs once the guards have passed."""


class Moved(Protocol):
    """Whatever an engine can move."""

    state: str


def _transition(row: Row, source: str) -> dict[str, Any]:
    return {
        "trigger": row.trigger,
        "source": source,
        "dest": row.dest,
        "conditions": row.guards.split(),
        "before": row.hooks.split(),
        "after": [SEND] if row.sends else [],
    }


def build(table: Table) -> Engine:
    """The engine of one table."""
    final = table.final.split()
    return Engine(
        name=table.name,
        states=[
            {
                "name": name,
                "on_enter": table.on_enter.get(name, "").split(),
                "on_exit": table.on_exit.get(name, "").split(),
                "final": name in final,
            }
            for name in table.states
        ],
        transitions=[_transition(row, source) for row in table.rows for source in row.sources.split()],
        initial=table.initial,
        on_final=table.on_final or None,
    )


class _Engines(Mapping[str, Engine]):
    # A program uses a few of them, and each takes as long to make as reading a module.

    def __init__(self) -> None:
        self._made: dict[str, Engine] = {}

    def __getitem__(self, name: str) -> Engine:
        if name not in self._made:
            self._made[name] = build(TABLES[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)


ENGINES: Final = _Engines()
"""The engine of each table, made when it is first asked for."""


class Heard(NamedTuple):
    """A trigger of one machine: what the engine does with it, and who says it."""

    event: EngineEvent
    speaker: Speaker
    told_as: type[Transitioned]
    """The effect that tells of it."""


class _Triggers(dict[str, dict[str, Heard]]):
    def __missing__(self, name: str) -> dict[str, Heard]:
        events = ENGINES[name].events
        self[name] = {
            row.trigger: Heard(events[row.trigger], row.speaker, _told_as(name, row.speaker))
            for row in TABLES[name].rows
        }
        return self[name]


def _told_as(name: str, speaker: Speaker) -> type[Transitioned]:
    # An ask moves nothing: it is told to the log and to tools, and nobody waits for it.
    return _TOLD_AS.get(name, Transitioned) if speaker is not Speaker.ASK else Transitioned


_TOLD_AS: Final[Mapping[str, type[Transitioned]]] = {"call": CallTransitioned, "connection": LineTransitioned}


HEARD: Final = _Triggers()
"""Every trigger, by the names of its machine and of itself."""

_SENDS: Final[dict[tuple[str, str, str], str]] = {
    (name, row.trigger, source): row.sends
    for name, table in TABLES.items()
    for row in table.rows
    for source in row.sources.split()
}


def speaker(machine: str, trigger: str) -> Speaker | None:
    """Who says this trigger in this machine; ``None`` when nobody does."""
    heard = HEARD[machine].get(trigger)
    return heard and heard.speaker


def sends(machine: str, trigger: str, state: str) -> str:
    """The wire method that this ask sends in this state; ``""`` when it sends nothing."""
    return _SENDS.get((machine, trigger, state), "")


def heard_in(machine: str, trigger: str, state: str) -> bool:
    """Whether any row takes this trigger in this state, whatever its guards say."""
    event = ENGINES[machine].events.get(trigger)
    return event is not None and state in event.transitions


def fire(machine: str, subject: Moved, trigger: str, payload: object) -> bool:
    """Let the engine hear a trigger: true when a row took it, false when none is there or no guard let it."""
    heard = HEARD[machine].get(trigger)
    return heard is not None and heard.event.offer(subject, payload)


def refusing_guard(machine: str, subject: Moved, trigger: str, payload: object) -> str:
    """The guard that keeps this trigger out; ``""`` when no row takes it in this state at all."""
    if not heard_in(machine, trigger, subject.state):
        return ""
    for transition in ENGINES[machine].events[trigger].transitions[subject.state]:
        for condition in transition.conditions:
            if not getattr(subject, str(condition.func))(payload):
                return str(condition.func)
    return ""


def permitted(machine: str, subject: Moved) -> tuple[str, ...]:
    """The asks that a row takes now and whose guards let them, in the order of the table."""
    return tuple(
        ask
        for ask in TABLES[machine].triggers(Speaker.ASK)
        if heard_in(machine, ask, subject.state) and not refusing_guard(machine, subject, ask, None)
    )


def is_final(machine: str, state: str) -> bool:
    """Whether nothing follows this state."""
    return ENGINES[machine].states[state].final
