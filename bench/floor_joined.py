"""The floor: the protocol of `websockets` without its asyncio API's queues and tasks, joined writes, and msgspec."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from floor_calls import Call, Floor, address, trust
from msgspec.json import Decoder, Encoder
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode
from websockets.protocol import State

__all__ = ["Call", "RelayClient"]

_ACK: Final = '{"jsonrpc":"2.0","id":"%s","result":{}}'
_READ: Final = 64 * 1024


class _Line(ClientConnection, asyncio.BufferedProtocol):
    client: RelayClient

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._space = bytearray(_READ)
        self._view = memoryview(self._space)
        self._texts: list[bytes] = []
        self._decode = Decoder().decode
        self._encode = Encoder().encode

    def get_buffer(self, _size: int) -> memoryview:
        return self._view

    def buffer_updated(self, size: int) -> None:
        self.data_received(bytes(self._view[:size]))

    def process_event(self, event: Any) -> None:
        if not isinstance(event, Frame) or event.opcode is not Opcode.TEXT:
            super().process_event(event)
            return
        frame = self._decode(event.data)
        if "method" in frame:
            self.post((_ACK % frame["id"]).encode())
        self.client.hear(frame)

    def post(self, text: bytes) -> None:
        if not self._texts:
            self.loop.call_soon(self._flush)
        self._texts.append(text)

    def send_frame(self, frame: dict[str, Any]) -> None:
        self.post(self._encode(frame))

    def _flush(self) -> None:
        texts, self._texts = self._texts, []
        if self.protocol.state is State.OPEN:
            for text in texts:
                self.protocol.send_text(text)
            self.transport.write(b"".join(self.protocol.data_to_send()))


class RelayClient(Floor):
    """A client that hears within the read, and sends all of one turn of the event loop in one write."""

    _line: _Line

    async def open(self) -> None:
        """Open the line, and hear it."""
        line = await connect(
            address(),
            create_connection=_Line,
            ssl=trust(),
            compression=None,
            ping_interval=None,
            max_size=10 * 1024 * 1024,
            proxy=None,
        )
        assert isinstance(line, _Line), "the library makes what it is told to make"
        line.client = self
        self._line = line

    def post(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        self._line.send_frame(frame)

    async def disconnect(self) -> None:
        """Close the line."""
        await self._line.close()
