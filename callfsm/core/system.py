"""The whole system as one picture: how a call that ends takes everything in it along.

Nothing is drawn by hand: which changes of a call touch others is found by running its hooks, and what these
others then do is read from their tables. Machines that do the same share their boxes.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from callfsm.core.effects import Effect, Params
from callfsm.core.machine import ENGINES, is_final
from callfsm.core.model import CallModel, DialModel
from callfsm.core.picture import Arrow, Box, Picture, edges
from callfsm.core.request import Request
from callfsm.core.tables import CALL, KINDS, STANDINGS, TABLES, Speaker

SYSTEM: Final = "system"
"""The name of the picture."""

_ABOUT: Final = "How a call that ends takes what runs in it along."
_CASCADING: Final = (Speaker.CALL, Speaker.CLOCK)
_REPORTED: Final = "reported"
_OPEN: Final = "open"
_WIDTH: Final = 34


class _NoLine:
    """A line to nowhere, for a call whose hooks are only tried."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []

    def send(self, request: Request) -> None:
        raise NotImplementedError

    def adopt(self, dial: DialModel, params: Params) -> CallModel:
        raise NotImplementedError

    def forget(self, call: CallModel) -> None:
        raise NotImplementedError


class _Member(NamedTuple):
    """What a machine does when its call is ending, or has ended."""

    name: str
    steps: frozenset[tuple[str, str, str]]
    """Where from (a state of that cascade, or any other), on what, and where to."""


def cascades() -> dict[str, str]:
    """What operations and standings hear when a hook of the call has run, by the name of the hook."""
    found = {}
    for hook in sorted({hook for edge in edges(CALL.name) for hook in edge.hooks} | {*_hooks_of_states()}):
        call = CallModel(_NoLine(), {})
        getattr(call, hook)({})
        if call.cascade:
            found[hook] = call.cascade
    return found


def _hooks_of_states() -> Iterable[str]:
    for state in ENGINES[CALL.name].states.values():
        yield from (str(hook) for hook in [*state.on_enter, *state.on_exit])


def system() -> Picture:
    """How a call's changes reach its operations and standings."""
    boxes, arrows = _of_call()
    operations = [_member(kind.table.name) for kind in KINDS.values()]
    standings = [_member(standing.table.name) for standing in STANDINGS.values()]
    for number, members in enumerate(_alike([*operations, *standings]), start=1):
        more_boxes, more_arrows = _of_group(f"group_{number}", members)
        boxes += more_boxes
        arrows += more_arrows
    return Picture(SYSTEM, _ABOUT, tuple(boxes), tuple(arrows))


def _of_call() -> tuple[list[Box], list[Arrow]]:
    told = cascades()
    boxes = [
        Box(
            state,
            state,
            _wrapped(meaning.split()),
            meaning,
            begins=state == CALL.initial,
            final=is_final(CALL.name, state),
        )
        for state, meaning in CALL.states.items()
    ]
    boxes += [
        Box(trigger, trigger, _wrapped(["is", "told", "to", "all", "that", "runs", "in", "the", "call"]))
        for trigger in dict.fromkeys(told.values())
    ]
    moves = {(edge.source, edge.dest): Arrow(edge.source, edge.dest, ()) for edge in edges(CALL.name) if edge.dest}
    return boxes, [*moves.values(), *_calls(told)]


def _calls(told: dict[str, str]) -> list[Arrow]:
    """From each state of a call to what its hooks set off."""
    labels: dict[tuple[str, str], list[str]] = {}
    for name, state in ENGINES[CALL.name].states.items():
        for when, hooks in (("as it is entered", state.on_enter), ("as it is left", state.on_exit)):
            for hook in hooks:
                labels.setdefault((name, told[str(hook)]), []).append(f"{when}: {hook}")
    for edge in edges(CALL.name):
        for hook in edge.hooks:
            if hook in told:
                labels.setdefault((edge.source, told[hook]), []).append(f"{edge.who}: {edge.trigger} / {hook}")
    return [Arrow(*ends, tuple(lines)) for ends, lines in labels.items()]


def _cascade_states(name: str) -> set[str]:
    """The states that a machine enters because of its call."""
    return {edge.dest for edge in edges(name) if edge.who in _CASCADING and edge.dest is not None}


def _member(name: str) -> _Member:
    own = _cascade_states(name)
    steps = set()
    for edge in edges(name):
        source = edge.source if edge.source in own else _OPEN
        if edge.who in _CASCADING and edge.dest is not None:
            steps.add((source, edge.trigger, edge.dest))
        elif source in own and edge.dest is not None and is_final(name, edge.dest):
            steps.add((source, "", _REPORTED))
    return _Member(name, frozenset(steps))


def _alike(members: Iterable[_Member]) -> list[list[_Member]]:
    groups: dict[frozenset[tuple[str, str, str]], list[_Member]] = {}
    for member in members:
        groups.setdefault(member.steps, []).append(member)
    return list(groups.values())


def _of_group(group: str, members: list[_Member]) -> tuple[list[Box], list[Arrow]]:
    names = [member.name for member in members]
    boxes = [Box(f"{group}_{_OPEN}", "any other state of", _in_lines(names))]
    labels: dict[tuple[str, str], list[str]] = {}
    for source, trigger, dest in sorted(members[0].steps, key=lambda step: _place(names[0], step)):
        said = _said(names[0], trigger) if trigger else "reply or report: its last"
        labels.setdefault((source, dest), []).append(said)
    boxes += [_end(group, state, members) for state in dict.fromkeys(dest for _, dest in labels)]
    heard = {trigger for _, trigger, _ in members[0].steps} & set(cascades().values())
    arrows = [Arrow(trigger, f"{group}_{_OPEN}", ()) for trigger in sorted(heard)]
    arrows += [Arrow(f"{group}_{source}", f"{group}_{dest}", tuple(each)) for (source, dest), each in labels.items()]
    return boxes, arrows


def _end(group: str, state: str, members: list[_Member]) -> Box:
    """A state in which a group of machines may end up because of its call."""
    if state == _REPORTED:
        ends = dict.fromkeys(dest for member in members for dest in _last_words(member.name))
        return Box(f"{group}_{state}", "as the server says", _in_lines(list(ends)), final=True)
    meaning = TABLES[members[0].name].states[state]
    return Box(f"{group}_{state}", state, _wrapped(meaning.split()), meaning, final=is_final(members[0].name, state))


def _last_words(name: str) -> list[str]:
    """The states that the server itself may still bring about when the call is ending or has ended."""
    own = _cascade_states(name)
    told = [edge for edge in edges(name) if edge.source in own and edge.who not in _CASCADING]
    return [edge.dest for edge in told if edge.dest is not None and edge.dest != edge.source]


def _place(name: str, step: tuple[str, str, str]) -> tuple[int, int, str]:
    states = [_OPEN, *TABLES[name].states, _REPORTED]
    return states.index(step[0]), states.index(step[2]), step[1]


def _said(name: str, trigger: str) -> str:
    return next(f"{row.speaker}: {trigger}" for row in TABLES[name].rows if row.trigger == trigger)


def _in_lines(names: list[str]) -> tuple[str, ...]:
    return _wrapped([*(f"{name}," for name in names[:-1]), names[-1]])


def _wrapped(words: list[str]) -> tuple[str, ...]:
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) < _WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)
