"""The client: one connection to RELAY, and the calls that come and go over it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from callfsm import environment
from callfsm.action import OnCompleted
from callfsm.asking import Asking
from callfsm.call import Call
from callfsm.configuration import Configuration
from callfsm.core.session import Session
from callfsm.dialing import DIAL_SECONDS, dial
from callfsm.errors import ConnectionLostError, RelayError
from callfsm.identifiers import Identifiers
from callfsm.journalling import Journalling
from callfsm.log import configure_from_environment, logger
from callfsm.message import Message
from callfsm.overview import Overview
from callfsm.process import ConnectionSlot, is_loading
from callfsm.pump import Pump
from callfsm.serving import serve
from callfsm.supervisor import Supervisor
from callfsm.texting import send_message
from callfsm.transport import Connector, open_websocket, tls_context

if TYPE_CHECKING:
    from callfsm.recorder import Recorder
    from callfsm.shapes import Destination

# Programs import the error from here too, where the official SDK has it.
__all__ = ["RelayClient", "RelayError"]


AnyCallHandler = TypeVar("AnyCallHandler", bound=Callable[[Call], Any])
AnyMessageHandler = TypeVar("AnyMessageHandler", bound=Callable[[Message], Any])


class RelayClient(Configuration, Overview, Asking, Journalling):
    """A client of RELAY: it takes inbound calls, makes outbound ones, and keeps its line up.

    Arguments that are left out, or empty, are read from the environment. The client connects with `run`,
    `connect` or ``async with``; from then on a line that drops is opened again, and the calls go on.

    Args:
        project: The project id (``SIGNALWIRE_PROJECT_ID``).
        token: The API token (``SIGNALWIRE_API_TOKEN``).
        jwt_token: A JWT instead of project and token (``SIGNALWIRE_JWT_TOKEN``).
        host: The server, ``host`` or ``host:port`` (``SIGNALWIRE_SPACE``; relay.signalwire.com when empty).
        contexts: The contexts whose inbound calls are wanted.
        max_active_calls: At this many calls, further inbound ones are declined as busy
            (``RELAY_MAX_ACTIVE_CALLS``; 1,000 when empty).
        early_media: Let media commands out before a call is answered.
        tls: False speaks plain ``ws://``, to a simulator on this machine only.
        connector: Opens the line; for tests and other transports.
        randomness: Where ids and the delays between attempts come from, for runs that must be the same each time.
        journal: A file to record everything in that comes, goes and moves, without credentials; or a `Recorder`.

    Raises:
        TypeError: A credential is no text.
        ValueError: Credentials are missing, the host is not one, or the contexts are no list of texts.
    """

    def __init__(
        self,
        project: str | None = None,
        token: str | None = None,
        jwt_token: str | None = None,
        host: str | None = None,
        contexts: list[str] | None = None,
        max_active_calls: int | None = None,
        *,
        early_media: bool = False,
        tls: bool = True,
        connector: Connector = open_websocket,
        randomness: random.Random | None = None,
        journal: str | os.PathLike[str] | Recorder | None = None,
    ) -> None:
        configure_from_environment()
        self._settings = environment.settings(project, token, jwt_token, contexts, max_active_calls)
        self._settings.early_media = early_media
        self._tls = tls
        self._host = environment.host(host, tls=tls)
        chance = randomness or random.SystemRandom()
        new_id = Identifiers(chance)
        self._session = Session(self._settings, new_id)
        self._pump = Pump(self._session, new_id)
        self._supervisor = Supervisor(self._pump, connector, chance.random)
        self._holding: asyncio.Task[None] | None = None
        self._serving = False
        self._connecting = asyncio.Lock()
        self._slot = ConnectionSlot()
        self._recorder: Recorder | None = None
        self.journal = journal

    def __repr__(self) -> str:
        return f"<RelayClient host={self.host} state={self.state} calls={len(self._pump.calls)}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a RelayClient cannot be copied or pickled: it holds credentials and a line; make another one")

    def on_call(self, handler: AnyCallHandler) -> AnyCallHandler:
        """Let a coroutine function handle each inbound call; usable as a decorator.

        It runs as a task of its own. When it raises, the error is logged and the call is hung up. A second
        registration replaces the first. While there is no handler, inbound calls are declined.
        """
        self._pump.on_call = handler
        self._settings.takes_calls = True
        return handler

    def on_message(self, handler: AnyMessageHandler) -> AnyMessageHandler:
        """Let a coroutine function handle each text message that comes; usable as a decorator.

        It runs as a task of its own; what it raises is logged. A second registration replaces the first.
        """
        self._pump.messenger.on_message = handler
        return handler

    async def connect(self) -> None:
        """Connect and log in; the line is held, and opened again when it drops, until `disconnect`.

        Raises:
            RuntimeError: ``RELAY_MAX_CONNECTIONS`` other clients of this process are connected; or `run` is ending,
                because the client was disconnected.
            AuthenticationError: The server does not accept the credentials; the client is closed.
            RelayError: The server could not log us in, or did not answer; the client is closed.
            OSError, TimeoutError, websockets.InvalidHandshake: There is no line to be had; the client is closed.
        """
        async with self._connecting:
            if self._serving and self.state == "closed":
                raise RuntimeError("run() is ending, because the client was disconnected; run it again instead")
            # One whose credentials were refused has given up; others may have been set since.
            if self.state in ("offline", "closed", "refused"):
                await self._open()

    async def _open(self) -> None:
        if self._holding is not None:
            await asyncio.wait([self._holding])  # What has given up may still be closing its line.
        self._slot.take()
        self._begin_recording()
        try:
            await self._supervisor.open(self._url())
        except BaseException:
            await self._supervisor.close()
            self._slot.free()
            await self._end_recording()
            raise
        self._holding = asyncio.create_task(self._hold(), name="callfsm supervisor")

    async def _hold(self) -> None:
        try:
            await self._supervisor.hold(self._url, is_open=True)
        except RelayError as error:
            logger.error("line", what="given up", error=str(error))

    async def disconnect(self) -> None:
        """Close the line. Everything that waits gets a `ConnectionLostError`, and calls that are up are lost.

        Safe to call twice; the client can be connected again. Nothing is hung up: use `Call.hangup` before. When
        the client is connected again and takes up the same session, the calls that it left up are hung up then,
        because nobody holds them any more.
        """
        self._pump.interrupt(lambda: ConnectionLostError("the program disconnected the client"))
        holding, self._holding = self._holding, None
        await self._supervisor.close()
        if holding is not None and holding is not asyncio.current_task():
            await asyncio.gather(holding, return_exceptions=True)
        if self.state == "closed":  # Nobody has connected it again meanwhile.
            self._slot.free()
            await self._end_recording()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.disconnect()

    def run(self) -> None:
        """Connect and serve calls until SIGINT or SIGTERM, or until `disconnect`.

        The first signal declines new calls, gives the live ones ten seconds to finish, hangs up the rest and
        closes; a second one ends at once.

        In a program that ``callfsm run`` is loading it returns at once: the command runs the client when all of the
        program is there.

        Raises:
            AuthenticationError: The server refused the credentials three times in a row.
        """
        if is_loading():
            return
        with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(self._serve())

    async def _serve(self) -> None:
        tls_context()  # A bundle that cannot be read would else be an attempt that fails, again and again.
        self._slot.take()
        self._serving = True
        self._begin_recording()
        try:
            await serve(self._pump, self._supervisor, self._url, self.disconnect)
        finally:
            self._serving = False

    async def dial(
        self,
        devices: Sequence[Sequence[Destination]],
        *,
        tag: str | None = None,
        max_duration: int | None = None,
        dial_timeout: float | None = None,
    ) -> Call:
        """Call one or more destinations and wait until one answers.

        A dial that times out, or whose task is cancelled, is given up: its legs are hung up, also one that
        answers later.

        Args:
            devices: Tried in turn; the devices of one inner list ring together, and the first to answer wins.
                Calls, queues and streams cannot be dialled, only connected to.
            tag: A label of your own for the dial; a new one is made when left out.
            max_duration: Longest duration of the call, in seconds.
            dial_timeout: How long to wait, in seconds, from the server's acceptance on; 120 when left out.

        Returns:
            The call, answered.

        Raises:
            ValueError: There are no devices, one cannot be dialled, or a dial with this tag is under way; nothing was sent.
            DialError: Nobody answered, or not in time.
            RelayError: The server refused.
            RequestTimeoutError, ConnectionLostError: No reply came; legs that come up are hung up.
        """
        seconds = DIAL_SECONDS if dial_timeout is None else dial_timeout
        return await dial(self._pump, devices, tag=tag, max_duration=max_duration, seconds=seconds)

    async def send_message(
        self,
        *,
        to_number: str,
        from_number: str,
        context: str | None = None,
        body: str | None = None,
        media: list[str] | None = None,
        tags: list[str] | None = None,
        region: str | None = None,
        on_completed: OnCompleted | None = None,
    ) -> Message:
        """Send a text message.

        Args:
            to_number: The receiver, in E.164, or a short code.
            from_number: The sender, in E.164, or a short code.
            context: Where its states are reported; this session when left out.
            body: The text; a body, media or both are needed.
            media: Addresses of pictures and the like, at most 8.
            tags: Labels of your own.
            region: Where the message is sent from.
            on_completed: Called once with the event of the last state.

        Returns:
            The message, ``queued``; `Message.wait` tells what became of it.

        Raises:
            ValueError: There is neither body nor media, or a number is missing; nothing was sent.
            RelayError: The server refused.
            RequestTimeoutError, ConnectionLostError: No reply came; it may or may not have been sent.
        """
        return await send_message(self._pump, on_completed, locals())

    def _url(self) -> str:
        return f"{'wss' if self._tls else 'ws'}://{self.host}"
