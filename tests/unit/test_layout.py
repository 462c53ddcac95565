"""Pictures that are laid out here: nothing lies on anything else, and the same picture is always drawn alike."""

from itertools import combinations
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callfsm.core.picture import Arrow, Box, Picture, picture
from callfsm.core.system import system
from callfsm.core.tables import TABLES
from callfsm.diagrams.layout import Layout, laid_out
from callfsm.diagrams.metrics import text_width
from callfsm.diagrams.ranking import Line
from callfsm.diagrams.svg import svg

Rectangle = tuple[float, float, float, float]

SIZES = st.tuples(st.floats(20, 300), st.floats(15, 200))
PICTURES = {name: picture(name) for name in TABLES} | {"system": system()}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[float, float]], list[Line]]:
    """Boxes of any size, and lines between any two of them."""
    keys = [f"box {number}" for number in range(draw(st.integers(1, 9)))]
    sizes = {key: draw(SIZES) for key in keys}
    pairs = st.tuples(st.sampled_from(keys), st.sampled_from(keys)).filter(lambda pair: pair[0] != pair[1])
    lines = draw(st.lists(pairs, max_size=20)) if len(keys) > 1 else []
    return sizes, [Line(*pair, draw(SIZES)) for pair in lines]


def around(middle: tuple[float, float], size: tuple[float, float]) -> Rectangle:
    """Left, top, right and bottom."""
    return middle[0] - size[0] / 2, middle[1] - size[1] / 2, middle[0] + size[0] / 2, middle[1] + size[1] / 2


def touch(one: Rectangle, other: Rectangle) -> bool:
    """Whether two rectangles lie on each other."""
    return (
        one[0] < other[2] - 0.01 and other[0] < one[2] - 0.01 and one[1] < other[3] - 0.01 and other[1] < one[3] - 0.01
    )


def rectangles(layout: Layout, sizes: dict[str, tuple[float, float]], lines: list[Line]) -> list[Rectangle]:
    """Every box and every label."""
    boxes = [around(layout.boxes[key], size) for key, size in sizes.items()]
    labels = [around(route.label, line.label) for route, line in zip(layout.routes, lines, strict=True)]
    return boxes + labels


@given(graphs())
@settings(deadline=None, max_examples=40)
def test_nothing_lies_on_anything_else(graph: tuple[dict[str, tuple[float, float]], list[Line]]) -> None:
    """No box and no label lies on another one."""
    sizes, lines = graph
    found = rectangles(laid_out(sizes, lines), sizes, lines)

    assert [] == [pair for pair in combinations(found, 2) if touch(*pair)]


@given(graphs())
@settings(deadline=None, max_examples=40)
def test_everything_is_within(graph: tuple[dict[str, tuple[float, float]], list[Line]]) -> None:
    """Everything has a place within the size that is told."""
    sizes, lines = graph
    layout = laid_out(sizes, lines)
    width, height = layout.size
    found = rectangles(layout, sizes, lines)

    assert [] == [
        each
        for each in found
        if each[0] < -0.01 or each[1] < -0.01 or each[2] > width + 0.01 or each[3] > height + 0.01
    ]


@given(graphs())
@settings(deadline=None, max_examples=40)
def test_lines_join_their_boxes(graph: tuple[dict[str, tuple[float, float]], list[Line]]) -> None:
    """A line begins at the edge of its source and ends at that of its destination."""
    sizes, lines = graph
    layout = laid_out(sizes, lines)

    def meets(point: tuple[float, float], key: str) -> bool:
        left, top, right, bottom = around(layout.boxes[key], sizes[key])
        return left - 0.01 <= point[0] <= right + 0.01 and min(abs(point[1] - top), abs(point[1] - bottom)) < 0.01

    assert [True] * len(lines) == [
        meets(route.points[0], line.source) and meets(route.points[-1], line.dest)
        for route, line in zip(layout.routes, lines, strict=True)
    ]


@given(graphs())
@settings(deadline=None, max_examples=40)
def test_lines_cross_no_box(graph: tuple[dict[str, tuple[float, float]], list[Line]]) -> None:
    """Within a row a line runs straight down, between the boxes."""
    sizes, lines = graph
    layout = laid_out(sizes, lines)
    crossed = [
        (line, key)
        for route, line in zip(layout.routes, lines, strict=True)
        for (x, y), (to_x, to_y) in zip(route.points, route.points[1:], strict=False)
        for key in sizes
        if key not in (line.source, line.dest)
        and x == to_x
        and touch((x - 0.02, min(y, to_y), x + 0.02, max(y, to_y)), around(layout.boxes[key], sizes[key]))
    ]

    assert [] == crossed


@pytest.mark.parametrize("name", PICTURES)
def test_svg_is_whole(name: str) -> None:
    """An SVG is well-formed, and has every box and every arrow of its picture."""
    drawn = fromstring(svg(PICTURES[name]))  # noqa: S314  # written here
    keys = [each.get("data-key") for each in drawn.iter() if each.get("data-key")]
    ends = [(each.get("data-source"), each.get("data-dest")) for each in drawn.iter() if each.get("data-source")]

    assert [box.key for box in PICTURES[name].boxes] == keys
    assert set() == {(arrow.source, arrow.dest) for arrow in PICTURES[name].arrows} - set(ends)


@pytest.mark.parametrize("name", PICTURES)
def test_svg_says_everything(name: str) -> None:
    """Every word of a picture can be read in its SVG."""
    drawn = fromstring(svg(PICTURES[name]))  # noqa: S314  # written here
    texts = {each.text for each in drawn.iter() if each.text}
    boxes = {text for box in PICTURES[name].boxes for text in (box.title, *box.lines)}
    labels = {label for arrow in PICTURES[name].arrows for label in arrow.labels}

    assert set() == (boxes | labels) - texts


@pytest.mark.parametrize("name", PICTURES)
def test_svg_is_stable(name: str) -> None:
    """The same picture is drawn alike each time."""
    assert svg(PICTURES[name]) == svg(PICTURES[name])


@given(wild=st.text(max_size=80))
@settings(deadline=None, max_examples=40)
def test_svg_of_anything(wild: str) -> None:
    """Whatever a text holds, the SVG is well-formed, and nothing of it becomes an element."""
    boxes = (Box("one", wild, (wild,), wild, begins=True), Box("other", wild, final=True))
    drawn = fromstring(  # noqa: S314  # written here
        svg(Picture(wild, wild, boxes, (Arrow("one", "other", (wild,)), Arrow("one", "one", (wild,)))))
    )
    known = {"svg", "title", "desc", "style", "rect", "g", "path", "polygon", "text", "line", "circle"}

    assert set() == {each.tag.rpartition("}")[2] for each in drawn.iter()} - known


def test_svg_needs_nothing() -> None:
    """An SVG names no address but that of its own language."""
    assert ["http://www.w3.org/2000/svg"] == [
        part.split('"')[0] for part in ("http" + each for each in svg(PICTURES["call"]).split("http")[1:])
    ]


def test_a_loop_has_its_room() -> None:
    """An arrow from a box to itself stands beside it."""
    drawn = svg(Picture("loop", "", (Box("one", "one"),), (Arrow("one", "one", ("again",)),)))

    assert ">again</text>" in drawn


def test_wider_texts_are_wider() -> None:
    """The measure of a text grows with the text and with its size."""
    assert text_width("iii", 10) < text_width("mmm", 10) < text_width("mmm", 20)
