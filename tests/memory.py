"""Clients in memory for the tests: `callfsm.testing.memory`, and the situations that tests begin with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from clock import within

from callfsm import Call, RelayClient
from callfsm.simulator import Settings
from callfsm.testing.memory import EPOCH, PROJECT, SIGNALLED, TOKEN, Board, Frame, Line, ServerLink

__all__ = [
    "EPOCH",
    "PROJECT",
    "SIGNALLED",
    "TOKEN",
    "Board",
    "Frame",
    "Line",
    "ServerLink",
    "does_nothing",
    "joined",
    "talking",
]


@asynccontextmanager
async def joined(
    *contexts: str, settings: Settings | None = None, **more: Any
) -> AsyncIterator[tuple[RelayClient, Board]]:
    """A client that is connected to a simulated network; every script must have gone well, and every frame be legal."""
    board = Board(settings)
    client = board.client(*(contexts or ("office",)), **more)
    try:
        async with client:
            yield client, board
    finally:
        await board.close()

    assert [] == board.failures
    assert [] == board.unexpected


@asynccontextmanager
async def talking(settings: Settings | None = None, **more: Any) -> AsyncIterator[tuple[Call, Any, Board]]:
    """An inbound call of the simulator that has been answered: the call, its caller, and the network."""
    async with joined(settings=settings, **more) as (client, board):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        caller = board.call("office")
        call = await within(5, calls.get())
        await call.answer()
        yield call, caller, board


async def does_nothing(_call: Call) -> None:
    """A handler that returns at once."""
