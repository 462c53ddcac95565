"""Lines on their way to a file: a queue that is bounded, and a thread that empties it.

1. Nothing here holds up whoever has a line to write: not the disk, and not the thread.
2. What does not fit into the queue, or not on the disk, is dropped and counted; a line in the file tells how many.
3. A file that cannot be written is told of once, and tried again a minute later.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

from callfsm.log import logger

MAX_BYTES: Final = 64 * 1024 * 1024
"""How large a file grows before the next one is begun."""
KEEP: Final = 5
"""How many files are kept besides the one that is written."""
MAX_WAITING: Final = 16 * 1024 * 1024
"""How many characters may wait for the disk."""
RETRY_SECONDS: Final = 60.0
"""How long a file that could not be written is left alone."""
_GATHERING_SECONDS: Final = 0.1
_Noted = TypeVar("_Noted")
_CHUNK: Final = 32 * 1024
"""How much is made into text at a time; then whoever else wants to run is let."""


class _Flusher(threading.Thread):
    """The thread that empties a queue whenever it is woken."""

    def __init__(self, flush: Callable[[], None]) -> None:
        super().__init__(name="callfsm recording", daemon=True)
        self._flush = flush
        self.wake = threading.Event()
        self.stop = threading.Event()

    def run(self) -> None:
        """Flush until stopped."""
        while not self.stop.is_set():
            self.wake.wait()
            # A write for many lines costs little more than a write for one.
            self.stop.wait(_GATHERING_SECONDS)
            self.wake.clear()
            self._flush()


class Writer(Generic[_Noted]):
    """Writes lines to a file that rotates: ``FILE``, and before it ``FILE.1``, ``FILE.2``, ... with the older ones.

    Args:
        path: The file.
        text: What makes the lines of what was put, several at a time.
        header: The first line of a file that goes on where another ended.
        dropped: The line that tells how many lines are missing.
        count: How many lines what is put would become.
        max_bytes: How large a file grows.
        keep: How many older files are kept.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        text: Callable[[list[_Noted]], str],
        header: Callable[[], str],
        dropped: Callable[[int], str],
        count: Callable[[_Noted], int],
        *,
        max_bytes: int = MAX_BYTES,
        keep: int = KEEP,
    ) -> None:
        self.path = Path(path)
        self._text = text
        self._header = header
        self._dropped = dropped
        self._count = count
        self._max_bytes = max_bytes
        self._keep = keep
        self._parts: deque[tuple[_Noted, int] | str | int] = deque()
        """What was put, each with its size, or lines; and how many did not fit into the queue, where they are missing."""
        # One side counts what it has put, the other what it has taken, so that neither needs a lock.
        self._put = 0
        self._taken = 0
        self._overflowed = 0
        self._lost = 0
        self._file = -1
        self._size = 0
        self._failing = False
        self._retry_at = 0.0
        self._writing = threading.Lock()
        self._is_awake = False
        self._flusher: _Flusher | None = None
        _close_at_exit(self)
        _WRITERS.add(self)

    @property
    def dropped_lines(self) -> int:
        """How many lines are missing of which the file does not tell yet."""
        return self._overflowed + self._lost

    def put(self, noted: _Noted, size: int) -> None:
        """Let what was noted be written, which becomes about so many characters."""
        if self._put - self._taken > MAX_WAITING:
            self._overflowed += self._count(noted)
            return
        if self._overflowed:
            self._tell_overflow()
        self._put += size
        self._parts.append((noted, size))
        if not self._is_awake:
            self._begin()

    def begin(self, line: str) -> None:
        """Write a first line, before anything that is put from now on."""
        self._parts.append(line)

    def forget(self) -> None:
        """Write nothing of what waits: this process is the child of a fork, and its parent writes it."""
        # The parent's thread may have held the lock, and is not here.
        self._writing = threading.Lock()
        self._flusher, self._is_awake = None, False
        self._parts.clear()
        self._overflowed = self._lost = 0
        self._close()

    def _tell_overflow(self) -> None:
        missing, self._overflowed = self._overflowed, 0
        self._parts.append(missing)

    def _begin(self) -> None:
        # Another thread may be closing: what was put before is written by it, and the rest by the next flusher.
        flusher = self._flusher
        if flusher is None:
            flusher = _Flusher(self.flush)
            # Only one that runs can be closed by another thread.
            flusher.start()
            self._flusher = flusher
        self._is_awake = True
        flusher.wake.set()

    def flush(self) -> None:
        """Write what waits; returns when that is done, or has failed."""
        with self._writing:
            # What is put from now on finds the flusher asleep, unless it is taken here.
            self._is_awake = False
            while self._parts:
                self._write(*self._chunk())

    def close(self) -> None:
        """Write what waits, and close the file; a line that comes later opens it again."""
        # Whoever has a line meanwhile gets a thread of its own, and this one ends.
        flusher, self._flusher = self._flusher, None
        if flusher is not None:
            flusher.stop.set()
            flusher.wake.set()
            flusher.join()
        if self._overflowed:
            self._tell_overflow()
        self.flush()
        with self._writing:
            self._close()

    def _chunk(self) -> tuple[bytes, int]:
        texts: list[str] = []
        together: list[_Noted] = []
        taken, lines, most = 0, 0, min(_CHUNK, self._max_bytes)
        idle = self._failing and time.monotonic() < self._retry_at
        while self._parts and taken < most:
            part = self._parts.popleft()
            if isinstance(part, tuple):
                noted, size = part
                taken += size
                if idle:
                    lines += self._count(noted)
                else:
                    together.append(noted)
                continue
            texts.append(self._made(together))
            together = []
            if isinstance(part, str):
                texts.append(part)
            elif idle:
                lines += part
            else:
                lines += part - 1  # One line tells of them, unless it cannot be written either.
                texts.append(self._dropped(part))
        self._taken += taken
        texts.append(self._made(together))
        return "".join(texts).encode(errors="backslashreplace"), lines

    def _made(self, together: list[_Noted]) -> str:
        try:
            return self._text(together)
        except Exception as error:  # noqa: BLE001  # what cannot be told must not end the telling
            if len(together) > 1:
                return "".join(self._made([noted]) for noted in together)
            logger.error("recording", what="a line cannot be written", path=str(self.path), error=repr(error))
            return self._dropped(self._count(together[0]))

    def _write(self, data: bytes, lines: int) -> None:
        if not data:
            self._lost += lines
            return
        try:
            self._open(len(data), begins=data.startswith(b'{"recording"'))
            self._append((self._dropped(self._lost).encode() if self._lost else b"") + data)
        except (OSError, ValueError) as error:
            self._fail(error, lines + data.count(b"\n"))
        else:
            self._lost = 0
            if self._failing:
                self._failing = False
                logger.warning("recording", what="written again", path=str(self.path))

    def _fail(self, error: Exception, lines: int) -> None:
        self._lost += lines
        self._retry_at = time.monotonic() + RETRY_SECONDS
        with contextlib.suppress(OSError):
            self._close()
        if not self._failing:
            self._failing = True
            logger.error("recording", what="cannot be written; calls go on", path=str(self.path), error=str(error))

    def _open(self, more: int, *, begins: bool) -> None:
        if self._file >= 0 and self._size and self._size + more > self._max_bytes:
            self._close()
            self._rotate()
        if self._file >= 0:
            return
        self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        # A file that was there before may have been open to others.
        with contextlib.suppress(OSError):
            os.fchmod(self._file, 0o600)
        self._size = os.fstat(self._file).st_size
        if self._size and os.pread(self._file, 1, self._size - 1) != b"\n":
            # Whoever wrote there before was cut off within a line.
            self._append(b"\n")
        if not self._size and not begins:
            self._append(self._header().encode())

    def _append(self, data: bytes) -> None:
        before, rest = self._size, memoryview(data)
        try:
            while rest:
                written = os.write(self._file, rest)
                self._size += written
                rest = rest[written:]
        except OSError:
            # Half a line would spoil the next one.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, before)
            raise

    def _rotate(self) -> None:
        for number in range(self._keep - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self.path}.{number}").replace(f"{self.path}.{number + 1}")
        if self._keep:
            self.path.replace(f"{self.path}.1")
        else:
            self.path.unlink()

    def _close(self) -> None:
        if self._file >= 0:
            file, self._file = self._file, -1
            os.close(file)


def _close_at_exit(writer: Writer[_Noted]) -> None:
    # A recorder that nobody holds any longer must not be kept by this.
    alive = weakref.ref(writer)

    def close() -> None:
        known = alive()
        if known is not None:
            known.close()

    atexit.register(close)
    # At exit it would forbid what is to be done then.
    weakref.finalize(writer, atexit.unregister, close).atexit = False


_WRITERS: Final[weakref.WeakSet[Writer[Any]]] = weakref.WeakSet()


def _forget_in_child() -> None:
    for writer in tuple(_WRITERS):
        writer.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_in_child)
