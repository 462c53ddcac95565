"""What is known of one call, or of many, laid over the picture of a machine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from callfsm.core.picture import Marks, Taken, Told, edges
from callfsm.core.tables import TABLES

TIMES: Final = "\u00d7"
"""The sign before how often something happened."""

_CIRCLED_ONE: Final = 0x2460
_CIRCLED: Final = 20


def marks(
    machine: str, current: str = "", path: Iterable[Taken] = (), counts: Mapping[Taken, int] | None = None
) -> Marks:
    """What is laid over a machine's picture; see `callfsm.diagram`.

    Raises:
        ValueError: There is no such state, or nothing of the machine that was taken so.
    """
    if current and current not in TABLES[machine].states:
        raise ValueError(f"the {machine} machine has no state {current!r}; it has {', '.join(TABLES[machine].states)}")
    steps: dict[Taken, list[int]] = {}
    for number, step in enumerate(path, start=1):
        steps.setdefault(_known(machine, step), []).append(number)
    times = {_known(machine, step): count for step, count in (counts or {}).items() if count}
    told = {
        step: Told(_numbers(steps.get(step, ())), f" {TIMES}{times[step]}" if step in times else "")
        for step in [*times, *(step for step in steps if step not in times)]
    }
    return Marks(current, told, Told() if counts is None else Told(after=f" {TIMES}0"))


def _known(machine: str, step: object) -> Taken:
    if not isinstance(step, list | tuple) or len(step) != 3:
        raise ValueError(f"{step!r} is no step of a machine: give (source, trigger, dest)")
    source, trigger, dest = step
    taken = source, trigger, dest
    if all(taken != edge.taken for edge in edges(machine)):
        raise ValueError(f"the {machine} machine takes no {trigger!r} from {source!r} to {dest!r}")
    return taken


def _numbers(numbers: Iterable[int]) -> str:
    shown = [chr(_CIRCLED_ONE + number - 1) if number <= _CIRCLED else f"({number})" for number in numbers]
    return "".join(shown) + " " if shown else ""
