"""Hypothesis strategies: callers, networks and stories, and sequences of what the call machine hears.

Everything shrinks: to fewer callers who do less, to shorter waits, and to a network that does nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from callfsm.simulator.person import HUMAN, Person, answering_machine, fax_machine
from callfsm.testing.scripts import Act, Network, NetworkAct, Script, Story
from callfsm.testing.sequences import illegal_sequences, legal_sequences
from callfsm.testing.vocabulary import GENERAL, Vocabulary, ending_of

__all__ = ["callers", "illegal_sequences", "legal_sequences", "network_acts", "networks", "stories"]

Acts = tuple[Act, ...]
Made = TypeVar("Made")

MOST_ACTS: Final = 6
"""How many things a caller does at most; what is heard and answered counts as one."""
_SILENCES: Final = (0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 40.0)
_DELAYS: Final = (0.05, 0.2, 0.5, 1.0, 2.0)
_SECOND_CALLS: Final = (0.0, 0.0, 0.1, 0.5, 1.0, 3.0, 10.0)
_REFUSALS: Final = (500, 409)
_UNKNOWN: Final = 404
_CONTROLS: Final = 2
"""How many dots there are in a method that controls what runs already: it may be over. Else it is the call that is."""
_NUMBERS: Final = ("+15550100003", "+15550100004", "+15550100005", "+15550100006")
_FIRST_WORDS: Final = 2
_MOST_TEXTS: Final = 3


def callers(vocabulary: Vocabulary = GENERAL) -> st.SearchStrategy[Script]:
    """Draw what a caller does: listens, presses, speaks, waits, hangs up at any moment.

    Args:
        vocabulary: What matters to the flow; drawn more often than anything else.
    """
    answered = st.sampled_from([(Act("is_answered"),), ()])
    freely = st.lists(_groups(vocabulary), max_size=MOST_ACTS).map(_joined)
    ways = [freely, *([_routes(vocabulary)] * 2 if vocabulary.routes else [])]
    return _made(_script, answered, st.one_of(ways), _endings(vocabulary), _persons(vocabulary))


def networks(vocabulary: Vocabulary = GENERAL, *, losses: bool = False) -> st.SearchStrategy[Network]:
    """Draw what a network does: mostly nothing; else delays, repetitions, refusals, drops and restarts.

    Whoever is called picks up at some time, is busy, declines, or does not answer.

    Args:
        vocabulary: What matters to the flow.
        losses: Let frames get lost for good as well, which a network over TCP does only with the line.
    """
    lines = st.lists(_meddlings(vocabulary, losses=losses) | _line_acts(vocabulary), min_size=1, max_size=2)
    nothing: st.SearchStrategy[list[NetworkAct]] = st.just([])
    manners = st.lists(_manners(vocabulary), max_size=3) if vocabulary.numbers else nothing
    texts = st.lists(_texts(vocabulary), max_size=_MOST_TEXTS) if vocabulary.texts else nothing
    return _made(_network, manners, st.one_of(nothing, nothing, lines), texts)


def network_acts(vocabulary: Vocabulary = GENERAL) -> st.SearchStrategy[NetworkAct]:
    """Draw one thing that a network does at once.

    Args:
        vocabulary: What matters to the flow.
    """
    drops = st.sampled_from([NetworkAct("drops_connection"), NetworkAct("restarts")])
    others = [_manners(vocabulary)] * bool(vocabulary.numbers) + [_texts(vocabulary)] * bool(vocabulary.texts)
    return st.one_of(_meddlings(vocabulary, losses=False), drops, *others)


def stories(
    vocabulary: Vocabulary = GENERAL,
    *,
    callers: st.SearchStrategy[Script] | None = None,
    networks: st.SearchStrategy[Network] | None = None,
    at_once: int = 2,
) -> st.SearchStrategy[Story]:
    """Draw callers, and what the network does meanwhile.

    Args:
        vocabulary: What matters to the flow.
        callers: What a caller does; `callers` when left out.
        networks: What a network does; `networks` when left out.
        at_once: How many people call at once at most, each from a number of their own.
    """
    people = callers if callers is not None else _callers(vocabulary)
    around = networks if networks is not None else _networks(vocabulary)
    return _stories(vocabulary, people, around, at_once)


_callers, _networks = callers, networks


@st.composite
def _stories(
    draw: st.DrawFn,
    vocabulary: Vocabulary,
    people: st.SearchStrategy[Script],
    networks: st.SearchStrategy[Network],
    at_once: int,
) -> Story:
    first = draw(people)
    keys = st.sampled_from(vocabulary.keys or GENERAL.keys)
    # Who does nearly the same at the same time gets in the way of others most.
    alike = _made(lambda key: _pressing(first, key), keys)
    others = st.tuples(st.one_of(people, alike, alike), st.sampled_from(_SECOND_CALLS))
    return _story(first, draw(st.lists(others, max_size=at_once - 1)), draw(networks))


@st.composite
def _made(draw: st.DrawFn, make: Callable[..., Made], *parts: st.SearchStrategy[Any]) -> Made:
    # What `builds` and `map` have made is printed by their private parts; this is printed as the value that it is.
    return make(*(draw(part) for part in parts))


def _pressing(script: Script, key: str) -> Script:
    return replace(
        script, acts=tuple(replace(act, argument=key) if act.does == "press" else act for act in script.acts)
    )


def _script(first: Acts, acts: Acts, last: Acts, person: Person) -> Script:
    return Script((*first, *acts, *last), person)


def _joined(groups: list[Acts]) -> Acts:
    return tuple(act for group in groups for act in group)


def _routes(vocabulary: Vocabulary) -> st.SearchStrategy[Acts]:
    # Part of a way that has led somewhere, with one answer that may be another one.
    other = st.none() | _groups(vocabulary)
    return _made(
        lambda route, length, instead: route[:length] if instead is None else route[: max(length - 1, 0)] + instead,
        st.sampled_from(vocabulary.routes),
        st.integers(0, max(map(len, vocabulary.routes))),
        other,
    )


def _network(manners: list[NetworkAct], acts: list[NetworkAct], texts: list[NetworkAct]) -> Network:
    # Of what is told of one number, the last would count.
    told = {act.arguments[0]: act for act in manners}
    return Network((*told.values(), *acts, *texts))


def _story(first: Script, others: list[tuple[Script, float]], network: Network) -> Story:
    scripts = [(first, 0.0), *others]
    numbered = zip(scripts, _NUMBERS, strict=False)
    return Story(tuple(replace(script, from_=number, at=at) for (script, at), number in numbered), network)


def _groups(vocabulary: Vocabulary) -> st.SearchStrategy[Acts]:
    silence = _acts("stays_silent", st.sampled_from(_SILENCES))
    press = _acts("press", st.sampled_from(vocabulary.keys or GENERAL.keys))
    said = _acts("says", st.sampled_from(vocabulary.words or GENERAL.words))
    if not vocabulary.prompts:
        return st.one_of(silence, press, said)
    heard = _heard(vocabulary)
    answer = _made(lambda hears, answers: hears + answers, heard, st.one_of(press, press, said, silence))
    return st.one_of(silence, press, said, heard, answer, answer)


def _endings(vocabulary: Vocabulary) -> st.SearchStrategy[Acts]:
    hang_up: Acts = (Act("hangs_up"),)
    # Half of them stay until the program hangs up.
    stays: st.SearchStrategy[Acts] = st.just(())
    endings = [stays, stays, stays, st.just(hang_up)]
    if vocabulary.moments:
        moments = _acts("stays_silent", st.sampled_from(vocabulary.moments))
        endings.append(moments.map(lambda waits: waits + hang_up))
    if vocabulary.prompts:
        endings.append(_heard(vocabulary).map(lambda heard: heard + hang_up))
    return st.one_of(endings)


def _acts(does: str, arguments: st.SearchStrategy[str] | st.SearchStrategy[float]) -> st.SearchStrategy[Acts]:
    return arguments.map(lambda argument: (Act(does, argument),))


def _heard(vocabulary: Vocabulary) -> st.SearchStrategy[Acts]:
    ends = [ending_of(text) for text in vocabulary.prompts]
    beginnings = [" ".join(text.split()[:_FIRST_WORDS]) for text in vocabulary.prompts]
    return _acts("hears", st.sampled_from(list(dict.fromkeys(ends + beginnings))))


def _persons(vocabulary: Vocabulary) -> st.SearchStrategy[Person]:
    persons = [HUMAN]
    if "calling.detect" in vocabulary.methods:
        persons += [answering_machine("Please leave a message after the tone."), answering_machine("Hi.", beep=False)]
    if not {"calling.detect", "calling.send_fax", "calling.receive_fax"}.isdisjoint(vocabulary.methods):
        persons += [fax_machine(), fax_machine("https://files.example.com/fax.pdf")]
    return st.sampled_from(persons)


def _meddlings(vocabulary: Vocabulary, *, losses: bool) -> st.SearchStrategy[NetworkAct]:
    methods = vocabulary.methods or GENERAL.methods
    refusals = [(code, method) for method in methods for code in _REFUSALS if method != "calling.end"]
    refusals += [(_UNKNOWN, method) for method in methods if method.count(".") >= _CONTROLS]
    events = st.sampled_from(vocabulary.events or GENERAL.events)
    kinds = [
        _made(lambda seconds: NetworkAct("delays", (seconds,)), st.sampled_from(_DELAYS)),
        _made(lambda event: NetworkAct("duplicates", (event, 3)), events),
    ]
    if refusals:
        kinds.append(_made(lambda refused: NetworkAct("replies", refused), st.sampled_from(refusals)))
    if losses:
        lost = st.sampled_from([*methods, "reply"]) | events
        kinds.append(_made(lambda name: NetworkAct("loses", (name,)), lost))
    return st.one_of(kinds)


def _line_acts(vocabulary: Vocabulary) -> st.SearchStrategy[NetworkAct]:
    moments = st.sampled_from(vocabulary.moments or _SILENCES)
    return _made(lambda does, at: NetworkAct(does, (), at), st.sampled_from(["drops_connection", "restarts"]), moments)


def _texts(vocabulary: Vocabulary) -> st.SearchStrategy[NetworkAct]:
    moments = st.sampled_from((0.0, 0.5, 5.0))
    return _made(lambda text, at: NetworkAct("message", text, at), st.sampled_from(vocabulary.texts), moments)


def _manners(vocabulary: Vocabulary) -> st.SearchStrategy[NetworkAct]:
    numbers = st.sampled_from(vocabulary.numbers)
    after = st.sampled_from((0.1, 0.5, 2.0, 5.0, 15.0, 40.0))
    lives = st.sampled_from([Script((Act("stays_silent", seconds), Act("hangs_up"))) for seconds in (0.1, 3.0, 20.0)])
    return st.one_of(
        _made(lambda number, seconds: NetworkAct("answers", (number, seconds)), numbers, after),
        _made(lambda does, number: NetworkAct(does, (number,)), st.sampled_from(["busy", "no_answer"]), numbers),
        _made(lambda number, then: NetworkAct("answers", (number, 1.0), 0.0, then), numbers, lives),
        _made(lambda number: NetworkAct("declines", (number,)), numbers),
    )
