"""What a picture of an engine shows: its edges, the lines that are drawn for them, and what stands in a state."""

from typing import Final, NamedTuple

from callfsm.core.machine import ENGINES, SEND, sends, speaker
from callfsm.core.tables import Speaker

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
    first, *others = [*(f"{item}," for item in items[:-1]), items[-1]]
    lines = [f"{heading} {first}"]
    for item in others:
        if len(lines[-1]) + len(item) < WIDTH:
            lines[-1] += f" {item}"
        else:
            lines.append(item)
    return lines


def _crowds(name: str) -> dict[tuple[str, str], str]:
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
    crowds = _crowds(name)
    places = [*diamonds(name), *ENGINES[name].states]
    labels: dict[tuple[str, str], list[str]] = {}
    for edge in edges(name):
        if edge.dest is None:
            continue
        diamond = crowds.get((edge.label, edge.dest))
        if diamond is not None:
            labels.setdefault((edge.source, diamond), [])
        between = labels.setdefault((diamond or edge.source, edge.dest), [])
        if edge.label not in between:
            between.append(edge.label)
    ends = sorted(labels, key=lambda pair: (places.index(pair[0]), places.index(pair[1])))
    return [Arrow(source, dest, tuple(labels[source, dest])) for source, dest in ends]


def diamonds(name: str) -> list[str]:
    """The names of the diamonds of a picture, in their order."""
    return list(dict.fromkeys(_crowds(name).values()))


def beginnings(name: str) -> list[str]:
    """The states in which a subject begins: those that nothing leads to."""
    entered = {edge.dest for edge in edges(name) if edge.dest != edge.source}
    return [state for state in ENGINES[name].states if state not in entered]


def finals(name: str) -> list[str]:
    """The states that nothing follows, in the order of the table."""
    return [state for state, held in ENGINES[name].states.items() if held.final]
