"""The time limits of the requests that have no outcome yet: one timer for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callfsm.core.request import Request


class Deadlines:
    """When each request is given up.

    Args:
        expire: Told of each request whose time is over.
    """

    def __init__(self, expire: Callable[[Request], None]) -> None:
        self._expire = expire
        self._due: dict[Request, float] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def set(self, request: Request, seconds: float) -> None:
        """Let a request's time run, unless it runs already."""
        if request in self._due:
            return
        loop = asyncio.get_running_loop()
        due = self._due[request] = loop.time() + seconds
        # A timer of a loop that is closed will never fire: a client may be used on one after the other.
        if self._timer is None or self._loop is not loop or due < self._timer.when():
            self._start(loop, due)

    def clear(self, request: Request) -> None:
        """A request has its outcome."""
        self._due.pop(request, None)

    def rest(self) -> None:
        """Leave no timer behind that nobody needs. While requests come and go it is left to run: it costs nothing."""
        if self._timer is not None and not self._due:
            self._timer.cancel()
            self._timer = None

    def _start(self, loop: asyncio.AbstractEventLoop, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._loop = loop
        self._timer = loop.call_at(due, self._end, loop)

    def _end(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for request in [request for request, due in self._due.items() if due <= now]:
            if self._due.pop(request, None) is not None:
                self._expire(request)
        if self._due and self._timer is None:
            self._start(loop, min(self._due.values()))
