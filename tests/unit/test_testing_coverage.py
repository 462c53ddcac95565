"""`callfsm.testing.coverage`: what a run took of the machines, and what there is to be taken."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from callfsm import Call
from callfsm.core.effects import Transitioned
from callfsm.core.machine import ENGINES
from callfsm.core.picture import edges
from callfsm.core.tables import TABLES
from callfsm.errors import IllegalCommandError
from callfsm.testing.coverage import MachineCoverage
from callfsm.testing.coverage_steps import STEPS, Step, Sum, all_pairs, steps
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.virtual_time import run


async def hangs_up(call: Call) -> None:
    """A flow."""
    await call.answer()
    await call.hangup()


def coverage_of(
    handler: Callable[[Call], Awaitable[None]], prepares: Callable[[MemoryRelay], None] = lambda _: None
) -> MachineCoverage:
    """What one call of a handler takes."""

    async def main() -> MachineCoverage:
        async with MemoryRelay() as relay:
            prepares(relay)
            await relay.serves(handler)
            await relay.call("office").is_over()
            await asyncio.sleep(10)
            return MachineCoverage.of(relay)

    return run(main())


def call_step(trigger: str, source: str) -> Step:
    """The step of a call that takes a trigger in a state."""
    return next(step for step in steps("call") if (step.trigger, step.source) == (trigger, source))


@pytest.mark.parametrize("machine", TABLES)
def test_every_edge(machine: str) -> None:
    """What can be taken of a machine is what its engine can do."""
    expected = sorted((edge.trigger, edge.source, edge.dest or edge.source) for edge in edges(machine))

    assert expected == sorted((step.trigger, step.source, step.dest) for step in steps(machine))


def test_told_apart() -> None:
    """A transition that was taken can be told from every other one."""
    assert sum(len(steps(machine)) for machine in TABLES) == len(STEPS)


@pytest.mark.parametrize("machine", ["call", "play", "connection"])
def test_all_pairs(machine: str) -> None:
    """The pairs there are have a first one that leads to where the second one begins."""
    pairs = [(first, second) for first in steps(machine) for second in steps(machine) if first.dest == second.source]

    assert len(pairs) == all_pairs(machine)


def test_nothing() -> None:
    """Without any call, the call's machine counts, and nothing of it was reached."""
    coverage = MachineCoverage()

    assert ["call"] == coverage.machines
    assert [0, 0, 0, 0] == [part.reached for part in coverage.summary()[1:]]
    assert list(steps("call")) == coverage.unvisited()


def test_taken() -> None:
    """What a call has taken is told row by row, with the state in which it did."""
    taken = [str(step) for step in steps("call") if step in coverage_of(hangs_up).taken]

    assert [
        "created: ask [inbound, undecided]: answer",
        "answered: ask [not_hanging_up]: hangup",
        "created: reply: answer_accepted -> answered",
        "answered: reply: hangup_accepted -> ending",
        "answered: report [news]: answered",
        "ending: report [news]: ending",
        "ending: report: ended -> ended",
    ] == taken


def test_states() -> None:
    """A state is reached when something was taken in it, or led to it."""
    assert Sum(4, 4) == coverage_of(hangs_up).summary().states


def test_pairs() -> None:
    """One transition after another, of the same call, is a pair."""
    coverage = coverage_of(hangs_up)

    assert 1 == coverage.pairs[call_step("answer", "created"), call_step("answer_accepted", "created")]
    assert Sum(6, all_pairs("call")) == coverage.summary().pairs


def test_pairs_of_one_subject() -> None:
    """What two calls take in turn is no pair."""

    async def main() -> MachineCoverage:
        async with MemoryRelay() as relay:
            await relay.serves(hangs_up)
            callers = [relay.call("office") for _ in range(2)]
            await asyncio.gather(*(caller.is_over() for caller in callers))
            return MachineCoverage.of(relay)

    coverage = run(main())

    assert (2, 6) == (coverage.taken[call_step("ended", "ending")], coverage.summary().pairs.reached)


def test_machines() -> None:
    """Every machine counts that was used, in the order of the tables."""

    async def holds(call: Call) -> None:
        await call.answer()
        await (await call.play_tts("Welcome")).wait()
        await call.hold()
        await call.hangup()

    assert ["call", "play", "hold", "connection"] == coverage_of(holds).machines


def test_guard_allowed() -> None:
    """A guard of a row that was taken has let it through, in the state in which it was."""
    guards = coverage_of(hangs_up).guards()

    assert {("answer", "inbound"), ("answer", "undecided"), ("hangup", "not_hanging_up")} == {
        (guard.step.trigger, guard.guard) for guard in guards if guard.allowed and guard.step.who == "ask"
    }


def test_guard_refused() -> None:
    """A guard that has kept an ask out has refused it, in the state in which the call was."""

    async def plays_too_early(call: Call) -> None:
        with pytest.raises(IllegalCommandError):
            await call.play_tts("Welcome")
        await hangs_up(call)

    coverage = coverage_of(plays_too_early)

    assert {(call_step("play", "created"), "early_media"): 1} == {
        key: times for key, times in coverage.refused.items() if key[0].machine == "call"
    }
    assert 0 == coverage.taken.get(call_step("play", "created"), 0)


def test_refused_at_last() -> None:
    """What was refused after the last transition was so in the state that it led to."""

    async def main() -> MachineCoverage:
        seen: list[MachineCoverage] = []

        async def answers_twice_at_once(call: Call) -> None:
            first = asyncio.ensure_future(call.answer())
            await asyncio.sleep(0)
            with pytest.raises(IllegalCommandError):
                await call.answer()
            seen.append(MachineCoverage.of(relay))
            await first

        async with MemoryRelay() as relay:
            await relay.serves(answers_twice_at_once)
            await relay.call("office").is_answered()
        return seen[0]

    assert [(call_step("answer", "created"), "undecided")] == [
        key for key in run(main()).refused if key[0].machine == "call"
    ]


def test_no_row() -> None:
    """An ask that no row takes in its state is no guard's doing."""

    async def answers_twice(call: Call) -> None:
        await call.answer()
        with pytest.raises(IllegalCommandError):
            await call.answer()
        await call.hangup()

    assert [] == [key for key in coverage_of(answers_twice).refused if key[0].machine == "call"]


def test_stale_report() -> None:
    """A guard that keeps out a report that comes twice has refused it."""
    coverage = coverage_of(hangs_up, lambda relay: relay.duplicates("calling.call.state", 1))

    assert 1 == coverage.refused[call_step("answered", "answered"), "news"]


def test_passed_over() -> None:
    """Where the row after a guarded one was taken, the guard of that one has refused."""
    coverage = coverage_of(hangs_up)

    assert {"leaving"} == {guard for step, guard in coverage.refused if step.machine == "connection"}


def test_sum() -> None:
    """Two coverages add up."""
    once = coverage_of(hangs_up)
    twice = once + once

    assert {step: 2 * times for step, times in once.taken.items()} == dict(twice.taken)
    assert {pair: 2 * times for pair, times in once.pairs.items()} == dict(twice.pairs)
    assert {guard: 2 * times for guard, times in once.refused.items()} == dict(twice.refused)
    assert once.summary() == twice.summary()


def test_effects_as_they_are() -> None:
    """Coverage can be taken of any effects, of a relay that is still running too."""

    async def main() -> tuple[MachineCoverage, MachineCoverage]:
        async with MemoryRelay() as relay:
            await relay.serves(hangs_up)
            before = MachineCoverage.of(relay)
            await relay.call("office").is_over()
            effects = [effect for effect in relay.effects if isinstance(effect, Transitioned)]
            return before, MachineCoverage.of_effects(effects)

    before, after = run(main())

    assert (["call", "connection"], 0) == (before.machines, before.summary().transitions.reached)
    assert 0 < after.summary().transitions.reached


def test_engines_are_all_there() -> None:
    """Every machine has steps."""
    assert set(ENGINES) == {step.machine for step in STEPS.values()}
