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
from typing import Final, NamedTuple

from callfsm.core.machine import ENGINES, SEND, sends, speaker
from callfsm.core.tables import TABLES, Speaker

OTHERWISE: Final = "otherwise"
"""What an edge shows as its guard when it is taken because the guards before it refused."""

WIDTH: Final = 60
"""How many characters stand in one line of a list within a state."""

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


class Edge(NamedTuple):
    """One transition of an engine, with who speaks and what goes over the wire."""

    who: Speaker
    trigger: str
    source: str
    guards: tuple[str, ...]
    dest: str | None
    sends: str
    hooks: tuple[str, ...]

    @property
    def guarded(self) -> str:
        """The guards in brackets, with a blank before them; ``""`` when there are none."""
        return f" [{', '.join(self.guards)}]" if self.guards else ""

    @property
    def label(self) -> str:
        """Who says what, under which guards, with which consequence."""
        verb = f"hears {self.who}" if self.dest is None else self.who
        hooks = f" / {', '.join(self.hooks)}" if self.hooks else ""
        return f"{verb}: {self.trigger}{self.guarded}{hooks}"

    @property
    def asked(self) -> str:
        """The ask, with the wire method that it sends unless its name tells that."""
        if self.sends == f"calling.{self.trigger}":
            return self.trigger
        return f"{self.trigger} ({self.sends or 'sends nothing'})"


class Arrow(NamedTuple):
    """One line of a picture, between two states or between a state and a diamond."""

    source: str
    dest: str
    labels: tuple[str, ...]


def edges(name: str) -> list[Edge]:
    """Every edge of an engine: grouped by speaker, then as its table has them."""
    found = [
        Edge(
            who=_who(name, trigger),
            trigger=trigger,
            source=source,
            guards=tuple(str(condition.func) for condition in transition.conditions) or (OTHERWISE,) * bool(place),
            dest=transition.dest,
            sends=sends(name, trigger, source) if SEND in transition.after else "",
            hooks=tuple(str(hook) for hook in transition.before),
        )
        for trigger, event in ENGINES[name].events.items()
        for source, transitions in event.transitions.items()
        for place, transition in enumerate(transitions)
    ]
    return sorted(found, key=lambda edge: list(Speaker).index(edge.who))


def _who(name: str, trigger: str) -> Speaker:
    who = speaker(name, trigger)
    assert who is not None, "an engine hears nothing but what a row says"
    return who


def remarks(name: str, state: str) -> list[str]:
    """What a state does as it is entered and left, may be asked, and hears without moving."""
    held, engine = ENGINES[name].states[state], ENGINES[name]
    lines = [f"on enter: {hook}" for hook in held.on_enter]
    lines += [f"on final: {hook}" for hook in engine.on_final if held.final]
    lines += [f"on exit: {hook}" for hook in held.on_exit]
    within = [edge for edge in edges(name) if edge.source == state and edge.dest is None]
    asks: dict[str, list[str]] = {}
    for edge in within:
        if edge.who is Speaker.ASK:
            asks.setdefault(edge.guarded, []).append(edge.asked)
    for guarded, asked in asks.items():
        lines += _listed(f"may ask{guarded}:", asked)
    return lines + [edge.label for edge in within if edge.who is not Speaker.ASK]


def _listed(heading: str, items: list[str]) -> list[str]:
    """A heading and its items with commas between them, in lines that are no wider than need be."""
    lines = [heading]
    for item in [*(f"{item}," for item in items[:-1]), items[-1]]:
        if len(lines[-1]) + len(item) < WIDTH:
            lines[-1] += f" {item}"
        else:
            lines.append(item)
    return lines


def _diamonds(name: str) -> dict[tuple[str, str], str]:
    """The diamond of each (label, destination) that is better drawn through one."""
    sources: dict[tuple[str, str], list[str]] = {}
    for edge in edges(name):
        if edge.dest is not None:
            sources.setdefault((edge.label, edge.dest), []).append(edge.source)
    alike: dict[frozenset[str], list[tuple[str, str]]] = {}
    for key, states in sources.items():
        alike.setdefault(frozenset(states), []).append(key)
    crowds = []
    for crowd, keys in alike.items():
        dests = {dest for _, dest in keys}
        if len(crowd) * len(dests) > len(crowd) + len(dests):
            crowds.append(keys)
    return {key: f"any_{number}" for number, keys in enumerate(crowds, start=1) for key in keys}


def arrows(name: str) -> list[Arrow]:
    """The lines of a picture, through its diamonds: these first, so that renderers lay them out best, then by state."""
    diamonds = _diamonds(name)
    places = [*dict.fromkeys(diamonds.values()), *ENGINES[name].states]
    labels: dict[tuple[str, str], list[str]] = {}
    for edge in edges(name):
        if edge.dest is None:
            continue
        diamond = diamonds.get((edge.label, edge.dest))
        if diamond is not None:
            labels.setdefault((edge.source, diamond), [])
        between = labels.setdefault((diamond or edge.source, edge.dest), [])
        if edge.label not in between:
            between.append(edge.label)
    ends = sorted(labels, key=lambda pair: (places.index(pair[0]), places.index(pair[1])))
    return [Arrow(source, dest, tuple(labels[source, dest])) for source, dest in ends]


def _diamond_names(name: str) -> list[str]:
    return list(dict.fromkeys(_diamonds(name).values()))


def _final(name: str) -> list[str]:
    return [state for state, held in ENGINES[name].states.items() if held.final]


def escaped(text: str) -> str:
    """A text that Mermaid takes as part of a label, whatever stands in it."""
    return text.translate(_MERMAID_ESCAPES)


def mermaid(name: str) -> str:
    """A machine as a Mermaid state diagram."""
    engine, final = ENGINES[name], _final(name)
    # Where nothing is asked the states are small, and the labels of a drawing from top to bottom would overlap.
    lines = ["direction TB" if TABLES[name].triggers(Speaker.ASK) else "direction LR"]
    for state in engine.states:
        lines.append(f"{state} : {state}")
        lines += [f"{state} : {escaped(remark)}" for remark in remarks(name, state)]
    lines += [f"state {diamond} <<choice>>" for diamond in _diamond_names(name)]
    lines.append(f"[*] --> {engine.initial}")
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
    lines += [
        f'{diamond} [shape=diamond, style=solid, width=0.3, height=0.3, label=""]' for diamond in _diamond_names(name)
    ]
    lines.append(f"start -> {engine.initial}")
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
