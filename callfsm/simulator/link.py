"""The server's end of a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection


class SocketLink:
    """The server's end of a WebSocket."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._outgoing: list[str] = []
        self._something = asyncio.Event()
        self._closing = False

    def send(self, text: str) -> None:
        """Put a text on its way; after a close it is dropped."""
        if not self._closing:
            self._outgoing.append(text)
            self._something.set()

    def close(self) -> None:
        """Close the line once everything has left."""
        self._closing = True
        self._something.set()

    def abort(self) -> None:
        """Drop the line without a word."""
        self._connection.transport.abort()

    async def write(self) -> None:
        """Send what is put on its way, until the line is closed."""
        with contextlib.suppress(ConnectionClosed):
            while self._outgoing or not self._closing:
                await self._something.wait()
                self._something.clear()
                texts, self._outgoing = self._outgoing, []
                for text in texts:
                    await self._connection.send(text)
            await self._connection.close()
