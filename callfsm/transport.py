"""The socket: texts in, texts out, as lists.

The rest of callfsm sees a `Transport` and a `Connector` that makes one. Here they are a WebSocket of the
`websockets` library; the tests join client and simulator in memory through the same seam.
"""

import logging
import os
import ssl
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidStatus
from websockets.http11 import Response

from callfsm.core.frames import MAX_BYTES
from callfsm.errors import ConnectionLostError
from callfsm.joined import JoinedConnection, Receiver

OPEN_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 2.0
MAX_UNSENT: Final = 2 * MAX_BYTES
"""How many bytes may wait for a server that does not read; beyond it the line is dropped."""
READ_BYTES: Final = 16 * 1024
"""As much as a TLS record holds. asyncio makes a buffer of 256 kB for each read, whose remains cost a process that runs
for long megabytes of heap."""
LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
UNREACHABLE: Final = (OSError, TimeoutError, InvalidHandshake, ConnectionClosed)
"""What a connector raises when there is no line to be had now."""

_LOGGER: Final = logging.getLogger("callfsm.websockets")
# At debug the library writes whole frames, credentials included; what it tells at info, the connection machine does.
_LOGGER.setLevel(logging.WARNING)


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


class _RedirectedError(InvalidStatus):
    def __init__(self, response: Response, url: str) -> None:
        super().__init__(response)
        self._url = url

    def __str__(self) -> str:
        place = self.response.headers.get("Location", "nowhere")
        return (
            f"{self._url} redirects (HTTP {self.response.status_code}) to {place!r}, which is not followed: the credentials "
            "are for the host that was named; if that is where your space is, give it as the host (SIGNALWIRE_SPACE)"
        )


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception:
        """Refuse every redirect: the credentials are for the host that was named, and for no other."""
        if isinstance(exc, InvalidStatus) and 300 <= exc.response.status_code < 400:
            return _RedirectedError(exc.response, self.uri)
        return exc


class WebSocketTransport:
    """A line over a WebSocket."""

    def __init__(self, connection: JoinedConnection) -> None:
        self._connection = connection

    def send(self, texts: list[str]) -> None:
        """Put texts on their way, in order. Never waits; after a close they are dropped."""
        self._connection.post(texts)
        if self._connection.unsent > MAX_UNSENT:
            self.abort()

    async def run(self, receive: Receiver) -> None:
        """Hand over what arrives until the line is closed.

        Raises:
            ConnectionLostError: It was closed, by whichever side; the text tells how.
        """
        self._connection.hear(receive)
        await self._connection.wait_closed()
        if self._connection.failure is not None:
            raise self._connection.failure
        raise ConnectionLostError(str(self._connection.protocol.close_exc))

    async def close(self) -> None:
        """Close the line; ``run`` returns."""
        self._connection.flush()
        await self._connection.close()

    def abort(self) -> None:
        """Drop the line without a word, because the other side has stopped answering."""
        self._connection.transport.abort()


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
    try:
        return WebSocketTransport(await _connected(url, context))
    except ssl.SSLError as error:  # First: a certificate error is a ValueError too.
        raise _explained(error, url) from error
    except ImportError as error:
        why = str(error)
    except InvalidProxy as error:
        why = error.msg
    except ValueError:
        why = "its address is malformed"
    # Not within the except blocks: the library's errors hold the address, and with it a password.
    raise OSError(f"the proxy that the environment names cannot be used: {why}")


def _explained(error: ssl.SSLError, url: str) -> ssl.SSLError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ssl.SSLCertVerificationError(
            error.errno,
            f"{url} is not trusted, and nothing was sent to it: {error.verify_message}; if its certificate is signed by "
            "an authority of your own, name that authority's file in SIGNALWIRE_RELAY_CA_FILE",
        )
    return type(error)(
        error.errno,
        f"{url} does not speak TLS as it must ({error.reason or error}), and nothing was sent to it: a server of clear "
        "text, or another port than the one that was meant? TLS 1.2 is the least",
    )


async def _connected(url: str, context: ssl.SSLContext | None) -> JoinedConnection:
    connection = await _Connect(
        url,
        create_connection=JoinedConnection,
        ssl=context,
        compression=None,
        open_timeout=OPEN_SECONDS,
        close_timeout=CLOSE_SECONDS,
        ping_interval=None,
        max_size=MAX_BYTES,
        logger=_LOGGER,
        # What goes to this machine goes nowhere else, whatever proxy the environment names.
        proxy=None if on_loopback(url) else True,
    )
    assert isinstance(connection, JoinedConnection), "the library makes what it is told to make"
    _read_by_the_record(connection)
    return connection


def _read_by_the_record(connection: JoinedConnection) -> None:
    # asyncio has no public way to say it, in 3.11 to 3.14; without it nothing but memory changes.
    protocol = getattr(connection.transport, "_ssl_protocol", None)
    if protocol is not None and hasattr(protocol, "max_size"):
        protocol.max_size = READ_BYTES
