"""A recorded call as a test: the same caller, against the program's handler, on a simulated network.

What the caller did is told by what the server reported: which prompts were heard to their end, what was pressed and
said, and when the call ended without the program's asking for it. Recordings hide digits and words unless they were
asked not to; then as many keys are pressed as were asked for, and the test says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from callfsm import constants
from callfsm.audit import LEFT_ALONE, audit
from callfsm.core.scrubbing import HIDDEN
from callfsm.core.words import nested, text
from callfsm.reading import Line, RecordingError, read_whole
from callfsm.replaying.composing import RecordedCaller, Running, importable, written
from callfsm.replaying.drawing import Frames, lines_of
from callfsm.secrecy import printable
from callfsm.simulator.checks import REASONS

_PATIENCE: Final = 30.0
"""How long a simulated caller listens for words when nothing else is said."""
_OVER: Final = (404, 410)
_OF_STATE: Final = 409
"""What a server says to what the program should not have asked just then; a flow that is corrected does not ask it."""
_SAID: Final = "This is what I have to say."
_CODE: Final = re.compile(r"-?[0-9]{1,6}")
_HURRIED: Final = 0.6
"""Who answers before so much of a prompt can have been spoken has not heard it to its end."""
_WITH_OTHERS: Final = (
    "calling.connect",
    "calling.detect",
    "calling.send_fax",
    "calling.receive_fax",
    "calling.pay",
    "calling.ai",
    "calling.transfer",
    "calling.refer",
    "calling.join_conference",
    "calling.join_room",
    "calling.queue.enter",
)
"""Commands in which somebody or something else than the caller has a part, which nobody plays in the test."""


def test_of(paths: Sequence[Path], call_id: str, handler: str) -> str:
    """The text of a pytest that plays this call's caller against a handler.

    Args:
        paths: The files of the recording, oldest first.
        call_id: The call; its beginning will do.
        handler: ``module:name`` of the handler or client.

    Raises:
        RecordingError: There is no such call, or more than one; or it is none that came in.
        ValueError: The handler is none that Python can import.
    """
    importable(handler)
    whole = _whole_id(paths, call_id)
    caller = RecordedCaller()
    teller = _Teller(caller)
    for line, _ in lines_of(paths, whole):
        teller.tell(line)
    if not caller.context:
        told = (
            "it was dialled, or is the far leg of a bridge"
            if caller.outbound
            else "its beginning is not in this recording"
        )
        raise RecordingError(f"only calls that came in become tests, and call {printable(whole)} did not: {told}")
    findings = [finding for finding in audit(paths).findings if finding.call_id == whole]
    caller.alone = any(finding.kind == LEFT_ALONE for finding in findings)
    return written(caller, whole, handler, [finding.what for finding in findings], paths[-1].name)


def _whole_id(paths: Sequence[Path], call_id: str) -> str:
    frames, found = Frames(), set[str]()
    for line in read_whole(paths, []):
        if not line.begins:
            known = frames.call_id(line.data)
            if known.startswith(call_id):
                found.add(known)
    if call_id in found:
        return call_id
    if len(found) != 1:
        told = (
            f"{len(found)} calls begin with {call_id!r}: give more of it" if found else f"there is no call {call_id!r}"
        )
        raise RecordingError(f"{told}; callfsm trace FILE lists them")
    return found.pop()


class _Teller:
    """Tells what a caller did from what was recorded."""

    def __init__(self, caller: RecordedCaller) -> None:
        self._caller = caller
        self._events = {
            constants.EVENT_CALL_RECEIVE: self._receive,
            constants.EVENT_CALL_STATE: self._state,
            constants.EVENT_CALL_PLAY: self._play,
            constants.EVENT_CALL_COLLECT: self._collect,
            constants.EVENT_CALL_RECORD: self._record,
        }

    def tell(self, line: Line) -> None:
        """Take one line of the call, or of the connection."""
        data, at = line.data, line.time
        frame = data.get("frame")
        if isinstance(frame, dict) and "method" in frame:
            self._frame(data, frame, at)
        elif isinstance(frame, dict) and line.kind == "in":
            self._reply(frame)
        elif line.kind == "transition":
            self._transition(data, at)
        elif line.kind == "refused":
            self._caller.refused.append(text(data, "command"))
        elif line.kind == "replied" and text(data, "outcome") == "lost" and self._caller.line_up:
            _, method = self._caller.asked.get(text(data, "id"), ("", ""))
            if method:
                self._caller.prepare(f"relay.loses({method!r})")

    def _frame(self, data: dict[str, Any], frame: dict[str, Any], at: float) -> None:
        params = nested(frame, "params")
        if text(data, "kind") == "in":
            hear = self._events.get(text(params, "event_type"))
            if hear is not None:
                hear(nested(params, "params"), at)
            return
        method, control_id = text(frame, "method"), text(params, "control_id")
        self._caller.asked[text(frame, "id")] = control_id, method
        self._caller.hung_up |= method == "calling.end"
        if method in _WITH_OTHERS and method not in self._caller.others:
            self._caller.others.append(method)
        if control_id and method.count(".") == 1:
            self._caller.running[control_id] = Running(method.partition(".")[2], params, at)

    def _reply(self, frame: dict[str, Any]) -> None:
        control_id, method = self._caller.asked.get(text(frame, "id"), ("", ""))
        told = nested(frame, "error") or nested(frame, "result")
        code = int(str(told.get("code"))) if _CODE.fullmatch(str(told.get("code"))) else 200
        if code >= 300 or code < 0:
            self._caller.running.pop(control_id, None)
            if method and code != _OF_STATE and not (self._caller.ending and code in _OVER):
                self._caller.prepare(f"relay.replies({code}, {method!r})")

    def _transition(self, data: dict[str, Any], at: float) -> None:
        caller, dest = self._caller, text(data, "dest")
        if text(data, "machine") == "connection":
            if text(data, "trigger") == "dropped" and caller.line_up and caller.context and not caller.ending:
                caller.pause(at)
                caller.act("relay.drops_connection()", at)
            caller.line_up = dest in ("online", "draining")
        elif text(data, "machine") == "call" and dest == "answered" and not caller.answered:
            caller.answered = True
            caller.act("await caller.is_answered()", at)

    def _receive(self, params: dict[str, Any], at: float) -> None:
        device = nested(nested(params, "device"), "params")
        self._caller.context = text(params, "context")
        self._caller.since = at
        for name, argument in (("to_number", "to"), ("from_number", "from_")):
            number = text(device, name) or text(device, argument.rstrip("_"))
            if number and "*" not in number:
                self._caller.numbers[argument] = number

    def _state(self, params: dict[str, Any], at: float) -> None:
        caller, state = self._caller, text(params, "call_state")
        caller.outbound |= text(params, "direction") == "outbound"
        if state not in ("ending", "ended") or caller.ending:
            return
        caller.ending = True
        if caller.hung_up:
            return
        speaking = next(
            (each for each in caller.running.values() if each.words and not (each.heard or each.over)), None
        )
        if speaking is not None:
            caller.since = max(caller.since, speaking.began)
        if any(each.kind == "record" and not each.over for each in caller.running.values()):
            caller.act(f'await caller.says("{_SAID}")', at)
        else:
            # Whoever hangs up within a prompt does so here too, however fast it is spoken.
            caller.pause(at, speaking.seconds / 2 if speaking is not None else float("inf"))
        reason = text(params, "end_reason")
        told = f'"{reason}"' if reason in REASONS and reason != "hangup" else ""
        caller.act(f"await caller.hangs_up({told})", at)

    def _operation(self, params: dict[str, Any]) -> Running | None:
        return self._caller.running.get(text(params, "control_id"))

    def _play(self, params: dict[str, Any], at: float) -> None:
        operation, state = self._operation(params), text(params, "state")
        if operation is None:
            return
        if state == "playing":
            operation.began = at
        elif state == "finished" and not (operation.heard or self._caller.ending):
            operation.heard, operation.ended, operation.noticed = True, at, self._caller.since
            operation.over = operation.kind == "play"
            if operation.words:
                self._hears(operation, at)

    def _hears(self, operation: Running, at: float) -> None:
        waited = at - self._caller.since
        patience = f", timeout={waited + _PATIENCE:.0f}" if waited > _PATIENCE / 2 else ""
        self._caller.act(f"await caller.hears({operation.words!r}{patience})", at)

    def _collect(self, params: dict[str, Any], at: float) -> None:
        operation, result = self._operation(params), nested(params, "result")
        kind, told = text(result, "type"), nested(result, "params")
        if operation is None or params.get("final") is False:
            return
        operation.over = operation.over or kind in ("digit", "speech", "no_input", "no_match", "error")
        if kind in ("digit", "speech", "no_match") and operation.hurried(at, _HURRIED) and self._caller.unhear():
            # Whoever presses a key within a prompt ends it, and has not heard what comes last in it.
            self._caller.since = min(operation.noticed, operation.began)
            self._caller.pause(operation.began + min(at - operation.began, operation.seconds / 2))
            self._caller.since = at
        self._caller.since = max(self._caller.since, operation.began)
        if kind == "digit":
            self._caller.pause(at)
            self._press(operation, text(told, "digits") + text(told, "terminator"), at)
        elif kind == "speech":
            words = text(told, "text")
            masked = "  # masked in the recording" if words == HIDDEN else ""
            self._caller.act(f"await caller.says({words!r}){masked}", at)
        elif kind == "no_match":
            self._caller.act('await caller.press("0")  # what did not match is not recorded', at)

    def _press(self, operation: Running, keys: str, at: float) -> None:
        if HIDDEN in keys:
            collect = nested(operation.params, "collect") or operation.params
            most = nested(collect, "digits").get("max")
            keys = "1" * (most if isinstance(most, int) and 0 < most <= 20 else 1)
            self._caller.act(f'await caller.press("{keys}")  # masked in the recording: which keys is not known', at)
        else:
            self._caller.act(f"await caller.press({keys!r})", at)

    def _record(self, params: dict[str, Any], at: float) -> None:
        operation, state = self._operation(params), text(params, "state")
        if operation is None:
            return
        if state == "recording":
            self._caller.since = at
        elif state == "finished" and not (operation.over or self._caller.ending):
            operation.over = True
            self._caller.act(f'await caller.says("{_SAID}")', at)
            terminators = text(nested(nested(operation.params, "record"), "audio"), "terminators")
            if terminators:
                self._caller.act(f'await caller.press("{terminators[0]}")', at)
        operation.over = operation.over or state in ("finished", "no_input", "error")
