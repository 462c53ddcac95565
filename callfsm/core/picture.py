"""What a picture shows: boxes with lines of text in them, and arrows between them; and how an engine is one.

A picture is a value that every form is written from, see `callfsm.core.drawing`. What is known of one call, or of
many, is laid over it as `Marks`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from callfsm.core.machine import ENGINES, SEND, sends, speaker
from callfsm.core.tables import TABLES, Speaker

OTHERWISE: Final = "otherwise"
"""What an edge shows as its guard when it is taken because the guards before it refused."""

WIDTH: Final = 60
"""How many characters stand in one line of a list within a state."""


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
    def taken(self) -> "Taken":
        """What was heard when it was taken."""
        return self.source, self.trigger, self.dest or self.source

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


Taken = tuple[str, str, str]
"""What was heard: the state, the trigger, and the state after it, which is the same one when the row is internal."""


class Told(NamedTuple):
    """What is told of an edge that was taken, beside its label."""

    before: str = ""
    after: str = ""

    def of(self, label: str) -> str:
        """The label with it."""
        return f"{self.before}{label}{self.after}"


class Marks(NamedTuple):
    """What is laid over the picture of an engine."""

    current: str = ""
    """The state that the subject is in."""
    told: Mapping[Taken, Told] = MappingProxyType({})
    """What is told of each edge that was taken."""
    others: Told = Told()
    """What is told of every other edge."""


NO_MARKS: Final = Marks()

CURRENT: Final = "current"
VISITED: Final = "visited"
UNVISITED: Final = "unvisited"


class Box(NamedTuple):
    """A state, or whatever else a picture shows."""

    key: str
    """By what arrows name it: letters, digits and underscores."""
    title: str
    lines: tuple[str, ...] = ()
    about: str = ""
    begins: bool = False
    final: bool = False
    mark: str = ""
    """``current``, ``visited``, ``unvisited``; ``""`` when nothing is known."""


class Arrow(NamedTuple):
    """One line of a picture, between two boxes or between a box and a diamond."""

    source: str
    dest: str
    labels: tuple[str, ...]
    mark: str = ""
    """``visited`` or ``unvisited``; ``""`` when nothing is known."""


class Picture(NamedTuple):
    """What every form is written from."""

    name: str
    about: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    diamonds: tuple[str, ...] = ()
    """Keys of points in which arrows meet: each arrow out of one holds for each box with an arrow into it."""
    across: bool = False
    """Whether it is better read from left to right."""


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


def picture(name: str, marks: Marks = NO_MARKS) -> Picture:
    """The engine of a machine, with what is known of its use.

    Raises:
        KeyError: There is no such machine.
    """
    table, begins = TABLES[name], beginnings(name)
    visited = {state for source, _, dest in marks.told for state in (source, dest)}
    boxes = []
    for state, held in ENGINES[name].states.items():
        mark = VISITED if state in visited else UNVISITED if marks.others != Told() else ""
        boxes.append(
            Box(
                state,
                state,
                tuple(remarks(name, state, marks)),
                table.states[state],
                begins=state in begins,
                final=held.final,
                mark=CURRENT if state == marks.current else mark,
            )
        )
    # Where nothing is asked the states are small, and the labels of a drawing from top to bottom would overlap.
    across = not table.triggers(Speaker.ASK)
    return Picture(
        name, table.about, tuple(boxes), tuple(arrows(name, marks)), tuple(diamonds(name, marks)), across=across
    )


def remarks(name: str, state: str, marks: Marks = NO_MARKS) -> list[str]:
    """What a state does as it is entered and left, may be asked, and hears without moving; and what is told of each."""
    held, engine = ENGINES[name].states[state], ENGINES[name]
    lines = [f"on enter: {hook}" for hook in held.on_enter]
    lines += [f"on final: {hook}" for hook in engine.on_final if held.final]
    lines += [f"on exit: {hook}" for hook in held.on_exit]
    within = [edge for edge in edges(name) if edge.source == state and edge.dest is None]
    asks: dict[str, list[str]] = {}
    heard = []
    for edge in within:
        told = marks.told.get(edge.taken, marks.others)
        if edge.who is Speaker.ASK:
            asks.setdefault(edge.guarded, []).append(told.of(edge.asked))
        else:
            heard.append(told.of(edge.label))
    for guarded, asked in asks.items():
        lines += _listed(f"may ask{guarded}:", asked)
    return lines + heard


def _listed(heading: str, items: list[str]) -> list[str]:
    """A heading and its items with commas between them, in lines that are no wider than need be."""
    first, *others = [*(f"{item}," for item in items[:-1]), items[-1]]
    lines = [f"{heading} {first}"]
    for item in others:
        if len(lines[-1]) + len(item) < WIDTH:
            lines[-1] += f" {item}"
        else:
            lines.append(item)
    return lines


def _crowds(name: str, marks: Marks) -> dict[tuple[str, str], str]:
    """The diamond of each (label, destination) that is better drawn through one; what was taken never is."""
    sources: dict[tuple[str, str], list[str]] = {}
    for edge in edges(name):
        if edge.dest is not None and edge.taken not in marks.told:
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


def arrows(name: str, marks: Marks = NO_MARKS) -> list[Arrow]:
    """The lines of a picture, through its diamonds: these first, so that renderers lay them out best, then by state."""
    crowds = _crowds(name, marks)
    places = [*diamonds(name, marks), *ENGINES[name].states]
    labels: dict[tuple[str, str, bool], list[str]] = {}
    for edge in edges(name):
        if edge.dest is None:
            continue
        taken = edge.taken in marks.told
        diamond = None if taken else crowds.get((edge.label, edge.dest))
        if diamond is not None:
            labels.setdefault((edge.source, diamond, taken), [])
        between = labels.setdefault((diamond or edge.source, edge.dest, taken), [])
        label = marks.told.get(edge.taken, marks.others).of(edge.label)
        if label not in between:
            between.append(label)
    ends = sorted(labels, key=lambda line: (places.index(line[0]), places.index(line[1]), not line[2]))
    untaken = UNVISITED if marks.others != Told() else ""
    return [Arrow(*end[:2], tuple(labels[end]), VISITED if end[2] else untaken) for end in ends]


def diamonds(name: str, marks: Marks = NO_MARKS) -> list[str]:
    """The names of the diamonds of a picture, in their order."""
    return list(dict.fromkeys(_crowds(name, marks).values()))


def beginnings(name: str) -> list[str]:
    """The states in which a subject begins: those that nothing leads to."""
    entered = {edge.dest for edge in edges(name) if edge.dest != edge.source}
    return [state for state in ENGINES[name].states if state not in entered]
