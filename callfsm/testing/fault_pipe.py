"""One way of a connection through a `callfsm.testing.fault_proxy.FaultProxy`: bytes in, and what becomes of them.

There are no tasks here: the source calls back, and a pipe has at most one timer.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import struct
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

HELD_AT_MOST: Final = 1024 * 1024
"""How many bytes a pipe holds before it stops reading."""

_NO_LINGER: Final = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


@dataclass(frozen=True)
class Conduct:
    """How a pipe treats what passes; as made, it leaves everything alone."""

    latency: float = 0.0
    jitter: float = 0.0
    piece: int = 0
    """Into how large pieces bytes are cut; 0 is not at all."""
    rate: float = 0.0
    """Bytes per second; 0 is as many as come."""
    swallows: bool = False
    garbles: float = 0.0
    """The share of the pieces that are garbled."""
    lingers: float = 0.0
    """How much later an end arrives than it would."""


SOUND: Final = Conduct()


class Held(NamedTuple):
    """A piece that is under way; or the end, if it holds no bytes."""

    due: float
    data: bytes
    broken: bool = False
    """Whether the end is a reset."""


class Pipe:
    """One way of a connection.

    Attributes:
        conduct: How it treats what comes from now on.
        holed: Whether it has swallowed anything.
        ended: Whether the end has been passed on.
    """

    def __init__(self, conduct: Conduct, random: Random, counts: Counter[str], passed: Callable[[], None]) -> None:
        self.conduct = conduct
        self.holed = self.ended = False
        self._random = random
        self._counts = counts
        self._end_passed = passed
        self._source: asyncio.Transport | None = None
        self._target: asyncio.Transport | None = None
        self._held: deque[Held] = deque()
        self._size = 0
        self._free_at = 0.0
        self._last_due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._blocked = False

    def fill_from(self, source: asyncio.Transport) -> None:
        """Read from this socket."""
        self._source = source

    def empty_into(self, target: asyncio.Transport) -> None:
        """Write to this socket; what has come before goes there now."""
        self._target = target
        self._schedule()

    def feed(self, data: bytes) -> None:
        """Bytes have come."""
        conduct = self.conduct
        self._counts["bytes"] += len(data)
        if conduct.swallows:
            self.holed = True
            self._counts["bytes_swallowed"] += len(data)
            return
        size = conduct.piece or len(data)
        for start in range(0, len(data), size):
            self._hold(self._garbled(data[start : start + size]))
        self._schedule()

    def end(self, *, broken: bool = False) -> None:
        """Nothing more will come; the source has closed, or was reset."""
        if self.conduct.swallows:
            self.holed = True
            self._counts["ends_swallowed"] += 1
            return
        self._counts["ends_delayed"] += self.conduct.lingers > 0
        self._hold(b"", broken=broken)
        self._schedule()

    def block(self, *, blocked: bool) -> None:
        """The target takes no more for now, or does so again."""
        self._blocked = blocked
        self._schedule()

    def heal(self) -> None:
        """Leave everything alone from now on; what is held is due at once."""
        self.conduct = SOUND
        self._free_at = self._last_due = 0.0
        self._held = deque(held._replace(due=0.0) for held in self._held)
        self.cancel()
        self._schedule()

    def cancel(self) -> None:
        """Pass nothing on, for now."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def _garbled(self, data: bytes) -> bytes:
        if self._random.random() >= self.conduct.garbles:
            return data
        self._counts["bytes_garbled"] += 1
        place = self._random.randrange(len(data))
        return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]

    def _hold(self, data: bytes, *, broken: bool = False) -> None:
        conduct, now = self.conduct, asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now) + (len(data) / conduct.rate if conduct.rate else 0.0)
        due = self._free_at + conduct.latency + conduct.jitter * self._random.random()
        self._last_due = max(due + (0.0 if data else conduct.lingers), self._last_due)
        self._held.append(Held(self._last_due, data, broken))
        self._size += len(data)
        if self._size > HELD_AT_MOST and self._source is not None:
            self._source.pause_reading()

    def _schedule(self) -> None:
        if self._held and self._target is not None and self._timer is None and not self._blocked:
            self._timer = asyncio.get_running_loop().call_at(self._held[0].due, self._pass_on)

    def _pass_on(self) -> None:
        # One piece in a turn of the loop, so that pieces are seen as such by whoever reads them.
        self._timer = None
        target, held = self._target, self._held.popleft()
        assert target is not None, "nothing is scheduled before there is a target"
        self._size -= len(held.data)
        if not held.data:
            self._finish(target, broken=held.broken)
        elif not target.is_closing():
            self._counts["pieces"] += 1
            target.write(held.data)
        if self._size <= HELD_AT_MOST and self._source is not None:
            self._source.resume_reading()
        self._schedule()

    def _finish(self, target: asyncio.Transport, *, broken: bool) -> None:
        self.ended = True
        if broken:
            reset(target)
        elif not target.is_closing():
            # One that was reset, and has not noticed yet, cannot be told.
            with contextlib.suppress(OSError):
                target.write_eof()
        self._end_passed()


def reset(transport: asyncio.Transport) -> None:
    """Close a socket with a TCP reset; what it has not sent yet is lost."""
    if not transport.is_closing():
        opened = transport.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    transport.abort()
