"""The lines of real life: WebSockets of the `websockets` library.

Nothing else here needs that library, and nothing loads this module before a line is opened: see
`callfsm.transport.open_websocket`.
"""

from __future__ import annotations

import logging
import ssl
from typing import TYPE_CHECKING, Final

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidStatus

from callfsm.core.frames import MAX_BYTES
from callfsm.errors import ConnectionLostError
from callfsm.joined import JoinedConnection
from callfsm.transport import Receiver, on_loopback

if TYPE_CHECKING:
    from websockets.http11 import Response

OPEN_SECONDS: Final = 10.0
CLOSE_SECONDS: Final = 2.0
UNREACHABLE: Final = (OSError, TimeoutError, InvalidHandshake, ConnectionClosed)
"""What is raised when there is no line to be had now."""

# `callfsm.log` keeps it at warning: at debug the library writes whole frames, credentials included.
_LOGGER: Final = logging.getLogger("callfsm.websockets")


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


async def open_line(url: str, context: ssl.SSLContext | None) -> WebSocketTransport:
    """Open a line, by TLS where there is a context for it; no redirect is followed.

    Raises:
        OSError, TimeoutError, websockets.InvalidHandshake: There is no line to be had now.
    """
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
    return connection
