"""Waiting for the outcomes of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from callfsm.core.request import Outcome, Request
from callfsm.deadlines import Deadlines

REQUEST_SECONDS: Final = 10.0
"""How long a reply is waited for, from the command on."""


class Outcomes:
    """The requests that have no outcome yet, and who waits for them.

    Args:
        expire: Told of each request whose time is over.

    Attributes:
        seconds: How long each is waited for.
    """

    def __init__(self, expire: Callable[[Request], None]) -> None:
        self.seconds = REQUEST_SECONDS
        self._deadlines = Deadlines(expire)
        self._waiting: dict[Request, list[asyncio.Future[Outcome]]] = {}

    def await_reply(self, request: Request) -> None:
        """A request leaves: its time runs, if it does not already."""
        self._deadlines.set(request, self.seconds)

    def future(self, request: Request) -> asyncio.Future[Outcome]:
        """What becomes the outcome of a request that has none; any number may wait, and none harms another."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(request, []).append(future)
        if request.text:  # It has yet to leave, and waits for the line within its time.
            self._deadlines.set(request, self.seconds)
        return future

    def settle(self, request: Request, outcome: Outcome) -> bool:
        """Give a request's outcome to whoever waits for it; whether anybody does."""
        self._deadlines.clear(request)
        waiting = [future for future in self._waiting.pop(request, ()) if not future.done()]
        for future in waiting:
            future.set_result(outcome)
        return bool(waiting)

    def rest(self) -> None:
        """Leave no timer behind that nobody needs."""
        self._deadlines.rest()
