"""Nothing of a run outlives it: whoever runs `check_flow` all night needs no more memory in the morning."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator

import pytest
from flows.seeded import program
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from callfsm import Call, RelayClient
from callfsm.simulator import Caller, Entry, Network
from callfsm.testing import CallFlowMachine, FlowError, VirtualTimeLoop, check_flow
from callfsm.testing.coverage import MachineCoverage
from callfsm.testing.relay import Relay
from callfsm.testing.stage import Stage
from callfsm.testing.trial import RUNS_BETWEEN, Trial
from callfsm.testing.watching import Watch

BRIEFLY = settings(
    database=None,
    derandomize=True,
    max_examples=RUNS_BETWEEN + 5,
    stateful_step_count=5,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
OF_A_RUN = (Network, Caller, Call, RelayClient, Entry, VirtualTimeLoop, Watch, Trial, Stage, asyncio.Task)


def alive() -> list[object]:
    """Everything there is that belongs to some run."""
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, OF_A_RUN)]


@pytest.fixture
def left_over() -> Iterator[Callable[[], list[str]]]:
    """What is there now and was not there when the test began, by the names of its classes."""
    before = {id(thing): thing for thing in alive()}
    yield lambda: [type(thing).__name__ for thing in alive() if id(thing) not in before]
    before.clear()


@pytest.mark.parametrize("name", ["shared_lock", "losing_leg"])
def test_flow_that_passes(left_over: Callable[[], list[str]], name: str) -> None:
    """Of a flow with which nothing is wrong nothing is left."""
    flow = program(name, "corrected")
    kept = left_over()
    check_flow(flow, settings=BRIEFLY)

    assert kept == left_over()


@pytest.mark.parametrize("name", ["silent_caller", "losing_leg", "swallowed_error"])
def test_flow_that_fails(left_over: Callable[[], list[str]], name: str) -> None:
    """Of one that fails nothing is left either, once nobody holds the error."""
    flow = program(name, "buggy")
    kept = left_over()
    with pytest.raises(FlowError):
        check_flow(flow, settings=BRIEFLY)

    assert kept == left_over()


def test_client(left_over: Callable[[], list[str]]) -> None:
    """A client that is used again and again holds nothing of what it was used for."""
    client = RelayClient("project", "token", contexts=["office"])
    client.on_call(program("silent_caller", "corrected"))
    check_flow(client, settings=BRIEFLY)

    assert ["RelayClient"] == left_over()


@pytest.mark.parametrize("which", ["buggy", "corrected"])
def test_machine(left_over: Callable[[], list[str]], which: str) -> None:
    """Nothing is left of a `CallFlowMachine`."""
    machine = type("Office", (CallFlowMachine,), {"flow": program("silent_caller", which)})
    failed = False
    try:
        run_state_machine_as_test(machine, settings=BRIEFLY)
    except FlowError:
        failed = True

    assert ([], which == "buggy") == (left_over(), failed)


def test_coverage(left_over: Callable[[], list[str]]) -> None:
    """Who sums up what was covered holds sums only."""
    total = MachineCoverage()

    def note(relay: Relay) -> None:
        nonlocal total
        total += MachineCoverage.of(relay)

    Relay.watchers.append(note)
    try:
        check_flow(program("silent_caller", "corrected"), settings=BRIEFLY)
    finally:
        Relay.watchers.remove(note)

    assert ([], True) == (left_over(), total.summary().transitions.percent > 0)
