"""The calls of a recording: what became of each, in a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from callfsm.constants import EVENT_CALL_STATE
from callfsm.core.machine import is_final
from callfsm.core.scrubbing import mask
from callfsm.core.tables import CALL, KINDS
from callfsm.core.words import nested, text
from callfsm.event import end_reason
from callfsm.trace.reading import Fields, Line, RecordingError, Sorter, is_finding, lines


@dataclass
class CallSummary:
    """One call of a recording."""

    call_id: str
    began: float
    """Seconds since 1970."""
    first: float
    last: float
    direction: str = ""
    context: str = ""
    from_number: str = ""
    """Masked."""
    to_number: str = ""
    held: bool = False
    """Whether the client has a call of this id; the far leg of a bridge is only reported."""
    stands: str = CALL.initial
    ended: bool = False
    end_reason: str = ""
    operations: Counter[str] = field(default_factory=Counter)
    """How many of each kind were begun."""
    open_operations: set[str] = field(default_factory=set)
    findings: Counter[str] = field(default_factory=Counter)

    @property
    def lasted(self) -> float:
        """Seconds from the first word of it to the last."""
        return self.last - self.first


def calls(paths: Iterable[Path]) -> dict[str, CallSummary]:
    """Every call of a recording, by its id, in the order in which they began.

    Raises:
        RecordingError: A file is no recording.
        OSError: A file cannot be read.
    """
    found: dict[str, CallSummary] = {}
    sorter = Sorter()
    for line in lines(paths):
        call_id, _ = sorter.about(line)
        if call_id:
            call = found.get(call_id)
            if call is None:
                call = found[call_id] = CallSummary(call_id, line.wall, line.time, line.time)
            _note(call, line)
    return found


def one_call(paths: Iterable[Path], wanted: str) -> CallSummary:
    """The call with this id, or the only one whose id begins so.

    Raises:
        RecordingError: There is none, or more than one; or a file is no recording.
        OSError: A file cannot be read.
    """
    known = calls(paths)
    if wanted in known:
        return known[wanted]
    begun = [call for call_id, call in known.items() if call_id.startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    if begun:
        raise RecordingError(f"{len(begun)} calls have ids that begin with {wanted!r}: give more of it")
    raise RecordingError(
        f"there is no call {wanted!r} among the {len(known)} of this recording; callfsm trace FILE lists them"
    )


def _note(call: CallSummary, line: Line) -> None:
    call.last = max(call.last, line.time)
    if is_finding(line):
        call.findings[line.kind] += 1
    elif line.kind == "transition":
        _note_transition(call, line.fields)
    elif line.kind == "out":
        _note_command(call, line.frame)
    elif line.kind == "in" and "method" in line.frame:
        _note_event(call, nested(line.frame, "params"))
    elif line.kind == "in" and not _accepted(line.frame):
        call.findings["refused by the server"] += 1


def _accepted(reply: Fields) -> bool:
    return "error" not in reply and str(nested(reply, "result").get("code", "200")).startswith("2")


def _note_transition(call: CallSummary, fields: Fields) -> None:
    machine, dest = text(fields, "machine"), text(fields, "dest")
    if machine == CALL.name:
        call.held = True
        call.stands = dest
        call.ended = is_final(machine, dest) if dest in CALL.states else call.ended
    elif machine in KINDS and dest in KINDS[machine].table.states:
        subject = text(fields, "subject")
        (call.open_operations.discard if is_final(machine, dest) else call.open_operations.add)(subject)


def _note_command(call: CallSummary, frame: Fields) -> None:
    kind = text(frame, "method").removeprefix("calling.")
    control_id = text(nested(frame, "params"), "control_id")
    if kind in KINDS and control_id:
        call.operations[kind] += 1
        call.open_operations.add(f"{kind} {control_id}")


def _note_event(call: CallSummary, envelope: Fields) -> None:
    params = nested(envelope, "params")
    call.direction = call.direction or text(params, "direction")
    call.context = call.context or text(params, "context")
    device = nested(nested(params, "device"), "params")
    call.from_number = call.from_number or _number(device, "from")
    call.to_number = call.to_number or _number(device, "to")
    if text(envelope, "event_type") == EVENT_CALL_STATE:
        call.end_reason = end_reason(params) or call.end_reason
        _note_report(call, text(params, "call_state"))


def _note_report(call: CallSummary, state: str) -> None:
    # No machine tells where the far leg of a bridge stands.
    if not call.held and state in CALL.states:
        call.stands, call.ended = state, is_final(CALL.name, state)


def _number(device: Fields, side: str) -> str:
    return mask(text(device, f"{side}_number") or text(device, side))
