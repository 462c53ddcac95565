"""`check_flow`: a call flow against every caller that can be thought of."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final, NamedTuple, TypeVar

import hypothesis
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from callfsm.testing import strategies
from callfsm.testing.concluding import PATIENCE, RETURNS_WITHIN
from callfsm.testing.invariants import Demands, FlowError
from callfsm.testing.keeping import Kept
from callfsm.testing.opening import openings, reduced
from callfsm.testing.reproduction import Program, reference
from callfsm.testing.scripts import Network, Script, Story
from callfsm.testing.seen import Edge, Trouble
from callfsm.testing.telling import Failure
from callfsm.testing.trial import Outcome, Trial, context_of, refuse_without_handlers
from callfsm.testing.virtual_time import LIMIT
from callfsm.testing.vocabulary import NOTHING, Vocabulary

Value = TypeVar("Value")

MAX_EXAMPLES: Final = 400
"""How many stories a flow is held against, unless told otherwise."""
_ROUNDS: Final = 4
_LONG: Final = 2_000


class Checked(NamedTuple):
    """What a flow was held against, and kept.

    Attributes:
        stories: How many stories were told.
        edges: How many different rows of the machines they have taken.
        vocabulary: What has been learned of the flow.
    """

    stories: int
    edges: int
    vocabulary: Vocabulary


class _Search:
    """Looks for a story in which a program does not keep what it should."""

    def __init__(self, trial: Trial, vocabulary: Vocabulary) -> None:
        self._trial = trial
        self.vocabulary = vocabulary
        self.outcome: Outcome | None = None
        self.story = Story()
        self.stories = 0
        self.edges: set[Edge] = set()
        self._pairs: set[tuple[Edge, Edge]] = set()
        self._most = 0

    def tells_first(self, stories: Iterable[Story], kept: Kept | None = None) -> None:
        """Tell these stories, one after the other.

        Raises:
            FlowError: One has gone wrong; it has been made as short as can be.
        """
        for story in stories:
            outcome = self._tell(story)
            if outcome.troubles:
                self._fails(reduced(story, partial(self._breaks, outcome.troubles[0].invariant)), outcome.troubles[0])
            elif kept is not None:
                kept.remove(story)

    def tells(self, story: Story) -> None:
        """Let one story happen that was drawn.

        Raises:
            FlowError: It has gone wrong.
        """
        outcome = self._tell(story)
        # Only what is better than all before is a target: among equals Hypothesis would look for very long.
        if len(outcome.pairs) > self._most:
            self._most = len(outcome.pairs)
            hypothesis.target(float(self._most), label="pairs of rows")
        if outcome.troubles:
            self.outcome, self.story = outcome, story
            raise _kind(outcome.troubles[0].invariant)(outcome.troubles)

    def _tell(self, story: Story) -> Outcome:
        self.stories += 1
        outcome = self._trial.run(story)
        if not (outcome.edges <= self.edges and outcome.pairs <= self._pairs):
            # What has led to something new is a way on which callers that are drawn later may go.
            self.edges |= outcome.edges
            self._pairs |= outcome.pairs
            routes = tuple(script.acts for script in outcome.story.callers if script.acts)
            self.vocabulary += replace(NOTHING, routes=routes)
        return outcome

    def _breaks(self, invariant: str, story: Story) -> bool:
        troubles = self._tell(story).troubles
        return bool(troubles) and troubles[0].invariant == invariant

    def found(self) -> tuple[Story, Outcome]:
        """The story that went wrong, and how; as it went, if the same happens then."""
        assert self.outcome is not None, "something has gone wrong"
        again = self._trial.run(self.outcome.story, self.outcome.seed)
        if again.troubles and again.troubles[0].invariant == self.outcome.troubles[0].invariant:
            return self.outcome.story, again
        return self.story, self.outcome

    def _fails(self, story: Story, first: Trouble) -> None:
        self.outcome, self.story = self._tell(story), story
        if not self.outcome.troubles:
            raise Flaky(f"{first.invariant}: {first.seen}")
        raise FlowError(self.outcome.troubles)


def check_flow(
    program: Program,
    *,
    callers: st.SearchStrategy[Script] | None = None,
    networks: st.SearchStrategy[Network] | None = None,
    max_examples: int | None = None,
    raises: type[BaseException] | tuple[type[BaseException], ...] = (),
    without: str | tuple[str, ...] = (),
    patience: float = PATIENCE,
    returns_within: float = RETURNS_WITHIN,
    time_limit: float = LIMIT,
    seed: int | None = None,
    context: str | None = None,
    settings: hypothesis.settings | None = None,
    before: Callable[[], object] | None = None,
) -> Checked:
    """Run a program against every caller that can be thought of, and hold it against the invariants.

    A plain function, for a plain test: each run is in virtual time, with a relay of its own, and what the program
    remembers in its modules is put back after it. What a run looks for is in `callfsm.testing.invariants`.

    Args:
        program: A handler, or a client with its handlers.
        callers: What a caller does; drawn from what the program listens for when left out.
        networks: What the network does; when left out it mostly does nothing, and else delays, repeats, refuses
            or drops the line. ``strategies.just(Network())`` is one that does nothing at all.
        max_examples: How many stories to try, `MAX_EXAMPLES` when left out.
        raises: What handlers, listeners and tasks may raise.
        without: The names of invariants that do not count here.
        patience: How long somebody stays on the phone whom the program keeps waiting, in virtual seconds.
        returns_within: How long a handler may go on after its call is over, in virtual seconds.
        time_limit: How many virtual seconds a run may take.
        seed: Draws the same stories every time.
        context: The context that callers call who name none: when left out, the first one of a client, or ``office``.
        settings: Settings of Hypothesis, for its database and the like.
        before: Called before each run, to put back what the program remembers elsewhere than in its modules.

    Raises:
        FlowError: An invariant was broken. Its text has the shortest caller that was found, the ladder of the call,
            and a test to paste.
        RuntimeError: An event loop is running: call it from a plain test function.
        TypeError: The program is neither a handler nor a client.
        ValueError: There is no such invariant; or no call has reached a handler, so that nothing was checked.
    """
    _refuse_running_loop()
    refuse_without_handlers(program)
    demands = Demands(raises=_all(raises), patience=patience, returns_within=returns_within).without(*_all(without))
    chosen = _settings(settings, max_examples)
    called = context or context_of(program)
    name = repr(reference(program))
    kept = Kept(chosen.database, name)
    trial = Trial(program, called, demands, time_limit, before)
    try:
        search = _Search(trial, trial.learn())
        try:
            with _telling_what_is_flaky():
                search.tells_first(kept, kept)
                if callers is None and networks is None:
                    search.tells_first(openings(search.vocabulary))
                    _refuse_unreached(trial, called)
            for number, (examples, phases) in enumerate(_rounds(chosen)):
                drawn = strategies.stories(search.vocabulary, callers=callers, networks=networks)
                shorter = hypothesis.settings(chosen, max_examples=examples, phases=phases, database=None)
                _explores(search, drawn, shorter, None if seed is None else seed + number, f"{name} {number}")
            _refuse_unreached(trial, called)
        except FlowError as error:
            kept.add(search.story)
            failure = Failure(error.troubles[0].invariant, *search.found(), search.stories)
            raise failure.told(program, called, demands) from failure.outcome.troubles[0].error
    finally:
        trial.close()
    return Checked(search.stories, len(search.edges), search.vocabulary)


def _all(given: Value | tuple[Value, ...]) -> tuple[Value, ...]:
    return given if isinstance(given, tuple) else (given,)


def _refuse_unreached(trial: Trial, context: str) -> None:
    if not trial.reached:
        raise ValueError(f"no call to {context!r} has reached a handler of the program: nothing was checked")


def _refuse_running_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError("check_flow() runs the program on an event loop of its own: call it from a plain function")


def _settings(given: hypothesis.settings | None, max_examples: int | None) -> hypothesis.settings:
    base = given or hypothesis.settings()
    if hypothesis.currently_in_test_context():
        # Within another property, each run has to be the same as the last one.
        base = hypothesis.settings(base, derandomize=True, database=None)
    return hypothesis.settings(
        base,
        max_examples=max_examples if max_examples is not None else (given.max_examples if given else MAX_EXAMPLES),
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


def _rounds(settings: hypothesis.settings) -> Iterator[tuple[int, list[Phase]]]:
    """How many stories are told in each round, and what Hypothesis does in it.

    Each round knows the ways that those before have found. Only long searches aim as well, which takes its time.
    """
    # Explaining takes longer than finding, and tells of callfsm's own lines.
    phases: list[Phase] = [phase for phase in settings.phases if phase not in (Phase.explain, Phase.target)]
    aims = settings.max_examples >= _LONG and Phase.target in settings.phases
    freely = settings.max_examples // 2 if aims else settings.max_examples
    for number in range(_ROUNDS):
        yield max((freely + number) // _ROUNDS, 1), phases
    if aims:
        yield settings.max_examples - freely, [*phases, Phase.target]


def _explores(
    search: _Search, drawn: st.SearchStrategy[Story], settings: hypothesis.settings, seed: int | None, name: str
) -> None:
    def explore() -> None:
        def holds(story: Story) -> None:
            search.tells(story)

        # Programs have their own places in the database of examples, and their own random stories.
        vars(holds)["_hypothesis_internal_add_digest"] = hashlib.sha384(name.encode()).digest()
        test = settings(hypothesis.given(drawn)(holds))
        (hypothesis.seed(seed)(test) if seed is not None else test)()

    with _telling_what_is_flaky():
        if hypothesis.currently_in_test_context():
            _elsewhere(explore)
        else:
            explore()


@contextmanager
def _telling_what_is_flaky() -> Iterator[None]:
    try:
        yield
    except Flaky as error:
        error.add_note(
            "The program did not do the same when the same story was told again. What it remembers outside of its own "
            "modules has to be put back before each run: check_flow(..., before=...)."
        )
        raise


def _elsewhere(work: Callable[[], None]) -> None:
    # Hypothesis lets no property run within another one of the same thread.
    failures: list[BaseException] = []

    def contained() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # it is raised again, where it is waited for
            failures.append(error)

    thread = threading.Thread(target=contained, name="callfsm check_flow")
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


_KINDS: Final[dict[str, type[FlowError]]] = {}


def _kind(invariant: str) -> type[FlowError]:
    # Hypothesis tells failures apart by their classes, and shrinks none into another.
    if invariant not in _KINDS:
        _KINDS[invariant] = type("FlowError", (FlowError,), {"__doc__": FlowError.__doc__, "__module__": __name__})
    return _KINDS[invariant]
