"""One connection through a `callfsm.testing.fault_proxy.FaultProxy`: two sockets, and a pipe each way between them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from random import Random

from callfsm.testing.fault_pipe import Conduct, Pipe, reset


class End(asyncio.Protocol):
    """One socket of a connection: what it reads goes away through one pipe, and what it writes comes by the other."""

    def __init__(self, away: Pipe, toward: Pipe, lost: Callable[[], None]) -> None:
        self.transport: asyncio.Transport | None = None
        self._away = away
        self._toward = toward
        self._lost = lost

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        assert isinstance(transport, asyncio.Transport), "a TCP socket reads and writes"
        self.transport = transport
        self._away.fill_from(transport)
        self._toward.empty_into(transport)

    def data_received(self, data: bytes) -> None:
        """Bytes have come."""
        self._away.feed(data)

    def eof_received(self) -> bool:
        """The other side sends no more; it may still read."""
        self._away.end()
        return True

    def pause_writing(self) -> None:
        """The other side reads too slowly."""
        self._toward.block(blocked=True)

    def resume_writing(self) -> None:
        """The other side reads again."""
        self._toward.block(blocked=False)

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed; by the other side, if there is an error."""
        self.transport = None
        if exc is not None:
            self._away.end(broken=True)
        self._lost()

    def reset(self) -> None:
        """Close the socket with a TCP reset."""
        if self.transport is not None:
            reset(self.transport)


class Refusal(asyncio.Protocol):
    """The socket of a client that is turned away."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open, and is closed again."""
        assert isinstance(transport, asyncio.Transport), "a TCP socket reads and writes"
        reset(transport)


class Connection:
    """A client's socket and the server's, and what is between them.

    Attributes:
        over: Set once both sockets are closed.
    """

    def __init__(
        self, conducts: Mapping[str, Conduct], random: Random, counts: Counter[str], over: Callable[[Connection], None]
    ) -> None:
        self.over = asyncio.Event()
        self.pipes = {way: Pipe(conduct, random, counts, self._close) for way, conduct in conducts.items()}
        to_server, to_client = self.pipes["to_server"], self.pipes["to_client"]
        self.client = End(to_server, to_client, self._settle)
        self.server = End(to_client, to_server, self._settle)
        self._joining = True
        self._dropped = False
        self._tell_over = over

    @property
    def holed(self) -> bool:
        """Whether something has been lost on the way."""
        return any(pipe.holed for pipe in self.pipes.values())

    async def join(self, host: str, port: int) -> None:
        """Open the server's socket, so that bytes pass.

        Raises:
            OSError: The server cannot be reached; the client's socket is reset.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self.server, host, port)
            if self._dropped:
                self.server.reset()
        except OSError:
            self.client.reset()
            raise
        finally:
            self._joining = False
            self._settle()

    def reset(self) -> None:
        """Close both sockets with a TCP reset."""
        self._dropped = True
        for pipe in self.pipes.values():
            pipe.cancel()
        for end in (self.client, self.server):
            end.reset()

    def half_open(self) -> None:
        """Close the server's socket with a TCP reset, and let the client know nothing of it."""
        self._dropped = True
        for pipe in self.pipes.values():
            pipe.conduct = Conduct(swallows=True)
            pipe.holed = True
        self.server.reset()

    def heal(self) -> None:
        """Leave everything alone from now on."""
        for pipe in self.pipes.values():
            pipe.heal()

    def _close(self) -> None:
        # Both sides have closed.
        if all(pipe.ended for pipe in self.pipes.values()):
            for end in (self.client, self.server):
                if end.transport is not None:
                    end.transport.close()

    def _settle(self) -> None:
        if self.client.transport is None and self.server.transport is None and not self._joining:
            for pipe in self.pipes.values():
                pipe.cancel()
            self.over.set()
            self._tell_over(self)
