"""What every call flow should keep, whoever calls: each invariant by its name, and how a run is held against it.

`keeps` holds a test of your own against them; `callfsm.testing.checking.check_flow` does so with every caller that it
can think of.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from callfsm import IllegalCommandError, RelayError
from callfsm.simulator.journal import FROM_RELAY
from callfsm.testing.concluding import PATIENCE, RETURNS_WITHIN, Conclusion, Limits
from callfsm.testing.remembering import Memory
from callfsm.testing.seen import Prompted, Trouble, Watched
from callfsm.testing.virtual_time import DeadEndError
from callfsm.testing.watching import Watch

if TYPE_CHECKING:
    from callfsm.testing.relay import Failure, Relay
    from callfsm.testing.scripts import Story

MOST_AFTER_END: Final = 10
"""How many commands a handler may still ask of a call that is over, besides hang-ups."""
DECISION_SECONDS: Final = 30.0
"""Within how long something has to follow a prompt's result, in seconds."""
_KEEPING: Final = frozenset({"url", "params", "record", "__dict__"})
_PASSING: Final = frozenset({"event_type", "call_id", "timestamp", "control_id", "__class__", "wait", "stop", "call"})
_CONFLICT: Final = "409"

Judge = Callable[[Watch], Iterator[Trouble]]
"""Finds in what was seen what should not be there."""


class FlowError(AssertionError):
    """A call flow does not keep what it should.

    Attributes:
        troubles: What was seen, the most telling first.
        story: The shortest story in which it was seen; ``None`` where no story was told.
        test: The source of a test that fails the same way; ``""`` where no story was told.
    """

    def __init__(self, troubles: list[Trouble], told: str = "", story: Story | None = None, test: str = "") -> None:
        self.troubles = troubles
        self.story = story
        self.test = test
        first = troubles[0]
        super().__init__(told or f"{first.invariant}: {first.seen}\n{SENTENCES.get(first.invariant, '')}".rstrip())


def _too_many_after_end(watch: Watch) -> Iterator[Trouble]:
    for known in watch.calls.values():
        many = known.after_end.total()
        if many > MOST_AFTER_END:
            command, times = known.after_end.most_common(1)[0]
            seen = f"{many} commands were asked of a call that was over, `{command}` {times} times"
            yield Trouble("few commands after the end", seen, known.call_id)


def _conflicts(watch: Watch) -> Iterator[Trouble]:
    journal = watch.relay.journal
    for entry in journal.unexpected_entries():
        yield Trouble("no illegal command", f"{entry.label}: {entry.unexpected}", entry.call_id)
    for entry in journal.entries():
        refused = entry.direction == FROM_RELAY and entry.name == "reply" and entry.label.startswith(_CONFLICT)
        if refused and not watch.hurt:
            yield Trouble("no illegal command", f"the server refused a command: {entry.label}", entry.call_id)


def _unseen_errors(watch: Watch) -> Iterator[Trouble]:
    for task, owner in watch.tasks:
        if task.done() and not task.cancelled() and getattr(task, "_log_traceback", False):
            error = task.exception()
            if isinstance(error, DeadEndError):
                yield Trouble("handler returns", str(error), owner)
                continue
            yield Trouble("no undeclared exception", f"nobody looked at what a task raised: {error!r}", owner, error)


def _unread_prompts(watch: Watch) -> Iterator[Trouble]:
    for known, prompted in _stayed_after_prompts(watch):
        if not set().union(*prompted.read) - _PASSING:
            seen = f"a prompt came to {prompted.outcome}, and the program never looked at it"
            yield Trouble("prompt looked at", seen, known.call_id)


def _undecided_prompts(watch: Watch) -> Iterator[Trouble]:
    for known, prompted in _stayed_after_prompts(watch):
        until = prompted.at + DECISION_SECONDS
        ended = known.ended is not None and known.ended <= until
        if not ended and watch.now >= until and not any(prompted.at <= at <= until for at, _ in known.asked):
            seen = f"after a prompt that came to {prompted.outcome} nothing was done for {DECISION_SECONDS:g} s"
            yield Trouble("prompt followed by a decision", seen, known.call_id)


def _stayed_after_prompts(watch: Watch) -> Iterator[tuple[Watched, Prompted]]:
    # What a program would have done when the caller leaves, or when its commands fail, nobody can tell.
    for known in watch.calls.values():
        leg = watch.leg(known.call_id)
        left = leg is None or leg.end_source == leg.direction
        for prompted in known.prompted:
            soon = known.ended is not None and known.ended <= prompted.at + DECISION_SECONDS
            if not (left and soon) and not watch.hurt:
                yield known, prompted


def _lost_recordings(watch: Watch) -> Iterator[Trouble]:
    suspects = [
        (known, recorded)
        for known in watch.calls.values()
        for recorded in known.recorded
        if not recorded.read & _KEEPING and not watch.hurt
    ]
    remembered = Memory(*watch.handlers).found if suspects else {}
    for known, recorded in suspects:
        if not any(id(thing) in remembered for thing in recorded.things):
            seen = f"nobody looked at the address of a recording: {recorded.url}"
            yield Trouble("recording kept", seen, known.call_id)


class Invariant(NamedTuple):
    """Something that every call flow should keep.

    Attributes:
        name: What it is called where it is switched off.
        sentence: What is kept, and what comes of it otherwise.
        judge: Finds what breaks it when a run is over; ``None`` when that is noticed as it happens.
    """

    name: str
    sentence: str
    judge: Judge | None = None


INVARIANTS: Final = (
    Invariant(
        "no illegal command",
        "Nothing is asked of a call that its state forbids, and nothing is sent that the server refuses as a conflict.",
        _conflicts,
    ),
    Invariant(
        "few commands after the end",
        "A handler soon notices that its call is over; one that goes on asking spins.",
        _too_many_after_end,
    ),
    Invariant(
        "no undeclared exception",
        "No handler, listener or task raises what was not declared, and no exception stays unseen.",
        _unseen_errors,
    ),
    Invariant(
        "goodbye heard",
        "The program does not hang up while it is still speaking to a caller who is there.",
    ),
    Invariant(
        "transfer left alone",
        "A call that was handed over is not hung up by the program that has handed it over.",
    ),
    Invariant(
        "recording kept",
        "The address of every recording is looked at, also when the caller has hung up by then.",
        _lost_recordings,
    ),
    Invariant(
        "prompt looked at",
        "What a caller has answered to a prompt, or that they have not, is looked at.",
        _unread_prompts,
    ),
    Invariant(
        "handler returns",
        "A handler returns soon after its call is over; one that waits for ever keeps memory, and what it has locked.",
    ),
    Invariant(
        "call ends",
        "Every call ends: nobody who only waits is kept on the line for ever, unheard and at a price.",
    ),
    Invariant(
        "nothing left open",
        "No leg that was dialled and no task that was begun outlives the handler that made it.",
    ),
    Invariant(
        "prompt followed by a decision",
        "After every prompt the caller is spoken to, asked, connected or hung up on; nobody is left in silence.",
        _undecided_prompts,
    ),
)
"""The invariants that are shipped; of several that are broken at once, the first one tells most."""

SENTENCES: Final = {invariant.name: invariant.sentence for invariant in INVARIANTS}


class Demands(NamedTuple):
    """What is demanded of a flow.

    Attributes:
        invariants: The names of those that count.
        raises: What handlers, listeners and tasks may raise.
        patience: How long somebody stays on the phone whom the program keeps waiting, in seconds.
        returns_within: How long a handler may go on after its call is over, in seconds.
    """

    invariants: frozenset[str] = frozenset(SENTENCES)
    raises: tuple[type[BaseException], ...] = ()
    patience: float = PATIENCE
    returns_within: float = RETURNS_WITHIN

    def without(self, *names: str) -> Demands:
        """The same demands, without some.

        Raises:
            ValueError: There is no such invariant.
        """
        for name in names:
            if name not in SENTENCES:
                raise ValueError(f"invariant {name!r}: must be one of {', '.join(SENTENCES)}")
        return self._replace(invariants=self.invariants - set(names))

    def excuse(self, watch: Watch, trouble: Trouble) -> bool:
        """Whether this trouble does not count."""
        if trouble.invariant not in self.invariants:
            return True
        if trouble.invariant == "no illegal command":
            return IllegalCommandError in self.raises
        if trouble.error is None:
            return False
        # What the network has done to a command, a program can only be told by an exception.
        hurt = (
            watch.hurt and isinstance(trouble.error, RelayError) and not isinstance(trouble.error, IllegalCommandError)
        )
        return hurt or isinstance(trouble.error, self.raises)


async def concludes(watch: Watch, demands: Demands) -> list[Trouble]:
    """Let every call of a run come to its end, and tell what the run should not have had."""
    await Conclusion(watch, Limits(demands.patience, demands.returns_within)).comes()
    troubles = list(watch.troubles)
    for invariant in INVARIANTS:
        if invariant.judge is not None:
            troubles += invariant.judge(watch)
    counting = [trouble for trouble in troubles if not demands.excuse(watch, trouble)]
    ranks = list(SENTENCES)
    return sorted(counting, key=lambda trouble: ranks.index(trouble.invariant))


def _excused(watch: Watch, demands: Demands, failure: Failure) -> bool:
    # What the network has done to a command fails no test when the relay is left either.
    every = demands._replace(invariants=frozenset(SENTENCES))
    seen = Trouble("no undeclared exception", failure.what, failure.call_id, failure.error)
    return failure.error is not None and every.excuse(watch, seen)


@asynccontextmanager
async def keeps(
    relay: Relay,
    *names: str,
    raises: tuple[type[BaseException], ...] = (),
    patience: float = PATIENCE,
    returns_within: float = RETURNS_WITHIN,
) -> AsyncIterator[Watch]:
    """Hold what happens within against the invariants; at the end every call is let come to its end.

    Args:
        relay: The relay of the test. Programs are best joined to it within.
        names: The names of the invariants; all of them when left out.
        raises: What handlers, listeners and tasks may raise.
        patience: How long somebody stays on the phone whom the program keeps waiting, in seconds.
        returns_within: How long a handler may go on after its call is over, in seconds.

    Raises:
        FlowError: An invariant was broken.
        ValueError: There is no such invariant.
    """
    demands = Demands(raises=raises, patience=patience, returns_within=returns_within)
    if names:
        demands = demands.without(*names)._replace(invariants=frozenset(names))
    relay.allows(*raises)
    watch = Watch(relay)
    watch.begin()
    try:
        yield watch
        troubles = await concludes(watch, demands)
        relay.failed = [failure for failure in relay.failed if not _excused(watch, demands, failure)]
    finally:
        watch.end()
    if troubles:
        raise FlowError(troubles) from troubles[0].error
