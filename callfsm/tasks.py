"""Tasks that are kept until they end, so that none is lost half way."""

import asyncio
from collections.abc import Awaitable
from typing import Any


class Tasks:
    """The tasks of one owner."""

    def __init__(self) -> None:
        self._running: set[asyncio.Future[Any]] = set()
        self._end = self._running.discard  # Once: a method that is asked for is a new object each time.

    def __len__(self) -> int:
        return len(self._running)

    def spawn(self, work: Awaitable[Any], name: str) -> asyncio.Future[Any]:
        """Run something as a task of this name, kept until it ends."""
        task: asyncio.Future[Any]
        if asyncio.iscoroutine(work):
            task = asyncio.get_running_loop().create_task(work, name=name)
        else:
            task = asyncio.ensure_future(work)
            if isinstance(task, asyncio.Task):
                task.set_name(name)
        self._running.add(task)
        task.add_done_callback(self._end)
        return task
