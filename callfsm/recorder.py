"""A recording: everything that a client heard, did and refused, one line of JSON each, in order.

`RelayClient(journal=...)` makes one. It watches the pump and does nothing else: no machine, no call and no frame
waits for it. The format is told in docs/recordings.md, and ``callfsm replay`` runs what it holds once more.
"""

from __future__ import annotations

import asyncio
import os
import time
import traceback
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import compress
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from callfsm.core import effects
from callfsm.core.effects import Effect
from callfsm.core.model import Settings
from callfsm.recordings.formatting import (
    Changed,
    Failed,
    Formatter,
    Noted,
    dropped,
)
from callfsm.recordings.hiding import LONGEST_TEXT, encode
from callfsm.recordings.telling import Queue, queued, sent, unwanted
from callfsm.recordings.writing import KEEP, MAX_BYTES, Writer

if TYPE_CHECKING:
    from callfsm.call import Call
    from callfsm.pump import Pump

FORMAT: Final = 1
"""The number of the format that is written."""

_MAY_FOLLOW: Final = frozenset({*effects.TRANSITIONED, effects.Replied})
"""Effects before which a request is told that waits for the line."""
_watched: Final = attrgetter(
    *("takes_calls", "max_active_calls", "early_media", "max_refusals", "contexts"),
    *("token", "jwt_token", "project"),
)
_SHORT: Final = 500
"""About how many characters a line has."""


class Recorder:
    """Records one client: ``RelayClient(journal=Recorder("calls.jsonl", masked=False))``.

    Args:
        path: The file. What is there already stays, and the recording goes on after it.
        masked: Whether phone numbers, digits and what people say are hidden; credentials always are.
        max_bytes: How large the file grows before it becomes ``FILE.1`` and a new one is begun.
        keep: How many older files are kept.

    Raises:
        ValueError: ``max_bytes`` or ``keep`` is no size.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, masked: bool = True, max_bytes: int = MAX_BYTES, keep: int = KEEP
    ) -> None:
        if max_bytes <= 0:
            raise ValueError(f"max_bytes={max_bytes!r}: must be greater than 0")
        if keep < 0:
            raise ValueError(f"keep={keep!r}: must not be less than 0")
        self.masked = masked
        self.client_id = str(uuid.uuid4())
        self._formatter = formatter = Formatter(masked=masked)
        self._writer = Writer(
            path, formatter.text, self._continued, self._missing, formatter.lines, max_bytes=max_bytes, keep=keep
        )
        self._is_told = formatter.told.__contains__
        self._pump: Pump | None = None
        self._now: Callable[[], float] = time.monotonic
        self._has_begun = False
        self._at = self._clock = 0.0
        """When the turn began, by the loop's clock and since 1970."""
        self._turn: list[Noted] = []
        self._size = 0
        self._seen: tuple[object, ...] = ()
        """The settings as they were when they were last looked at."""
        self._authorization = ""
        self._told_settings: dict[str, Any] = {}
        self._queue = Queue()
        self._told: list[Noted] = []
        """What is told of the turn already, with requests that wait for the line."""
        self._unwanted: dict[str, str] = {}
        """Hang-ups of this turn of calls that nobody holds, and the reason of each."""
        self._failed_before: Callable[[Call, BaseException], None] | None = None

    @property
    def path(self) -> str:
        """The file that is written."""
        return str(self._writer.path)

    def attach(self, pump: Pump) -> None:
        """Record what this pump performs, from now on.

        Raises:
            ValueError: It records another client already.
        """
        if self._pump is pump:
            return
        if self._pump is not None:
            raise ValueError("a recorder records one client: make another one, with a file of its own")
        self._pump = pump
        session = pump.session
        self._settings, self._connection, self._outbox = session.settings, session.connection, session.outbox
        pump.arrivals.append(self._hear)
        pump.batches.append(self._turn.extend)
        pump.requests.append(self._note)
        pump.performed.append(self._end_turn)

    def detach(self) -> None:
        """Record no more."""
        if self._pump is not None:
            self.rest()
            self._pump.arrivals.remove(self._hear)
            self._pump.batches.remove(self._turn.extend)
            self._pump.requests.remove(self._note)
            self._pump.performed.remove(self._end_turn)
            self._pump = None

    def begin(self) -> None:
        """The client connects: what its handlers raise is recorded too."""
        self._now = asyncio.get_running_loop().time
        if self._pump is not None and self._failed_before is None:
            self._failed_before, self._pump.failed = self._pump.failed, self._fail

    def rest(self) -> None:
        """The client is closed. What comes later is recorded all the same; call `close` to have it written."""
        if self._pump is not None and self._failed_before is not None:
            self._pump.failed, self._failed_before = self._failed_before, None

    def close(self) -> None:
        """Have everything written, and the file closed. This may wait for the disk."""
        self._writer.close()

    def _hear(self, message: str | bytes) -> None:
        if not self._has_begun:
            self._begin_turn()
        elif self._outbox.queued or self._queue.told:
            # What waits by now may have left when the turn ends.
            self._tell_waiting()
        self._turn.append(message)
        self._size += len(message)

    def _begin_turn(self) -> None:
        self._has_begun, self._at, self._clock = True, self._now(), time.time()
        if _watched(self._settings) != self._seen:
            self._turn[:0] = self._changes()

    def _note(self, send: effects.Send) -> None:
        # A request leaves. Whether its call is unwanted may be otherwise when that is written.
        request = send.request
        self._size += len(send.text)
        if request is not None and request.command == "hangup":
            reason = unwanted(request)
            if reason:
                self._unwanted[request.id] = reason

    def _end_turn(self) -> None:
        # What one read has brought, or the program, the line or the clock has asked, and all that this has caused.
        turn, waiting = self._turn, self._outbox.queued or self._queue.told
        if not (turn or waiting or self._told):
            return
        if not self._has_begun:
            self._begin_turn()
        if self._connection.authorization_state != self._authorization:
            self._learn()
        if waiting or self._unwanted or self._told:
            self._tell_waiting()
            noted, self._told = self._told, []
        else:
            noted = list(compress(turn, map(self._is_told, map(type, turn))))
            turn.clear()
        if noted:
            self._writer.put((self._at, self._clock, noted, self._size), self._size + _SHORT * len(noted))
        self._has_begun, self._size = False, 0

    def _tell_waiting(self) -> None:
        # The turn until now, with the requests that wait for the line, which no effect tells of.
        for each in self._turn:
            kind = type(each)
            if kind in _MAY_FOLLOW:
                self._told += self._queued(each)
            if kind is effects.Send and each.request is not None and each.request.id in self._unwanted:
                self._told.append(sent(each.text, each.request, self._unwanted.pop(each.request.id)))
            elif self._is_told(kind):
                self._told.append(each)
        self._turn.clear()
        self._told += self._queued()

    def _queued(self, before: Effect | None = None) -> list[Noted]:
        asks = [queued(request) for request in self._queue.untold(self._outbox.queued, before)]
        self._size += sum(len(ask.text) for ask in asks)
        return list(asks)

    def _fail(self, call: Call, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno} {frames[-1].name}" if frames else ""  # noqa: PTH119  # no path is touched
        self._turn.append(Failed(call.call_id, f"{type(error).__name__}: {error}"[:LONGEST_TEXT], where))
        self._end_turn()
        if self._failed_before is not None:
            self._failed_before(call, error)

    def _changes(self) -> list[Noted]:
        # The program sets credentials, contexts and the rest when it likes.
        settings, begun = self._settings, bool(self._seen)
        self._seen = tuple(list(value) if isinstance(value, list) else value for value in _watched(settings))
        self._learn()
        told = told_settings(settings)
        if told == self._told_settings:
            return []
        self._told_settings = told
        if begun:
            return [Changed(told)]
        self._writer.begin(self._header())
        return []

    def _learn(self) -> None:
        settings, self._authorization = self._settings, self._connection.authorization_state
        self._formatter.learn((settings.token, settings.jwt_token, settings.project, self._authorization))

    def _header(self, **more: Any) -> str:
        header = {
            "recording": FORMAT,
            "client": self.client_id,
            "started": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "version": version("callfsm"),
            "settings": self._told_settings,
            "masked": self.masked,
        }
        return encode(header | more) + "\n"

    def _continued(self) -> str:
        return self._header(continues=True)

    def _missing(self, lines: int) -> str:
        return dropped(self._now(), time.time(), lines)


def told_settings(settings: Settings) -> dict[str, Any]:
    """What a recording tells of a client's settings: all that its machines look at, and no credential."""
    return {
        "contexts": list(settings.contexts),
        "early_media": settings.early_media,
        "max_active_calls": settings.max_active_calls,
        "max_refusals": settings.max_refusals,
        "takes_calls": settings.takes_calls,
        "credentials": "jwt_token" if settings.jwt_token else "project",
    }
