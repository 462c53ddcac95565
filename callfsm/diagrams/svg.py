"""Pictures as SVG, laid out here: nothing has to be installed for it, and nothing is loaded by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from callfsm.core.picture import Arrow, Box, Picture
from callfsm.diagrams.layout import CORNER, PORT, Layout, Point, laid_out
from callfsm.diagrams.metrics import text_width
from callfsm.diagrams.ranking import Line, Size
from callfsm.secrecy import printable

_TITLE: Final = 14.0
_TEXT: Final = 11.5
_LABEL: Final = 11.5
_HEIGHT: Final = 1.35
_PADDING: Final = 12.0
_MARGIN: Final = 16.0
_DIAMOND: Final = (18.0, 18.0)
_DOT: Final = (12.0, 12.0)
_LOOP: Final = 26.0
_START: Final = "start:"
"""Before the key of a box: the point from which it is begun. No key has a colon."""

COLOURS: Final = """\
.callfsm { --paper: #ffffff; --box: #f8fafc; --edge: #94a3b8; --ink: #0f172a; --quiet: #475569; --line: #64748b;
  --final: #ecfdf3; --final-edge: #4d9468; --now: #fde68a; --now-edge: #b45309; --was: #dbeafe; --was-edge: #2563eb;
  --never: #ffffff; --never-edge: #b8bfca; }
@media (prefers-color-scheme: dark) { .callfsm { --paper: #0f172a; --box: #1e293b; --edge: #64748b; --ink: #f1f5f9;
  --quiet: #b6c2d2; --line: #94a3b8; --final: #14352a; --final-edge: #4ade80; --now: #78350f; --now-edge: #fbbf24;
  --was: #1e3a6e; --was-edge: #7fb0ff; --never: #0f172a; --never-edge: #526077; } }
"""
"""The colours of a picture, light and dark."""

STYLE: Final = """\
.callfsm text { font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: 11.5px; fill: var(--ink); }
.callfsm .title { font-size: 14px; font-weight: 600; text-anchor: middle; }
.callfsm .remark { fill: var(--quiet); }
.callfsm .label { text-anchor: middle; }
.callfsm .paper, .callfsm .behind { fill: var(--paper); }
.callfsm .box rect { fill: var(--box); stroke: var(--edge); stroke-width: 1.3; }
.callfsm .box.final rect { fill: var(--final); stroke: var(--final-edge); }
.callfsm .box .within { fill: none; }
.callfsm .box line { stroke: var(--edge); stroke-width: 0.8; opacity: 0.7; }
.callfsm .box.visited rect { fill: var(--was); stroke: var(--was-edge); }
.callfsm .box.unvisited rect { fill: var(--never); stroke: var(--never-edge); stroke-dasharray: 4 3; }
.callfsm .box.current rect { fill: var(--now); stroke: var(--now-edge); stroke-width: 2.6; }
.callfsm .arrow path { fill: none; stroke: var(--line); stroke-width: 1.3; }
.callfsm .arrow polygon, .callfsm .start { fill: var(--line); }
.callfsm .diamond { fill: var(--paper); stroke: var(--line); stroke-width: 1.3; }
.callfsm .arrow.visited path { stroke: var(--was-edge); stroke-width: 2.4; }
.callfsm .arrow.visited polygon, .callfsm .arrow.visited .label { fill: var(--was-edge); }
.callfsm .arrow.visited .label { font-weight: 600; }
.callfsm .arrow.unvisited path { stroke: var(--never-edge); stroke-dasharray: 5 4; }
.callfsm .arrow.unvisited polygon { fill: var(--never-edge); }
.callfsm .arrow.unvisited .label { fill: var(--quiet); }
"""
"""How the parts of a picture look."""


def svg(picture: Picture, *, styled: bool = True) -> str:
    """A picture as an SVG element; boxes carry ``data-key``, arrows ``data-source`` and ``data-dest``.

    Args:
        picture: What to draw.
        styled: Whether its style comes with it; else the page that shows it brings `COLOURS` and `STYLE`.
    """
    shapes = _shapes(picture)
    sizes = _sizes(picture, shapes)
    loops = [arrow for arrow in picture.arrows if arrow.source == arrow.dest]
    arrows = [Arrow(_START + box.key, box.key, ()) for box in picture.boxes if box.begins]
    arrows += [arrow for arrow in picture.arrows if arrow.source != arrow.dest]
    lines = [Line(arrow.source, arrow.dest, _label_size(arrow)) for arrow in arrows]
    layout = laid_out(sizes, lines)
    drawn = [_arrow(arrow, route.points, route.label) for arrow, route in zip(arrows, layout.routes, strict=True)]
    drawn += [_loop(arrow, layout.boxes[arrow.source], shapes[arrow.source]) for arrow in loops]
    drawn += [_box(box, layout.boxes[box.key], shapes[box.key]) for box in picture.boxes]
    drawn += [_diamond(layout.boxes[key]) for key in picture.diamonds]
    drawn += [_start(layout.boxes[_START + box.key]) for box in picture.boxes if box.begins]
    return _framed(picture, layout, drawn, f"<style>{COLOURS}{STYLE}</style>" if styled else "")


def _framed(picture: Picture, layout: Layout, drawn: list[str], style: str) -> str:
    width, height = (round(each + 2 * _MARGIN) for each in layout.size)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="callfsm" role="img" width="{width}" height="{height}" '
        f'viewBox="{-_MARGIN:g} {-_MARGIN:g} {width} {height}"><title>{_told(picture.name)}</title>'
        f"<desc>{_told(picture.about)}</desc>{style}"
        f'<rect class="paper" x="{-_MARGIN:g}" y="{-_MARGIN:g}" width="{width}" height="{height}"/>'
        + "".join(f"\n{each}" for each in drawn)
        + "\n</svg>\n"
    )


def _told(text: str) -> str:
    return escape(printable(text))


def _shapes(picture: Picture) -> dict[str, Size]:
    """How large each box is: it holds its text, and is wide enough for the lines that meet it."""
    meeting: Counter[tuple[str, bool]] = Counter()
    for arrow in picture.arrows:
        meeting.update([(arrow.source, True), (arrow.dest, False)])
    shapes = {}
    for box in picture.boxes:
        width, height = _box_size(box)
        lines = max(meeting[box.key, True], meeting[box.key, False])
        shapes[box.key] = (max(width, 2 * CORNER + (lines - 1) * PORT), height)
    return shapes


def _sizes(picture: Picture, shapes: Mapping[str, Size]) -> dict[str, Size]:
    """How much room everything takes."""
    sizes = dict(shapes)
    for arrow in picture.arrows:
        if arrow.source == arrow.dest:
            # The loop stands at the right; as much room at the left keeps the box in the middle.
            width, height = shapes[arrow.source]
            label = _label_size(arrow)
            sizes[arrow.source] = (width + 2 * (_LOOP + label[0]), max(height, label[1] + _PADDING))
    starts = {_START + box.key: _DOT for box in picture.boxes if box.begins}
    return {**starts, **sizes, **dict.fromkeys(picture.diamonds, _DIAMOND)}


def _box_size(box: Box) -> Size:
    widths = [
        text_width(printable(box.title), _TITLE) * 1.06,
        *(text_width(printable(line), _TEXT) for line in box.lines),
    ]
    height = _TITLE * _HEIGHT + len(box.lines) * _TEXT * _HEIGHT + _PADDING * (1.6 if box.lines else 1.0)
    return max(max(widths) + 2 * _PADDING, 64.0), height


def _label_size(arrow: Arrow) -> Size:
    if not arrow.labels:
        return (0.0, 0.0)
    widths = [text_width(printable(label), _LABEL) for label in arrow.labels]
    return (max(widths) * (1.06 if arrow.mark else 1.0) + 8, len(arrow.labels) * _LABEL * _HEIGHT + 4)


def _box(box: Box, middle: Point, size: Size) -> str:
    width, height = size
    left, top = middle[0] - width / 2, middle[1] - height / 2
    parts = [_rect(left, top, width, height, "")]
    if box.final:
        parts.append(_rect(left + 3, top + 3, width - 6, height - 6, ' class="within"'))
    y = top + _PADDING / 2 + _TITLE
    parts.append(f'<text class="title" x="{middle[0]:.1f}" y="{y:.1f}">{_told(box.title)}</text>')
    if box.lines:
        y += _PADDING * 0.6
        inset = 3 if box.final else 0
        parts.append(f'<line x1="{left + inset:.1f}" x2="{left + width - inset:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>')
    for line in box.lines:
        y += _TEXT * _HEIGHT
        parts.append(f'<text class="remark" x="{left + _PADDING:.1f}" y="{y:.1f}">{_told(line)}</text>')
    about = f"<title>{_told(box.about)}</title>" if box.about else ""
    classes = " ".join(["box", *["final"] * box.final, *[box.mark] * bool(box.mark)])
    return f'<g class="{classes}" data-key="{box.key}">{about}{"".join(parts)}</g>'


def _rect(left: float, top: float, width: float, height: float, rest: str) -> str:
    return f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="7"{rest}/>'


def _diamond(middle: Point) -> str:
    (x, y), (width, height) = middle, (_DIAMOND[0] / 2, _DIAMOND[1] / 2)
    return (
        f'<path class="diamond" d="M{x:.1f} {y - height:.1f}l{width} {height}l{-width} {height}l{-width} {-height}z"/>'
    )


def _start(middle: Point) -> str:
    return f'<circle class="start" cx="{middle[0]:.1f}" cy="{middle[1]:.1f}" r="{_DOT[0] / 2:g}"/>'


def _arrow(arrow: Arrow, points: Sequence[Point], label: Point) -> str:
    x, y = points[-1]
    down = 1.0 if y > points[0][1] else -1.0
    shortened = [*points[:-1], (x, y - 7 * down)]
    return _grouped(arrow, _path(shortened) + _head((x, y), (0.0, down)), label)


def _path(points: Sequence[Point]) -> str:
    said = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x, y), (to_x, to_y) in pairwise(points):
        if abs(to_x - x) < 0.05:
            said.append(f"L{to_x:.1f} {to_y:.1f}")
        else:
            half = (y + to_y) / 2
            said.append(f"C{x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}")
    return f'<path d="{"".join(said)}"/>'


def _head(tip: Point, way: Point) -> str:
    (x, y), (along, down) = tip, way
    corners = [
        (x, y),
        (x - 9 * along + 4 * down, y - 9 * down + 4 * along),
        (x - 9 * along - 4 * down, y - 9 * down - 4 * along),
    ]
    return f'<polygon points="{" ".join(f"{each[0]:.1f},{each[1]:.1f}" for each in corners)}"/>'


def _loop(arrow: Arrow, middle: Point, size: Size) -> str:
    right, y = middle[0] + size[0] / 2, middle[1]
    out = right + _LOOP * 1.3
    path = f'<path d="M{right:.1f} {y - 9:.1f}C{out:.1f} {y - 16:.1f} {out:.1f} {y + 16:.1f} {right + 7:.1f} {y + 9:.1f}"/>'
    label = right + _LOOP + _label_size(arrow)[0] / 2
    return _grouped(arrow, path + _head((right, y + 9), (-1.0, 0.0)), (label, y))


def _grouped(arrow: Arrow, line: str, label: Point) -> str:
    parts = [line]
    if arrow.labels:
        width, height = _label_size(arrow)
        left, top = label[0] - width / 2, label[1] - height / 2
        parts.append(_rect(left, top, width, height, ' class="behind"'))
        for number, text in enumerate(arrow.labels):
            y = top + 2 + _LABEL * (_HEIGHT * number + 1.05)
            parts.append(f'<text class="label" x="{label[0]:.1f}" y="{y:.1f}">{_told(text)}</text>')
    mark = f" {arrow.mark}" if arrow.mark else ""
    return f'<g class="arrow{mark}" data-source="{arrow.source}" data-dest="{arrow.dest}">{"".join(parts)}</g>'
