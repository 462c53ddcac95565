"""A simulated RELAY for one test: programs are joined to it, people call them, and what went wrong comes out.

`MemoryRelay` runs in memory, best in virtual time; `SocketRelay` listens on a real socket of this machine. A
test is the same for both.
"""

from __future__ import annotations

import asyncio
import math
import random
import ssl
from collections.abc import Callable
from typing import Any, ClassVar, Final, NamedTuple, Self

from callfsm import Call, RelayClient
from callfsm.core.effects import AskedAfterEnd, Effect, Refused, Send, Stale, Transitioned
from callfsm.handling import CallHandler
from callfsm.identifiers import Identifiers
from callfsm.ladder import ladder_text
from callfsm.simulator import Settings, Simulator
from callfsm.simulator.journal import TO_RELAY
from callfsm.testing.logged import LOGGER, LoggedErrors
from callfsm.testing.memory import EPOCH, SIGNALLED, Board
from callfsm.testing.misbehaving import Misbehaving
from callfsm.testing.texting import Texting
from callfsm.testing.virtual_time import SPINNING, DeadEndError
from callfsm.testing.waiting import named, waits_in
from callfsm.transport import open_websocket

SETTLING_SECONDS: Final = 60.0
"""How long handlers may go on after everybody has hung up, in the program's own seconds."""

MESSAGE: Final = "callfsm message"
"""How the names of the tasks begin in which handlers of text messages run."""
_KEPT: Final = (Transitioned, Refused, Stale)
_REFUSED: Final = (Refused, AskedAfterEnd)

Frame = dict[str, Any]


class Failure(NamedTuple):
    """Something that a program did and should not have done."""

    call_id: str
    what: str
    error: BaseException | None = None


class LeftOverError(AssertionError):
    """What was wrong when a test was over, each with the call that it concerns."""

    def __init__(self, failures: list[Failure]) -> None:
        super().__init__("\n".join(failure.what for failure in failures))
        self.failures_found = failures


class Relay(Misbehaving, Texting):
    """A simulated RELAY, and the programs that are joined to it.

    Use it with ``async with``. Leaving it hangs up for everybody, waits for the handlers, and raises what has gone
    wrong: in a handler, in a listener, in a callee's script, or by a frame that no program should send.

    Attributes:
        clients: The clients of the programs, in the order in which they were joined.
        failed: What handlers and listeners have raised.
        effects: What the machines of the clients did: every transition, every ask that was refused, and every report
            that moved nothing.
        joins: Told of each client when it is joined; for tools that look on.
        most_commands: How many commands all programs together may ask; whoever asks more gets a `DeadEndError`.
        watchers: Told of every relay when it is over; the same for all of them.
    """

    watchers: ClassVar[list[Callable[[Relay], None]]] = []

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.clients: list[RelayClient] = []
        self.failed: list[Failure] = []
        self.effects: list[Transitioned | Refused | Stale] = []
        self.joins: list[Callable[[RelayClient], None]] = []
        self.most_commands = math.inf
        self._commands = self._at_once = 0
        self._asked_at = -1.0
        self.chance = random.Random(0)  # noqa: S311  # the same ids in every run are the point of it
        self._errors = LoggedErrors(self._note_error)
        self._allowed: tuple[type[BaseException], ...] = ()
        self._undo: list[Callable[[], None]] = []

    async def serves(self, program: RelayClient | CallHandler, *contexts: str, **options: Any) -> RelayClient:
        """Let a program take calls: a client with its handlers, or a handler for which a client is made.

        Args:
            program: The client of a program, unchanged; or a handler as `RelayClient.on_call` takes it.
            contexts: The contexts of the client that is made; ``office`` when left out.
            options: Further arguments of that client.

        Returns:
            The client, connected. A client that was handed over is as before when the test is over.
        """
        if isinstance(program, RelayClient):
            client = program
        else:
            client = self.client(*contexts, **options)
            client.on_call(program)
        self._join(client)
        await client.connect()
        return client

    def client(self, *contexts: str, **options: Any) -> RelayClient:
        """A client for this network, which is not connected yet."""
        given: dict[str, Any] = {
            "project": self.settings.project,
            "token": self.settings.token,
            "contexts": list(contexts or ("office",)),
            "randomness": self.chance,
        }
        client = RelayClient(**(given | options))
        self._join(client)
        return client

    def _join(self, client: RelayClient) -> None:
        if client in self.clients:
            return
        self.clients.append(client)
        LOGGER.addHandler(self._errors)
        pump, supervisor = client._pump, client._supervisor
        before = (client.project, client.token, client.connector, pump.failed, supervisor._jitter)
        client.project, client.token = self.settings.project, self.settings.token
        client.connector = self.reaches
        pump.watchers.append(self._note)
        pump.failed = self._note_failure
        # The same delays and ids in every run, whoever has made the client.
        supervisor._jitter = self.chance.random
        ids = pump.new_id
        counted = dict(vars(ids)) if isinstance(ids, Identifiers) else {}
        vars(ids).update(vars(Identifiers(self.chance)) if counted else {})

        def undo() -> None:
            client.project, client.token, client.connector, pump.failed, supervisor._jitter = before
            pump.watchers.remove(self._note)
            vars(ids).update(counted)
            # The next network is another one, whatever its sessions are called.
            pump.session.connection.start_fresh()

        self._undo.append(undo)
        for joined in self.joins:
            joined(client)

    async def reaches(self, url: str) -> Any:
        """Open a line of a client to this network, whatever address it asks for."""
        raise NotImplementedError

    def _note(self, effect: Effect) -> None:
        if isinstance(effect, _KEPT):
            self.effects.append(effect)
        if isinstance(effect, _REFUSED) or (isinstance(effect, Send) and effect.request is not None):
            self._count_command()

    def _count_command(self) -> None:
        # A program may catch every error and ask at once again: no turn of the event loop would ever end that.
        now = asyncio.get_running_loop().time()
        self._at_once = self._at_once + 1 if now == self._asked_at else 0
        self._asked_at = now
        self._commands += 1
        if self._commands > self.most_commands or self._at_once > SPINNING:
            asked = min(self.most_commands, SPINNING)
            raise DeadEndError(f"{asked:,} commands were asked: somebody spins")

    @property
    def spun(self) -> bool:
        """Whether programs have asked more commands than they may."""
        return self._commands > self.most_commands

    def _note_failure(self, call: Call, error: BaseException) -> None:
        if not isinstance(error, self._allowed):
            self.failed.append(Failure(call.call_id, f"the handler of {call!r} raised {error!r}", error))

    def _note_error(self, what: str, error: BaseException) -> None:
        if not isinstance(error, self._allowed):
            self.failed.append(Failure("", what, error))

    def allows(self, *errors: type[BaseException]) -> None:
        """Let handlers, and the scripts of callees, raise these: the test expects them."""
        self._allowed += errors
        self.failed = [failure for failure in self.failed if not isinstance(failure.error, self._allowed)]

    def frames(self, method: str = "", call_id: str = "") -> list[Frame]:
        """The params of what clients have sent, of one method or of all."""
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == TO_RELAY]
        return [entry.frame.get("params", {}) for entry in entries if method in ("", entry.name)]

    def methods(self, call_id: str = "") -> list[str]:
        """The commands that clients have sent, in order, without logins and pings."""
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == TO_RELAY]
        return [entry.name for entry in entries if entry.name not in SIGNALLED]

    def ladder(self, call_id: str = "", width: int = 100) -> str:
        """One call, or all of them, as a ladder: program, server and caller side by side."""
        return ladder_text(self.journal.entries(call_id), width)

    async def settles(self) -> list[Failure]:
        """Let everybody hang up, and wait for the handlers; then tell what is wrong.

        Afterwards no client of a program is connected, and each is as before.
        """
        try:
            failures = await self._wound_up()
        except BaseException:
            # A handler that nothing ends has brought the loop to a dead end: the next test is not to meet its client here.
            await self._disconnect()
            raise
        finally:
            LOGGER.removeHandler(self._errors)
            while self._undo:
                self._undo.pop()()
        for watcher in Relay.watchers:
            watcher(self)
        return failures

    async def _disconnect(self) -> None:
        for client in self.clients:
            await client.disconnect()

    async def _wound_up(self) -> list[Failure]:
        for leg in list(self.exchange.legs.values()):
            leg.person_hangs_up("hangup")
        running = await self._until_returned()
        await self._disconnect()
        scripts = [error for error in self.failures if not isinstance(error, self._allowed)]
        failures = [
            *self.failed,
            *(Failure("", f"{name} was still running when everybody had hung up{where}") for name, where in running),
            *(Failure("", f"the script of a callee failed: {error}", error) for error in scripts),
            *(
                Failure(entry.call_id, f"unexpected frame: {entry.label}: {entry.unexpected}")
                for entry in self.journal.unexpected_entries()
            ),
        ]
        await self.close()
        return failures

    async def _until_returned(self) -> list[tuple[str, str]]:
        handlers = {task for task in asyncio.all_tasks() if task.get_name().startswith(("callfsm on_", MESSAGE))}
        if not handlers:
            return []
        _, running = await asyncio.wait(handlers, timeout=SETTLING_SECONDS)
        told = [(named(task), f", in {place}" if (place := waits_in(task)) else "") for task in running]
        failed = list(self.failed)
        for task in running:
            task.cancel()
        if running:
            # Not by a gather: one that is cancelled waits on for a handler that will not be.
            ended, _ = await asyncio.wait(running, timeout=SETTLING_SECONDS)
            await asyncio.gather(*ended, return_exceptions=True)
        # That they have been cancelled just now is no fault of theirs.
        self.failed = failed
        return told

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _traceback: object
    ) -> None:
        __tracebackhide__ = True
        failures = await self.settles()
        if error is None and failures:
            raise LeftOverError(failures) from failures[0].error


class MemoryRelay(Relay, Board):
    """A simulated RELAY in memory."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings=settings or Settings(epoch=EPOCH))

    async def reaches(self, url: str) -> Any:
        """Open a line of a client to this network, whatever address it asks for."""
        return await self.connector(url)


class SocketRelay(Relay, Simulator):
    """A simulated RELAY on a socket of this machine, with TLS and a certificate of its own.

    Args:
        speed: How many simulated seconds pass in a real one. What programs wait for by themselves is in real ones.
    """

    def __init__(self, settings: Settings | None = None, *, speed: float = 1.0) -> None:
        super().__init__(settings=settings, speed=speed)

    async def reaches(self, _url: str) -> Any:
        """Open a line of a client to this network, whatever address it asks for."""
        return await open_websocket(self.url, ssl.create_default_context(cafile=self.ca_file))

    async def __aenter__(self) -> Self:
        await self.start()
        return self
