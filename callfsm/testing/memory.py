"""Clients in memory, joined to a simulated network without a socket.

They go through the seam that the WebSocket goes through, `callfsm.transport.Connector`: what is joined here
is the real client and the real simulator, frame by frame, in the same order every time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from callfsm import RelayClient
from callfsm.simulator import Network, Settings
from callfsm.simulator.journal import TO_RELAY
from callfsm.simulator.session import Client
from callfsm.transport import Receiver

Frame = dict[str, Any]
PROJECT: Final = "simulated-project"
TOKEN: Final = "simulated-token"  # noqa: S105  # what the simulator takes by default
EPOCH: Final = 1_800_000_000.0
"""What the simulator's clock shows when virtual time begins, in seconds since 1970."""
SIGNALLED: Final = ("signalwire.connect", "signalwire.ping")
"""What clients send of themselves."""


class Line:
    """A line in memory; it is the client's `callfsm.transport.Transport`.

    Args:
        hears: Takes each text that arrives at the server.
        closes: Called once, when the line is closed.

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
        later = asyncio.get_running_loop().call_soon
        for text in texts:
            later(self.deliver, text)

    def deliver(self, text: str) -> None:
        """Let a text arrive at the server; after a close it is dropped."""
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
    """A simulated network that clients are joined to in memory; its ids are counted.

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
        """Open a line to the exchange.

        Raises:
            ConnectionRefusedError: None is to be had.
        """
        if self.unreachable:
            raise ConnectionRefusedError("nobody listens")
        client: Client
        line = Line(lambda text: self.receive(client, text), lambda: self.exchange.detach(client))
        client = self.attach(ServerLink(line))
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
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == TO_RELAY]
        return [entry.frame.get("params", {}) for entry in entries if method in ("", entry.name)]

    def methods(self, call_id: str = "") -> list[str]:
        """The commands that clients have sent, in order, without logins and pings."""
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == TO_RELAY]
        return [entry.name for entry in entries if entry.name not in SIGNALLED]

    @property
    def unexpected(self) -> list[str]:
        """What clients have sent that one which keeps to the rules would not have."""
        return [entry.unexpected for entry in self.journal.unexpected_entries()]
