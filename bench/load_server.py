"""A server that costs little, for clients under load: ``python bench/load_server.py FOLDER``.

It serves one client after the other, over TLS with a certificate of its own whose authority it writes to
``FOLDER/authority.pem``, and prints its port. For each line of its standard input it prints one of JSON, as soon as no
client is connected: for each connection since the last one, what has been sent by it, by kind, and how many events it
was told. It ends when its standard input does. It shares nothing with any of the clients but the `websockets` library.
"""

from __future__ import annotations

import asyncio
import contextlib
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


class Connections:
    """Those that there were since the last time that somebody asked."""

    def __init__(self) -> None:
        self._told: list[dict[str, Any]] = []
        self._open = 0
        self._none_open = asyncio.Event()
        self._none_open.set()

    def begun(self) -> None:
        """One more is open."""
        self._open += 1
        self._none_open.clear()

    def over(self, told: dict[str, Any]) -> None:
        """One is over, and this is what it was."""
        self._told.append(told)
        self._open -= 1
        if not self._open:
            self._none_open.set()

    async def taken(self) -> list[dict[str, Any]]:
        """What they all were, once none is open."""
        await self._none_open.wait()
        told, self._told = self._told, []
        return told


class Line(asyncio.Protocol):
    """One connection: the library's protocol on one side, a `Network` on the other; one write for each read."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._protocol = ServerProtocol(max_size=None)
        self._network = Network(self._flush)
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what is written to."""
        assert isinstance(transport, asyncio.Transport), "it both reads and writes"
        transport.set_write_buffer_limits(high=1 << 30)
        self._transport = transport
        self._connections.begun()

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
        """Keep what the client has sent."""
        network, self._transport = self._network, None
        told = {"heard": network.heard, "events": network.out.events, "turnarounds": network.turnarounds}
        self._connections.over(told)


async def serve(folder: Path) -> None:
    """Serve until standard input ends."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    connections = Connections()
    server = await asyncio.get_running_loop().create_server(lambda: Line(connections), "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await connections.taken()), flush=True)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(Path(sys.argv[1])))
