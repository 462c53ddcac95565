"""The socket: texts in, texts out, as lists.

The rest of callfsm sees a `Transport` and a `Connector` that makes one. In real life they are those of
`callfsm.line`; the tests join client and simulator in memory through the same seam.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from callfsm.line import WebSocketTransport

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")

Receiver = Callable[[list[str | bytes]], None]
"""Takes what has arrived."""


class Transport(Protocol):
    """An open line to the server."""

    def send(self, texts: list[str]) -> None:
        """Put texts on their way, in order. Never waits; after a close they are dropped."""

    async def run(self, receive: Receiver) -> None:
        """Hand over what arrives until the line is closed, by whichever side.

        It may end by a `ConnectionLostError` that tells how the line was closed.
        """

    async def close(self) -> None:
        """Close the line; ``run`` returns."""

    def abort(self) -> None:
        """Drop the line without a word, because the other side has stopped answering."""


Connector = Callable[[str], Awaitable[Transport]]
"""Opens a line to a URL."""


def on_loopback(url: str) -> bool:
    """Whether a URL names this machine."""
    host = url.partition("://")[2]
    return (host if host.endswith("]") else host.rpartition(":")[0] or host) in LOOPBACK


def tls_context() -> ssl.SSLContext:
    """The system's trust store, and the bundle that ``SIGNALWIRE_RELAY_CA_FILE`` names besides.

    Raises:
        OSError: The bundle cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context()
    # Python's own default, held here against a system policy that would let less in.
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    extra = os.environ.get("SIGNALWIRE_RELAY_CA_FILE", "")
    if extra:
        try:
            context.load_verify_locations(cafile=extra)
        except OSError as error:
            raise OSError(f"SIGNALWIRE_RELAY_CA_FILE={extra!r} cannot be used: {error.strerror or error}") from error
    return context


async def open_websocket(url: str, trust: ssl.SSLContext | None = None) -> WebSocketTransport:
    """Open a line; ``wss://`` URLs are verified, by `tls_context` unless told otherwise, and no redirect is followed.

    Raises:
        ValueError: The URL would send credentials in clear text to another machine.
        OSError, TimeoutError, websockets.InvalidHandshake: There is no line to be had now.
    """
    secure = url.startswith("wss://")
    if not secure and not on_loopback(url):
        raise ValueError(f"{url} is clear text to another machine, and is not opened: use wss://")
    context = (trust or tls_context()) if secure else None
    from callfsm.line import open_line  # noqa: PLC0415  # its library is large, and lines in memory need none of it

    return await open_line(url, context)
