"""A server that costs little, for clients under load: ``python bench/load_server.py FOLDER``.

It serves one client after the other, over TLS with a certificate of its own whose authority it writes to
``FOLDER/authority.pem``, and prints its port. When a client has left, it prints what that client has sent, by kind, and
how many events it was told: one line of JSON. It shares nothing with any of the clients but the `websockets` library.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

import trustme
from load_calls import Network
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol


class Line(asyncio.Protocol):
    """One connection: the library's protocol on one side, a `Network` on the other; one write for each read."""

    def __init__(self) -> None:
        self._protocol = ServerProtocol(max_size=None)
        self._network = Network(self._flush)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.Transport), "it both reads and writes"
        transport.set_write_buffer_limits(high=1 << 30)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Hear all that one read has brought, and answer it in one write."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._protocol.send_response(self._protocol.accept(event))
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._hear(json.loads(bytes(event.data)))
        self._flush()

    def _hear(self, frame: dict[str, Any]) -> None:
        if "method" in frame:
            self._network.hear(frame)
        elif frame.get("result") == {}:
            self._network.acknowledged()

    def _flush(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"".join(self._protocol.data_to_send()) + self._network.out.take())
            if self._protocol.close_expected():
                self._transport.close()

    def connection_lost(self, _error: Exception | None) -> None:
        """Tell what the client has sent."""
        network, self._transport = self._network, None
        told = {"heard": network.heard, "events": network.out.events, "turnarounds": network.turnarounds}
        print(json.dumps(told), flush=True)


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
