"""`CallFlowMachine`: a Hypothesis state machine of callers and a network around a program, to which users add rules.

Its rules are plain functions; each lets the event loop run, in virtual time, until what it does has been done.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import weakref
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, ClassVar, Final, TypeVar

from hypothesis import strategies as st
from hypothesis import target as aims_at
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from callfsm.simulator import Caller, CallerError
from callfsm.testing.concluding import PATIENCE, RETURNS_WITHIN
from callfsm.testing.invariants import Demands, FlowError, concludes
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.remembering import Memory
from callfsm.testing.reproduction import Program
from callfsm.testing.scripts import NetworkAct
from callfsm.testing.seen import Trouble
from callfsm.testing.stage import Stage
from callfsm.testing.strategies import network_acts
from callfsm.testing.trial import Trial, context_of, handlers, joined, refuse_without_handlers
from callfsm.testing.virtual_time import LIMIT, DeadEndError
from callfsm.testing.vocabulary import GENERAL, Vocabulary
from callfsm.testing.watching import Watch, quiet_log

Result = TypeVar("Result")

_MARKERS: Final = tuple(f"hypothesis_stateful_{each}" for each in ("rule", "initialize_rule", "invariant"))
"""Where Hypothesis keeps the rules of a class."""
_NUMBERS: Final = tuple(f"+155501000{number:02}" for number in range(3, 53))
_SECONDS: Final = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

_keys: Final = st.runner().flatmap(lambda machine: st.sampled_from(machine.vocabulary.keys or GENERAL.keys))
_words: Final = st.runner().flatmap(lambda machine: st.sampled_from(machine.vocabulary.words or GENERAL.words))
_acts: Final = st.runner().flatmap(lambda machine: network_acts(machine.vocabulary))


_LEARNED: Final[weakref.WeakKeyDictionary[type, Vocabulary]] = weakref.WeakKeyDictionary()
"""What each machine has learned of its program, once for all runs."""


class CallFlowMachine(RuleBasedStateMachine):
    """People who call, press, speak, wait and hang up in any order, and a network that is not always kind.

    Make a subclass with the program as its ``flow``, and rules and invariants of your own; its ``TestCase`` is the test::

        class Office(CallFlowMachine):
            flow = handler

            @invariant()
            def nobody_is_lost(self):
                assert len(waiting_list) <= len(self.relay.exchange.legs)

        TestOffice = Office.TestCase

    After every rule the invariants of `callfsm.testing.invariants` are held against what was seen; at the end every
    call is let come to its end. What the program remembers in its modules is put back before each run. Rules and
    invariants of your own may be coroutines; in plain ones, `awaits` lets the event loop run until something is done.

    Attributes:
        flow: The program: a handler, or a client with its handlers.
        context: The context that people call; when empty, the first one of a client, or ``office``.
        raises: What handlers, listeners and tasks may raise.
        without: The names of invariants that do not count here.
        patience: How long somebody stays on the phone whom the program keeps waiting, in virtual seconds.
        returns_within: How long a handler may go on after its call is over, in virtual seconds.
        at_once: How many people call at once at most.
        has_network: Whether the network does anything.
        relay: The relay of this run.
        watch: What has been seen in it.
        vocabulary: What was learned of the program before.
    """

    flow: ClassVar[Program]
    context: ClassVar[str] = ""
    raises: ClassVar[tuple[type[BaseException], ...]] = ()
    without: ClassVar[tuple[str, ...]] = ()
    patience: ClassVar[float] = PATIENCE
    returns_within: ClassVar[float] = RETURNS_WITHIN
    at_once: ClassVar[int] = 2
    has_network: ClassVar[bool] = True

    people: Bundle[Caller] = Bundle("people")

    def __init__(self) -> None:
        super().__init__()
        kind = type(self)
        self._program = kind.flow
        self._demands = Demands(raises=kind.raises, patience=kind.patience, returns_within=kind.returns_within).without(
            *kind.without
        )
        self._context = kind.context or context_of(self._program)
        self.vocabulary = self._learned()
        self._memory = Memory(self._program, *handlers(self._program))
        self._stage = Stage(LIMIT)
        self._failed = False
        self._calls = 0
        self.relay = MemoryRelay()
        self.watch = Watch(self.relay)
        self.awaits(self._begins())

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in vars(cls):
            for marker in _MARKERS:
                marked = getattr(vars(cls)[name], marker, None)
                if marked is not None and inspect.iscoroutinefunction(marked.function):
                    object.__setattr__(marked, "function", _awaited(marked.function))

    @classmethod
    def _to_test_case(cls) -> Any:  # type: ignore[override, unused-ignore]  # Hypothesis keeps its own in a cache
        case: Any = super()._to_test_case()  # type: ignore[no-untyped-call, unused-ignore]  # some versions tell no types

        # What is learned in the first example would count into its deadline.
        def set_up(_case: object) -> None:
            cls._learned()

        case.setUpClass = classmethod(set_up)
        return case

    @classmethod
    def _learned(cls) -> Vocabulary:
        if cls not in _LEARNED:
            refuse_without_handlers(cls.flow)
            _LEARNED[cls] = _learn(cls.flow, cls.context or context_of(cls.flow))
        return _LEARNED[cls]

    async def _begins(self) -> None:
        self.watch.begin()
        await joined(self.relay, self._program, self._context)

    def awaits(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Let the event loop run until this is done; for rules of your own.

        Raises:
            FlowError: Everybody waits for ever, or somebody spins.
        """
        try:
            return self._stage.step(work)
        except DeadEndError as error:
            self._failed = True
            raise FlowError([Trouble("handler returns", str(error), error=error)]) from error

    @precondition(lambda self: len(self.relay.exchange.legs) < self.at_once and self._calls < len(_NUMBERS))
    @rule(target=people)
    def somebody_calls(self) -> Caller:
        """Somebody calls, from a number of their own."""
        number = _NUMBERS[self._calls]
        self._calls += 1

        async def calls() -> Caller:
            return self.relay.call(self._context, from_=number)

        return self.awaits(calls())

    @rule(caller=people, keys=_keys)
    def presses(self, caller: Caller, keys: str) -> None:
        """Somebody presses keys."""
        self._act(caller.press(keys))

    @rule(caller=people, words=_words)
    def says(self, caller: Caller, words: str) -> None:
        """Somebody says something."""
        self._act(caller.says(words))

    @rule(caller=consumes(people))
    def hangs_up(self, caller: Caller) -> None:
        """Somebody hangs up."""
        self._act(caller.hangs_up())

    @rule(seconds=st.sampled_from(_SECONDS))
    def time_passes(self, seconds: float) -> None:
        """Everybody waits for a while."""
        self.awaits(asyncio.sleep(seconds))

    @precondition(lambda self: self.has_network)
    @rule(act=_acts)
    def network_acts(self, act: NetworkAct) -> None:
        """Something happens on the network."""

        async def begins() -> None:
            act.begins(self.relay)

        self.awaits(begins())

    @invariant()
    def keeps_the_invariants(self) -> None:
        """Nothing has been seen that no program should do."""
        self._judge([trouble for trouble in self.watch.troubles if not self._demands.excuse(self.watch, trouble)])

    def teardown(self) -> None:
        """Let every call come to its end, and look at what is left."""
        try:
            if not self._failed:
                aims_at(float(len(self.watch.edges)), label="rows of the machines")
                self._judge(self.awaits(concludes(self.watch, self._demands)))
        finally:
            self.watch.end()
            with suppress(DeadEndError):
                self._stage.step(self.relay.settles())
            with quiet_log():
                self._stage.clear()
            self._memory.put_back()
            self._stage.close()

    def _act(self, work: Coroutine[Any, Any, None]) -> None:
        async def as_far_as_the_call_lets_them() -> None:
            with suppress(CallerError):
                await work

        self.awaits(as_far_as_the_call_lets_them())

    def _judge(self, troubles: list[Trouble]) -> None:
        if troubles:
            self._failed = True
            told = FlowError(troubles)
            raise FlowError(troubles, f"{told}\n\n{self.relay.ladder(troubles[0].call_id)}") from troubles[0].error


def _awaited(rule: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
    @functools.wraps(rule)
    def awaits(self: CallFlowMachine, **given: Any) -> Any:
        return self.awaits(rule(self, **given))

    return awaits


def _learn(program: Program, context: str) -> Vocabulary:
    trial = Trial(program, context, Demands(), LIMIT, None)
    try:
        return trial.learn()
    finally:
        trial.close()
