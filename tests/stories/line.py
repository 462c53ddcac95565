"""The line between client and simulator, in memory, on which the faults of a story act."""

from __future__ import annotations

import asyncio
import heapq
import json
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any, Final

from callfsm.simulator import Network
from callfsm.simulator.session import Client
from callfsm.transport import Receiver

Frame = dict[str, Any]

OUT: Final = "out"
"""From the client to the server."""
IN: Final = "in"
"""From the server to the client."""


class Line:
    """One line; it is the client's transport and the server's link.

    Attributes:
        silent: Nothing passes it any more, in either direction, and neither side has noticed.
        notices: After how many seconds the server gives up a silent line.
        closes_in: How long the client's closing takes.
    """

    def __init__(self, wire: Wire, network: Network) -> None:
        self.silent = False
        self.notices = 0.0
        self.closes_in = 0.0
        self.client: Client = network.exchange.attach(_End(self))
        self._wire = wire
        self._network = network
        self._loop = asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()
        self._arrived: list[str | bytes] = []
        self._receive: Receiver | None = None
        self._server_here = True

    @property
    def closed(self) -> bool:
        """Whether the client's end is closed."""
        return self._over.done()

    def send(self, texts: list[str]) -> None:
        """Put the client's texts on their way."""
        for text in texts:
            self._wire.passes(self, OUT, text)

    def arrive(self, way: str, text: str | bytes) -> None:
        """Let a text arrive at its end, after those that are on their way."""
        if self.silent:
            return
        if way == OUT:
            self._loop.call_soon(self._at_server, text)
        elif not self.closed:
            self._arrived.append(text)
            if len(self._arrived) == 1:
                self._loop.call_soon(self._at_client)

    def _at_server(self, text: str | bytes) -> None:
        if self._server_here and not self.silent:
            self._network.exchange.receive(self.client, text)

    def _at_client(self) -> None:
        arrived, self._arrived = self._arrived, []
        if arrived and self._receive is not None and not self.closed:
            self._receive(arrived)

    async def run(self, receive: Receiver) -> None:
        """Hand over what arrives until the line is closed."""
        self._receive = receive
        self._at_client()
        try:
            await self._over
        finally:
            self._receive = None

    def reset(self) -> None:
        """Break: what is on its way is lost."""
        self._arrived.clear()
        self.drop()

    def drop(self, failure: Exception | None = None) -> None:
        """Close at both ends; what has arrived at the client is read first."""
        self._at_client()
        if failure is not None and not self.closed:
            self._over.set_exception(failure)
        self.client_closes()
        self.server_closes()

    def fall_silent(self, notices: float) -> None:
        """Let nothing pass any more; the server gives the line up after so many seconds."""
        self._arrived.clear()
        self.silent, self.notices = True, notices
        self._wire.later(notices, self.server_closes)

    def client_closes(self) -> None:
        """Close the client's end; the server notices, unless the line is silent."""
        if not self._over.done():
            self._over.set_result(None)
        if not self.silent:
            self.server_closes()

    def server_closes(self) -> None:
        """Close the server's end; the client notices, unless the line is silent."""
        if self._server_here:
            self._server_here = False
            self._network.exchange.detach(self.client)
            if not self.silent:
                self._at_client()
                self.client_closes()

    async def close(self) -> None:
        """Close the line for the client, which waits until that is done."""
        self.client_closes()
        if self.closes_in:
            await asyncio.sleep(self.closes_in)

    def abort(self) -> None:
        """Drop the line without a word, for the client."""
        self.client_closes()


class _End:
    """The server's end of a line."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def send(self, text: str) -> None:
        self._line._wire.passes(self._line, IN, text)

    def close(self) -> None:
        self._line.server_closes()


Wants = Callable[[Frame], bool]
Deals = Callable[[Line, str, Frame], None]
Obstacle = Callable[[], Awaitable[None]]


class Wire:
    """All lines of a story: what passes is counted and looked at, and may be caught on its way.

    Attributes:
        frames: How many frames have set out, in both directions together.
        lines: Every line that was opened, the latest last.
        obstacles: What the next attempts to open a line meet, one each.
        looks: Told of each frame that the client sends.
    """

    def __init__(self, network: Network, looks: Callable[[Frame], None]) -> None:
        self.frames = 0
        self.lines: list[Line] = []
        self.obstacles: list[Obstacle] = []
        self._network = network
        self._looks = looks
        self._catches: list[tuple[str, Wants, Deals]] = []
        self._marks: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = count()
        self._timers: list[asyncio.TimerHandle] = []

    async def connector(self, _url: str) -> Line:
        """Open a line, unless there is an obstacle."""
        if self.obstacles:
            await self.obstacles.pop(0)()
        line = Line(self, self._network)
        self.lines.append(line)
        return line

    @property
    def line(self) -> Line | None:
        """The line that is open now."""
        return self.lines[-1] if self.lines and not self.lines[-1].closed else None

    def passes(self, line: Line, way: str, text: str) -> None:
        """A frame sets out."""
        self.frames += 1
        if way == OUT:
            frame: Frame = json.loads(text)
            self._looks(frame)
        if not line.silent:
            deals = self._caught(way, text) if self._catches else None
            if deals is None:
                line.arrive(way, text)
            else:
                deals(line, text, json.loads(text))
        while self._marks and self._marks[0][0] <= self.frames:
            heapq.heappop(self._marks)[2]()

    def _caught(self, way: str, text: str) -> Deals | None:
        frame: Frame = json.loads(text)
        for catch in self._catches:
            if catch[0] == way and catch[1](frame):
                self._catches.remove(catch)
                return catch[2]
        return None

    def catch(self, way: str, wants: Wants, deals: Deals) -> None:
        """Deal with the next frame of one kind instead of letting it arrive."""
        self._catches.append((way, wants, deals))

    def mark(self, frames: int, callback: Callable[[], None]) -> None:
        """Call back when so many frames have passed."""
        heapq.heappush(self._marks, (frames, next(self._numbers), callback))

    def later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call back after so many seconds, whatever becomes of the story."""
        self._timers.append(asyncio.get_running_loop().call_later(seconds, callback))

    def heal(self) -> None:
        """No fault is to come any more. What is late still arrives, and a line that is dead stays dead."""
        self._catches.clear()
        self._marks.clear()
        self.obstacles.clear()

    def close(self) -> None:
        """Nothing is left to happen."""
        for timer in self._timers:
            timer.cancel()
