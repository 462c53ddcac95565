"""Virtual time for the tests: `callfsm.testing.virtual_time`, and the waits that tests are written with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from callfsm.testing.virtual_time import LIMIT, DeadEndError, VirtualTimeLoop, in_virtual_time, run, turns

__all__ = ["LIMIT", "DeadEndError", "VirtualTimeLoop", "in_virtual_time", "now", "run", "turns", "until", "within"]

Result = TypeVar("Result")


def now() -> float:
    """The running loop's time."""
    return asyncio.get_running_loop().time()


async def until(condition: Callable[[], bool]) -> None:
    """Let time pass until something has come about."""
    while not condition():  # noqa: ASYNC110  # what a test looks at tells nobody when it changes
        await asyncio.sleep(0.01)


async def within(seconds: float, awaited: Awaitable[Result]) -> Result:
    """Await something that must happen within so many virtual seconds."""
    async with asyncio.timeout(seconds):
        return await awaited
