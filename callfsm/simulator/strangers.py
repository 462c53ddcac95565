"""Clients that have connected and not logged in: few at a time, for a short while, and of few words.

Whoever can reach the port can open links to it. What they can use up has a bound, and once a client has
logged in none of this concerns it any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from callfsm.simulator.session import Client

LOGIN_SECONDS: Final = 10.0
"""How long a client may take to log in, in real seconds."""

MAX_STRANGERS: Final = 100
"""How many clients that have not logged in are let in at a time."""

MAX_WORDS: Final = 10
"""How many messages a client may send before it has logged in: attempts with other credentials, above all."""

MAX_LENGTH: Final = 64 * 1024
"""How long each of them may be."""

CLOSE_SECONDS: Final = 1.0
"""How long a link may take to close, whose other end may not read; then it is dropped."""

FULL: Final = "Too many clients have not logged in yet; try again in a moment.\n"


@dataclass
class _Visit:
    deadline: asyncio.TimerHandle
    abort: Callable[[], None]
    words: int = 0


class Strangers:
    """The clients of a server that have not logged in.

    Args:
        limit: How many there may be.
        login_seconds: How long each of them may stay.
    """

    def __init__(self, limit: int = MAX_STRANGERS, login_seconds: float = LOGIN_SECONDS) -> None:
        self.login_seconds = login_seconds
        self._limit = limit
        self._visits: dict[Client, _Visit] = {}

    @property
    def full(self) -> bool:
        """Whether no more can be let in now."""
        self._forget_known()
        return len(self._visits) >= self._limit

    def meet(self, client: Client, abort: Callable[[], None]) -> None:
        """A client has come, which has to log in; one too many, that came at the same moment, is shown out.

        Args:
            client: The client.
            abort: Drops its link without a word.
        """
        full = self.full
        deadline = asyncio.get_running_loop().call_later(self.login_seconds, self._show_out, client)
        self._visits[client] = _Visit(deadline, abort)
        if full:
            self._show_out(client)

    def may_say(self, client: Client, message: str | bytes) -> bool:
        """Whether a message is to be heard; a stranger who says too much is shown out instead."""
        if client.session is not None:
            self.forget(client)
            return True
        visit = self._visits.get(client)
        if visit is None:
            return False
        visit.words += 1
        if visit.words <= MAX_WORDS and len(message) <= MAX_LENGTH:
            return True
        self._show_out(client)
        return False

    def forget(self, client: Client) -> None:
        """A client has logged in, or gone."""
        visit = self._visits.pop(client, None)
        if visit is not None:
            visit.deadline.cancel()

    def _forget_known(self) -> None:
        for client in [client for client in self._visits if client.session is not None]:
            self.forget(client)

    def _show_out(self, client: Client) -> None:
        visit = self._visits[client]
        self.forget(client)
        if client.session is None:
            client.link.close()
            asyncio.get_running_loop().call_later(CLOSE_SECONDS, visit.abort)
