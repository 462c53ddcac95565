"""Engines as text: Mermaid, DOT and Markdown, and the matrix of what is heard in which state.

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

from callfsm.core.machine import ENGINES
from callfsm.core.picture import Edge, arrows, beginnings, diamonds, edges, finals, remarks
from callfsm.core.tables import TABLES, Speaker

STAYS_WORD: Final = "stays"
"""What stands for the destination of an edge that leaves the state as it is."""

_MERMAID_HEAD: Final = """\
---
config:
  flowchart:
    wrappingWidth: 600
  themeVariables:
    fontSize: 13px
---
stateDiagram-v2
"""

# A second colon in a line is a syntax error up to Mermaid 10, so a middle dot stands for it.
_MERMAID_ESCAPES: Final = str.maketrans({":": " ·", "#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "\n": " "})
_FINAL_STYLE: Final = "fill:#e3efe3,stroke:#5b8a5b,color:#1f1f1f"

_DOT_HEAD: Final = """\
    node [shape=box, style=rounded, fontname="sans-serif", fontsize=11]
    edge [fontname="sans-serif", fontsize=10]
    start [shape=point, width=0.15]
"""


def escaped(text: str) -> str:
    """A text that Mermaid takes as part of a label, whatever stands in it."""
    return text.translate(_MERMAID_ESCAPES)


def mermaid(name: str) -> str:
    """A machine as a Mermaid state diagram."""
    engine, final = ENGINES[name], finals(name)
    # Where nothing is asked the states are small, and the labels of a drawing from top to bottom would overlap.
    lines = ["direction TB" if TABLES[name].triggers(Speaker.ASK) else "direction LR"]
    for state in engine.states:
        lines.append(f"{state} : {state}")
        lines += [f"{state} : {escaped(remark)}" for remark in remarks(name, state)]
    lines += [f"state {diamond} <<choice>>" for diamond in diamonds(name)]
    lines += [f"[*] --> {state}" for state in beginnings(name)]
    for arrow in arrows(name):
        label = "<br/>".join(escaped(label) for label in arrow.labels)
        lines.append(f"{arrow.source} --> {arrow.dest}" + (f" : {label}" if label else ""))
    lines += [f"{state} --> [*]" for state in final]
    if final:
        lines += [f"classDef final {_FINAL_STYLE}", f"class {', '.join(final)} final"]
    return _MERMAID_HEAD + "".join(f"    {line}\n" for line in lines)


def _quoted(first: Iterable[str], inside: Iterable[str] = ()) -> str:
    """Centred lines, and below them lines that stand at the left, as a DOT string."""
    escapes = str.maketrans({"\\": "\\\\", '"': '\\"'})
    left = [line.translate(escapes) + "\\l" for line in inside]
    return '"' + "\\n".join([*(line.translate(escapes) for line in first), "".join(left)]).removesuffix("\\n") + '"'


def dot(name: str) -> str:
    """A machine as a Graphviz digraph."""
    engine, lines = ENGINES[name], []
    for state, held in engine.states.items():
        label = _quoted([state], remarks(name, state))
        border = ", peripheries=2" if held.final else ""
        lines.append(f"{state} [label={label}, tooltip={_quoted([TABLES[name].states[state]])}{border}]")
    lines += [f'{diamond} [shape=diamond, style=solid, width=0.3, height=0.3, label=""]' for diamond in diamonds(name)]
    lines += [f"start -> {state}" for state in beginnings(name)]
    lines += [f"{arrow.source} -> {arrow.dest} [label={_quoted(arrow.labels)}]" for arrow in arrows(name)]
    return f"digraph {name} {{\n{_DOT_HEAD}" + "".join(f"    {line}\n" for line in lines) + "}\n"


def _table(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells as a Markdown table; the first row is its heading."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in rows]
    return lines[0] + "|" + " --- |" * (lines[0].count(" | ") + 1) + "\n" + "".join(lines[1:])


def _states(name: str) -> list[list[str]]:
    engine = ENGINES[name]
    rows = [["state", "meaning", "on enter", "on exit"]]
    for state, held in engine.states.items():
        entered = [str(hook) for hook in [*held.on_enter, *(engine.on_final if held.final else ())]]
        shown = f"**{state}** (final)" if held.final else f"**{state}**"
        left = [str(hook) for hook in held.on_exit]
        rows.append([shown, TABLES[name].states[state], ", ".join(entered), ", ".join(left)])
    return rows


def markdown(name: str) -> str:
    """A machine as two Markdown tables: its states with their hooks, and every row."""
    sources: dict[Edge, list[str]] = {}
    for edge in edges(name):
        sources.setdefault(edge._replace(source=""), []).append(edge.source)
    rows = [["who", "trigger", "from", "guard", "to", "sends / notes"]]
    for edge, states in sources.items():
        consequence = ", ".join([edge.sends] * bool(edge.sends) + list(edge.hooks))
        dest = edge.dest or STAYS_WORD
        rows.append([edge.who, edge.trigger, ", ".join(states), ", ".join(edge.guards), dest, consequence])
    return _table(_states(name)) + "\n" + _table(rows)


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


FORMATS: Final[dict[str, Callable[[str], str]]] = {"mermaid": mermaid, "dot": dot, "markdown": markdown}
"""Each form in which a machine can be written, by its name."""

FILE_ENDINGS: Final = {"mermaid": ".mmd", "dot": ".dot", "markdown": ".md"}
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

The machines:

"""


def _section(name: str) -> str:
    picture = f"[{name}.mmd]({name}.mmd)"
    return f"\n## {name}\n\n{TABLES[name].about} ({picture})\n\n```mermaid\n{mermaid(name)}```\n\n{markdown(name)}"


def files() -> dict[str, str]:
    """Every file of ``diagrams/`` with what stands in it: a picture for each machine, and the index."""
    contents = [f"- [{name}](#{name}): {TABLES[name].about}\n" for name in ENGINES]
    index = _INDEX_HEAD + "".join(contents) + "".join(_section(name) for name in ENGINES)
    return {f"{name}{FILE_ENDINGS['mermaid']}": mermaid(name) for name in ENGINES} | {"README.md": index}
