"""Engines as text: Mermaid, DOT, PlantUML and Markdown, and the matrix of what is heard in which state.

1. States, edges, guards and hooks are read from the engines as loaded, so a picture shows what runs. Only
   who speaks, what goes over the wire and what a state means comes from the tables: no engine holds it.
2. Everything keeps the order of its table, so the same engines always give the same text.
3. An edge is written ``who: trigger [guards] / hooks``. An ask moves nothing and so is no edge: it stands
   inside its state, in one list with the others under the same guards, and so does whatever else is heard
   there and leaves the state as it is. A wire method is told where it is not ``calling.`` and the ask.
4. What several states hear alike, towards several states, meets in a diamond when that saves lines: each
   line out of it holds for each state with a line into it.
"""

from collections.abc import Callable, Iterable
from typing import Final

from callfsm.core import drawing
from callfsm.core.machine import ENGINES
from callfsm.core.picture import NO_MARKS, Edge, Marks, Picture, Told, edges, picture
from callfsm.core.system import system
from callfsm.core.tables import TABLES

STAYS_WORD: Final = "stays"
"""What stands for the destination of an edge that leaves the state as it is."""


def mermaid(name: str) -> str:
    """A machine as a Mermaid state diagram."""
    return drawing.mermaid(picture(name))


def dot(name: str) -> str:
    """A machine as a Graphviz digraph."""
    return drawing.dot(picture(name))


def plantuml(name: str) -> str:
    """A machine as a PlantUML state diagram."""
    return drawing.plantuml(picture(name))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _table(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells as a Markdown table; the first row is its heading."""
    lines = ["| " + " | ".join(_cell(cell) for cell in row) + " |\n" for row in rows]
    return lines[0] + "|" + " --- |" * (lines[0].count(" | ") + 1) + "\n" + "".join(lines[1:])


def _states(name: str, marks: Marks) -> list[list[str]]:
    engine = ENGINES[name]
    rows = [["state", "meaning", "on enter", "on exit"]]
    for state, held in engine.states.items():
        entered = [str(hook) for hook in [*held.on_enter, *(engine.on_final if held.final else ())]]
        shown = f"**{state}** (final)" if held.final else f"**{state}**"
        here = "▶ " if state == marks.current else ""
        left = [str(hook) for hook in held.on_exit]
        rows.append([here + shown, TABLES[name].states[state], ", ".join(entered), ", ".join(left)])
    return rows


def markdown(name: str, marks: Marks = NO_MARKS) -> str:
    """A machine as two Markdown tables: its states with their hooks, and every row."""
    sources: dict[Edge, list[str]] = {}
    taken: dict[Edge, list[str]] = {}
    for edge in edges(name):
        alike = edge._replace(source="")
        sources.setdefault(alike, []).append(edge.source)
        told = marks.told.get(edge.taken, marks.others)
        taken.setdefault(alike, []).extend([told.of(edge.source)] * (told != Told()))
    heading = ["who", "trigger", "from", "guard", "to", "sends / notes"]
    rows = [heading + ["taken from"] * (marks != NO_MARKS)]
    for edge, states in sources.items():
        consequence = ", ".join([edge.sends] * bool(edge.sends) + list(edge.hooks))
        dest = edge.dest or STAYS_WORD
        row = [edge.who, edge.trigger, ", ".join(states), ", ".join(edge.guards), dest, consequence]
        rows.append(row + [", ".join(taken[edge])] * (marks != NO_MARKS))
    return _table(_states(name, marks)) + "\n" + _table(rows)


def arrows_markdown(picture: Picture) -> str:
    """What a picture shows as two Markdown tables: its boxes, and its arrows."""
    titles = {box.key: box.title for box in picture.boxes}
    boxes = [["what", "told of it"], *([box.title, ", ".join(box.lines)] for box in picture.boxes)]
    rows = [["from", "what happens", "to"]]
    rows += [
        [titles.get(arrow.source, arrow.source), ", ".join(arrow.labels), titles.get(arrow.dest, arrow.dest)]
        for arrow in picture.arrows
    ]
    return _table(boxes) + "\n" + _table(rows)


def matrix(name: str) -> list[list[str]]:
    """What each trigger does in each state: a heading, then a row for each trigger, grouped by speaker.

    A cell holds the state that follows, or ``stays``, each with its guards; ``""`` where no row takes the trigger.
    """
    states = list(ENGINES[name].states)
    cells: dict[tuple[str, str], dict[str, list[str]]] = {}
    for edge in edges(name):
        row = cells.setdefault((edge.who, edge.trigger), {})
        row.setdefault(edge.source, []).append((edge.dest or STAYS_WORD) + edge.guarded)
    heading = ["who", "trigger", *states]
    return [heading, *([*key, *(", ".join(row.get(state, ())) for state in states)] for key, row in cells.items())]


def matrix_markdown(name: str) -> str:
    """The matrix of a machine as a Markdown table."""
    return _table(matrix(name))


FORMATS: Final[dict[str, Callable[[str], str]]] = {
    "mermaid": mermaid,
    "dot": dot,
    "markdown": markdown,
    "plantuml": plantuml,
}
"""Each form in which a machine can be written, by its name."""

FILE_ENDINGS: Final = {"mermaid": ".mmd", "dot": ".dot", "markdown": ".md", "plantuml": ".puml"}
"""How the name of a file in each form ends."""

_INDEX_HEAD: Final = """\
# The machines of callfsm

Written from the engines as they run, by `python -m callfsm diagram -o diagrams`; a test holds that these
files are current.

How to read the pictures:

- A line is something that arrives and moves the state: `who · trigger [guards] / hooks`, where *who* is a
  reply to a command, a report of the server, the call, the line or the clock.
- Inside a state stands what it may be asked, what it hears without moving, and the hooks that run as it is
  entered or left. An ask never moves anything; what arrives does. It sends `calling.` and its own name; where the
  wire method is another one, that stands behind it.
- `[otherwise]` is taken when the guards of the same trigger in the same state have refused.
- A diamond gathers what several states hear alike: each line out of it holds for each state with a line into it.
- Green states are final.
- Labels that name a hook (`/ note_end`) tell what is noted as the line is taken; what a hook means for others is the
  first picture: the system.

The machines:

"""


def _section(name: str, about: str, text: str, tables: str) -> str:
    return f"\n## {name}\n\n{about} ([{name}.mmd]({name}.mmd))\n\n```mermaid\n{text}```\n\n{tables}"


def files() -> dict[str, str]:
    """Every file of ``diagrams/`` with what stands in it: a picture for each machine, the whole, and the index."""
    whole = system()
    contents = [f"- [{whole.name}](#{whole.name}): {whole.about}\n"]
    contents += [f"- [{name}](#{name}): {TABLES[name].about}\n" for name in ENGINES]
    sections = [_section(whole.name, whole.about, drawing.mermaid(whole), arrows_markdown(whole))]
    sections += [_section(name, TABLES[name].about, mermaid(name), markdown(name)) for name in ENGINES]
    texts = {whole.name: drawing.mermaid(whole), **{name: mermaid(name) for name in ENGINES}}
    index = _INDEX_HEAD + "".join(contents) + "".join(sections)
    return {f"{name}{FILE_ENDINGS['mermaid']}": text for name, text in texts.items()} | {"README.md": index}
