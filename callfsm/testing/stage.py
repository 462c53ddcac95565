"""One event loop in virtual time for many runs, each of which begins as if the loop were new."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from callfsm.testing.tidiness import noticing_forgotten
from callfsm.testing.virtual_time import LIMIT, DeadEndError, VirtualTimeLoop

Result = TypeVar("Result")


class Stage:
    """Runs coroutines, one after the other, until what they have left behind is cleared away.

    Args:
        limit: How many virtual seconds each may take.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._loop = VirtualTimeLoop(limit)

    @property
    def unseen(self) -> list[str]:
        """Exceptions that nobody has looked at, and the like, since it was cleared last."""
        return self._loop.failures

    def step(self, main: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine, and leave everything else where it is then.

        Raises:
            DeadEndError: Everybody waits for ever, too much time has passed, or somebody spins.
        """
        with noticing_forgotten(self._loop.failures.append):
            return self._loop.run_until_complete(main)

    def close(self) -> None:
        """Close the loop."""
        self._loop.forget()
        self._loop.close()

    def clear(self) -> None:
        """End whatever has not ended, forget what has failed, and let time begin anew."""
        loop = self._loop
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        try:
            if left:
                loop.run_until_complete(asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), 1.0))
            for timer in loop.scheduled:
                timer.cancel()
            while loop._ready:
                loop.run_until_complete(asyncio.sleep(0))
            loop.rewind()
        except (DeadEndError, TimeoutError, RuntimeError):
            # What does not end even now stays behind with its loop.
            loop.forget()
            with suppress(RuntimeError):
                loop.close()
            self._loop = VirtualTimeLoop(self._limit)
        self._loop.failures.clear()
