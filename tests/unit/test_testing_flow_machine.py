"""`CallFlowMachine`: subclasses find what is wrong with a flow, with their own rules and invariants too."""

from __future__ import annotations

import asyncio
import io
import itertools
import unittest

import pytest
from flows.seeded import program
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from callfsm import Call, RelayClient
from callfsm.simulator import Caller
from callfsm.testing import CallFlowMachine, FlowError, flow_machine

BRIEFLY = settings(
    database=None,
    derandomize=True,
    max_examples=15,
    stateful_step_count=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

waiting: list[str] = []


async def waits_in_line(call: Call) -> None:
    """Put callers into a line; forget to take them out of it when they hang up while they are greeted."""
    waiting.append(call.call_id)
    await call.answer()
    greeting = await call.play_tts("You are in line. Goodbye.")
    await greeting.wait()
    if call.state == "answered":
        waiting.remove(call.call_id)
    await call.hangup()


class Line(CallFlowMachine):
    """A line of callers."""

    flow = waits_in_line


class Watched(Line):
    """The same, watched."""

    @invariant()
    def nobody_waits_who_is_gone(self) -> None:
        """Nobody is in the line who is not on the phone."""
        gone = [call_id for call_id in waiting if call_id in self.relay.exchange.past]

        assert [] == gone, "somebody is in the line who has hung up"


@pytest.mark.parametrize("name", ["silent_caller", "unheard_goodbye", "waits_for_ever"])
def test_mistakes(name: str) -> None:
    """The rules that are there find mistakes, and pass what is as it should be."""
    buggy = type("Buggy", (CallFlowMachine,), {"flow": program(name, "buggy")})
    corrected = type("Corrected", (CallFlowMachine,), {"flow": program(name, "corrected")})

    with pytest.raises(FlowError):
        run_state_machine_as_test(buggy, settings=BRIEFLY)
    run_state_machine_as_test(corrected, settings=BRIEFLY)


def test_own_invariant() -> None:
    """An invariant of one's own is held against the program's own state, and that is put back before each run."""
    run_state_machine_as_test(Line, settings=BRIEFLY)
    with pytest.raises(AssertionError, match="somebody is in the line who has hung up"):
        run_state_machine_as_test(Watched, settings=BRIEFLY)

    assert [] == waiting


def test_own_rule() -> None:
    """A rule of one's own acts on callers, and waits in virtual time."""
    heard: list[str] = []

    class Listens(Line):
        """Somebody listens."""

        @rule(caller=CallFlowMachine.people)
        def listens(self, caller: Caller) -> None:
            """Somebody waits for the end of their call."""
            if caller.state != "ended":
                self.awaits(caller.is_over(200))
            heard.append(caller.end_reason)

    run_state_machine_as_test(Listens, settings=BRIEFLY)

    assert "hangup" in heard


def test_what_does_not_count() -> None:
    """Invariants can be switched off, and errors declared."""
    runs = itertools.count()

    async def fails(call: Call) -> None:
        await call.answer()
        await call.hangup()
        next(runs)
        raise LookupError("no such account")

    declared = type("Declared", (CallFlowMachine,), {"flow": staticmethod(fails), "raises": (LookupError,)})
    off = type("Off", (CallFlowMachine,), {"flow": staticmethod(fails), "without": ("no undeclared exception",)})

    run_state_machine_as_test(declared, settings=BRIEFLY)
    run_state_machine_as_test(off, settings=BRIEFLY)

    assert next(runs) > 10


def test_spinning() -> None:
    """A program that spins is told of, instead of hanging the test."""

    async def spins(call: Call) -> None:
        await call.answer()
        while call.state != "ended":  # noqa: ASYNC110  # the mistake of which this is about
            await asyncio.sleep(0)

    machine = type("Spins", (CallFlowMachine,), {"flow": staticmethod(spins)})

    with pytest.raises(FlowError, match="somebody spins"):
        run_state_machine_as_test(machine, settings=BRIEFLY)


def test_test_case() -> None:
    """Its test case is a test as unittest and pytest have them."""
    Line.TestCase.settings = settings(BRIEFLY, max_examples=3)
    result = unittest.TextTestRunner(stream=io.StringIO()).run(Line.TestCase("runTest"))

    assert result.wasSuccessful()


def test_coroutine_rule() -> None:
    """A rule may be a coroutine, and so may an invariant."""
    awaited: list[str] = []

    class Listens(Line):
        """Somebody listens, and something holds."""

        @rule(caller=CallFlowMachine.people)  # type: ignore[arg-type]  # Hypothesis itself has no such rules
        async def listens(self, caller: Caller) -> None:
            """Somebody waits a while."""
            await caller.stays_silent(1.0)
            awaited.append("rule")

        @invariant()
        async def time_goes_on(self) -> None:
            """Something that has to be awaited."""
            await asyncio.sleep(0)
            awaited.append("invariant")

    run_state_machine_as_test(Listens, settings=BRIEFLY)

    assert {"rule", "invariant"} == set(awaited)


def test_learned_before() -> None:
    """What is learned of the program is learned before the first example, whose deadline it would count into."""

    class Office(Line):
        """A machine of this test's own."""

    before = Office in flow_machine._LEARNED
    Office.TestCase.setUpClass()

    assert (False, True) == (before, Office in flow_machine._LEARNED)


def test_no_handler() -> None:
    """A client without handlers is no program to be tested."""
    machine = type("Nobody", (CallFlowMachine,), {"flow": RelayClient("project", "token", contexts=["office"])})

    with pytest.raises(ValueError, match="has no handler"):
        run_state_machine_as_test(machine, settings=BRIEFLY)
