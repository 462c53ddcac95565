"""What a program, the line and the clock asked of a session, asked again: one recorded line at a time."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from callfsm.core.effects import Params
from callfsm.core.model import CallModel, DialModel, OperationModel
from callfsm.core.session import Session
from callfsm.core.tables import CALL, KINDS, TABLES, Speaker
from callfsm.errors import RelayError

MOST_REMEMBERED: Final = 50_000
"""How many calls that are over are remembered: a program may hold one for as long as it likes."""

_DIAL: Final = "calling.dial"
_ADDRESS: Final = frozenset({"node_id", "call_id"})
_OF_CALLS: Final = frozenset(CALL.triggers(Speaker.ASK))
_ASKS_IF_THERE: Final = frozenset({"probe", "resync"})


class CannotBeAskedError(Exception):
    """A line that tells of something that nobody could have asked."""


@dataclass
class _Known:
    """A call, and every operation that was begun in it."""

    call: CallModel
    operations: dict[str, OperationModel] = field(default_factory=dict)


class Asking:
    """Asks of a session what a recording says was asked.

    Args:
        session: Of whom it is asked.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._before: dict[str, _Known] = {}
        self._dials: dict[str, DialModel] = {}

    def note_call(self, call: CallModel) -> None:
        """A call has been made; one of before that has its id may still be held by the program."""
        if call.call_id in self._known:
            self._before[call.call_id] = self._known[call.call_id]
        self._known[call.call_id] = _Known(call)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

    def set(self, told: object) -> None:
        """Set the settings as they were."""
        settings = self._session.settings
        given = told if isinstance(told, dict) else {}
        for name in ("contexts", "early_media", "max_active_calls", "max_refusals", "takes_calls"):
            if type(given.get(name)) is type(getattr(settings, name)):
                setattr(settings, name, given[name])
        # What stands in a recording for a credential.
        by_jwt = given.get("credentials") == "jwt_token"
        settings.project, settings.token, settings.jwt_token = ("", "", "***") if by_jwt else ("***", "***", "")

    def note_unwanted(self, data: dict[str, Any]) -> None:
        """A hang-up will show that nobody holds this call."""
        call = self._session.calls.get(_text(_params(data), "call_id"))
        if call is not None and not call.unwanted:
            call.unwanted = _text(data, "unwanted")

    def ask(self, data: dict[str, Any], following: dict[str, Any]) -> None:
        """Ask what this line tells; what follows from it is in the session's effects.

        Args:
            data: The line.
            following: The next one; it tells which operation is meant when one is begun on a call that is over.

        Raises:
            CannotBeAskedError: Nobody can have asked that.
        """
        kind = data.get("kind")
        with suppress(RelayError):  # The program was told, too.
            if kind in ("out", "queued"):
                self._send(data)
            elif kind == "transition":
                self._move(data)
            elif kind == "refused":
                self._refused(data)
            elif kind == "asked after end":
                self._late(data, following)
            elif kind == "replied":
                self._session.outbox.drop(_text(data, "id"), RelayError(-1, "no reply, as recorded"))
            else:
                raise CannotBeAskedError(f"{kind!r} follows from what is heard, and from nothing else")

    def _send(self, data: dict[str, Any]) -> None:
        frame = data.get("frame")
        method, params = (_text(frame, "method"), _params(data)) if isinstance(frame, dict) else ("", {})
        if not method:
            raise CannotBeAskedError("a reply of ours follows from what is heard")
        command = data["command"] if isinstance(data.get("command"), str) else self._command(method, params)
        call = self._call(params)
        if method == _DIAL and command == "dial":
            tag = _text(params, "tag")
            rest = {name: value for name, value in params.items() if name != "tag"}
            with suppress(ValueError):  # The tag is taken: then nothing is sent, and that is the divergence.
                self._dials[tag], _ = self._session.dial(tag, rest)
        elif command in ("", "send_message") or call is None:
            self._session.request(method, params, command)
        elif command in _ASKS_IF_THERE:
            call.resync()
        else:
            self._command_call(call, command, params, _text(data, "unwanted"))

    def _command_call(self, call: CallModel, command: str, params: Params, unwanted: str) -> None:
        control_id = _text(params, "control_id")
        rest = {name: value for name, value in params.items() if name not in _ADDRESS}
        if command == "hangup" and unwanted:
            call.discard(unwanted)
        elif command in KINDS and control_id:
            del rest["control_id"]
            self._start(call, command, control_id, rest)
        elif command not in _OF_CALLS and control_id:
            del rest["control_id"]
            self._operation(call, control_id).ask(command, rest)
        else:
            call.ask(command, rest)

    def _start(self, call: CallModel, kind: str, control_id: str, params: Params) -> None:
        continuous = bool(params.get("continuous"))
        try:
            started, _ = call.start(kind, control_id, params, continuous=continuous)
        except ValueError as error:
            raise CannotBeAskedError(str(error)) from None
        self._remember(call).operations[control_id] = started

    def _move(self, data: dict[str, Any]) -> None:
        machine, trigger, speaker = _text(data, "machine"), _text(data, "trigger"), _text(data, "speaker")
        if machine == "connection" and speaker == "line":
            self._session.connection.fire(trigger)
        elif speaker == "ask":
            self._ask(self._subject(data), trigger)
        elif speaker == "clock" and machine == "dial":
            dial = self._dials.get(_name(data))
            if dial is None:
                raise CannotBeAskedError("no such dial")
            self._session.abandon(dial, "given up")
        elif speaker == "clock":
            self._call_of(data).grace_over()
        else:
            raise CannotBeAskedError(f"what the {speaker} says follows from what is heard")

    def _refused(self, data: dict[str, Any]) -> None:
        self._ask(self._subject(data), _text(data, "command"))

    def _ask(self, subject: CallModel | OperationModel, command: str) -> None:
        if command not in TABLES[subject.machine].triggers(Speaker.ASK):
            raise CannotBeAskedError(f"{subject.name} is never asked {command!r}")
        subject.ask(command, {})

    def _late(self, data: dict[str, Any], following: dict[str, Any]) -> None:
        command, call = _text(data, "command"), self._call_of(data)
        if not call.over and call.call_id in self._before:
            self._late_before(self._before[call.call_id], data, following)
            return
        begins = data.get("machine") == "call" and following.get("machine") == command in KINDS
        if begins and following.get("trigger") == "call_ended":
            self._start(call, command, _name(following), {})
        else:
            self._subject(data).ask(command, {})

    def _late_before(self, known: _Known, data: dict[str, Any], following: dict[str, Any]) -> None:
        # Asked of the call of before: the one that has its id now is up.
        command = _text(data, "command")
        if following.get("machine") == command in KINDS and following.get("trigger") == "call_ended":
            known.operations[_name(following)], _ = known.call.start(command, _name(following), {})
        else:
            (known.operations.get(_name(data)) or known.call).ask(command, {})

    def _subject(self, data: dict[str, Any]) -> CallModel | OperationModel:
        call = self._call_of(data)
        return call if data.get("machine") == "call" else self._operation(call, _name(data))

    def _operation(self, call: CallModel, control_id: str) -> OperationModel:
        operation = call.operations.get(control_id) or self._remember(call).operations.get(control_id)
        if operation is None:
            raise CannotBeAskedError(f"{call.name} has had no operation {control_id}")
        return operation

    def _remember(self, call: CallModel) -> _Known:
        if call.call_id not in self._known or self._known[call.call_id].call is not call:
            self.note_call(call)
        return self._known[call.call_id]

    def _call_of(self, data: dict[str, Any]) -> CallModel:
        call = self._call(data)
        if call is None:
            raise CannotBeAskedError(f"there is no call {data.get('call_id')!r}")
        return call

    def _call(self, told: dict[str, Any]) -> CallModel | None:
        call_id = _text(told, "call_id")
        known = self._known.get(call_id)
        return self._session.calls.get(call_id) or (known.call if known is not None else None)

    def _command(self, method: str, params: Params) -> str:
        # For recordings whose frames do not tell it: the table of whatever it is about knows what it sends.
        call = self._call(params)
        operation = call.operations.get(_text(params, "control_id")) if call is not None else None
        machines = ["call"] if operation is None else [operation.machine, "call"]
        rows = (row for machine in machines for row in TABLES[machine].rows if row.sends == method)
        row = next(rows, None)
        if row is None:
            return "dial" if method == _DIAL else ""
        return row.trigger


def _params(data: dict[str, Any]) -> Params:
    frame = data.get("frame")
    params = frame.get("params") if isinstance(frame, dict) else None
    return params if isinstance(params, dict) else {}


def _text(told: dict[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""


def _name(data: dict[str, Any]) -> str:
    # "play 0b9a…" is the operation 0b9a…, and "dial office" the dial of that tag.
    return _text(data, "subject").partition(" ")[2]
