"""The written forms of an engine hold all of it, and hold it in a stable order."""

import re
from collections.abc import Callable, Iterator

import pytest

from callfsm.core import machine
from callfsm.core.diagram import (
    FILE_ENDINGS,
    FORMATS,
    STAYS_WORD,
    dot,
    files,
    markdown,
    matrix,
    matrix_markdown,
    mermaid,
)
from callfsm.core.drawing import escaped
from callfsm.core.machine import ENGINES
from callfsm.core.picture import OTHERWISE, WIDTH, edges, remarks
from callfsm.core.tables import TABLES, Speaker

machines = pytest.mark.parametrize("name", list(TABLES))
formats = pytest.mark.parametrize("write", list(FORMATS.values()), ids=list(FORMATS))
pictures = pytest.mark.parametrize("write", [mermaid, dot], ids=["mermaid", "dot"])


def moves_of_engine(name: str) -> set[tuple[str, str, str]]:
    """Source, destination and trigger of each transition that moves, straight from the engine."""
    return {
        (source, str(transition.dest), trigger)
        for trigger, event in ENGINES[name].events.items()
        for source, transitions in event.transitions.items()
        for transition in transitions
        if transition.dest is not None
    }


def lines_of(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """Source, destination and labels of each line in a picture, whichever language it is in."""
    for line in text.splitlines():
        found = re.match(r"    (\w+) --?> (\w+)(?: : (.*)| \[label=\"(.*)\"\])?$", line)
        if found:
            source, dest, *label = found.groups()
            yield source, dest, [part for part in re.split(r"<br/>|\\n", label[0] or label[1] or "") if part]


def moves_of_picture(text: str) -> set[tuple[str, str, str]]:
    """Source, destination and trigger of each move in a picture, its diamonds followed."""
    lines = list(lines_of(text))
    into: dict[str, list[str]] = {}
    for source, dest, labels in lines:
        if not labels and source != "start":
            into.setdefault(dest, []).append(source)
    moves = set()
    for source, dest, labels in lines:
        for label in labels:
            trigger = re.split(r": | · ", label)[1].split()[0]
            moves |= {(start, dest, trigger) for start in into.get(source, [source])}
    return moves


def hooks_and_guards(name: str) -> set[str]:
    """Every name that an engine looks up on its subject, except the hook which sends."""
    engine = ENGINES[name]
    transitions = [
        transition for event in engine.events.values() for group in event.transitions.values() for transition in group
    ]
    names = {str(condition.func) for transition in transitions for condition in transition.conditions}
    names |= {str(hook) for transition in transitions for hook in transition.before}
    names |= {str(hook) for state in engine.states.values() for hook in [*state.on_enter, *state.on_exit]}
    return names | {str(hook) for hook in engine.on_final}


@machines
@pictures
def test_moves(name: str, write: Callable[[str], str]) -> None:
    """A picture draws every move of its engine and no other."""
    assert moves_of_engine(name) == moves_of_picture(write(name))


@machines
@formats
def test_hooks_and_guards(name: str, write: Callable[[str], str]) -> None:
    """Each guard and each hook of an engine can be read in each of its forms."""
    written = set(re.findall(r"\w+", write(name)))

    assert set() == hooks_and_guards(name) - written


@machines
@formats
def test_states(name: str, write: Callable[[str], str]) -> None:
    """Each state can be read in each form."""
    assert set() == set(ENGINES[name].states) - set(re.findall(r"\w+", write(name)))


@machines
@formats
def test_wire_methods(name: str, write: Callable[[str], str]) -> None:
    """Each wire method that a row sends can be read in each form, or is ``calling.`` and the ask, which can."""
    # What begins a line of a DOT label stands right behind the mark that ends the line before.
    written = set(re.findall(r"[\w.]+", write(name).replace("\\l", " ")))
    hidden = {row.trigger for row in TABLES[name].rows if row.sends and row.sends not in written}

    assert hidden <= {row.trigger for row in TABLES[name].rows if row.sends == f"calling.{row.trigger}"} & written


@machines
@formats
def test_stable(name: str, write: Callable[[str], str]) -> None:
    """The same engine always gives the same text."""
    assert write(name) == write(name)


@machines
def test_sorted(name: str) -> None:
    """A Mermaid diagram lists its states, and the lines between them, in the order of the table."""
    order = list(TABLES[name].states)
    places = [
        (order.index(source), order.index(dest))
        for source, dest, _ in lines_of(mermaid(name))
        if source in order and dest in order
    ]

    assert sorted(places) == places


@machines
def test_ends(name: str) -> None:
    """A Mermaid diagram begins at the initial state, and a message that came to us as received; finals end it."""
    ends = re.findall(r"\[\*\] --> (\w+)|(\w+) --> \[\*\]", mermaid(name))
    begins = [TABLES[name].initial, *(["received"] if name == "message" else [])]

    assert [(state, "") for state in begins] + [("", state) for state in TABLES[name].final.split()] == ends


@machines
def test_beginnings(name: str) -> None:
    """Both pictures begin at the same states."""
    drawn = [
        re.findall(pattern, write(name))
        for pattern, write in ((r"\[\*\] --> (\w+)", mermaid), (r"start -> (\w+)", dot))
    ]

    assert drawn[0] == drawn[1]


def asked_in(name: str, state: str) -> list[tuple[str, str, str]]:
    """Guards, ask and what stands behind it, of each ask in a state of a picture."""
    text = re.sub(r",\n(?!may ask)", ", ", "\n".join(remarks(name, state)))
    lists = re.findall(r"^may ask(.*?): (.*)$", text, re.MULTILINE)
    return [(guards, *each) for guards, items in lists for each in re.findall(r"(\w+)(?: \(([^)]*)\))?(?:, |$)", items)]


@machines
def test_asks_are_told_from_the_rest(name: str) -> None:
    """What a state may be asked, and nothing else, is called an ask."""
    asked = {(state, ask) for state in ENGINES[name].states for _, ask, _ in asked_in(name, state)}

    assert {
        (state, ask)
        for state in ENGINES[name].states
        for ask in TABLES[name].triggers(Speaker.ASK)
        if machine.heard_in(name, ask, state)
    } == asked


@pictures
def test_asks_and_reports_of_a_call(write: Callable[[str], str]) -> None:
    """Asks stand under their guards, with a wire method of another name; a report that moves nothing is heard."""
    text = write("call").replace(" · ", ": ")

    assert [True] * 4 == [
        words in text
        for words in (
            "may ask [inbound, undecided]: answer, pass_ (calling.pass)",
            "hears report: ringing [news] / note_ringing",
            "reply: answer_accepted",
            "on exit: tear_down",
        )
    ]


def test_an_ask_that_sends_nothing() -> None:
    """An ask for what is so already is shown to send nothing."""
    assert remarks("play", "finished")[-1] == "may ask: stop (sends nothing)"


@machines
def test_asks_in_full(name: str) -> None:
    """Each ask of a state is told once, under its guards, with what it sends where its name does not tell that."""
    for state in ENGINES[name].states:
        asked = [
            (
                f" [{', '.join(row.guards.split())}]" if row.guards else "",
                row.trigger,
                "" if row.sends == f"calling.{row.trigger}" else row.sends or "sends nothing",
            )
            for row in TABLES[name].rows
            if row.speaker is Speaker.ASK and state in row.sources.split()
        ]

        assert sorted(asked) == sorted(asked_in(name, state))


def test_lists_are_narrow() -> None:
    """A list of asks is broken into lines, so that a state with many of them is no wider than others."""
    assert max(len(remark) for remark in remarks("call", "created")) <= WIDTH


def test_lists_are_short() -> None:
    """Asks under the same guards share their lines: the many of a call take no more room than a handful."""
    assert len(remarks("call", "answered")) < 20


def test_the_last_of_several_rows() -> None:
    """A row without guards, behind one with guards, is marked as what happens otherwise."""
    guards = {edge.dest: edge.guards for edge in edges("connection") if edge.trigger == "refused"}

    assert {"waiting": ("refusals_left",), "refused": (OTHERWISE,)} == guards


@machines
def test_matrix_agrees_with_the_engine(name: str) -> None:
    """A cell of the matrix is filled exactly where the engine hears the trigger in the state."""
    heading, *rows = matrix(name)

    assert {
        (trigger, state): machine.heard_in(name, trigger, state)
        for trigger in ENGINES[name].events
        for state in TABLES[name].states
    } == {
        (trigger, state): bool(cell)
        for _, trigger, *cells in rows
        for state, cell in zip(heading[2:], cells, strict=True)
    }


@machines
def test_matrix_destinations(name: str) -> None:
    """A cell of the matrix tells each state that can follow, or that the state stays."""
    heading, *rows = matrix(name)
    told = {
        (trigger, state): re.sub(r" \[.*?\]", "", cell).split(", ")
        for _, trigger, *cells in rows
        for state, cell in zip(heading[2:], cells, strict=True)
        if cell
    }

    assert {
        (trigger, state): [transition.dest or STAYS_WORD for transition in transitions]
        for trigger, event in ENGINES[name].events.items()
        for state, transitions in event.transitions.items()
    } == told


@machines
def test_matrix_is_grouped_by_speaker(name: str) -> None:
    """The rows of the matrix are grouped by who speaks."""
    speakers = [row[0] for row in matrix(name)[1:]]

    assert sorted(speakers, key=[*Speaker].index) == speakers


def test_matrix_marks_guards() -> None:
    """A cell of the matrix shows the guards of each row in it."""
    row = next(row for row in matrix("connection") if row[1] == "refused")

    assert "waiting [refusals_left], refused [otherwise]" in row


@machines
@pytest.mark.parametrize("write", [markdown, matrix_markdown])
def test_markdown_tables_are_whole(name: str, write: Callable[[str], str]) -> None:
    """Each row of a Markdown table has as many cells as its heading."""
    widths = [{line.count("|") for line in table.splitlines()} for table in write(name).split("\n\n")]

    assert [1] * len(widths) == [len(width) for width in widths]


@machines
def test_markdown_rows(name: str) -> None:
    """The Markdown table has a line for each row of the machine's own table."""
    written = re.findall(r"^\| (\w+) \| ([\w-]+) \| ([\w, ]+) \|", markdown(name).split("\n\n")[1], re.MULTILINE)

    assert sorted((row.speaker, row.trigger, row.sources.replace(" ", ", ")) for row in TABLES[name].rows) == sorted(
        (who, trigger, sources) for who, trigger, sources in written if who != "who"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("who: a; <b>\n#1", "who · a#59; #lt;b#gt; #35;1"),
        ("one\r\n\ttwo\u2028", "one   two "),
        ("%%{init: x}%%", "#37;#37;{init · x}#37;#37;"),
        ("&lt &amp; $$x$$ a\\nb", "#38;lt #38;amp#59; #36;#36;x#36;#36; a#92;nb"),
        ("*it* _under_ __strong__ note_end pass_", "#42;it* #95;under_ #95;#95;strong_#95; note_end pass_"),
        ("digit *** and ***", "digit *** and #42;#42;#42;"),
        ("One Direction LR, no directions", "One #68;irection LR, no directions"),
    ],
)
def test_escaped(text: str, written: str) -> None:
    """What would end a Mermaid label, or be read as markup or as a word of Mermaid's own, is written otherwise."""
    assert written == escaped(text)


def test_every_format_has_an_ending() -> None:
    """Each form knows how its files are named."""
    assert list(FORMATS) == list(FILE_ENDINGS)


def test_files() -> None:
    """There is a picture for each machine, and an index that shows them all."""
    written = files()

    assert {"README.md", "system.mmd"} | {f"{name}.mmd" for name in TABLES} == set(written)


@machines
def test_index(name: str) -> None:
    """The index shows each machine as a picture, says what it is about and lists its rows."""
    index = files()["README.md"]

    assert [True] * 3 == [
        part in index for part in (f"```mermaid\n{mermaid(name)}```", TABLES[name].about, markdown(name))
    ]
