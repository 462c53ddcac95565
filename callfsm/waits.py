"""Waits that touch nobody else's wait: each waiter has a future of its own."""

import asyncio
import math
from collections.abc import Callable
from typing import Generic, TypeVar

Awaited = TypeVar("Awaited")


def within(seconds: object) -> asyncio.Timeout:
    """The time limit of a wait, in seconds; ``None`` is no limit.

    Raises:
        ValueError: It is no number of seconds.
    """
    if seconds is None:
        return asyncio.timeout(None)
    if not isinstance(seconds, int | float) or math.isnan(seconds):
        raise ValueError(f"timeout={seconds!r}: must be a number of seconds, or None to wait without a limit")
    return asyncio.timeout(seconds)


class Waits(Generic[Awaited]):
    """Any number of tasks that wait, each for the first thing it wants.

    A wait that times out or is cancelled leaves, and the others do not notice.
    """

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[Awaited], bool], asyncio.Future[Awaited]]] = []

    def __len__(self) -> int:
        return sum(not future.done() for _, future in self._waiting)

    def future(self, wants: Callable[[Awaited], bool]) -> asyncio.Future[Awaited]:
        """What becomes the first thing that is wanted; whoever waits no longer, cancels it."""
        future: asyncio.Future[Awaited] = asyncio.get_running_loop().create_future()
        self._leave_done()
        self._waiting.append((wants, future))
        return future

    async def wait(self, wants: Callable[[Awaited], bool], timeout: float | None) -> Awaited:
        """Wait for something wanted, ``timeout`` seconds at most.

        Raises:
            asyncio.TimeoutError: The time is over; later waits are not harmed.
            ValueError: ``timeout`` is no number of seconds.
        """
        try:
            async with within(timeout):
                return await self.future(wants)
        finally:
            self._leave_done()

    def offer(self, thing: Awaited) -> None:
        """Give a thing to every wait that wants it."""
        for wants, future in list(self._waiting):
            if not future.done() and wants(thing):
                future.set_result(thing)
        self._leave_done()

    def _leave_done(self) -> None:
        self._waiting = [entry for entry in self._waiting if not entry[1].done()]

    def fail(self, error: Callable[[], Exception]) -> None:
        """Let every wait raise, each an error of its own."""
        for _, future in list(self._waiting):
            if not future.done():
                future.set_exception(error())
