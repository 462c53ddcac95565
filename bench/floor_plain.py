"""A floor: the asyncio API of `websockets` as its guide shows it, and the json of the standard library."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable
from typing import Any

from floor_calls import Call, Floor, address, trust
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

__all__ = ["Call", "RelayClient"]


class RelayClient(Floor):
    """A client that sends each frame by itself, and has a task for what arrives."""

    _connection: ClientConnection
    _reading: asyncio.Task[None]

    async def open(self) -> None:
        """Open the line, and hear it."""
        self._connection = await connect(
            address(), ssl=trust(), compression=None, ping_interval=None, max_size=10 * 1024 * 1024, proxy=None
        )
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self._connection:
                frame = json.loads(text)
                if "method" in frame:
                    await self._connection.send(json.dumps({"jsonrpc": "2.0", "id": frame["id"], "result": {}}))
                self.hear(frame)

    def post(self, frame: dict[str, Any]) -> Awaitable[None]:
        """Send a frame."""
        return self._connection.send(json.dumps(frame))

    async def disconnect(self) -> None:
        """Close the line."""
        await self._connection.close()
        await self._reading
