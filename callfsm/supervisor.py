"""The supervisor: it opens the line, holds it, and opens it again, as the connection machine tells.

It keeps no state of its own about the connection: what may happen next stands in the connection's table.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Final

from callfsm import constants
from callfsm.core.model.connection import AUTHENTICATION_FAILED
from callfsm.errors import AuthenticationError, ConnectionLostError, RelayError, RequestTimeoutError
from callfsm.log import logger
from callfsm.pump import Pump
from callfsm.transport import UNREACHABLE, Connector, Transport

LOGIN_SECONDS: Final = 10.0
"""How long the server may take to accept or refuse a login."""

STABLE_SECONDS: Final = 10.0
"""How long a login must hold before the delays between attempts start from the shortest again."""

IDLE_SECONDS: Final = 15.0
"""How long nothing may come from the server before it is pinged, and then before it counts as gone."""


class Supervisor:
    """Opens and holds the line of one client."""

    def __init__(self, pump: Pump, connector: Connector, jitter: Callable[[], float]) -> None:
        self._pump = pump
        self._connection = pump.session.connection
        self._connector = connector
        self._jitter = jitter
        self._transport: Transport | None = None
        self._reader: asyncio.Task[None] | None = None
        self._attempts = 0
        self._online_since = 0.0
        self._last_heard = 0.0
        pump.transmit = self._transmit

    def _transmit(self, texts: list[str]) -> None:
        if self._transport is not None:
            self._transport.send(texts)

    def _fire(self, trigger: str) -> None:
        with self._pump.performing():
            self._connection.fire(trigger)

    def _receive(self, messages: list[str | bytes]) -> None:
        self._last_heard = asyncio.get_running_loop().time()
        self._pump.receive(messages)

    async def open(self, url: str) -> None:
        """Make one attempt: open the line and log in. Afterwards the connection is online.

        Raises:
            OSError, TimeoutError, websockets.InvalidHandshake: No line is to be had now.
            AuthenticationError: The server does not accept the credentials.
            RelayError: The server could not log us in now.
            RequestTimeoutError: It did not answer the login.
            ConnectionLostError: The line dropped during the login, or the program has closed it.
        """
        self._fire("opening")
        try:
            transport = await self._connector(url)
        except UNREACHABLE:
            self._fire("dropped")
            raise
        if self._connection.state != "connecting":
            await transport.close()
            raise ConnectionLostError("the client was closed while it connected")
        self._transport = transport
        self._reader = asyncio.create_task(transport.run(self._receive), name="callfsm reader")
        self._reader.add_done_callback(self._read_all)
        self._fire("opened")
        try:
            await self._until("authenticating", LOGIN_SECONDS)
            self._check_login()
        except TimeoutError:
            await self._drop()
            raise RequestTimeoutError(constants.METHOD_SIGNALWIRE_CONNECT, LOGIN_SECONDS) from None
        except BaseException:
            await self._drop()
            raise
        self._online_since = self._last_heard = asyncio.get_running_loop().time()

    async def _until(self, left: str, timeout: float | None = None) -> None:
        if self._connection.state == left:
            await self._pump.connection_waits.wait(lambda state: state != left, timeout)

    def _read_all(self, reader: asyncio.Task[None]) -> None:
        if not reader.cancelled() and (failure := reader.exception()) is not None:
            logger.error("line", what="the reader failed", error=repr(failure))
        if reader is self._reader:
            self._fire("dropped")

    def _check_login(self) -> None:
        if self._connection.online:
            return
        refusal = self._connection.refusal
        if refusal is None:
            raise ConnectionLostError("the line was closed before the server had answered the login")
        wrong = refusal.code in AUTHENTICATION_FAILED
        raise AuthenticationError(refusal.code, refusal.message) if wrong else refusal

    async def _drop(self) -> None:
        # Let go of a line that is of no use, and of everything that belongs to it.
        transport, self._transport = self._transport, None
        reader, self._reader = self._reader, None
        self._fire("dropped")
        if transport is not None:
            await transport.close()
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def hold(self, url: Callable[[], str], *, is_open: bool) -> None:
        """Hold the line until the connection is closed: whenever it drops, open it again.

        Raises:
            AuthenticationError: The server has refused the credentials too often; the state is ``refused``.
        """
        begun = is_open
        while not begun or self._connection.state not in ("closed", "refused"):
            if is_open:
                await self._until_dropped()
            is_open = False
            try:
                if self._connection.state == "waiting":
                    await self._pause()
                if not begun or self._connection.state == "waiting":
                    begun = True
                    await self.open(url())
                    is_open = True
            except (*UNREACHABLE, RelayError) as error:
                logger.warning("line", what="attempt failed", error=str(error) or type(error).__name__)
                if self._connection.state == "refused":
                    raise

    async def _until_dropped(self) -> None:
        watch = asyncio.create_task(self._watch(), name="callfsm keepalive")
        try:
            for state in ("online", "draining"):
                await self._until(state)
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        logger.info("line", what="dropped")
        if asyncio.get_running_loop().time() - self._online_since >= STABLE_SECONDS:
            self._attempts = 0
        await self._drop()

    async def _watch(self) -> None:
        # A line on which nothing comes is pinged; one on which nothing comes even then is dead.
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(max(self._last_heard + IDLE_SECONDS - loop.time(), 0.1))
            heard = self._last_heard
            if loop.time() - heard < IDLE_SECONDS:
                continue
            with self._pump.performing():
                self._pump.session.request(constants.METHOD_SIGNALWIRE_PING, {})
            await asyncio.sleep(IDLE_SECONDS)
            if heard == self._last_heard:
                break
        logger.warning("line", what="the server has stopped answering", seconds=2 * IDLE_SECONDS)
        assert self._transport is not None, "the watch ends with its line"
        self._transport.abort()

    async def _pause(self) -> None:
        longest = min(
            constants.RECONNECT_MAX_DELAY,
            constants.RECONNECT_MIN_DELAY * constants.RECONNECT_BACKOFF_FACTOR**self._attempts,
        )
        self._attempts = min(self._attempts + 1, 30)
        delay = longest * self._jitter()
        logger.info("line", what="waiting before the next attempt", seconds=round(delay, 2))
        with contextlib.suppress(TimeoutError):
            await self._until("waiting", delay)

    async def close(self) -> None:
        """Close the line for good; ``hold`` returns."""
        self._fire("closed")
        await self._drop()
