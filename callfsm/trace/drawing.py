"""A call's story as a ladder in the terminal, and as a Mermaid sequence diagram."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from callfsm.core.drawing import escaped
from callfsm.ladder import NOTED
from callfsm.secrecy import printable
from callfsm.simulator.journal import CALLER_ACTS, FROM_RELAY, TO_RELAY, Entry
from callfsm.trace.story import Move, Step

LONGEST: Final = 60
"""How many characters of a label stand in a sequence diagram."""

_SEQUENCE_HEAD: Final = """\
sequenceDiagram
    participant app
    participant relay as RELAY
    participant caller
"""
_ARROWS: Final = {TO_RELAY: "app->>relay", FROM_RELAY: "relay-->>app"}


def entries(steps: Iterable[Step]) -> list[Entry]:
    """The steps as the entries that a ladder is drawn of."""
    return list(_entries(steps))


def _entries(steps: Iterable[Step]) -> Iterator[Entry]:
    for step in steps:
        acts = step.caller[0] == CALLER_ACTS
        if acts:
            yield _entry(step, *step.caller)
        if step.direction and not step.reply:
            yield _entry(step, step.direction, step.label, step.finding)
        elif not step.direction and (step.finding or not step.moves):
            yield _entry(step, NOTED, step.label, step.finding)
        if step.caller[0] and not acts:
            yield _entry(step, *step.caller)
        for move in step.moves:
            if move.source != move.dest:
                yield _entry(step, NOTED, moved(move))


def _entry(step: Step, direction: str, label: str, finding: str = "") -> Entry:
    # A ladder is drawn from the times of its entries; what one call is about needs no more than that.
    return Entry(step.time, "", direction, "", "", printable(label), {}, printable(finding))


def moved(move: Move) -> str:
    """A move in a few words."""
    return f"{move.machine}: {move.source} → {move.dest} ({move.speaker}: {move.trigger})"


def sequence(steps: Iterable[Step]) -> str:
    """The steps as a Mermaid sequence diagram."""
    lines = []
    for step in steps:
        acts = step.caller[0] == CALLER_ACTS
        said = (
            f"caller->>relay: {_said(step.time, step.caller[1])}"
            if acts
            else f"relay->>caller: {_said(step.time, step.caller[1])}"
        )
        if acts:
            lines.append(said)
        if step.direction and not step.reply:
            lines.append(f"{_ARROWS[step.direction]}: {_said(step.time, step.label)}")
        if step.finding:
            lines.append(f"Note over app,relay: ⚠ {_said(step.time, step.finding)}")
        if step.caller[0] and not acts:
            lines.append(said)
        lines += [f"Note over app: {_said(None, moved(move))}" for move in step.moves if move.source != move.dest]
    return _SEQUENCE_HEAD + "".join(f"    {line}\n" for line in lines)


def _said(time: float | None, text: str) -> str:
    shown = printable(text)
    shown = shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
    return escaped(shown if time is None else f"{time:.2f} {shown}")
