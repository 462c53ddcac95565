"""Waits that touch nobody else's wait: each waiter has a future of its own."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Awaited = TypeVar("Awaited")


class Waits(Generic[Awaited]):
    """Any number of tasks that wait, each for the first thing it wants.

    A wait that times out or is cancelled leaves, and the others do not notice.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[Awaited], bool], asyncio.Future[Awaited]]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    async def wait(self, wants: Callable[[Awaited], bool], timeout: float | None) -> Awaited:
        """Wait for something wanted, ``timeout`` seconds at most.

        Raises:
            asyncio.TimeoutError: The time is over; later waits are not harmed.
        """
        future: asyncio.Future[Awaited] = asyncio.get_running_loop().create_future()
        entry = (wants, future)
        self._waiting.append(entry)
        try:
            if timeout is None:
                return await future
            async with asyncio.timeout(timeout):
                return await future
        finally:
            self._waiting.remove(entry)

    def offer(self, thing: Awaited) -> None:
        """Give a thing to every wait that wants it."""
        for wants, future in list(self._waiting):
            if not future.done() and wants(thing):
                future.set_result(thing)

    def fail(self, error: Callable[[], Exception]) -> None:
        """Let every wait raise, each an error of its own."""
        for _, future in list(self._waiting):
            if not future.done():
                future.set_exception(error())
