"""Replaying a recording: what was heard and asked is heard and asked again, and what follows must be the same.

There is no loop, no socket and no clock in it: the core gets the frames that came, the commands that the program
gave, and the line's and the clock's words, in the recorded order. What it wants done is told as the recorder tells
it, and held against the recorded lines one by one.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from callfsm.core import effects
from callfsm.core.effects import Effect
from callfsm.core.model import Settings
from callfsm.core.session import Session
from callfsm.reading import Line, RecordingError, missing, read
from callfsm.recordings.hiding import Shown
from callfsm.recordings.telling import Queue, Telling, queued
from callfsm.replaying.asking import Asking, CannotBeAskedError

_HEARD: Final = '"kind":"in","frame":'
_REQUESTS: Final = ('"kind":"out"', '"kind":"queued"')
_ASIDE: Final = frozenset({"failed", "settings"})
"""Kinds of lines that no machine has anything to do with."""


class Divergence(NamedTuple):
    """Where a recording and its replay part."""

    line: Line
    """The first line that is not as it should be."""
    recorded: str
    recomputed: str
    heard: str
    """What the client had heard, or been asked, just before."""


@dataclass
class Replayed:
    """What came of a replay."""

    lines: int = 0
    frames: int = 0
    transitions: int = 0
    calls: int = 0
    divergence: Divergence | None = None
    ends_early: str = ""
    """Why the recording was not replayed to its end; ``""`` when it was."""
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether all of it came out as it was recorded."""
        return self.divergence is None and not self.ends_early


class _DivergedError(Exception):
    def __init__(self, divergence: Divergence) -> None:
        super().__init__(divergence.line.place)
        self.divergence = divergence


def replay(paths: Iterable[Path]) -> Replayed:
    """Replay the files of one recording, oldest first.

    Raises:
        RecordingError: They are no recording, or one without its beginning.
        OSError: One cannot be read.
    """
    done = Replayed()
    try:
        Replay(read(paths, done.notes), done).run()
    except _DivergedError as error:
        done.divergence = error.divergence
    return done


class Replay:
    """One recording, replayed line by line.

    Args:
        lines: The recording.
        done: What comes of it.
    """

    def __init__(self, lines: Iterable[Line], done: Replayed) -> None:
        self.done = done
        self._coming = iter(lines)
        self._ahead: deque[Line] = deque()
        self._ids: deque[str] = deque()
        self._queued_ids: set[str] = set()
        self._telling = Telling(Shown())
        self._expected: deque[str] = deque()
        self._heard = "nothing yet"
        self._session = Session(Settings(), self._next_id)
        self._asking = Asking(self._session)
        self._queue = Queue()
        self._client: object = None
        self._continued: Path | None = None

    def run(self) -> None:
        """Replay it all, or to the first line that cannot be held against anything."""
        line = None
        for line in self._lines():
            self.done.lines += 1
            if line.begins:
                self._begin(line)
            elif line.body.startswith('"kind":"dropped"'):
                lines = missing(line.data.get("lines"))
                self.done.ends_early = f"{line.place}: {lines} here, and what follows depends on that"
            elif self._expected:
                self._compare(line)
            else:
                self._take(line)
            if self.done.ends_early:
                return
        if self._expected and line is not None and not self.done.notes:
            raise self._diverged(line, recorded="the end of the recording")

    def _lines(self) -> Iterator[Line]:
        while True:
            if self._ahead or self._read():
                yield self._ahead.popleft()
            else:
                return

    def _read(self) -> bool:
        line = next(self._coming, None)
        if line is None:
            return False
        self._ahead.append(line)
        if not line.begins and line.body.startswith(_REQUESTS) and '"method":' in line.text:
            self._note_id(line)
        return True

    def _note_id(self, line: Line) -> None:
        frame = line.data.get("frame")
        request_id = frame.get("id") if isinstance(frame, dict) and "method" in frame else None
        if not isinstance(request_id, str):
            return
        if line.data["kind"] == "queued":
            self._queued_ids.add(request_id)
        elif request_id in self._queued_ids:
            self._queued_ids.discard(request_id)
            return
        self._ids.append(request_id)

    def _next_id(self) -> str:
        # Requests are numbered as they are made, so that the next one in the recording is the one that is made now.
        while not self._ids:
            if not self._read():
                return "none in the recording"
        return self._ids.popleft()

    def _begin(self, line: Line) -> None:
        if line.data.get("continues"):
            if self._client is None or self._client != line.data.get("client"):
                told = "give that one too" if self._client is None else "and that is none of those given"
                raise RecordingError(f"{line.path}: this file goes on where another ended; {told}")
            self._continued = line.path
            return
        if self._expected:
            self.done.notes.append(f"{line.place}: a new run begins here; the one before was cut off")
        self._client = line.data.get("client", "")
        self._continued = None
        self._expected.clear()
        self._session = Session(Settings(), self._next_id)
        self._asking = Asking(self._session)
        self._queue = Queue()
        self._asking.set(line.data.get("settings"))

    def _take(self, line: Line) -> None:
        body = line.body
        if body.startswith(_HEARD):
            self.done.frames += 1
            self._foresee()
            self._heard = body
            self._session.receive(line.frame_text)
            self._collect()
            return
        self._take_other(line)

    def _take_other(self, line: Line) -> None:
        kind = line.kind
        if kind == "in":
            self._take_text(line)
        elif kind == "settings":
            self._asking.set(line.data.get("settings"))
        elif "characters" in line.data:
            self._end_at_long(line)
        elif kind not in _ASIDE:
            self._ask(line)

    def _end_at_long(self, line: Line) -> None:
        self.done.ends_early = f"{line.place}: a message of {line.data['characters']} characters was not kept"

    def _take_text(self, line: Line) -> None:
        if "characters" in line.data:
            self._end_at_long(line)
            return
        self._heard = line.body
        following = self._peek()
        if following is None or not following.body.startswith('"kind":"unheard","why":"malformed frame"'):
            raise self._diverged(following or line, recomputed="unheard: malformed frame")
        self._expected.append(following.body)

    def _peek(self) -> Line | None:
        return self._ahead[0] if self._ahead or self._read() else None

    def _ask(self, line: Line) -> None:
        told, following = line, None
        if line.kind == "asked after end":
            following = self._peek()
        elif line.data.get("speaker") == "reply":
            # A request is given up; that is told after what it does to whatever had asked.
            told = next((each for each in self._until_heard() if each.body.startswith('"kind":"replied"')), line)
        try:
            self._asking.ask(told.data, following.data if following is not None else {})
        except CannotBeAskedError as error:
            raise self._diverged(line, recomputed=f"nothing: {error}") from None
        self._heard = line.body
        self._collect()
        if not self._expected:
            raise self._diverged(line)
        self._compare(line)

    def _foresee(self) -> None:
        # A program's wish that a call be over may show only in what the next login sends.
        if self._session.connection.state != "authenticating":
            return
        for line in self._until_heard():
            if '"unwanted":' in line.text and line.kind in ("out", "queued"):
                self._asking.note_unwanted(line.data)

    def _until_heard(self) -> Iterator[Line]:
        place = 0
        while place < len(self._ahead) or self._read():
            line = self._ahead[place]
            if not line.begins and line.body.startswith('"kind":"in"'):
                return
            yield line
            place += 1

    def _collect(self) -> None:
        session, expected = self._session, self._expected
        body, asked, untold = self._telling.body, self._telling.asked, self._queue.untold
        while session.effects:
            batch: list[Effect] = session.effects
            session.effects = []
            for effect in batch:
                if type(effect) is effects.CallMade:
                    self.done.calls += 1
                    self._asking.note_call(effect.call)
                expected += [asked(queued(request)) for request in untold(session.outbox.queued, effect)]
                told = body(effect)
                if told:
                    expected.append(told)
        expected += [asked(queued(request)) for request in untold(session.outbox.queued)]

    def _compare(self, line: Line) -> None:
        recomputed = self._expected.popleft()
        body = line.body
        if body != recomputed and not _same(line, recomputed):
            self._expected.appendleft(recomputed)
            raise self._diverged(line)
        if body.startswith('"kind":"transition"'):
            self.done.transitions += 1
        elif body.startswith('"kind":"out"'):
            self.done.frames += 1

    def _diverged(self, line: Line, *, recorded: str = "", recomputed: str = "") -> _DivergedError:
        expected = recomputed or (self._expected[0] if self._expected else "nothing")
        if self._continued == line.path:
            self.done.notes.append(
                f"{line.path.name} goes on where another file ended; so it looks when one between is missing"
            )
        return _DivergedError(Divergence(line, recorded or line.body, expected, self._heard))


def _same(line: Line, recomputed: str) -> bool:
    # The same in other words: written by somebody else, or told before something was hidden in it.
    if not line.whole:
        return False
    data = {name: value for name, value in line.data.items() if name not in ("t", "w")}
    again: dict[str, Any] = json.loads("{" + recomputed + "}")
    if "command" not in data and "frame" in data:
        again.pop("command", None)
    return data == again or (_refusal(data) is not None and _refusal(data) == _refusal(again))


def _refusal(data: dict[str, Any]) -> tuple[Any, Any] | None:
    # Of the refusal of an unknown method only the words depend on what was hidden in its name.
    frame = data.get("frame")
    error = frame.get("error") if isinstance(frame, dict) else None
    return (frame.get("id"), error.get("code")) if isinstance(frame, dict) and isinstance(error, dict) else None
