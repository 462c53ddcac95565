"""Looking through a recording for what should not have happened, for people and for build machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from callfsm.constants import METHOD_SIGNALWIRE_UNRECEIVE
from callfsm.core.machine import is_final
from callfsm.core.tables import CONNECTION, KINDS, TABLES
from callfsm.core.words import nested, text
from callfsm.reading import Line, missing, read_whole
from callfsm.replaying.drawing import Frames
from callfsm.trace.reading import spins

SLOW_SECONDS: Final = 2.0
ALONE_SECONDS: Final = 30.0

ILLEGAL, UNSETTLED, NOT_ENDED = "illegal command", "operation not settled", "call not ended"
STALE, SLOW, UNANSWERED = "stale report", "slow reply", "unanswered command"
AFTER_END, LOST_LINES, RAISED, LEFT_ALONE = "command after the end", "lost lines", "handler raised", "caller left alone"

KINDS_OF_FINDINGS: Final = {
    ILLEGAL: "the program asked for what the table forbids",
    UNSETTLED: "an operation had no last state when the recording ended",
    NOT_ENDED: "a call was still up when the recording ended",
    STALE: "the server reported what moved nothing",
    SLOW: "a reply took longer than it may",
    UNANSWERED: "a command has had no reply",
    AFTER_END: "the program went on asking of a call that was over, ten times or more (hanging up is no fault)",
    LOST_LINES: "lines are missing from the recording",
    RAISED: "a handler ended with an exception",
    LEFT_ALONE: "an answered caller heard and was asked nothing for long, and hung up",
}


class Finding(NamedTuple):
    """Something that should not have happened."""

    kind: str
    call_id: str
    place: str
    """File and line; ``""`` for what is not there."""
    what: str


@dataclass
class Audited:
    """What was found in a recording."""

    findings: list[Finding] = field(default_factory=list)
    calls: int = 0
    commands: int = 0
    slowest: float = 0.0
    notes: list[str] = field(default_factory=list)

    def counted(self, kinds: Iterable[str]) -> dict[str, int]:
        """How many findings there are of each of these kinds."""
        return {kind: sum(finding.kind == kind for finding in self.findings) for kind in kinds}


@dataclass
class _Asked:
    method: str
    call_id: str
    line: Line
    at: float


@dataclass
class _Watched:
    """A call while it is up."""

    stands: str
    at: float
    running: set[str] = field(default_factory=set)
    quiet_since: float = 0.0
    answered: bool = False
    bridged: bool = False
    hanging_up: bool = False


def audit(paths: Sequence[Path], *, slow: float = SLOW_SECONDS, alone: float = ALONE_SECONDS) -> Audited:
    """Look through the files of one recording, oldest first.

    Args:
        paths: The files.
        slow: From how many seconds on a reply is slow.
        alone: For how many seconds a caller may be left with nothing to hear before hanging up.

    Raises:
        RecordingError: They are no recording.
        OSError: One cannot be read.
    """
    found = Audited()
    auditor = _Auditor(found, slow, alone)
    for line in read_whole(paths, found.notes):
        auditor.look(line)
    auditor.end()
    return found


class _Auditor:
    def __init__(self, found: Audited, slow: float, alone: float) -> None:
        self._found = found
        self._slow = slow
        self._alone = alone
        self._frames = Frames()
        self._asked: dict[str, _Asked] = {}
        self._calls: dict[str, _Watched] = {}
        self._seen: set[str] = set()
        self._closed = False
        self._looks = {
            "in": self._in,
            "out": self._out,
            "transition": self._transition,
            "refused": self._refused,
            "stale": self._stale,
            "asked after end": self._late,
            "replied": self._replied,
            "dropped": self._dropped,
            "failed": self._failed,
        }

    def look(self, line: Line) -> None:
        """Look at one line."""
        if line.begins:
            if not line.data.get("continues"):
                self.end()
            return
        look = self._looks.get(line.kind)
        call_id = self._frames.call_id(line.data)
        if look is not None:
            look(line, line.data, call_id)

    def end(self) -> None:
        """The recording, or a run in it, ends here: tell what is still open."""
        for asked in self._asked.values():
            self._find(UNANSWERED, asked.call_id, asked.line, f"{asked.method} has no reply in the recording")
        for call_id, call in self._calls.items():
            self._find(NOT_ENDED, call_id, None, f"the call was {call.stands} when the recording ended")
            for name in sorted(call.running):
                self._find(UNSETTLED, call_id, None, f"{name} was running when the recording ended")
        self._asked.clear()
        self._calls.clear()

    def _find(self, kind: str, call_id: str, line: Line | None, what: str) -> None:
        self._found.findings.append(Finding(kind, call_id, line.place if line is not None else "", what))

    def _call(self, call_id: str, at: float, state: str = "created") -> _Watched:
        if call_id not in self._calls:
            self._calls[call_id] = _Watched(state, at, quiet_since=at)
            if call_id not in self._seen:
                self._seen.add(call_id)
                self._found.calls += 1
        return self._calls[call_id]

    def _in(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        frame = nested(data, "frame")
        if "method" in frame:
            params = nested(frame, "params")
            if text(params, "event_type") == "calling.call.receive" and call_id:
                self._call(call_id, line.time)
            return
        asked = self._asked.pop(text(frame, "id"), None)
        if asked is not None:
            seconds = line.time - asked.at
            self._found.slowest = max(self._found.slowest, seconds)
            if seconds > self._slow:
                self._find(SLOW, asked.call_id, line, f"{asked.method} was answered after {seconds:.1f} s")

    def _out(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        frame = nested(data, "frame")
        if "method" not in frame:
            return
        method = text(frame, "method")
        self._found.commands += 1
        self._asked[text(frame, "id")] = _Asked(method, call_id, line, line.time)
        if call_id in self._calls:
            call = self._calls[call_id]
            call.quiet_since = line.time
            call.hanging_up |= method == "calling.end"
            call.bridged |= method in _HANDED_OVER

    def _transition(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        machine, dest = text(data, "machine"), text(data, "dest")
        if machine == CONNECTION.name:
            self._closed = dest == "closed"
        elif machine == "call":
            self._call_moved(line, data, call_id)
        elif machine in KINDS and (text(data, "trigger") != "grace_over" or call_id in self._calls):
            call, name = self._call(call_id, line.time) if call_id in self._calls else None, text(data, "subject")
            if call is not None:
                (call.running.discard if _over(machine, dest) else call.running.add)(name)
                call.quiet_since = line.time

    def _call_moved(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        call, dest = self._call(call_id, line.time, text(data, "source")), text(data, "dest")
        quiet = line.time - call.quiet_since
        leaves = dest in ("ending", "ended") and call.stands not in ("ending", "ended")
        idle = call.answered and not (call.hanging_up or call.running or call.bridged)
        if leaves and idle and text(data, "speaker") == "report" and quiet >= self._alone:
            what = f"the caller hung up after {quiet:.0f} s in which the program did nothing"
            self._find(LEFT_ALONE, call_id, line, what)
        call.stands = dest
        call.answered |= dest == "answered"
        if dest == "ended":
            # What lingers for its last report has ended with its call.
            del self._calls[call_id]

    def _refused(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        guard = f" ({text(data, 'guard')})" if text(data, "guard") else ""
        what = f"{text(data, 'command')} was asked of {text(data, 'subject')} in state {text(data, 'state')}{guard}"
        self._find(ILLEGAL, call_id, line, what)

    def _stale(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        what = f"{text(data, 'word')!r} was reported of {text(data, 'subject')}, which was {text(data, 'state')}"
        self._find(STALE, call_id, line, what)

    def _late(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        if spins(data):
            what = (
                f"{text(data, 'command')} was asked of a call that was over, command number {data['times']} since then"
            )
            self._find(AFTER_END, call_id, line, what)

    def _replied(self, line: Line, data: dict[str, Any], _call_id: str) -> None:
        asked = self._asked.pop(text(data, "id"), None)
        # A client that takes its leave does not wait for a reply to it.
        leaving = self._closed and asked is not None and asked.method == METHOD_SIGNALWIRE_UNRECEIVE
        if asked is not None and not leaving:
            self._find(UNANSWERED, asked.call_id, line, f"{asked.method} was {text(data, 'outcome')}")

    def _dropped(self, line: Line, data: dict[str, Any], _call_id: str) -> None:
        self._find(LOST_LINES, "", line, missing(data.get("lines")))

    def _failed(self, line: Line, data: dict[str, Any], call_id: str) -> None:
        # What would have been allowed instead is half a page.
        error = text(data, "error").partition("; allowed now")[0]
        self._find(RAISED, call_id, line, f"{error} at {text(data, 'where')}")


def _over(machine: str, state: str) -> bool:
    # A recording of another version may tell of a state that is not known here.
    return state in TABLES[machine].states and is_final(machine, state)


_HANDED_OVER: Final = frozenset(
    {"calling.connect", "calling.transfer", "calling.join_conference", "calling.join_room", "calling.queue.enter"}
)
