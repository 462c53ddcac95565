"""The supervisor: it opens the line, holds it, and opens it again, as the connection machine tells.

It keeps no state of its own about the connection: what may happen next stands in the connection's table.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable
from typing import Final

from callfsm import constants
from callfsm.core.frames import conceal
from callfsm.core.model.connection import AUTHENTICATION_FAILED
from callfsm.core.request import Request
from callfsm.errors import AuthenticationError, ConnectionLostError, RelayError, RequestTimeoutError
from callfsm.log import logger
from callfsm.pump import Pump
from callfsm.transport import Connector, Transport

LOGIN_SECONDS: Final = 10.0
"""How long the server may take to accept or refuse a login."""

STABLE_SECONDS: Final = 10.0
"""How long a login must hold before the delays between attempts start from the shortest again."""

IDLE_SECONDS: Final = 15.0
"""How long nothing may come from the server before it is pinged."""

PING_SECONDS: Final = 10.0
"""How long it may leave that ping unanswered before it counts as gone: 25 s after its last word."""

DOUBT_SECONDS: Final = 5.0
"""The same when a command has had no reply in time: 15 s after the command."""

AUDIT_SECONDS: Final = 30.0
"""How often calls of which nothing is heard are looked at; see `callfsm.core.model.watched`."""

FAREWELL_TURNS: Final = 10
"""How many turns of a loop that is being shut down the line is held for handlers that end with it."""


class Supervisor:
    """Opens and holds the line of one client."""

    def __init__(self, pump: Pump, connector: Connector, jitter: Callable[[], float]) -> None:
        self._pump = pump
        self._connection = pump.session.connection
        self.connector = connector
        self._jitter = jitter
        self._transport: Transport | None = None
        self._reader: asyncio.Task[None] | None = None
        self._opening: asyncio.Future[Transport] | None = None
        self._attempts = 0
        self._online_since = 0.0
        self._last_heard = 0.0
        self._now: Callable[[], float] = float  # That of the loop, once a line is open.
        self._doubt: asyncio.Event | None = None
        pump.transmit = self._transmit
        pump.unanswered = self._doubt_line

    def _transmit(self, texts: list[str]) -> None:
        if self._transport is not None:
            self._transport.send(texts)

    def _doubt_line(self, request: Request) -> None:
        # A ping of ours that has no reply is judged by the watch that has sent it.
        if request.method != constants.METHOD_SIGNALWIRE_PING and self._doubt is not None:
            self._doubt.set()

    def _fire(self, trigger: str, reason: str = "") -> None:
        with self._pump.performing():
            self._connection.reason = reason or self._connection.reason
            self._connection.fire(trigger)

    def _receive(self, transport: Transport, messages: list[str | bytes]) -> None:
        if transport is self._transport:  # One that has been let go may still have something to say while it closes.
            self._last_heard = self._now()
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
        self._connection.reason = ""
        self._fire("opening")
        transport = await self._reach(url)
        if self._connection.state != "connecting":
            await transport.close()
            raise ConnectionLostError("the client was closed while it connected")
        self._transport = transport
        self._now = asyncio.get_running_loop().time
        self._reader = asyncio.create_task(
            transport.run(functools.partial(self._receive, transport)), name="callfsm reader"
        )
        self._reader.add_done_callback(self._read_all)
        self._fire("opened")
        try:
            await self._until("authenticating", LOGIN_SECONDS)
            self._check_login()
        except TimeoutError:
            await self._drop(f"no answer to the login within {LOGIN_SECONDS:g} s")
            raise RequestTimeoutError(constants.METHOD_SIGNALWIRE_CONNECT, LOGIN_SECONDS) from None
        except BaseException:
            await self._drop()
            raise
        self._online_since = self._last_heard = self._now()

    async def _reach(self, url: str) -> Transport:
        opening = self._opening = asyncio.ensure_future(self.connector(url))
        try:
            return await opening
        except asyncio.CancelledError:
            if opening.done() and not opening.cancelled() and opening.exception() is None:
                opening.result().abort()  # It was there in the very moment in which nobody wanted it any more.
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise ConnectionLostError("the client was closed while it connected") from None
        except Exception as error:
            self._fire("dropped", self._told(error))
            raise
        finally:
            self._opening = None

    async def _until(self, left: str, timeout: float | None = None) -> None:
        if self._connection.state == left:
            await self._pump.connection_waits.wait(lambda state: state != left, timeout)

    def _read_all(self, reader: asyncio.Task[None]) -> None:
        failure = None if reader.cancelled() else reader.exception()
        if failure is not None and not isinstance(failure, ConnectionLostError):
            logger.error("line", what="the reader failed", error=repr(failure))
        why = self._told(failure) if failure is not None else "the line was closed"
        # One that is cancelled from outside was so with everything else: the loop is being shut down.
        self._lose(reader, why, turns=FAREWELL_TURNS if reader.cancelled() else 0)

    def _lose(self, reader: asyncio.Task[None], why: str, *, turns: int) -> None:
        if turns and len(self._pump.handlers):
            # Handlers that are cancelled too have yet to hang up, which takes a line.
            reader.get_loop().call_soon(functools.partial(self._lose, reader, why, turns=turns - 1))
        elif reader is self._reader:
            self._fire("dropped", why)

    def _check_login(self) -> None:
        if self._connection.online:
            return
        refusal = self._connection.refusal
        if refusal is None:
            raise ConnectionLostError("the line was closed before the server had answered the login")
        wrong = refusal.code in AUTHENTICATION_FAILED
        raise AuthenticationError(refusal.code, refusal.message) if wrong else refusal

    async def _drop(self, reason: str = "") -> None:
        # Let go of a line that is of no use, and of everything that belongs to it.
        transport, self._transport = self._transport, None
        reader, self._reader = self._reader, None
        self._fire("dropped", reason)
        try:
            if transport is not None:
                await transport.close()
        except BaseException:
            if transport is not None:
                transport.abort()
            raise
        finally:
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
            except Exception as error:  # a line that cannot be had, for whatever reason, is tried again
                logger.warning("line", what="attempt failed", error=self._told(error))
                if self._connection.state == "refused":
                    raise

    async def _until_dropped(self) -> None:
        watches = [
            asyncio.create_task(self._watch(), name="callfsm keepalive"),
            asyncio.create_task(self._audit(), name="callfsm audit"),
        ]
        try:
            for state in ("online", "draining"):
                await self._until(state)
        finally:
            for watch in watches:
                watch.cancel()
            await asyncio.gather(*watches, return_exceptions=True)
        logger.info("line", what="dropped", why=self._connection.reason)
        if self._now() - self._online_since >= STABLE_SECONDS:
            self._attempts = 0
        await self._drop()

    async def _watch(self) -> None:
        # A line on which nothing comes is pinged; one on which nothing comes even then is dead.
        doubt = self._doubt = asyncio.Event()  # A new one each time: a client may be connected on another loop.
        while True:
            patience = await self._until_doubtful(doubt)
            heard = self._last_heard
            with self._pump.performing():
                self._pump.session.request(constants.METHOD_SIGNALWIRE_PING, {})
            doubt.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await doubt.wait()
                    await asyncio.sleep(DOUBT_SECONDS)
            if heard == self._last_heard:
                break
        silent = self._now() - heard
        logger.warning("line", what="the server has stopped answering", seconds=round(silent, 1))
        assert self._transport is not None, "the watch ends with its line"
        dead = self._transport
        self._fire("dropped", "the server has stopped answering")
        dead.abort()

    async def _until_doubtful(self, doubt: asyncio.Event) -> float:
        # How long the ping that is sent then may stay unanswered.
        doubt.clear()
        while True:
            silence_ends = self._last_heard + IDLE_SECONDS
            try:
                async with asyncio.timeout_at(silence_ends):
                    await doubt.wait()
                    return DOUBT_SECONDS
            except TimeoutError:
                if self._last_heard + IDLE_SECONDS <= silence_ends:
                    return PING_SECONDS

    async def _audit(self) -> None:
        while True:
            await asyncio.sleep(AUDIT_SECONDS)
            with self._pump.performing():
                self._pump.session.audit()

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

    def _told(self, error: BaseException) -> str:
        # A server may put what it was told into anything that it says.
        text = error.message if isinstance(error, RelayError) else str(error) or type(error).__name__
        return conceal(text, self._connection.secrets)

    async def close(self) -> None:
        """Close the line for good; ``hold`` returns."""
        self._fire("closed", "closed by the program")
        if self._opening is not None:
            self._opening.cancel()
        await self._drop()
