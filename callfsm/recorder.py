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
from callfsm.core.model import Settings
from callfsm.recordings.formatting import (
    LONGEST_TEXT,
    Changed,
    Failed,
    Formatter,
    Header,
    Moment,
    Noted,
    Secrets,
    dropped,
    lines_in,
)
from callfsm.recordings.hiding import encode
from callfsm.recordings.telling import NOT_ANSWERED, Queue, Seen, queued, sent
from callfsm.recordings.writing import KEEP, MAX_BYTES, Writer

if TYPE_CHECKING:
    from callfsm.call import Call
    from callfsm.pump import Pump

FORMAT: Final = 1
"""The number of the format that is written."""

_UNTOLD: Final = frozenset(
    {
        effects.CallMade,
        effects.EventArrived,
        effects.OperationSettled,
        effects.DialSettled,
        effects.MessageMade,
        effects.MessageArrived,
        effects.MessageMoved,
        effects.MessageSettled,
        effects.Lingers,
        effects.Forgotten,
    }
)
"""Effects that other lines tell already."""
_MAY_FOLLOW: Final = frozenset({*effects.TRANSITIONED, effects.Replied})
"""Effects before which a request is told that waits for the line."""
_SHORT: Final = 500
"""About how many characters a line has."""


def _as_sent(effect: effects.Send) -> Noted:
    return effect if effect.request is None else sent(effect.text, effect.request)


def _as_seen(effect: effects.Refused | effects.Stale) -> Noted:
    return Seen(effect, effect.subject.state)


def _if_unanswered(effect: effects.Replied) -> Noted | None:
    return effect if effect.outcome.word in NOT_ANSWERED else None


_KEPT: Final[dict[type, Callable[[Any], Noted | None]]] = {
    effects.Send: _as_sent,
    effects.Refused: _as_seen,
    effects.Stale: _as_seen,
    effects.Replied: _if_unanswered,
}
"""What is kept of effects that would be told in other words later."""


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
        formatter = Formatter(masked=masked)
        self._writer = Writer(
            path, formatter.text, self._continued, self._missing, lines_in, max_bytes=max_bytes, keep=keep
        )
        self._pump: Pump | None = None
        self._now: Callable[[], float] = time.monotonic
        self._secrets: tuple[str, ...] = ()
        self._flags: tuple[object, ...] = ()
        self._settings: dict[str, Any] = {"contexts": []}
        self._queue = Queue()
        self._turn: list[Any] = []
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
        self._session, self._outbox = pump.session, pump.session.outbox
        pump.arrivals.append(self._hear)
        pump.watchers.append(self._turn.append)
        pump.performed.append(self._end_turn)

    def detach(self) -> None:
        """Record no more."""
        if self._pump is not None:
            self.rest()
            self._pump.arrivals.remove(self._hear)
            self._pump.watchers.remove(self._turn.append)
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
        # The effects come after it, by themselves: nothing is quicker than what a list does.
        self._turn += (Moment(self._now(), time.time()), *self._changes(), message)

    def _end_turn(self) -> None:
        # One word from outside and all that it has caused are handed over together.
        turn, waiting = self._turn, self._outbox.queued or self._queue.told
        if not turn and not waiting:
            return
        begun = turn and type(turn[0]) is Moment
        noted: list[Noted] = [] if begun else [Moment(self._now(), time.time()), *self._changes()]
        size = self._keep(turn, noted)
        turn.clear()
        self._writer.put(noted, size)

    def _keep(self, turn: list[Any], noted: list[Noted]) -> int:
        # Adds to what is noted; gives about how many characters that will be.
        waiting = self._outbox.queued or self._queue.told
        size = 0
        for each in turn:
            kind = type(each)
            if kind in _UNTOLD:
                continue
            if waiting and kind in _MAY_FOLLOW:
                noted += [queued(request) for request in self._queue.untold(self._outbox.queued, each)]
            keep = _KEPT.get(kind)
            kept = each if keep is None else keep(each)
            if kept is not None:
                noted.append(kept)
                size += len(each) if kind is str else _SHORT
        if waiting:
            noted += [queued(request) for request in self._queue.untold(self._outbox.queued)]
        return size

    def _fail(self, call: Call, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        where = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno} {frames[-1].name}" if frames else ""  # noqa: PTH119  # no path is touched
        self._turn.append(Failed(call.call_id, f"{type(error).__name__}: {error}"[:LONGEST_TEXT], where))
        self._end_turn()
        if self._failed_before is not None:
            self._failed_before(call, error)

    def _changes(self) -> list[Noted]:
        # The program sets credentials and contexts when it likes, and the server tells a state that is one.
        settings, connection = self._session.settings, self._session.connection
        secrets = settings.token, settings.jwt_token, settings.project, connection.authorization_state
        flags = settings.takes_calls, settings.max_active_calls, settings.early_media, settings.max_refusals
        if secrets == self._secrets and flags == self._flags and settings.contexts == self._settings["contexts"]:
            return []
        changes: list[Noted] = [Secrets(secrets)]
        told = told_settings(settings)
        if told != self._settings:
            begun, self._settings = bool(self._flags), told
            changes.append(Changed(told) if begun else Header(self._header()))
        self._secrets, self._flags = secrets, flags
        return changes

    def _header(self, **more: Any) -> str:
        header = {
            "recording": FORMAT,
            "client": self.client_id,
            "started": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "version": version("callfsm"),
            "settings": self._settings,
            "masked": self.masked,
        }
        return encode(header | more) + "\n"

    def _continued(self) -> str:
        return self._header(continues=True)

    def _missing(self, lines: int) -> str:
        return dropped(Moment(self._now(), time.time()), lines)


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
