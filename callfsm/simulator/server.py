"""The simulated server on a real WebSocket: what any RELAY client can be pointed at."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import json
import logging
import os
import secrets
import ssl
import tempfile
import time
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import trustme
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from callfsm.core.frames import MAX_BYTES
from callfsm.simulator.control import CONTROL_PATH, Control
from callfsm.simulator.link import SocketLink
from callfsm.simulator.network import Network
from callfsm.simulator.settings import Settings
from callfsm.simulator.strangers import FULL, LOGIN_SECONDS, MAX_STRANGERS, Strangers

if TYPE_CHECKING:
    from websockets.http11 import Request, Response

PING_SECONDS: Final = 10.0
"""How often clients are pinged. Some close a link on which a ping does not follow the last one within 15 s."""
_CLOSE_SECONDS: Final = 1.0
_LAST_PORT: Final = 65_535

_LOGGER: Final = logging.getLogger("callfsm.simulator.websockets")
_LOGGER.addHandler(logging.NullHandler())
# At debug the library writes whole frames, credentials included; what it tells at info, the journal does.
_LOGGER.setLevel(logging.WARNING)


class Simulator(Network):
    """A RELAY server for any number of clients, with simulated people on its phones.

    Use it with ``async with``; it listens inside. Leaving it ends every call and closes every link, and raises
    what has gone wrong in the scripts of people who were called, if nothing else is being raised.

    Args:
        host: Where to listen; only loopback addresses, unless ``allow_remote``.
        port: The port; 0 takes a free one.
        project: What clients log in with.
        token: The same; a random one when empty.
        tls: ``wss://`` with a certificate of its own (see ``ca_file``); else ``ws://``.
        speed: How many simulated seconds pass in a real one. Pings, acknowledgements, and the wait for a client
            whose link has dropped, are in real seconds.
        ping_seconds: How often clients are pinged; 0 is never.
        login_seconds: How long a client may take to log in, in real seconds; then its link is closed.
        max_strangers: How many clients that have not logged in are let in at a time.
        settings: Everything else.

    Raises:
        ValueError: The host is not a loopback address, the port is none, or time would not pass.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        project: str = "simulated-project",
        token: str = "",
        tls: bool = True,
        speed: float = 1.0,
        ping_seconds: float = PING_SECONDS,
        login_seconds: float = LOGIN_SECONDS,
        max_strangers: int = MAX_STRANGERS,
        allow_remote: bool = False,
        settings: Settings | None = None,
    ) -> None:
        if not (allow_remote or _is_loopback(host)):
            raise ValueError(f"host={host!r}: not a loopback address; allow_remote=True listens there all the same")
        if not 0 <= port <= _LAST_PORT:
            raise ValueError(f"port={port!r}: must be 0 to {_LAST_PORT}")
        given = settings or Settings(epoch=time.time())
        token = token or f"PT{secrets.token_hex(16)}"
        # What depends on the client's own pace is counted in real seconds.
        paced = replace(given, session_hold=given.session_hold * speed, acknowledgement_seconds=speed)
        super().__init__(replace(paced, project=project, token=token), speed=speed)
        self.host = host
        self.port = port
        self.project = project
        self.token = token
        self.tls = tls
        self.control_token = secrets.token_hex(32)
        """What the control endpoint asks for."""
        self.ca_file = ""
        """The certificate authority, for ``SIGNALWIRE_RELAY_CA_FILE``; ``""`` without TLS."""
        self._ping_seconds = ping_seconds
        self._links: set[SocketLink] = set()
        self._strangers = Strangers(max_strangers, login_seconds)
        self._control = Control(self)
        self._server: Server | None = None
        self._ping: asyncio.TimerHandle | None = None
        self._files = contextlib.ExitStack()

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"{'wss' if self.tls else 'ws'}://{self._address}"

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that point a client here."""
        named = {
            "SIGNALWIRE_PROJECT_ID": self.project,
            "SIGNALWIRE_API_TOKEN": self.token,
            "SIGNALWIRE_SPACE": self._address,
        }
        return named | ({"SIGNALWIRE_RELAY_CA_FILE": self.ca_file} if self.tls else {})

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: The port is taken, or the address is not this machine's.
        """
        try:
            self._server = await self._listening(self._certificate() if self.tls else None)
        except OSError as error:
            self._files.close()
            raise _explained(error, self.host, self.port) from error
        except BaseException:
            self._files.close()
            raise
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self._schedule_ping()

    async def _listening(self, context: ssl.SSLContext | None) -> Server:
        return await serve(
            self._meet_client,
            self.host,
            self.port,
            ssl=context,
            process_request=self._admit,
            compression=None,
            ping_interval=None,
            open_timeout=self._strangers.login_seconds,
            ssl_handshake_timeout=self._strangers.login_seconds if context else None,
            max_size=MAX_BYTES,
            close_timeout=_CLOSE_SECONDS,
            logger=_LOGGER,
        )

    async def close(self) -> None:
        """End every call, close every link and stop listening; nothing is left running."""
        if self._ping is not None:
            self._ping.cancel()
        await super().close()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None
        self._files.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
        if error is None and self.failures:
            raise self.failures[0]

    def drop_links(self) -> None:
        """Drop every client's link without a word, as a network does."""
        for link in list(self._links):
            link.abort()

    def ask_to_reconnect(self, *, restart: bool = False) -> None:
        """Tell every client to connect again; with ``restart``, to a new session, so that its calls end."""
        self.exchange.ask_to_reconnect(restart=restart)

    def write_connection_file(self, path: Path) -> None:
        """Write down how to reach the control endpoint, for this user's eyes only; removed on closing."""
        facts = {
            "url": self.url,
            "control_token": self.control_token,
            "project": self.project,
            "token": self.token,
            "ca_file": self.ca_file,
        }
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(facts, file, indent=2)
        self._files.callback(path.unlink, missing_ok=True)

    @property
    def _address(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _certificate(self) -> ssl.SSLContext:
        authority = trustme.CA()
        folder = self._files.enter_context(tempfile.TemporaryDirectory(prefix="callfsm-"))
        self.ca_file = str(Path(folder) / "ca.pem")
        authority.cert_pem.write_to_path(self.ca_file)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("localhost", "127.0.0.1", "::1", self.host).configure_cert(context)
        return context

    def _schedule_ping(self) -> None:
        if self._ping_seconds:
            self._ping = asyncio.get_running_loop().call_later(self._ping_seconds, self._send_pings)

    def _send_pings(self) -> None:
        self.exchange.ping()
        self._schedule_ping()

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path != CONTROL_PATH:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, FULL) if self._strangers.full else None
        told = request.headers.get("Authorization", "")
        if secrets.compare_digest(told.encode(errors="surrogatepass"), f"Bearer {self.control_token}".encode()):
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "The control token is missing or wrong.\n")

    async def _meet_client(self, connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None, "the handshake is over"
        with contextlib.suppress(ConnectionClosed):
            if request.path == CONTROL_PATH:
                await self._control.serve(connection)
            else:
                await self._serve_client(connection)

    async def _serve_client(self, connection: ServerConnection) -> None:
        link = SocketLink(connection)
        self._links.add(link)
        client = self.attach(link)
        self._strangers.meet(client, link.abort)
        writer = asyncio.create_task(link.write(), name=f"simulator {client.name}")
        try:
            async for message in connection:
                if self._strangers.may_say(client, message):
                    self.receive(client, message)
        except ConnectionClosed:
            pass  # The session waits for its client, however the link was lost.
        except Exception as error:
            self.failures.append(error)
            raise
        finally:
            self._links.discard(link)
            self._strangers.forget(client)
            self.exchange.detach(client)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _explained(error: OSError, host: str, port: int) -> OSError:
    if error.errno == errno.EADDRINUSE:
        return OSError(error.errno, f"port {port} on {host} is taken by another program; 0 takes a free one")
    return OSError(error.errno, f"cannot listen on {host}, port {port}: {error.strerror or error}")
