"""A bad network on loopback: a proxy between a client and a server that does to their bytes what networks do.

It forwards bytes and understands none of them, so that TLS passes through as plain WebSocket does::

    async with FaultProxy("127.0.0.1", port) as proxy:
        client = RelayClient(host=proxy.address, ...)
        await client.connect()
        proxy.delay(0.3, jitter=0.1)
        proxy.reset()
        proxy.heal()

1. A lasting act (`delay`, `dribble`, `limit`, `black_hole`, `garble`, `close_slowly`) is for connections that are
   open, for those to come, or for all; and for what goes to the server, to the client, or both ways. Acts add up.
2. A momentary act (`reset`, `half_open`) is for the connections that are open; `refuse` is for those to come.
3. Bytes keep their order, whatever befalls them. A connection that has lost some is never whole again.
"""

from __future__ import annotations

import asyncio
import math
import socket
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Literal, Self

from callfsm.testing.fault_connection import Connection, Refusal
from callfsm.testing.fault_pipe import SOUND, Conduct

Way = Literal["to_server", "to_client", "both"]
Which = Literal["open", "coming", "all"]


class FaultProxy:
    """A proxy whose connections suffer what the test wants.

    Use it with ``async with``; it listens inside, on a free port of ``127.0.0.1``. Leaving it drops every connection,
    and leaves neither a task nor a socket.

    Args:
        target_host: Where the server is.
        target_port: Its port.
        random: Where jitter and garbling come from; one with a fixed seed when left out.

    Attributes:
        counts: What was done, by what it was done to: ``connections``, ``refused``, ``unreachable``, ``reset``,
            ``half_open``, ``ends_swallowed`` and ``ends_delayed`` are connections or their ends; ``bytes``,
            ``bytes_swallowed`` and ``bytes_garbled`` are bytes; ``pieces`` are the writes they were passed on in.
    """

    def __init__(self, target_host: str, target_port: int, *, random: Random | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._target = target_host, target_port
        self._random = random or Random(0)  # noqa: S311  # chance that can be repeated is the point of it
        self._coming = {"to_server": SOUND, "to_client": SOUND}
        self._connections: set[Connection] = set()
        self._joining: set[asyncio.Task[None]] = set()
        self._refuses = False
        self._port = 0
        self._bound: socket.socket | None = None
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where clients connect; the same for as long as the proxy lives."""
        return self._port

    @property
    def address(self) -> str:
        """Host and port, as `callfsm.RelayClient` takes them."""
        return f"127.0.0.1:{self._port}"

    @property
    def connections(self) -> int:
        """How many connections are held now, half-open ones included."""
        return len(self._connections)

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: No port is to be had.
        """
        self._bind()
        await self._listen()

    async def close(self) -> None:
        """Drop every connection and stop listening; nothing is left running."""
        self._release()
        for joining in self._joining:
            joining.cancel()
        await asyncio.gather(*self._joining, return_exceptions=True)
        connections = list(self._connections)
        for connection in connections:
            connection.reset()
        await asyncio.gather(*(connection.over.wait() for connection in connections))

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    def delay(self, seconds: float, jitter: float = 0.0, *, way: Way = "both", which: Which = "all") -> None:
        """Let bytes arrive so much later, and by chance up to ``jitter`` seconds later still.

        Raises:
            ValueError: A time is less than 0, or no number.
        """
        _check("delay", seconds)
        _check("delay", jitter)
        self._conduct(way, which, lambda conduct: replace(conduct, latency=seconds, jitter=jitter))

    def dribble(self, size: int, *, way: Way = "both", which: Which = "all") -> None:
        """Let bytes arrive in pieces of this size at most, each in a write of its own; 0 cuts nothing.

        Raises:
            ValueError: The size is less than 0.
        """
        _check("dribble", size)
        self._conduct(way, which, lambda conduct: replace(conduct, piece=size))

    def limit(self, bytes_per_second: float, *, way: Way = "both", which: Which = "all") -> None:
        """Let no more bytes pass than this in a second; 0 is no limit.

        Raises:
            ValueError: The number is less than 0, or none.
        """
        _check("limit", bytes_per_second)
        self._conduct(way, which, lambda conduct: replace(conduct, rate=bytes_per_second))

    def black_hole(self, *, way: Way = "both", which: Which = "all") -> None:
        """Take bytes, and the end of a connection, and let neither arrive; the connection looks alive."""
        self._conduct(way, which, lambda conduct: replace(conduct, swallows=True))

    def garble(self, share: float = 1.0, *, way: Way = "both", which: Which = "all") -> None:
        """Turn over the bits of one byte in this share of all pieces.

        TCP lets this happen to nobody, but a broken proxy may do it: TLS notices, and a plain WebSocket may not.

        Raises:
            ValueError: The share is not from 0 to 1.
        """
        _check("garble", share, 1.0)
        self._conduct(way, which, lambda conduct: replace(conduct, garbles=share))

    def close_slowly(self, seconds: float, *, way: Way = "both", which: Which = "all") -> None:
        """Let a side that closes be noticed by the other one only so many seconds later.

        Raises:
            ValueError: The time is less than 0, or no number.
        """
        _check("close_slowly", seconds)
        self._conduct(way, which, lambda conduct: replace(conduct, lingers=seconds))

    def reset(self) -> int:
        """Drop the open connections with a TCP reset to both sides; what is under way is lost.

        Returns:
            How many there were.
        """
        dropped = list(self._connections)
        for connection in dropped:
            connection.reset()
        self.counts["reset"] += len(dropped)
        return len(dropped)

    def half_open(self) -> int:
        """Drop the server's side of the open connections; the client's stays open, and silent.

        Returns:
            How many there were.
        """
        for connection in self._connections:
            connection.half_open()
        self.counts["half_open"] += len(self._connections)
        return len(self._connections)

    def refuse(self, *, listening: bool = True) -> None:
        """Take no more connections: each is accepted and reset at once, or, when not ``listening``, refused."""
        self._refuses = True
        if not listening and self._server is not None:
            self._release()
            # Bound and not listening, so that the port is refused, and cannot be taken by anybody else.
            self._bind()

    async def heal(self) -> None:
        """Be a good network again, for the open connections and for those to come.

        What is held arrives at once. A connection that has lost bytes is reset, for no network could mend it.
        """
        self._refuses = False
        self._coming = {"to_server": SOUND, "to_client": SOUND}
        for connection in list(self._connections):
            if connection.holed:
                connection.reset()
            else:
                connection.heal()
        if self._server is None and self._bound is not None:
            await self._listen()

    def _conduct(self, way: Way, which: Which, change: Callable[[Conduct], Conduct]) -> None:
        for each in ("to_server", "to_client") if way == "both" else (way,):
            if which != "open":
                self._coming[each] = change(self._coming[each])
            for connection in self._connections if which != "coming" else ():
                pipe = connection.pipes[each]
                pipe.conduct = change(pipe.conduct)

    def _bind(self) -> None:
        self._bound = socket.socket()
        self._bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._bound.bind(("127.0.0.1", self._port))
        self._port = self._bound.getsockname()[1]

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        assert self._bound is not None, "listening follows binding"
        self._server = await loop.create_server(self._admit, sock=self._bound)

    def _release(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        elif self._bound is not None:
            self._bound.close()
        self._bound = None

    def _admit(self) -> asyncio.Protocol:
        if self._refuses:
            self.counts["refused"] += 1
            return Refusal()
        self.counts["connections"] += 1
        connection = Connection(self._coming, self._random, self.counts, self._connections.discard)
        self._connections.add(connection)
        joining = asyncio.create_task(self._join(connection), name="fault proxy join")
        self._joining.add(joining)
        joining.add_done_callback(self._joining.discard)
        return connection.client

    async def _join(self, connection: Connection) -> None:
        try:
            await connection.join(*self._target)
        except OSError:
            self.counts["unreachable"] += 1


def _check(act: str, value: float, most: float = math.inf) -> None:
    if not (0 <= value <= most and math.isfinite(value)):
        raise ValueError(
            f"{act}({value!r}): must be 0 or more" + (f", and at most {most:g}" if most < math.inf else "")
        )
