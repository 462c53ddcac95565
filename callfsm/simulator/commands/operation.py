"""Commands that begin operations, and those that control them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from callfsm.simulator import checks
from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.leg import Leg
from callfsm.simulator.media import items
from callfsm.simulator.operations import Agent, Collect, Operation, Play, PlayAndCollect, Record
from callfsm.simulator.operations.listening import Wanted
from callfsm.simulator.operations.record import Audio


def play(asked: Asked) -> None:
    """Play media."""
    leg, control_id = start(asked, "play")
    checks.volume(asked.params)
    loops = checks.loops(asked.params)
    playlist = items(checks.media(asked.params), asked.exchange.settings)
    begin(asked, Play(leg, control_id, playlist, loops=loops), "Playing")


def record(asked: Asked) -> None:
    """Record the call."""
    leg, control_id = start(asked, "record")
    audio = Audio.read(checks.structure(checks.structure(asked.params, "record"), "audio"))
    recording = Record(leg, control_id, audio)
    begin(asked, recording, "Recording", url=recording.url)


def collect(asked: Asked) -> None:
    """Take digits or speech."""
    leg, control_id = start(asked, "collect")
    begin(asked, Collect(leg, control_id, Wanted.read(asked.params)), "Collecting")


def play_and_collect(asked: Asked) -> None:
    """Play a prompt and take the answer; one at a time."""
    leg, control_id = start(asked, "play_and_collect")
    checks.volume(asked.params)
    wanted = Wanted.read(checks.structure(asked.params, "collect"))
    playlist = items(checks.media(asked.params), asked.exchange.settings)
    if any(isinstance(operation, PlayAndCollect) for operation in leg.open_operations):
        raise RefusedError(409, "Another play_and_collect is running", unexpected=False)
    if any(isinstance(operation, Agent) for operation in leg.open_operations):
        raise RefusedError(409, "An AI agent is on the call", unexpected=False)
    begin(asked, PlayAndCollect(leg, control_id, playlist, wanted), "Playing and collecting")


def start(asked: Asked, kind: str) -> tuple[Leg, str]:
    """The call and the control id of a command that begins an operation, if it may begin.

    Raises:
        RefusedError: It may not.
    """
    leg = asked.leg
    asked.permitted(leg, kind)
    control_id = checks.text(asked.params, "control_id")
    asked.check()
    known = leg.operations.get(control_id)
    if known is not None and not known.over:
        raise RefusedError(409, f"control_id {control_id} is taken by a {known.machine} that is running")
    return leg, control_id


def begin(asked: Asked, operation: Operation, message: str, **fields: object) -> None:
    """Accept a command, and begin the operation that it asks for."""
    asked.accept(message, call_id=operation.leg.call_id, control_id=operation.control_id, **fields)
    operation.begin()


def _order(kinds: tuple[str, ...], command: str, asked: Asked) -> None:
    leg = asked.leg
    if not leg.up:
        # It is the call that is over, so what its operations would have permitted does not matter.
        asked.permitted(leg, "hangup")
    operation = _running(asked, leg, kinds, command)
    if command == "volume":
        checks.volume({"volume": asked.params.get("volume")})
    asked.accept("OK", call_id=leg.call_id, control_id=operation.control_id)
    operation.orders()[command](asked.params)
    operation.known = operation.state


def _running(asked: Asked, leg: Leg, kinds: tuple[str, ...], command: str) -> Operation:
    control_id = checks.text(asked.params, "control_id")
    operation = leg.operations.get(control_id)
    if operation is None or operation.machine not in kinds:
        raise RefusedError(404, f"No {' or '.join(kinds)} with control_id {control_id} is running")
    if operation.over:
        why = f"The {operation.machine} with control_id {control_id} is over"
        raise RefusedError(404, why, unexpected=not operation.raced(command))
    asked.permitted(operation, command)
    return operation


_CONTROLS: Final = (
    # wire method                              kinds it may be about              command
    ("calling.play.pause",                     ("play",),                         "pause"),
    ("calling.play.resume",                    ("play",),                         "resume"),
    ("calling.play.volume",                    ("play",),                         "volume"),
    ("calling.play.stop",                      ("play",),                         "stop"),
    ("calling.record.pause",                   ("record",),                       "pause"),
    ("calling.record.resume",                  ("record",),                       "resume"),
    ("calling.record.stop",                    ("record",),                       "stop"),
    ("calling.collect.start_input_timers",     ("collect", "play_and_collect"),   "start_input_timers"),
    ("calling.collect.stop",                   ("collect",),                      "stop"),
    ("calling.play_and_collect.pause",         ("play_and_collect",),             "pause"),
    ("calling.play_and_collect.resume",        ("play_and_collect",),             "resume"),
    ("calling.play_and_collect.volume",        ("play_and_collect",),             "volume"),
    ("calling.play_and_collect.stop",          ("play_and_collect",),             "stop"),
    ("calling.detect.stop",                    ("detect",),                       "stop"),
    ("calling.send_fax.stop",                  ("send_fax",),                     "stop"),
    ("calling.receive_fax.stop",               ("receive_fax",),                  "stop"),
    ("calling.tap.stop",                       ("tap",),                          "stop"),
    ("calling.stream.stop",                    ("stream",),                       "stop"),
    ("calling.transcribe.stop",                ("transcribe",),                   "stop"),
    ("calling.pay.stop",                       ("pay",),                          "stop"),
    ("calling.ai.stop",                        ("ai",),                           "stop"),
)  # fmt: skip

ORDERS: Final[dict[str, Callable[[Asked], None]]] = {
    method: partial(_order, kinds, command) for method, kinds, command in _CONTROLS
}
"""The methods that control a running operation."""
