"""What tests of a bad network share: a client over TLS, a proxy that does what networks do, and a simulator behind it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sockets import client_of, until

from callfsm import Call, RelayClient
from callfsm.simulator import Caller, Simulator
from callfsm.testing.fault_proxy import FaultProxy

DESCRIPTORS = Path("/proc/self/fd")
only_where_descriptors_are_told = pytest.mark.skipif(
    not DESCRIPTORS.is_dir(), reason="only Linux tells which files are open"
)


def descriptors() -> int:
    """How many files and sockets are open."""
    return len(list(DESCRIPTORS.iterdir()))


@dataclass
class Office:
    """A client behind a bad network, and everybody else."""

    client: RelayClient
    proxy: FaultProxy
    simulator: Simulator
    offered: asyncio.Queue[Call] = field(default_factory=asyncio.Queue)
    moves: list[str] = field(default_factory=list)
    """The states that the connection has come to."""

    async def answered(self) -> tuple[Call, Caller]:
        """A call that has come in and was answered."""
        caller = self.simulator.call("office")
        call = await self.offered.get()
        await call.answer()
        return call, caller

    @property
    def lines(self) -> int:
        """How often the client has been connected until now."""
        return self.moves.count("online")

    async def online(self) -> None:
        """Wait until the client is connected."""
        await until(lambda: self.client.state == "online")

    async def noticed(self) -> None:
        """Wait until the client knows that a line is gone."""
        await until(lambda: "waiting" in self.moves)

    async def reopened(self, lines: int = 2) -> None:
        """Wait until the client has been connected so often."""
        await until(lambda: self.lines >= lines)

    async def ends_well(self, call: Call, caller: Caller) -> list[str]:
        """Speak, hang up, and see everything end: what the caller has heard."""
        await (await call.play_tts("still here")).wait()
        await call.hangup()
        await caller.is_over()
        await until(lambda: not self.client.calls)
        return caller.heard


@asynccontextmanager
async def office(*, tls: bool = True, without_delays: bool = True, **more: Any) -> AsyncIterator[Office]:
    """A client that is not connected yet; when it leaves, no task of anybody's is left."""
    before = asyncio.all_tasks()
    async with Simulator(tls=tls, speed=20) as simulator, FaultProxy(simulator.host, simulator.port) as proxy:
        with patch.dict(os.environ, SIGNALWIRE_RELAY_CA_FILE=simulator.ca_file):
            client = client_of(simulator, "office", **more)
            client.host = proxy.address
            if without_delays:
                client._supervisor._jitter = lambda: 0.0
            told = Office(client, proxy, simulator)
            client.on_call(told.offered.put)
            client.observe(lambda each: told.moves.append(each.dest) if each.machine == "connection" else None)
            yield told
            await client.disconnect()

    assert set() == asyncio.all_tasks() - before, "somebody has left a task"
