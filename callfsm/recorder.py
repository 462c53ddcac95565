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
from callfsm.recordings.places import Claim, checked_place, checked_size
from callfsm.recordings.telling import NOT_ANSWERED, Queue, queued, sent, unwanted
from callfsm.recordings.writing import KEEP, MAX_BYTES, Writer

if TYPE_CHECKING:
    from callfsm.call import Call
    from callfsm.pump import Pump

FORMAT: Final = 1
"""The number of the format that is written."""

_MAY_FOLLOW: Final = frozenset({*effects.TRANSITIONED, effects.Replied})
"""Effects before which a request is told that waits for the line."""
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
        TypeError: ``path`` is no path, or ``max_bytes`` or ``keep`` no number.
        ValueError: ``path`` names no file, or ``max_bytes`` or ``keep`` is no size.
        FileNotFoundError: The folder of the file is not there.
        IsADirectoryError: ``path`` is a folder.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, masked: bool = True, max_bytes: int = MAX_BYTES, keep: int = KEEP
    ) -> None:
        place = checked_place(path)
        checked_size("max_bytes", max_bytes, 1)
        checked_size("keep", keep, 0)
        self._claim = Claim(place)
        self.masked = masked
        self.client_id = str(uuid.uuid4())
        self._formatter = formatter = Formatter(masked=masked)
        self._writer = Writer(
            place, formatter.text, self._continued, self._missing, formatter.lines, max_bytes=max_bytes, keep=keep
        )
        self._pump: Pump | None = None
        self._now: Callable[[], float] = time.monotonic
        self._turn: list[Noted] = []
        self._has_begun = False
        self._at = self._clock = 0.0
        """When the turn began, by the loop's clock and since 1970."""
        self._size = 0
        self._seen: list[object] = []
        """The settings as they were when they were last looked at."""
        self._authorization = ""
        self._told_settings: dict[str, Any] = {}
        self._is_waiting = False
        """Whether requests may wait for the line, or some in this turn are told in other words than their effects."""
        self._queue = Queue()
        self._told: list[Noted] = []
        """What is told of the turn already, with requests that wait for the line."""
        self._unwanted: dict[str, str] = {}
        """Hang-ups of this turn of calls that nobody holds, and the reason of each."""
        self._hear: Callable[[str | bytes], None] = self._turn.append
        """What takes messages. The effects come after them, by themselves: nothing is quicker than what a list does."""
        self._performers: dict[type, Callable[[Any], None]] = {
            **dict.fromkeys(formatter.told, self._turn.append),
            effects.Replied: self._note_reply,
        }
        self._failed_before: Callable[[Call, BaseException], None] | None = None

    @property
    def path(self) -> str:
        """The file that is written."""
        return str(self._writer.path)

    def attach(self, pump: Pump) -> None:
        """Record what this pump performs, from now on.

        Raises:
            ValueError: It records another client already, or another recorder writes its file.
        """
        if self._pump is pump:
            return
        if self._pump is not None:
            raise ValueError("a recorder records one client: make another one, with a file of its own")
        self._claim.take()
        self._pump = pump
        session = pump.session
        self._settings, self._connection, self._outbox = session.settings, session.connection, session.outbox
        self._values = vars(session.settings).values()
        pump.reads.append(self._begin_read)
        pump.arrivals.append(self._hear)
        pump.stages.put_first(self._performers)
        pump.requests.append(self._note_request)
        pump.performed.append(self._end_turn)

    def detach(self) -> None:
        """Record no more."""
        if self._pump is not None:
            self.rest()
            self._pump.reads.remove(self._begin_read)
            self._pump.arrivals.remove(self._hear)
            self._pump.stages.remove_first(self._performers)
            self._pump.requests.remove(self._note_request)
            self._pump.performed.remove(self._end_turn)
            self._pump = None
            self._claim.leave()

    def begin(self) -> None:
        """The client connects: what its handlers raise is recorded too."""
        loop = asyncio.get_running_loop()
        # Most loops' clock is this one.
        own = isinstance(loop, asyncio.BaseEventLoop) and type(loop).time is asyncio.BaseEventLoop.time
        self._now = time.monotonic if own else loop.time
        if self._pump is not None and self._failed_before is None:
            self._claim.take_again()
            self._failed_before, self._pump.failed = self._pump.failed, self._fail

    def rest(self) -> None:
        """The client is closed. What comes later is recorded all the same; call `close` to have it written."""
        if self._pump is not None and self._failed_before is not None:
            self._pump.failed, self._failed_before = self._failed_before, None

    def close(self) -> None:
        """Have everything written, and the file closed. This may wait for the disk."""
        self._writer.close()
        self._claim.leave()

    def _begin_turn(self) -> None:
        self._has_begun, self._at, self._clock = True, self._now(), time.time()
        if [*self._values] != self._seen:
            self._turn[:0] = self._changes()

    def _begin_read(self, messages: list[str | bytes]) -> None:
        self._begin_turn()
        self._size += sum(map(len, messages))
        # What is asked while the line logs in waits, and may leave within the same read.
        hear = self._turn.append if self._connection.state == "online" else self._hear_apart
        if hear != self._hear and self._pump is not None:
            arrivals = self._pump.arrivals
            arrivals[arrivals.index(self._hear)] = self._hear = hear

    def _hear_apart(self, message: str | bytes) -> None:
        self._tell_waiting()
        self._turn.append(message)

    def _note_request(self, send: effects.Send) -> None:
        # Whether its call is unwanted may be otherwise when it is written.
        self._size += len(send.text)
        request = send.request
        if request is not None and request.command == "hangup":
            reason = unwanted(request)
            if reason:
                self._unwanted[request.id] = reason
                self._is_waiting = True

    def _note_reply(self, replied: effects.Replied) -> None:
        if self._is_waiting or replied.outcome.word in NOT_ANSWERED:
            self._turn.append(replied)

    def _end_turn(self) -> None:
        # What one read has brought, or the program, the line or the clock has asked, and all that this has caused.
        if self._is_waiting or self._outbox.queued:
            self._tell_waiting()
            self._is_waiting = bool(self._queue.told)
            self._turn += self._told
            self._told.clear()
        turn = self._turn
        if not turn:
            return
        if not self._has_begun:
            self._begin_turn()
        if self._connection.authorization_state != self._authorization:
            self._learn()
        self._writer.put((self._at, self._clock, turn.copy(), self._size), self._size + _SHORT * len(turn))
        turn.clear()
        self._has_begun, self._size = False, 0

    def _tell_waiting(self) -> None:
        # The turn until now, with the requests that wait for the line, which no effect tells of.
        self._is_waiting = True
        for each in self._turn:
            if type(each) in _MAY_FOLLOW:
                self._told += self._queued(each)
            if type(each) is effects.Send and each.request is not None and each.request.id in self._unwanted:
                self._told.append(sent(each.text, each.request, self._unwanted.pop(each.request.id)))
            else:
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
        self._seen = [list(value) if isinstance(value, list) else value for value in self._values]
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
