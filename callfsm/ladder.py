"""A call as a ladder: the program, the RELAY server and the caller side by side, time running down."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from callfsm.simulator.journal import CALLER_ACTS, CALLER_HEARS, FROM_RELAY, TO_RELAY, Entry

if TYPE_CHECKING:
    from rich.text import Text

NOTED: Final = "noted"
"""The direction of an entry that is no frame: what the program's side notes, between two frames."""

_TIME: Final = 8
_LEAST_SPAN: Final = 12
_NAMES: Final = ("app", "RELAY", "caller")
_STYLES: Final = {TO_RELAY: "cyan", FROM_RELAY: "green", CALLER_ACTS: "magenta", CALLER_HEARS: "yellow", NOTED: "dim"}
_WARNING: Final = "bold red"
_HEADING: Final = "bold"


class Rung(NamedTuple):
    """One line of a ladder."""

    text: str
    style: str
    """How a terminal that has colours shows it."""


def ladder_text(entries: Sequence[Entry], width: int = 100) -> str:
    """Draw the entries of one call in plain text, at most so many columns wide.

    Accepted commands are drawn without their replies; a refusal is drawn.
    """
    return "\n".join(rung.text for rung in _rungs(entries, width))


def ladder(entries: Sequence[Entry], width: int = 100) -> Text:
    """Draw the entries of one call in colour, for printing with rich."""
    from rich.text import Text  # noqa: PLC0415  # rich is slow to load, and only a terminal needs it

    drawn = Text(no_wrap=True)
    for number, rung in enumerate(_rungs(entries, width)):
        drawn.append(("\n" if number else "") + rung.text, style=rung.style)
    return drawn


def _rungs(entries: Sequence[Entry], width: int) -> Iterator[Rung]:
    span = max((width - _TIME - 4) // 2, _LEAST_SPAN)  # A space, and three lines that go down.
    yield Rung(_heading(span), _HEADING)
    beginning = entries[0].time if entries else 0.0
    for entry in _drawn(entries):
        if entry.direction == NOTED:
            yield Rung(
                _fitted(f"{'':{_TIME}} · {entry.label}", width), _WARNING if entry.unexpected else _STYLES[NOTED]
            )
            continue
        yield Rung(f"{entry.time - beginning:{_TIME}.2f} {_arrows(entry, span)}", _STYLES[entry.direction])
        if entry.unexpected:
            yield Rung(f"{'':{_TIME}} ! unexpected: {entry.unexpected}"[:width], _WARNING)


def _heading(span: int) -> str:
    app, relay, caller = _NAMES
    middle = _TIME + 2 + span - len(relay) // 2
    return f"{'':{_TIME}} {app}".ljust(middle) + relay + caller.rjust(span + 2 - len(relay) // 2 - 1)


def _drawn(entries: Iterable[Entry]) -> Iterator[Entry]:
    for entry in entries:
        accepted = entry.name == "reply" and "error" not in entry.frame and entry.label.startswith("2")
        if not accepted:
            yield entry


def _arrows(entry: Entry, span: int) -> str:
    empty = " " * span
    if entry.direction == TO_RELAY:
        return f"│{_right(entry.label, span)}│{empty}│"
    if entry.direction == FROM_RELAY:
        return f"│{_left(entry.label, span)}│{empty}│"
    if entry.direction == CALLER_ACTS:
        return f"│{empty}│{_left(entry.label, span)}│"
    return f"│{empty}│{_right(entry.label, span)}│"


def _right(label: str, span: int) -> str:
    return f"─ {_fitting(label, span)} ".ljust(span - 1, "─") + "▶"


def _left(label: str, span: int) -> str:
    return "◀" + f" {_fitting(label, span)} ─".rjust(span - 1, "─")


def _fitting(label: str, span: int) -> str:
    return _fitted(label, span - 5)


def _fitted(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"
