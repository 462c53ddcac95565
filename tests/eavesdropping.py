"""Servers on this machine that keep every byte they get, with certificates that are right or wrong."""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import trustme

PROJECT: Final = "SECRET-project"
TOKEN: Final = "SECRET-token"  # noqa: S105  # of no server
JWT: Final = "SECRET-jwt"
LONG_AGO: Final = datetime(2001, 1, 1, tzinfo=UTC)
A_YEAR_LATER: Final = datetime(2002, 1, 1, tzinfo=UTC)

LOGINS: Final[dict[str, tuple[str | None, str | None, str | None]]] = {
    "token": (PROJECT, TOKEN, None),
    "jwt": (None, None, JWT),
}
"""The ways to log in: project, token and JWT."""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Answer = Callable[[bytes], bytes]
"""What a server says to all that it was told on a connection so far; it hangs up when it has said something."""


class Eavesdropper:
    """A server, as whoever owns the wire and the machine behind it sees it.

    Attributes:
        raw: Every byte that came over the wire.
        told: Every byte that came, with TLS taken off.
        visits: How many connections there were.
        names: The host names that clients asked for in their TLS handshakes.
    """

    def __init__(self, host: str) -> None:
        self.host = host
        self.port = 0
        self.raw = bytearray()
        self.told = bytearray()
        self.visits = 0
        self.names: list[str] = []

    @property
    def address(self) -> str:
        """The server as clients are given it."""
        return f"{self.host}:{self.port}"

    @property
    def heard_secrets(self) -> bool:
        """Whether any credential has come."""
        return any(b"SECRET" in heard or b"Authorization" in heard for heard in (self.raw, self.told))


class Impatient(random.Random):
    """Chance, as it makes every delay between attempts the shortest."""

    def random(self) -> float:
        """No delay at all."""
        return 0.0


def silence(_told: bytes) -> bytes:
    """Say nothing."""
    return b""


def complaint(_told: bytes) -> bytes:
    """Say what a server of clear text says to whatever it does not understand."""
    return b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


def too_old(_told: bytes) -> bytes:
    """Say what a server of TLS 1.1 says to whoever offers nothing so old: a fatal alert, ``protocol_version``."""
    return bytes((21, 3, 2, 0, 2, 2, 70))


def answering(text: str) -> Answer:
    """Say these lines to a request."""
    return lambda told: text.replace("\n", "\r\n").encode() if told.endswith(b"\r\n\r\n") else b""


class _Connections:
    """What is open, so that none of it outlives its server."""

    def __init__(self) -> None:
        self._open: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    def served(self, serve: Serve) -> Serve:
        """The same, kept here until it is over."""

        async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None, "a connection is served by a task"
            self._open[writer] = task
            with contextlib.suppress(OSError):
                await serve(reader, writer)
            writer.transport.abort()

        return kept

    async def close(self) -> None:
        """Drop everything."""
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._open.values())


@asynccontextmanager
async def eavesdropping(
    context: ssl.SSLContext | None = None, answer: Answer = silence, host: str = "localhost", at: str = "127.0.0.1"
) -> AsyncIterator[Eavesdropper]:
    """A server behind a wire on which every byte is kept."""
    heard = Eavesdropper(host)
    connections = _Connections()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told = b""
        while data := await reader.read(65_536):
            told += data
            heard.told += data
            if said := answer(told):
                writer.write(said)
                writer.close()
                await writer.wait_closed()
                return

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.visits += 1
        there, back = await asyncio.open_connection(at, port(behind))
        await asyncio.gather(_carry(reader, back, heard.raw), _carry(there, writer, bytearray()))

    if context is not None:
        context.sni_callback = lambda _socket, name, _context: heard.names.append(name)
    behind = await asyncio.start_server(connections.served(serve), at, 0, ssl=context)
    front = await asyncio.start_server(connections.served(carry), at, 0)
    heard.port = port(front)
    async with behind, front:
        try:
            yield heard
        finally:
            await connections.close()


def port(server: asyncio.Server) -> int:
    """Where a server listens."""
    found: int = server.sockets[0].getsockname()[1]
    return found


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, kept: bytearray) -> None:
    try:
        while data := await reader.read(65_536):
            kept += data
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
        await writer.wait_closed()


def certified(
    authority: trustme.CA, name: str = "localhost", *, until: datetime | None = None, newest: bool = True
) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for this name."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name, not_before=LONG_AGO, not_after=until).configure_cert(context)
    if not newest:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for which only itself vouches."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "own.pem"))
    authority.private_key_pem.write_to_path(str(folder / "own.pem"), append=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "own.pem")
    return context
