"""Eleven mistakes that people make: `check_flow` finds each of them, and nothing in the flow as it should be."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

import flows
from callfsm.testing import FlowError, MemoryRelay, Relay, check_flow, run
from callfsm.testing.checking import MAX_EXAMPLES
from flows.seeded import BUGS, program

DEFAULTS = settings(derandomize=True, database=None, max_examples=MAX_EXAMPLES)
"""The default settings, but for what differs between one run and the next."""


def found(name: str) -> FlowError:
    """What is found in the buggy flow of this name."""
    with pytest.raises(FlowError) as caught:
        check_flow(program(name, "buggy"), settings=DEFAULTS)
    return caught.value


async def inside_a_relay(test: Callable[[Relay], Awaitable[None]]) -> None:
    """Run a test as the plugin does."""
    async with MemoryRelay() as relay:
        await test(relay)


def test_all_are_listed() -> None:
    """Every flow with a seeded bug is looked at."""
    modules = {path.stem for path in Path(flows.__file__).parent.glob("*.py")}

    assert set(BUGS) == modules - {"__init__", "seeded", "test_seeded_bugs"}


@pytest.mark.parametrize("name", BUGS)
def test_mistake_is_found(name: str) -> None:
    """With default settings the mistake is found, told by its name, and printed as a test that fails the same way."""
    failure = found(name)
    space: dict[str, Any] = {}
    exec(failure.test, space)  # noqa: S102  # it is to be pasted and run, so it is run
    test = next(value for key, value in space.items() if key.startswith("test_") and inspect.isfunction(value))

    with pytest.raises(FlowError) as caught:
        run(inside_a_relay(test))

    assert BUGS[name] == failure.troubles[0].invariant
    assert failure.troubles[0][:3] == caught.value.troubles[0][:3]


@pytest.mark.parametrize("name", BUGS)
def test_nothing_is_found_in_the_corrected_flow(name: str) -> None:
    """The same flow as it should be passes, whatever is tried."""
    assert check_flow(program(name, "corrected"), settings=DEFAULTS).stories > 100


def test_failure_tells_everything() -> None:
    """A failure tells the invariant, the shortest caller, the ladder, and a test to paste."""
    text = str(found("unheard_goodbye"))

    assert text.startswith("goodbye heard: the program hung up while it was saying")
    assert '\n    caller = relay.call("office")\n' in text
    assert '│─ play "It is half past nine. T…" ─' in text
    assert "\n    async def test_goodbye_heard(relay):\n" in text
