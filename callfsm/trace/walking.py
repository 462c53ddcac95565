"""What the machines of a recording went through, for laying it over their pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from callfsm.core.picture import Taken, edges
from callfsm.core.tables import CALL, TABLES
from callfsm.trace.calls import one_call
from callfsm.trace.reading import lines
from callfsm.trace.story import Move, Step, story

LaidOver = dict[str, dict[str, Any]]
"""For each machine what `callfsm.diagram` is given of it."""


def counts(paths: Iterable[Path]) -> LaidOver:
    """How often each edge was taken in a whole recording.

    Raises:
        RecordingError: A file is no recording.
        OSError: A file cannot be read.
    """
    taken: dict[str, Counter[Taken]] = {name: Counter() for name in TABLES}
    for line in lines(paths):
        if line.kind == "transition":
            move = Move(*(str(line.fields.get(key, "")) for key in Move._fields))
            if move.machine in taken:
                taken[move.machine][move.taken] += 1
    return {machine: {"counts": _known(machine, found)} for machine, found in taken.items()}


def walk(paths: Iterable[Path], wanted: str) -> LaidOver:
    """The way of one call, and of what ran in it, where it stands at the end of the recording.

    Raises:
        RecordingError: There is no such call, or a file is no recording.
        OSError: A file cannot be read.
    """
    files = list(paths)
    call = one_call(files, wanted)
    over = walked(story(files, call.call_id))
    # A call that has only been reported has moved nothing, and stands somewhere all the same.
    return over if CALL.name in over else {CALL.name: {"current": call.stands}, **over}


def walked(steps: Iterable[Step]) -> LaidOver:
    """The same, of a story."""
    ways: dict[str, list[Move]] = {}
    for move in (move for step in steps for move in step.moves):
        ways.setdefault(move.machine, []).append(move)
    over: LaidOver = {}
    for machine in TABLES:
        if machine not in ways:
            continue
        moved = [move.taken for move in ways[machine] if move.source != move.dest]
        known = _known(machine, Counter(moved))
        over[machine] = {"path": [step for step in moved if step in known]}
        if ways[machine][-1].dest in TABLES[machine].states:
            over[machine]["current"] = ways[machine][-1].dest
    return over


def _known(machine: str, found: Counter[Taken]) -> Counter[Taken]:
    # A recording of another version may hold what this one's machines do not know.
    known = {edge.taken for edge in edges(machine)}
    return Counter({step: count for step, count in found.items() if step in known})
