"""The three ways of holding a line, `run()`, `connect()` and ``async with``, as the same thing to a test."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

import clock
from clock import turns, until

from callfsm import RelayClient

if TYPE_CHECKING:
    import pytest

MODES: Final = ("run", "connect", "async with")

Scenario = Callable[[RelayClient], Awaitable[None]]
"""What happens while a client holds its line."""


def hold(mode: str, client: RelayClient, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a client hold its line in one of the three ways, in virtual time, until the scenario is over."""
    if mode == "run":
        run_beside(client, scenario, monkeypatch)
    else:
        clock.run(_connect(client, scenario) if mode == "connect" else _enter(client, scenario))


def run_beside(client: RelayClient, scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Call the client's own `run`, in virtual time, with a scenario beside it; it is disconnected afterwards."""

    async def both(main: Coroutine[Any, Any, None]) -> None:
        beside = asyncio.create_task(_online(client, scenario))
        try:
            await main
        finally:
            await asyncio.wait({beside})
            beside.result()

    monkeypatch.setattr(asyncio, "run", lambda main: clock.run(both(main)))
    client.run()


async def _online(client: RelayClient, scenario: Scenario) -> None:
    await until(lambda: client.state == "online")
    try:
        await scenario(client)
    finally:
        await client.disconnect()


async def _connect(client: RelayClient, scenario: Scenario) -> None:
    await client.connect()
    try:
        await scenario(client)
    finally:
        await client.disconnect()


async def _enter(client: RelayClient, scenario: Scenario) -> None:
    async with client as entered:
        await scenario(entered)


async def kill(number: signal.Signals = signal.SIGTERM) -> None:
    """Send this process a signal, as a shell would, and let it arrive."""
    os.kill(os.getpid(), number)
    await turns()
