"""The first half of a layout: which row everything stands in, and in which order.

Arrows that would lead back up are turned round for as long as the layout takes. An arrow passes through a *bend* in
each row between its ends; the one halfway carries its label, so that no label can lie on anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

Size = tuple[float, float]

_STEP: Final = 2
"""Rows from a box to the next: the one between them is for labels."""

_SWEEPS: Final = 12


class Line(NamedTuple):
    """An arrow as far as its place goes: from where to where, and how large its label is."""

    source: str
    dest: str
    label: Size


class Ranked(NamedTuple):
    """Rows of keys, from left to right, and the way of each line through them, from top to bottom."""

    rows: list[list[str]]
    chains: list[list[str]]
    """For each line: its upper end, its bends, its lower end."""
    turned: list[bool]
    """For each line: whether its upper end is where it arrives."""
    sizes: dict[str, Size]


def ranked(sizes: Mapping[str, Size], lines: Sequence[Line]) -> Ranked:
    """Put boxes into rows, and lines between them."""
    turned = _turned(list(sizes), lines)
    ways = [
        (line.dest, line.source) if back else (line.source, line.dest) for line, back in zip(lines, turned, strict=True)
    ]
    ranks = _ranks(list(sizes), ways)
    every_size, chains = dict(sizes), []
    rows: dict[int, list[str]] = {}
    for number, ((upper, lower), line) in enumerate(zip(ways, lines, strict=True)):
        between = range(ranks[upper] + 1, ranks[lower])
        bends = [f"{number}:{rank}" for rank in between]
        for rank, bend in zip(between, bends, strict=True):
            ranks[bend], every_size[bend] = rank, (0.0, 0.0)
        every_size[bends[len(bends) // 2]] = line.label
        chains.append([upper, *bends, lower])
    for key in _reached(chains, ranks):
        rows.setdefault(ranks[key], []).append(key)
    filled = [rows[rank] for rank in sorted(rows)]
    return Ranked(_ordered(filled, chains), chains, turned, every_size)


def _turned(keys: Sequence[str], lines: Sequence[Line]) -> list[bool]:
    """For each line, whether it leads back to a box from which its own source was reached."""
    following: dict[str, list[int]] = {key: [] for key in keys}
    for number, line in enumerate(lines):
        following[line.source].append(number)
    open_, done, back = set(), set(), [False] * len(lines)

    def visit(key: str) -> None:
        open_.add(key)
        for number in following[key]:
            dest = lines[number].dest
            if dest in open_:
                back[number] = True
            elif dest not in done:
                visit(dest)
        open_.discard(key)
        done.add(key)

    for key in keys:
        if key not in done:
            visit(key)
    return back


def _ranks(keys: Sequence[str], ways: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The row of each box: below all that leads to it, and no further from its neighbours than need be."""
    ranks = dict.fromkeys(keys, 0)
    for _ in keys:
        for upper, lower in ways:
            ranks[lower] = max(ranks[lower], ranks[upper] + _STEP)
    for _ in keys:
        for key in keys:
            above = [ranks[upper] for upper, lower in ways if lower == key]
            below = [ranks[lower] for upper, lower in ways if upper == key]
            if len(below) > len(above):
                ranks[key] = min(below) - _STEP
    least = min(ranks.values())
    return {key: rank - least for key, rank in ranks.items()}


def _reached(chains: Sequence[Sequence[str]], ranks: Mapping[str, int]) -> Iterable[str]:
    """Every key, those next to each other that are joined."""
    below: dict[str, list[str]] = {}
    for chain in chains:
        for upper, lower in pairwise(chain):
            below.setdefault(upper, []).append(lower)
    seen: dict[str, None] = {}
    waiting = sorted(ranks, key=lambda key: -ranks[key])
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen[key] = None
            waiting += reversed(below.get(key, []))
    return seen


def _ordered(rows: list[list[str]], chains: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows, each in the order in which the fewest lines cross, as far as sweeping down and up finds it."""
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for upper, lower in pairs:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    best, least = [list(row) for row in rows], _crossings(rows, below)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        _sweep(rows if down else rows[::-1], above if down else below)
        _swap(rows, above, below)
        crossings = _crossings(rows, below)
        if crossings < least:
            best, least = [list(row) for row in rows], crossings
    return best


def _sweep(rows: Sequence[list[str]], towards: Mapping[str, list[str]]) -> None:
    for fixed, row in pairwise(rows):
        places = {key: place for place, key in enumerate(fixed)}
        middles = {}
        for place, key in enumerate(row):
            near = [places[each] for each in towards.get(key, ())]
            middles[key] = sum(near) / len(near) if near else place * len(fixed) / len(row)
        row.sort(key=middles.__getitem__)


def _swap(rows: Sequence[list[str]], above: Mapping[str, list[str]], below: Mapping[str, list[str]]) -> None:
    """Exchange neighbours wherever that saves crossings."""
    places = {key: place for row in rows for place, key in enumerate(row)}
    for row in rows:
        for left in range(len(row) - 1):
            one, other = row[left], row[left + 1]
            gain = 0
            for side in (above, below):
                ones = [places[key] for key in side.get(one, ())]
                others = [places[key] for key in side.get(other, ())]
                gain += sum((here > there) - (here < there) for here in ones for there in others)
            if gain > 0:
                row[left], row[left + 1] = other, one
                places[one], places[other] = left + 1, left


def _crossings(rows: Sequence[Sequence[str]], below: Mapping[str, list[str]]) -> int:
    total = 0
    for upper, lower in pairwise(rows):
        places = {key: place for place, key in enumerate(lower)}
        ends = [place for key in upper for place in sorted(places[each] for each in below.get(key, ()))]
        total += sum(one > other for number, one in enumerate(ends) for other in ends[number + 1 :])
    return total
