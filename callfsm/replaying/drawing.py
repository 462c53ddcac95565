"""Calls of a recording as entries of a journal, which `callfsm.ladder` draws."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from callfsm.core.words import nested, text
from callfsm.ladder import ladder_text
from callfsm.reading import Line, read_whole
from callfsm.replay import Divergence
from callfsm.secrecy import printable
from callfsm.simulator.journal import FROM_RELAY, TO_RELAY, Entry, label

BEFORE: Final = 12
AFTER: Final = 6
_DIRECTIONS: Final = {"in": FROM_RELAY, "out": TO_RELAY}


class Frames:
    """Tells whose frames the lines of a recording are; a reply is about the call of its request."""

    def __init__(self) -> None:
        self._asked: dict[str, tuple[str, str]] = {}

    def call_id(self, data: dict[str, Any]) -> str:
        """The call that a line is about; ``""`` when it is about none."""
        told = data.get("call_id")
        if isinstance(told, str) and told:
            return told
        frame = data.get("frame")
        if not isinstance(frame, dict):
            return ""
        if "method" not in frame:
            return self._asked.get(str(frame.get("id")), ("", ""))[0]
        call_id = _call_id(_told(frame))
        self._asked[str(frame.get("id"))] = call_id, str(frame["method"])
        return call_id

    def entry(self, line: Line) -> Entry | None:
        """A frame as an entry of a journal; ``None`` for any other line, and for what only acknowledges."""
        data = line.data
        direction, frame = _DIRECTIONS.get(line.kind), data.get("frame")
        call_id = self.call_id(data)
        if direction is None or not isinstance(frame, dict):
            return None
        if "method" in frame:
            name, told = _name(frame), _told(frame)
            # Its words are the wire's, and a terminal would obey some of them.
            words = printable(label(name, told))
            return Entry(line.time, "", direction, call_id, name, words, frame, tag=text(told, "tag"))
        if direction == TO_RELAY:
            return None
        return Entry(line.time, "", direction, call_id, "reply", printable(_reply(frame)), frame)


def _name(frame: dict[str, Any]) -> str:
    return text(nested(frame, "params"), "event_type") or str(frame["method"])


def _told(frame: dict[str, Any]) -> dict[str, Any]:
    params = nested(frame, "params")
    return nested(params, "params") if "event_type" in params else params


def _call_id(params: dict[str, Any]) -> str:
    return text(params, "call_id") or text(nested(params, "call"), "call_id")


def _reply(frame: dict[str, Any]) -> str:
    told = frame["error"] if isinstance(frame.get("error"), dict) else nested(frame, "result")
    return f"{told.get('code', '')} {told.get('message', '')}".strip()


def lines_of(paths: Iterable[Path], call_id: str) -> Iterator[tuple[Line, Entry | None]]:
    """The lines about one call, and those of the connection; frames with their entries."""
    frames = Frames()
    for line in read_whole(paths, []):
        if line.begins:
            continue
        entry = frames.entry(line)
        if frames.call_id(line.data) == call_id or line.data.get("machine") == "connection":
            yield line, entry


def call_of(paths: Iterable[Path], parted: Divergence) -> str:
    """The call at which a recording and its replay part; ``""`` when it is none."""
    frames = Frames()
    for line in read_whole(paths, []):
        if not line.begins:
            call_id = frames.call_id(line.data)
            if (line.path, line.number) == (parted.line.path, parted.line.number):
                return call_id or _told_in(frames, parted.recomputed) or _told_in(frames, parted.heard)
    return ""


def _told_in(frames: Frames, body: str) -> str:
    try:
        data = json.loads("{" + body + "}")
    except ValueError:
        return ""
    return frames.call_id(data)


def ladder_around(paths: Iterable[Path], call_id: str, place: Line, width: int) -> str:
    """The ladder of a call around one line of its recording."""
    before: list[Entry] = []
    after: list[Entry] = []
    reached = False
    for line, entry in lines_of(paths, call_id):
        reached = reached or (line.path, line.number) == (place.path, place.number)
        if entry is not None and entry.call_id == call_id:
            (after if reached else before).append(entry)
    return ladder_text(before[-BEFORE:] + after[:AFTER], width)
