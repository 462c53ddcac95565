"""Clients in memory, joined to the simulator's exchange without a socket.

They go through the seam that the WebSocket goes through, `callfsm.transport.Connector`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

from clock import within

from callfsm import Call, RelayClient
from callfsm.simulator import Network, Settings
from callfsm.transport import Receiver

Frame = dict[str, Any]
PROJECT: Final = "simulated-project"
TOKEN: Final = "simulated-token"  # noqa: S105  # what the simulator takes by default
EPOCH: Final = 1_800_000_000.0
SIGNALLED: Final = ("signalwire.connect", "signalwire.ping")


class Line:
    """A line in memory; it is the client's `callfsm.transport.Transport`.

    Attributes:
        closed: Whether either side has closed it.
        aborted: Whether the client has given it up.
    """

    def __init__(self, hears: Callable[[str], None], closes: Callable[[], None] = lambda: None) -> None:
        self._hears = hears
        self._closes = closes
        self._arrived: list[str | bytes] = []
        self._something = asyncio.Event()
        self.closed = self.aborted = False

    def push(self, *messages: str | bytes) -> None:
        """Let messages arrive at the client in one read."""
        if not self.closed:
            self._arrived += messages
            self._something.set()

    def send(self, texts: list[str]) -> None:
        """Put texts on their way to the server."""
        for text in texts:
            asyncio.get_running_loop().call_soon(self._deliver, text)

    def _deliver(self, text: str) -> None:
        if not self.closed:
            self._hears(text)

    async def run(self, receive: Receiver) -> None:
        """Hand over what arrives until the line is closed."""
        while self._arrived or not self.closed:
            await self._something.wait()
            self._something.clear()
            arrived, self._arrived = self._arrived, []
            if arrived:
                receive(arrived)

    def drop(self) -> None:
        """Close the line; both sides notice."""
        if not self.closed:
            self.closed = True
            self._something.set()
            self._closes()

    async def close(self) -> None:
        """Close the line for the client."""
        self.drop()

    def abort(self) -> None:
        """Drop the line without a word, for the client."""
        self.aborted = True
        self.drop()


class ServerLink:
    """The server's end of a line to an exchange."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def send(self, text: str) -> None:
        """Put a text on its way to the client."""
        self._line.push(text)

    def close(self) -> None:
        """Close the line."""
        self._line.drop()


class Board(Network):
    """A simulated network that clients are joined to in memory.

    Attributes:
        lines: Every line that was opened, the latest last.
        unreachable: While true, no line is to be had.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        numbers = count(1)
        super().__init__(settings or Settings(epoch=EPOCH), new_id=lambda: f"simulated-{next(numbers)}")
        self.lines: list[Line] = []
        self.unreachable = False

    async def connector(self, _url: str) -> Line:
        """Open a line to the exchange."""
        if self.unreachable:
            raise ConnectionRefusedError("nobody listens")
        line = Line(lambda text: self.exchange.receive(client, text), lambda: self.exchange.detach(client))
        client = self.exchange.attach(ServerLink(line))
        self.lines.append(line)
        return line

    def client(self, *contexts: str, **more: Any) -> RelayClient:
        """A client that will connect to this network, with the right credentials unless told otherwise."""
        given: dict[str, Any] = {
            "project": PROJECT,
            "token": TOKEN,
            "contexts": list(contexts),
            "connector": self.connector,
        }
        return RelayClient(**(given | more))

    def frames(self, method: str = "", call_id: str = "") -> list[Frame]:
        """The params of what clients have sent, of one method or of all."""
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == "app->relay"]
        return [entry.frame.get("params", {}) for entry in entries if method in ("", entry.name)]

    def methods(self, call_id: str = "") -> list[str]:
        """The commands that clients have sent, in order, without logins and pings."""
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == "app->relay"]
        return [entry.name for entry in entries if entry.name not in SIGNALLED]

    @property
    def unexpected(self) -> list[str]:
        """What clients have sent that one which keeps to the rules would not have."""
        return [entry.unexpected for entry in self.journal.unexpected_entries()]


@asynccontextmanager
async def joined(
    *contexts: str, settings: Settings | None = None, **more: Any
) -> AsyncIterator[tuple[RelayClient, Board]]:
    """A client that is connected to a simulated network; every script must have gone well, and every frame be legal."""
    board = Board(settings)
    client = board.client(*(contexts or ("office",)), **more)
    try:
        async with client:
            yield client, board
    finally:
        await board.close()

    assert [] == board.failures
    assert [] == board.unexpected


@asynccontextmanager
async def talking(settings: Settings | None = None, **more: Any) -> AsyncIterator[tuple[Call, Any, Board]]:
    """An inbound call of the simulator that has been answered: the call, its caller, and the network."""
    async with joined(settings=settings, **more) as (client, board):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        caller = board.call("office")
        call = await within(5, calls.get())
        await call.answer()
        yield call, caller, board


async def does_nothing(_call: Call) -> None:
    """A handler that returns at once."""
