"""One call of a recording, step by step: each frame with what it moved, and what the caller did or heard meanwhile.

A recording holds what passes between a program and RELAY. What the caller did is taken from what RELAY reports of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from callfsm import constants
from callfsm.core.machine import is_final
from callfsm.core.tables import CALL, CONNECTION, KINDS, TABLES
from callfsm.core.words import nested, text
from callfsm.simulator.journal import FROM_RELAY, TO_RELAY, label
from callfsm.trace.hearsay import Hearsay
from callfsm.trace.reading import Fields, Line, Sorter, is_finding, lines

SAME_MOMENT: Final = 0.002
"""Seconds within which a transition belongs to the frame before it."""

_REQUESTED: Final = "requested"
_MAKE_KNOWN: Final = (constants.EVENT_CALL_RECEIVE, constants.EVENT_CALL_STATE)
_BEGUN: Final = (CALL.initial, constants.CALL_STATE_RINGING)
"""What a call may be told to be when nothing has moved it yet."""


class Move(NamedTuple):
    """One row that a machine took."""

    machine: str
    subject: str
    speaker: str
    trigger: str
    source: str
    dest: str

    @property
    def taken(self) -> tuple[str, str, str]:
        """What was heard, as pictures take it."""
        return self.source, self.trigger, self.dest


class Step(NamedTuple):
    """One thing that happened, and all that followed from it at once."""

    time: float
    """Seconds since the call began."""
    wall: float
    """Seconds since 1970."""
    direction: str
    """``app->relay`` or ``relay->app``; ``""`` for what happened within the program."""
    label: str
    frame: Fields
    """What went over the wire, or what the recording tells instead."""
    caller: tuple[str, str] = ("", "")
    """``caller->relay`` or ``relay->caller``, and what the caller did or heard."""
    finding: str = ""
    """Why somebody who looks for a fault should look here."""
    reply: bool = False
    """Whether it is an accepted reply, which a drawing can do without."""
    moves: tuple[Move, ...] = ()
    after: Mapping[str, tuple[str, str]] = {}
    """The machine and the state of the call, and of all that runs in it, by what they are called."""


def story(paths: Iterable[Path], call_id: str) -> list[Step]:
    """The steps of one call, in order.

    Raises:
        RecordingError: A file is no recording.
        OSError: A file cannot be read.
    """
    teller = _Teller()
    for line in _lines_of(paths, call_id):
        teller.hear(line)
    return teller.steps


def _lines_of(paths: Iterable[Path], call_id: str) -> list[Line]:
    sorter, kept = Sorter(), []
    begun = False
    for line in lines(paths):
        about, tag = sorter.about(line)
        begun = begun or about == call_id
        if about == call_id or (tag and not about) or (begun and text(line.fields, "machine") == CONNECTION.name):
            kept.append((line, about, tag))
    while kept and kept[-1][1] != call_id:
        kept.pop()
    return [line for line, about, tag in kept if about or not tag or call_id in sorter.calls_of_tags.get(tag, ())]


class _Teller:
    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._began: float | None = None
        self._standing: dict[str, tuple[str, str]] = {}
        self._hearsay = Hearsay()
        self._commands: dict[str, str] = {}
        self._tellers: Final[Mapping[str, Callable[[Line], None]]] = {
            "in": self._tell_in,
            "out": self._tell_out,
            "transition": self._tell_transition,
        }

    def hear(self, line: Line) -> None:
        self._began = line.time if self._began is None else self._began
        self._tellers.get(line.kind, self._tell_other)(line)

    def _add(self, line: Line, direction: str, label_: str, **more: object) -> None:
        # What had its last state after the step before is over.
        self._standing = {
            subject: stood for subject, stood in self._standing.items() if stood[0] == "call" or not _over(*stood)
        }
        step = Step(
            time=line.time - (self._began or 0.0),
            wall=line.wall,
            direction=direction,
            label=label_,
            frame=line.frame or line.fields,
            after=dict(self._standing),
        )
        self.steps.append(step._replace(**more))  # type: ignore[arg-type]  # fields of a step

    def _tell_in(self, line: Line) -> None:
        frame = line.frame
        if "method" not in frame:
            self._tell_reply(line, self._commands.pop(text(frame, "id"), ""))
            return
        envelope = nested(frame, "params")
        kind, params = text(envelope, "event_type"), nested(envelope, "params")
        self._add(
            line, FROM_RELAY, label(kind or text(frame, "method"), params), caller=self._hearsay.event(kind, params)
        )
        call = f"call {text(params, 'call_id')}"
        if kind in _MAKE_KNOWN and call not in self._standing and text(params, "call_state") in _BEGUN:
            self._stand(call, CALL.name, CALL.initial)

    def _tell_reply(self, line: Line, command: str) -> None:
        error = nested(line.frame, "error")
        result = nested(line.frame, "result")
        code = str(error.get("code") or result.get("code") or "200")
        message = text(error, "message") or (text(result, "message") if not code.startswith("2") else command)
        accepted = not error and code.startswith("2")
        finding = "" if accepted else f"the server refused {command}"
        self._add(line, FROM_RELAY, f"{code} {message}".strip(), reply=accepted, finding=finding)

    def _tell_out(self, line: Line) -> None:
        frame = line.frame
        method, params = text(frame, "method"), nested(frame, "params")
        if not method:
            return  # That an event has come says nothing that the event does not say.
        self._commands[text(frame, "id")] = method.removeprefix("calling.")
        self._add(line, TO_RELAY, label(method, params))
        self._hearsay.asked(method, params)
        kind, control_id = method.removeprefix("calling."), text(params, "control_id")
        if kind in KINDS and control_id:
            self._stand(f"{kind} {control_id}", kind, _REQUESTED)

    def _tell_transition(self, line: Line) -> None:
        fields = line.fields
        move = Move(*(text(fields, key) for key in Move._fields))
        moment = line.time - (self._began or 0.0)
        if not self.steps or moment - self.steps[-1].time > SAME_MOMENT or move.speaker in ("line", "clock"):
            self._add(line, "", f"{move.speaker}: {move.trigger}")
        last = self.steps[-1]
        self.steps[-1] = last._replace(moves=(*last.moves, move))
        self._stand(move.subject, move.machine, move.dest)

    def _stand(self, subject: str, machine: str, state: str) -> None:
        self._standing[subject] = (machine, state)
        self.steps[-1] = self.steps[-1]._replace(after=dict(self._standing))

    def _tell_other(self, line: Line) -> None:
        told = [text(line.fields, key) for key in ("command", "word", "why", "error", "outcome")]
        what = " ".join([line.kind, *(each for each in told if each)])
        about = text(line.fields, "machine")
        state = text(line.fields, "state")
        where = f" of {about}" * bool(about and about != "call") + f" while {state}" * bool(state)
        self._add(line, "", what + where, finding=what + where if is_finding(line) else "")


def _over(machine: str, state: str) -> bool:
    return machine in TABLES and state in TABLES[machine].states and is_final(machine, state)
