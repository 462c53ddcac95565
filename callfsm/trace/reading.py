"""The lines of a recording, and which call each of them is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from callfsm.core.words import nested, text

FORMAT: Final = 1
"""The format of recordings that is understood here."""

_LATEST: Final = 253_402_300_800
"""The end of the year 9999, in seconds since 1970; no date comes after it."""

_LONGEST_HEADER: Final = 1024 * 1024

Fields = dict[str, Any]


class Line(NamedTuple):
    """One line of a recording."""

    number: int
    time: float
    """Seconds by a clock that never jumps, from any beginning."""
    wall: float
    """Seconds since 1970."""
    kind: str
    """``in``, ``out``, ``transition``, ``refused``, ..."""
    fields: Fields

    @property
    def frame(self) -> Fields:
        """The frame that came or left; ``{}`` for any other line."""
        return nested(self.fields, "frame")


FINDINGS: Final = ("refused", "asked after end", "stale", "declined", "orphan", "failed", "unheard", "dropped")
"""Kinds of lines that somebody who looks for a fault wants to see first."""


MANY_AFTER_END: Final = 10
"""Which command after the end of its call is the first that a handler should not have come to."""


def is_finding(line: Line) -> bool:
    """Whether somebody who looks for a fault wants to see it."""
    return line.kind in FINDINGS and (line.kind != "asked after end" or spins(line.fields))


def spins(fields: Fields) -> bool:
    """Whether a command after the end is one too many: callers hang up at any moment, so that a few are ordinary."""
    # Hanging up what has hung up is how well-behaved handlers end.
    return text(fields, "command") != "hangup" and quantity(fields, "times") >= MANY_AFTER_END


class RecordingError(ValueError):
    """What was to be read is no recording, or none that can be read here."""


def in_order(paths: Iterable[Path]) -> list[Path]:
    """The files in the order in which they were begun; those of one client stay together.

    A shell tells ``calls.jsonl*`` newest first, and nobody who looks for a fault wants to sort files. What has no
    first line that can be read stays where it is, and so do all others then: whoever reads it tells why.
    """
    files = list(paths)
    begun: dict[str, str] = {}
    headers = []
    for path in files:
        header = _header(path)
        client, started = (header.get("client"), header.get("started")) if header is not None else (None, None)
        if not isinstance(client, str) or not isinstance(started, str):
            return files
        begun[client] = min(started, begun.get(client, started))
        headers.append((client, started, path))
    return [path for _, _, path in sorted(headers, key=lambda each: (begun[each[0]], each[0], each[1]))]


def _header(path: Path) -> Fields | None:
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return _fields(file.readline(_LONGEST_HEADER))
    except OSError:
        return None


def lines(paths: Iterable[Path]) -> Iterator[Line]:
    """The lines of a recording, or of the files into which it was rotated, oldest file first.

    A line that cannot be read is left out: the last one of a program that was killed may be half written.

    Raises:
        RecordingError: A file is no recording, or one of another format.
        OSError: A file cannot be read.
    """
    for path in in_order(paths):
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            _check(path, _fields(file.readline()))
            for number, written in enumerate(file, start=2):
                fields = _fields(written)
                if fields is not None and "kind" in fields:
                    yield Line(number, quantity(fields, "t"), quantity(fields, "w"), text(fields, "kind"), fields)


def _fields(written: str) -> Fields | None:
    try:
        fields = json.loads(written)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _check(path: Path, header: Fields | None) -> None:
    found = None if header is None else header.get("recording")
    if found is None:
        raise RecordingError(
            f"{path} is no recording: its first line does not say so; RelayClient(journal=FILE) makes one"
        )
    if found is True or found != FORMAT:
        raise RecordingError(f"{path} is a recording of format {found!r}; this version reads format {FORMAT}")


def quantity(fields: Fields, key: str) -> float:
    """A number of a line; 0 when it has none there that can be."""
    value = fields.get(key)
    # Nobody was there before 1970 or will be after 9999; and what is no number compares with nothing.
    return float(value) if isinstance(value, int | float) and 0 <= value < _LATEST else 0.0


class Sorter:
    """Tells which call each line is about, from the lines before it."""

    def __init__(self) -> None:
        self._requests: dict[str, tuple[str, str]] = {}
        self.calls_of_tags: dict[str, list[str]] = {}
        """The calls that came of each dial, by its tag."""

    def about(self, line: Line) -> tuple[str, str]:
        """The id of the call that a line is about, and the tag of the dial; either may be ``""``."""
        if line.kind not in ("in", "out"):
            subject = text(line.fields, "subject")
            tag = subject.removeprefix("dial ") if subject.startswith("dial ") else ""
            # A standing is told as what it is of: "hold of call 0b9a...".
            return text(line.fields, "call_id") or subject.partition("call ")[2], tag
        frame = line.frame
        if "method" in frame:
            return self._request(line.kind, frame)
        return self._requests.pop(text(frame, "id"), ("", "")) if line.kind == "in" else ("", "")

    def _request(self, kind: str, frame: Fields) -> tuple[str, str]:
        params = nested(frame, "params")
        told = nested(params, "params") if kind == "in" else params
        call_id = text(told, "call_id") or text(nested(told, "call"), "call_id")
        tag = text(told, "tag")
        if call_id and tag and call_id not in self.calls_of_tags.setdefault(tag, []):
            self.calls_of_tags[tag].append(call_id)
        if kind == "out":
            self._requests[text(frame, "id")] = (call_id, tag)
        return call_id, tag
