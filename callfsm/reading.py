"""Reading recordings: the lines of their files, in order. docs/recordings.md tells what they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from callfsm.recorder import FORMAT
from callfsm.recordings.hiding import encode
from callfsm.trace.reading import RecordingError, in_order, quantity

__all__ = ["Line", "RecordingError", "missing", "read", "read_whole"]

_KIND: Final = '"kind":'
_WITHIN: Final = 80
"""How far in its line the kind stands, after two numbers."""
_BEFORE_FRAME: Final = 120
"""Within how many characters of the kind a frame begins, when the writer has written it."""
_PADDING: Final = "\r\n\0"
"""What may stand behind a line: a file that a power cut has left may end in zeros."""


class Line:
    """One line of a recording.

    Args:
        path: The file.
        number: Which line of it.
        text: The line, without its line feed.

    Attributes:
        body: The line from its kind on, without its last brace, as the writer writes it; ``""`` for a first line.
    """

    __slots__ = ("_data", "body", "number", "path", "text")

    def __init__(self, path: Path, number: int, text: str) -> None:
        self.path = path
        self.number = number
        self.text = text
        self._data: dict[str, Any] | None = None
        start = text.find(_KIND, 0, _WITHIN)
        self.body = text[start:-1] if start > 0 and text.startswith('{"t":') else self._retold()

    @property
    def place(self) -> str:
        """Where it stands: ``calls.jsonl:17``."""
        return f"{self.path.name}:{self.number}"

    @property
    def data(self) -> dict[str, Any]:
        """What the line tells.

        Raises:
            RecordingError: It is no JSON object.
        """
        if self._data is None:
            try:
                data = json.loads(self.text)
            except (ValueError, RecursionError):
                data = None
            if not isinstance(data, dict):
                raise RecordingError(f"{self.place}: no JSON object")
            self._data = data
        return self._data

    @property
    def whole(self) -> bool:
        """Whether it can be read."""
        try:
            return bool(self.data)
        except RecordingError:
            return False

    @property
    def damaged(self) -> bool:
        """Whether it is plain at a glance that it cannot be read; what is left may still be no JSON."""
        return not self.text.endswith("}") or (self.begins and not self.whole)

    @property
    def begins(self) -> bool:
        """Whether it is the first line of a file, or of a run that goes on in one."""
        return not self.body

    @property
    def kind(self) -> str:
        """``in``, ``out``, ``transition``, ...; ``""`` for a first line."""
        return str(self.data.get("kind", ""))

    @property
    def frame_text(self) -> str:
        """The frame of an ``in`` or ``out``, as it stands."""
        start = self.body.find('"frame":', 0, _BEFORE_FRAME)
        return self.body[start + len('"frame":') :] if start >= 0 else encode(self.data.get("frame"))

    @property
    def time(self) -> float:
        """When, on the clock of its client."""
        return quantity(self.data, "t")

    def _retold(self) -> str:
        if not self.whole or "recording" in self.data:
            return ""
        told = {name: value for name, value in self.data.items() if name not in ("t", "w", "kind", "frame")}
        last = {"frame": self.data["frame"]} if "frame" in self.data else {}
        return encode({"kind": self.data.get("kind"), **told, **last})[1:-1]


def read(paths: Iterable[Path], notes: list[str]) -> Iterator[Line]:
    """The lines of the files, oldest file first; a line that is damaged is told as one that is missing.

    Args:
        paths: The files, in any order.
        notes: What a reader should know is added here: that the last line was cut off, for one.

    Raises:
        RecordingError: A file is no recording, or of a format that is not known here.
        OSError: A file cannot be read.
    """
    for path in in_order(paths):
        yield from _lines(path, notes)


def read_whole(paths: Iterable[Path], notes: list[str]) -> Iterator[Line]:
    """The same, for whoever looks into every line: each can be read, to its last brace.

    Raises:
        RecordingError: A file is no recording, or of a format that is not known here.
        OSError: A file cannot be read.
    """
    for line in read(paths, notes):
        yield line if line.whole else _missing(line, notes)


def missing(lines: object) -> str:
    """So many lines are missing, in words."""
    return "1 line is missing" if lines == 1 else f"{lines} lines are missing"


def _lines(path: Path, notes: list[str]) -> Iterator[Line]:
    before: Line | None = None
    with path.open(encoding="utf-8-sig", errors="replace", newline="\n") as file:
        for number, text in enumerate(file, 1):
            written = text.rstrip(_PADDING)
            if not written and number > 1:
                continue
            line = Line(path, number, written)
            if number == 1 or (line.begins and line.whole):
                _check_format(line)
                if before is not None and not before.whole:
                    notes.append(f"{before.place}: cut off within the line, as by a crash; a new run follows")
                    before = None
            if before is not None:
                yield _missing(before, notes) if before.damaged else before
            before = line
    if before is None:
        raise RecordingError(f"{path}: an empty file is no recording")
    if before.whole:
        yield before
    else:
        notes.append(f"{before.place}: cut off within the line, as by a crash; it is left out")


def _missing(damaged: Line, notes: list[str]) -> Line:
    notes.append(f"{damaged.place}: damaged, and cannot be read")
    return Line(damaged.path, damaged.number, '{"t":0.0,"w":0.0,"kind":"dropped","lines":1}')


def _check_format(line: Line) -> None:
    number = line.data.get("recording") if line.whole else None
    if type(number) is not int:
        raise RecordingError(f"{line.place}: not the first line of a recording; RelayClient(journal=FILE) makes one")
    if number != FORMAT:
        raise RecordingError(f"{line.path}: format {number} is not known here; this version reads format {FORMAT}")
