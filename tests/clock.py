"""Virtual time: an event loop whose clock jumps to the next timer when everybody waits.

A test that sleeps for an hour takes no time, always in the same order; one in which everybody waits for
ever fails at once and says so. Whatever a test leaves behind fails it: tasks that still run, and
exceptions that nobody has looked at.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import selectors
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final, ParamSpec, TypeVar

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

LIMIT: Final = 7_200.0
"""How many virtual seconds a test may take; timers that only renew themselves would go on for ever."""

_TURNS: Final = 20
"""How many turns of the loop whatever is ending may take before it counts as left behind."""


class DeadEndError(BaseException):
    """Nothing can happen any more, and the test is not done; no ``except Exception`` is to swallow it."""


class JumpingSelector(selectors.SelectSelector):
    """Waits for nothing: where a real selector would sleep, the clock is put forward."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; if nothing is, time has passed.

        Raises:
            DeadEndError: Nothing is scheduled, or the clock has been put forward for too long.
        """
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise DeadEndError("everybody waits and nothing will ever happen")
        self.now += timeout
        if self.now > LIMIT:
            raise DeadEndError(f"{LIMIT:g} seconds have passed: timers renew each other, and the test waits for ever")
        return ready


class AutojumpLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time, which begins at 0.

    Attributes:
        failures: What the loop would only have logged.
    """

    def __init__(self) -> None:
        self._jumping = JumpingSelector()
        super().__init__(self._jumping)
        self.failures: list[str] = []
        self.set_exception_handler(lambda _loop, context: self.failures.append(_told(context)))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._jumping.now


def _told(context: dict[str, Any]) -> str:
    return f"{context['message']}: {context.get('exception')!r} {context.get('task') or context.get('future') or ''}"


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in virtual time.

    Raises:
        DeadEndError: Everybody waits and nothing will ever happen.
        AssertionError: Tasks were left running, or exceptions were left unseen.
    """
    loop = AutojumpLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        result = runner.run(_alone(main))
    gc.collect(1)

    # This file is no test: pytest would show nothing of what an assert here compares.
    assert [] == loop.failures, f"left unseen: {loop.failures}"
    return result


async def _alone(main: Coroutine[Any, Any, Result]) -> Result:
    result = await main
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}

    assert set() == left, f"still running: {left}"
    return result


def in_virtual_time(test: Callable[Arguments, Coroutine[Any, Any, None]]) -> Callable[Arguments, None]:
    """Make an asynchronous test a plain one that runs in virtual time."""

    @functools.wraps(test)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        run(test(*args, **kwargs))

    return wrapped


def now() -> float:
    """The running loop's time."""
    return asyncio.get_running_loop().time()


async def turns(count: int = _TURNS) -> None:
    """Let whatever is ready happen, without time passing."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    """Let time pass until something has come about."""
    while not condition():  # noqa: ASYNC110  # what a test looks at tells nobody when it changes
        await asyncio.sleep(0.01)


async def within(seconds: float, awaited: Awaitable[Result]) -> Result:
    """Await something that must happen within so many virtual seconds."""
    async with asyncio.timeout(seconds):
        return await awaited
