"""The calls of a recording as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import takewhile
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from callfsm.diagrams.overlay import TIMES
from callfsm.secrecy import printable
from callfsm.trace.calls import CallSummary

_LONGEST: Final = 40
_SHORTEST: Final = 8
_NARROW: Final = 120


def table(calls: Iterable[CallSummary], width: int = 0) -> Table:
    """One row for each call; every word of the wire is text and nothing else.

    Args:
        calls: The calls.
        width: The columns of a terminal: ids are then as short as tells them apart. Anything else gets them in full.
    """
    listed = list(calls)
    days = {_when(call)[:10] for call in listed}
    shown = Table(
        title=_title(listed, days),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    shown.add_column("call", no_wrap=True, style="cyan")
    shown.add_column("from, to", no_wrap=True)
    shown.add_column("began", no_wrap=True)
    shown.add_column("lasted", justify="right", no_wrap=True)
    for heading in ("end", "operations", "findings"):
        shown.add_column(heading, overflow="fold")
    short = _shortened([call.call_id for call in listed]) if width else {}
    between = "\n" if 0 < width < _NARROW else " → "
    for call in listed:
        began = _when(call)[11:] if len(days) == 1 else _when(call)
        shown.add_row(_plain(short.get(call.call_id, call.call_id)), _ends(call, between), Text(began), *_row(call))
    return shown


def _row(call: CallSummary) -> list[Text]:
    return [
        Text(f"{call.lasted:.1f} s"),
        _plain(call.end_reason or "ended") if call.ended else Text(f"still {call.stands}", style="bold yellow"),
        _summed(call.operations),
        _findings(call),
    ]


def _ends(call: CallSummary, between: str) -> Text:
    return Text(between).join([_plain(call.from_number or "?"), _plain(call.to_number or "?")])


def _when(call: CallSummary) -> str:
    return datetime.fromtimestamp(call.began, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _shortened(ids: list[str]) -> dict[str, str]:
    """The beginning of each id by which it can be told from all others."""
    short = {}
    ordered = sorted(ids)
    for before, call_id, after in zip(["", *ordered], ordered, [*ordered[1:], ""], strict=False):
        alike = max(_alike(call_id, other) for other in (before, after))
        short[call_id] = call_id[: max(alike + 1, _SHORTEST)]
    return short


def _alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _findings(call: CallSummary) -> Text:
    found = Counter(call.findings)
    if call.ended and call.open_operations:
        found["left open"] = len(call.open_operations)
    told = _summed(found)
    told.stylize("bold red")
    return told


def _summed(counter: Counter[str]) -> Text:
    return Text(", ".join(f"{name} {TIMES}{count}" if count > 1 else name for name, count in counter.items()))


def _plain(text: str) -> Text:
    shown = printable(text)
    return Text(shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…")


def _title(calls: list[CallSummary], days: set[str]) -> str:
    up = sum(not call.ended for call in calls)
    told = f"{len(calls)} call{'s' * (len(calls) != 1)}"
    told += f", {up} of them not ended" if up else ""
    return f"{told}; {min(days)} UTC" if len(days) == 1 else f"{told}; times in UTC"
