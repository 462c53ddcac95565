"""The second half of a layout: where everything is, in pixels.

Boxes of one row never touch; each is as near to what it is joined with as that allows. A line runs straight down
through the rows that it passes, and bends between them, so that it crosses no box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple

from callfsm.diagrams.ranking import Line, Ranked, Size, ranked

Point = tuple[float, float]

_ROUNDS: Final = 80
_ASIDE: Final = 26.0
"""Between neighbours in a row."""
_APART: Final = 26.0
"""Between rows."""
PORT: Final = 16.0
"""Between two lines that meet the same side of a box."""
CORNER: Final = 14.0
"""What no line meets, at the ends of a side."""


class Route(NamedTuple):
    """How a line runs: the points that it passes, and the middle of its label."""

    points: list[Point]
    label: Point


class Layout(NamedTuple):
    """Where everything is."""

    size: Size
    boxes: dict[str, Point]
    """The middle of each box."""
    routes: list[Route]
    """How each line runs, from its source to its destination."""


def laid_out(sizes: Mapping[str, Size], lines: Sequence[Line]) -> Layout:
    """Find a place for every box and every line, from top to bottom.

    Args:
        sizes: The width and height of each box.
        lines: The lines between them; none from a box to itself.
    """
    found = ranked(sizes, lines)
    columns, (tops, height) = _columns(found), _tops(found)
    rank = {key: number for number, row in enumerate(found.rows) for key in row}
    middles = {key: (tops[rank[key]][0] + tops[rank[key]][1]) / 2 for key in rank}
    left = min(columns[key] - found.sizes[key][0] / 2 for key in columns)
    right = max(columns[key] + found.sizes[key][0] / 2 for key in columns)
    places = {key: (columns[key] - left, middles[key]) for key in rank}
    ports = _ports(found, places)
    routes = [
        _route(number, chain, found, places, [tops[rank[key]] for key in chain], ports)
        for number, chain in enumerate(found.chains)
    ]
    return Layout((right - left, height), {key: places[key] for key in sizes}, routes)


def _tops(found: Ranked) -> tuple[list[tuple[float, float]], float]:
    """Where each row begins and ends, from top to bottom, and where the last one ends."""
    spans, y = [], 0.0
    for row in found.rows:
        height = max(found.sizes[key][1] for key in row)
        spans.append((y, y + height))
        y += height + _APART
    return spans, y - _APART


def _columns(found: Ranked) -> dict[str, float]:
    """The middle of everything, from left to right."""
    joined: dict[str, list[tuple[str, float]]] = {}
    for chain in found.chains:
        for number, (upper, lower) in enumerate(pairwise(chain)):
            # What runs through many rows is worth most to be straight.
            inner = (number > 0) + (number < len(chain) - 2)
            weight = (1.0, 4.0, 30.0)[inner]
            joined.setdefault(upper, []).append((lower, weight))
            joined.setdefault(lower, []).append((upper, weight))
    columns: dict[str, float] = {}
    for row in found.rows:
        wanted = [0.0] * len(row)
        columns.update(zip(row, _kept_apart(wanted, [1.0] * len(row), _gaps(row, found.sizes)), strict=True))
    for round_ in range(_ROUNDS):
        for row in found.rows if round_ % 2 == 0 else found.rows[::-1]:
            wanted, weights = [], []
            for key in row:
                near = joined.get(key, [])
                weight = sum(each for _, each in near)
                pulled = sum(columns[other] * each for other, each in near)
                wanted.append(pulled / weight if weight else columns[key])
                weights.append(weight or 0.1)
            columns.update(zip(row, _kept_apart(wanted, weights, _gaps(row, found.sizes)), strict=True))
    _straighten(found, columns)
    return columns


def _straighten(found: Ranked, columns: dict[str, float]) -> None:
    """Where there is room for it, let a line run straight on from its label, up and down."""
    rows = {key: row for row in found.rows for key in row}
    for chain in found.chains:
        bends = chain[1:-1]
        half = len(bends) // 2
        for way in (bends[half::-1], bends[half:]):
            for before, key in pairwise(way):
                row = rows[key]
                place = row.index(key)
                gaps = _gaps(row[max(place - 1, 0) : place + 2], found.sizes)
                least = columns[row[place - 1]] + gaps[0] if place else -inf
                most = columns[row[place + 1]] - gaps[-1] if place + 1 < len(row) else inf
                columns[key] = min(max(columns[before], least), most)


def _gaps(row: Sequence[str], sizes: Mapping[str, Size]) -> list[float]:
    return [(sizes[one][0] + sizes[other][0]) / 2 + _ASIDE for one, other in pairwise(row)]


def _kept_apart(wanted: Sequence[float], weights: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to those that are wanted, by weighted squares, with at least these gaps between them."""
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    # Neighbours that would overlap are moved as one block, to the middle of what they want.
    blocks: list[tuple[float, float, int]] = []
    for place, weight, offset in zip(wanted, weights, offsets, strict=True):
        block = (place - offset, weight, 1)
        while blocks and blocks[-1][0] > block[0]:
            value, total, count = blocks.pop()
            both = total + block[1]
            block = ((value * total + block[0] * block[1]) / both, both, count + block[2])
        blocks.append(block)
    values = [value for value, _, count in blocks for _ in range(count)]
    return [value + offset for value, offset in zip(values, offsets, strict=True)]


def _ports(found: Ranked, places: Mapping[str, Point]) -> dict[tuple[int, bool], float]:
    """Where each line meets its upper (true) and its lower end, from left to right."""
    sides: dict[tuple[str, bool], list[tuple[float, int]]] = {}
    for number, chain in enumerate(found.chains):
        sides.setdefault((chain[0], True), []).append((places[chain[1]][0], number))
        sides.setdefault((chain[-1], False), []).append((places[chain[-2]][0], number))
    ports = {}
    for (key, upper), met in sides.items():
        met.sort()
        x, room = places[key][0], max(found.sizes[key][0] / 2 - CORNER, 0.0)
        gap = min(PORT, 2 * room / (len(met) - 1)) if len(met) > 1 else 0.0
        first, most = x - room, x + room - gap * (len(met) - 1)
        wanted = [min(max(towards, first + gap * place), most + gap * place) for place, (towards, _) in enumerate(met)]
        apart = _kept_apart(wanted, [1.0] * len(met), [gap] * (len(met) - 1))
        ports.update({(number, upper): place for (_, number), place in zip(met, apart, strict=True)})
    return ports


def _route(
    number: int,
    chain: Sequence[str],
    found: Ranked,
    places: Mapping[str, Point],
    spans: Sequence[tuple[float, float]],
    ports: Mapping[tuple[int, bool], float],
) -> Route:
    first, last = chain[0], chain[-1]
    points = [(ports[number, True], places[first][1] + found.sizes[first][1] / 2)]
    points.append((ports[number, True], spans[0][1]))
    for bend, span in zip(chain[1:-1], spans[1:-1], strict=True):
        points += [(places[bend][0], edge) for edge in span]
    points.append((ports[number, False], spans[-1][0]))
    points.append((ports[number, False], places[last][1] - found.sizes[last][1] / 2))
    label = places[chain[1:-1][len(chain[1:-1]) // 2]]
    return Route(points[::-1] if found.turned[number] else points, label)
