"""What is known of a call, or of many, laid over the pictures of machines."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callfsm import diagram
from callfsm.core.picture import CURRENT, UNVISITED, VISITED, Picture, Taken, edges, picture
from callfsm.core.tables import TABLES
from callfsm.diagrams import FILE_ENDINGS, FORMATS, SYSTEM, pictured
from callfsm.diagrams.overlay import marks

ANSWERED: Taken = ("created", "answer_accepted", "answered")
ENDING: Taken = ("answered", "ending", "ending")
ENDED: Taken = ("ending", "ended", "ended")
WAY = [ANSWERED, ENDING, ENDED]

machines = pytest.mark.parametrize("name", list(TABLES))


def marked(shown: Picture, mark: str) -> set[str]:
    """The boxes with a mark."""
    return {box.key for box in shown.boxes if box.mark == mark}


def taken_between(shown: Picture, source: str, dest: str) -> list[str]:
    """The labels of what was taken from one state to another."""
    found = [arrow for arrow in shown.arrows if (arrow.source, arrow.dest, arrow.mark) == (source, dest, VISITED)]
    return [label for arrow in found for label in arrow.labels]


@pytest.mark.parametrize("form", FORMATS)
@machines
def test_every_form_takes_an_overlay(name: str, form: str) -> None:
    """Each machine is written in each form, with everything that can be laid over it."""
    taken = [edge.taken for edge in edges(name)]

    assert diagram(name, form, current=taken[0][2], path=taken[:3], counts=dict.fromkeys(taken[::2], 7))


def test_nothing_laid_over() -> None:
    """Without anything to lay over it, a picture has no marks."""
    shown = picture("call")

    assert {""} == {box.mark for box in shown.boxes} | {arrow.mark for arrow in shown.arrows}


def test_current() -> None:
    """The current state is marked, and no other."""
    assert {"answered"} == marked(pictured("call", current="answered"), CURRENT)


def test_path_is_numbered() -> None:
    """Each step of a path carries its number, and the states it went through are marked."""
    shown = pictured("call", path=WAY)

    assert (["① reply: answer_accepted"], {"created", "answered", "ending", "ended"}) == (
        taken_between(shown, "created", "answered"),
        marked(shown, VISITED),
    )


def test_a_step_that_is_taken_twice() -> None:
    """A step that is taken again carries both of its numbers."""
    there, back = ("playing", "paused", "paused"), ("paused", "playing", "playing")

    assert ["①③ report: paused"] == taken_between(pictured("play", path=[there, back, there]), "playing", "paused")


def test_long_paths() -> None:
    """Beyond twenty there are no circled numbers; a number in brackets does."""
    there, back = ("playing", "paused", "paused"), ("paused", "playing", "playing")
    (label,) = taken_between(pictured("play", path=[there, back] * 11), "playing", "paused")

    assert "⑲(21) report: paused" == label[-len("⑲(21) report: paused") :]


def test_counts() -> None:
    """What was taken tells how often, and what was not tells that."""
    shown = pictured("call", counts={ANSWERED: 3})
    others = {label[-3:] for arrow in shown.arrows if arrow.mark == UNVISITED for label in arrow.labels}

    assert (["reply: answer_accepted ×3"], {" ×0"}, {"ending", "ended"}) == (
        taken_between(shown, "created", "answered"),
        others,
        marked(shown, UNVISITED),
    )


def test_counts_of_what_moves_nothing() -> None:
    """What is asked or heard without moving tells how often, too."""
    counts = {("answered", "play", "answered"): 5, ("created", "ringing", "created"): 2}
    lines = {box.key: "\n".join(box.lines) for box in pictured("call", counts=counts).boxes}

    assert (True, True) == ("play ×5," in lines["answered"], "ringing [news] / note_ringing ×2" in lines["created"])


@machines
def test_counts_of_everything(name: str) -> None:
    """Each edge tells how often it was taken, within a state as between two; nought when it never was."""
    taken = dict.fromkeys(edge.taken for edge in edges(name))
    counts = {step: number for number, step in enumerate(taken, start=1) if number % 2}
    shown = pictured(name, counts=counts)
    within = [told for box in shown.boxes for told in re.findall("\u00d7(\\d+)", "\n".join(box.lines))]
    between = {told for arrow in shown.arrows for label in arrow.labels for told in re.findall("\u00d7(\\d+)$", label)}

    assert (
        sorted(str(counts.get(step, 0)) for step in taken if step[0] == step[2]),
        {str(counts.get(step, 0)) for step in taken if step[0] != step[2]},
    ) == (sorted(within), between)


def test_never_asked() -> None:
    """What was never asked in a state says so in every form."""
    told = {form: diagram("call", form, counts={("created", "transfer", "created"): 1}) for form in FORMATS}
    wanted = dict.fromkeys(FORMATS, "transfer \u00d70") | {"markdown": "created \u00d71, answered \u00d70"}

    assert [] == [form for form, text in told.items() if wanted[form] not in text]


@given(chosen=st.sets(st.sampled_from([edge.taken for edge in edges("play_and_collect") if edge.dest])))
def test_what_was_taken_is_drawn_apart(chosen: set[Taken]) -> None:
    """No line of what was taken leads through a diamond, and each leads from its source to its destination."""
    shown = pictured("play_and_collect", counts=dict.fromkeys(chosen, 1))
    found = {(arrow.source, arrow.dest) for arrow in shown.arrows if arrow.mark == VISITED}

    assert {(source, dest) for source, _, dest in chosen} == found


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"machine": "nothing"}, "there is no machine 'nothing'; there are call, play"),
        ({"form": "crayon"}, "there is no format 'crayon'; there are mermaid, dot"),
        ({"current": "asleep"}, "the call machine has no state 'asleep'; it has created, answered"),
        ({"path": [("created", "sneeze", "ended")]}, "the call machine takes no 'sneeze' from 'created' to 'ended'"),
        (
            {"path": [("created", "answered")]},
            "('created', 'answered') is no step of a machine: give (source, trigger, dest)",
        ),
        ({"path": ["abc"]}, "'abc' is no step of a machine"),
        ({"path": [3]}, "3 is no step of a machine"),
        ({"counts": {("ended", "answered", "created"): 1}}, "takes no 'answered' from 'ended'"),
        ({"machine": SYSTEM, "current": "ended"}, "nothing can be laid over it"),
    ],
)
def test_what_there_is_not(given_: dict[str, str], told: str) -> None:
    """A machine, form, state or step that there is not is told, with those that there are."""
    with pytest.raises(ValueError, match=re.escape(told)):
        diagram(**given_)  # type: ignore[arg-type]  # of any kind, as a mistake would be


def test_steps_as_lists() -> None:
    """A way that comes from JSON is a way."""
    assert diagram("call", path=WAY) == diagram("call", path=[list(step) for step in WAY])  # type: ignore[misc]  # as JSON has it


def test_mermaid_marks() -> None:
    """In Mermaid the current state has a class of its own, and so has what was visited."""
    text = diagram("call", current="ended", path=WAY)

    assert ["class ended current", "class created, answered, ending visited"] == re.findall(
        r"^ +(class .*)$", text, re.MULTILINE
    )


def test_mermaid_lines() -> None:
    """In Mermaid, where lines have no style, what was taken and what was not from one state to another share a line."""
    text = diagram("call", counts={ENDED: 2})

    assert ["report · ended / note_end ×2<br/>reply · gone / note_cause ×0<br/>line · lost / note_cause ×0"] == (
        re.findall(r"ending --> ended : (.*)", text)
    )


def test_dot_marks() -> None:
    """In DOT what was taken is bold, and what was not is dashed."""
    text = diagram("call", "dot", counts={ANSWERED: 1})

    assert ("penwidth=2", "style=dashed") == (
        *re.findall(r'answer_accepted ×1".*(penwidth=2)\]', text),
        *re.findall(r"created -> ended .*(style=dashed)\]", text),
    )


def test_plantuml_marks() -> None:
    """In PlantUML what was taken is bold, and the current state has a colour."""
    text = diagram("call", "plantuml", current="answered", path=[ANSWERED])

    assert (True, True) == (
        "created -[#1D4ED8,bold]-> answered : ① reply: answer_accepted" in text,
        'state "answered" as answered #FFDF8A' in text,
    )


def test_svg_marks() -> None:
    """In SVG marks are classes."""
    drawn = fromstring(diagram("call", "svg", current="ended", path=WAY))  # noqa: S314  # written here
    boxes = {each.get("data-key"): each.get("class") for each in drawn.iter() if each.get("data-key")}

    assert {
        "created": "box visited",
        "answered": "box visited",
        "ending": "box visited",
        "ended": "box final current",
    } == boxes


def test_markdown_marks() -> None:
    """In Markdown the current state is marked, and a column tells from where a row was taken."""
    text = diagram("call", "markdown", current="ended", counts={ENDED: 2})

    assert (True, True) == ("| ▶ **ended** (final) |" in text, "ending ×2 |" in text)


def moves_of_plantuml(text: str) -> Iterable[tuple[str, str, str]]:
    """Source, destination and label of each arrow."""
    for source, dest, labels in re.findall(r"^(\w+) --> (\w+)(?: : (.*))?$", text, re.MULTILINE):
        for label in labels.split("\\n"):
            yield source, dest, label


@machines
def test_plantuml_moves(name: str) -> None:
    """PlantUML draws the same arrows as the picture has."""
    shown = picture(name)

    assert {(arrow.source, arrow.dest, label) for arrow in shown.arrows for label in arrow.labels or ("",)} == set(
        moves_of_plantuml(diagram(name, "plantuml"))
    )


def test_every_format_has_an_ending() -> None:
    """Each form knows how its files are named."""
    assert set(FORMATS) == set(FILE_ENDINGS)


@machines
def test_marks_know_what_they_mark(name: str) -> None:
    """Whatever a machine can take can be laid over it."""
    taken = [edge.taken for edge in edges(name)]

    assert set(taken) == set(marks(name, path=taken).told)
