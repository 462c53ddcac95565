"""Coverage of the machines as a table for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import Final

from callfsm.testing.coverage_steps import Step, Sum, Summary

_WIDTH: Final = 100
_HEADING: Final = ("machine", "states", "transitions", "guards", "pairs")


def table(summaries: Iterable[Summary]) -> str:
    """One line for each machine: what was reached of how much, and how much that is in percent."""
    rows = [_HEADING, *((each.machine, *(_cell(part) for part in each[1:])) for each in summaries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADING))]
    return "\n".join(
        "   ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def percent(part: Sum) -> str:
    """So many percent; 100 and 0 only where it is all or nothing."""
    shown = min(max(round(part.percent), int(part.reached > 0)), 100 if part.reached == part.all else 99)
    return f"{shown} %"


def _cell(part: Sum) -> str:
    return f"{part} {percent(part):>5}"


def never_taken(steps: Iterable[Step]) -> str:
    """Steps that were not taken, by state and by who would have said them; ``""`` when there are none."""
    groups: dict[tuple[str, str], list[str]] = {}
    for step in steps:
        groups.setdefault((step.source, step.under), []).append(step.moves)
    return "\n".join(
        textwrap.fill(
            f"{source}: {under}: {', '.join(moves)}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
            break_on_hyphens=False,
        )
        for (source, under), moves in groups.items()
    )
