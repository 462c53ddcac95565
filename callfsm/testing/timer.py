"""Timers of virtual time: of those that are due at once, what was asked for first comes first."""

from __future__ import annotations

import asyncio
from typing import Any


class Timer(asyncio.TimerHandle):
    """A timer that goes off after those of the same time which were set before it, as real time would have it.

    Args:
        order: When it goes off, and how many were set before it.
        details: As `asyncio.TimerHandle` takes them.
    """

    __slots__ = ("_order",)

    _scheduled: bool

    def __init__(self, order: tuple[float, int], *details: Any) -> None:
        super().__init__(order[0], *details)
        self._order = order

    def __lt__(self, other: Any) -> bool:
        return bool(self._order < other._order)
