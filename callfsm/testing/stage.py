"""One event loop in virtual time for many runs, each of which begins as if the loop were new."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

from callfsm.testing.virtual_time import LIMIT, DeadEndError, VirtualTimeLoop

Result = TypeVar("Result")

SPINNING: Final = 20_000
"""How many turns the loop may make without any time passing, before a program counts as spinning."""


class Stage:
    """Runs coroutines, one after the other, until what they have left behind is cleared away.

    Args:
        limit: How many virtual seconds each may take.
    """

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._loop = self._new_loop()
        self._turn_at = 0.0
        self._turns = 0

    def _new_loop(self) -> VirtualTimeLoop:
        loop = VirtualTimeLoop(self._limit)
        loop.each_turn = self._count_turn
        return loop

    @property
    def unseen(self) -> list[str]:
        """Exceptions that nobody has looked at, and the like, since it was cleared last."""
        return self._loop.failures

    def step(self, main: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine, and leave everything else where it is then.

        Raises:
            DeadEndError: Everybody waits for ever, too much time has passed, or somebody spins.
        """
        self._turns = 0
        return self._loop.run_until_complete(main)

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()

    def _count_turn(self) -> None:
        now = self._loop.time()
        self._turns = self._turns + 1 if now == self._turn_at else 0
        self._turn_at = now
        if self._turns > SPINNING:
            self._turns = 0
            raise DeadEndError(f"{SPINNING:,} turns of the event loop, and no time has passed: somebody spins")

    def clear(self) -> None:
        """End whatever has not ended, forget what has failed, and let time begin anew."""
        loop = self._loop
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        self._turns = 0
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
            with suppress(RuntimeError):
                loop.close()
            self._loop = self._new_loop()
        self._loop.failures.clear()
