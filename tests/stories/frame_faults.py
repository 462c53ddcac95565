"""Faults of single frames: replies and events that are lost, late, twice, in another order, or nonsense."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from stories.fault_table import FAULTS, fault
from stories.line import IN, OUT, Frame, Line
from stories.line_faults import reply
from stories.story import Fault

if TYPE_CHECKING:
    from stories.scene import Scene

_LOGIN: Final = "protocol"


def is_reply(frame: Frame) -> bool:
    """Whether it is a reply to a command; not the one to a login."""
    result = frame.get("result")
    return "method" not in frame and not (isinstance(result, dict) and _LOGIN in result)


def is_event(frame: Frame) -> bool:
    """Whether it is an event."""
    return frame.get("method") == "signalwire.event"


def is_command(frame: Frame) -> bool:
    """Whether it is a command about a call, a dial or a message."""
    return str(frame.get("method")).startswith(("calling.", "messaging."))


def text_of(frame: Frame) -> str:
    """The frame, as it goes over the line."""
    return json.dumps(frame)


def _some(fault: Fault) -> range:
    # Most of these faults befall several frames in a row.
    return range(1 + fault.choice % 4)


@fault
def reply_lost(scene: Scene, fault: Fault) -> None:
    """Replies do not arrive: what was asked has been done."""
    for _ in _some(fault):
        scene.wire.catch(IN, is_reply, lambda *_: None)


@fault
def command_lost(scene: Scene, fault: Fault) -> None:
    """Commands do not arrive: what was asked is not done, and nobody says so."""
    for _ in _some(fault):
        scene.wire.catch(OUT, is_command, lambda *_: None)


def _late(scene: Scene, fault: Fault, way: str, wants: Callable[[Frame], bool]) -> None:
    def deals(line: Line, text: str, _frame: Frame) -> None:
        scene.wire.later(fault.seconds, partial(line.arrive, way, text))

    for _ in _some(fault):
        scene.wire.catch(way, wants, deals)


@fault
def reply_late(scene: Scene, fault: Fault) -> None:
    """Replies come late, or when nobody waits for it any more."""
    _late(scene, fault, IN, is_reply)


@fault
def command_late(scene: Scene, fault: Fault) -> None:
    """Commands are carried out late, or when nobody waits for it any more."""
    _late(scene, fault, OUT, is_command)


@fault
def event_late(scene: Scene, fault: Fault) -> None:
    """Events come late; others overtake them."""
    _late(scene, fault, IN, is_event)


def _reordered(scene: Scene, wants: Callable[[Frame], bool]) -> None:
    # The next one goes first; when there is none for a second, the order is as it was.
    def deals(line: Line, text: str, _frame: Frame) -> None:
        held = [text]

        def release() -> None:
            if held:
                line.arrive(IN, held.pop())

        def next_one(other: Line, overtaking: str, _frame: Frame) -> None:
            other.arrive(IN, overtaking)
            release()

        scene.wire.catch(IN, wants, next_one)
        scene.wire.later(1.0, release)

    scene.wire.catch(IN, wants, deals)


@fault
def replies_reordered(scene: Scene, _fault: Fault) -> None:
    """Two replies come in the other order."""
    _reordered(scene, is_reply)


@fault
def events_reordered(scene: Scene, _fault: Fault) -> None:
    """Two events come in the other order."""
    _reordered(scene, is_event)


@fault
def reply_overtaken(scene: Scene, _fault: Fault) -> None:
    """A reply comes after whatever the server says next."""
    _reordered(scene, lambda frame: is_reply(frame) or is_event(frame))


@fault
def reply_duplicated(scene: Scene, fault: Fault) -> None:
    """Replies come twice."""
    _twice(scene, fault, is_reply)


@fault
def event_duplicated(scene: Scene, fault: Fault) -> None:
    """Events come twice, at once or after a while."""
    _twice(scene, fault, is_event)


@fault
def receive_duplicated(scene: Scene, fault: Fault) -> None:
    """A call is offered twice, the second time perhaps when it is over."""
    _twice(scene, fault, lambda frame: is_event(frame) and frame["params"]["event_type"] == "calling.call.receive")


def _twice(scene: Scene, fault: Fault, wants: Callable[[Frame], bool]) -> None:
    def deals(line: Line, text: str, _frame: Frame) -> None:
        line.arrive(IN, text)
        scene.wire.later(fault.seconds, partial(line.arrive, IN, text))

    for _ in _some(fault):
        scene.wire.catch(IN, wants, deals)


_EMPTY: Final[tuple[Any, ...]] = ({}, None, [], "done", 0, {"code": None}, {"code": "2oo"}, {"message": "no code"})


@fault
def reply_empty(scene: Scene, fault: Fault) -> None:
    """A reply has nothing in it, or something that is no object."""

    def deals(line: Line, _text: str, frame: Frame) -> None:
        line.arrive(IN, text_of({**frame, "result": _EMPTY[fault.choice % len(_EMPTY)]}))

    scene.wire.catch(IN, is_reply, deals)


_REFUSALS: Final[tuple[dict[str, Any], ...]] = (
    {"result": {"code": "400", "message": "Bad request"}},
    {"result": {"code": "409", "message": "Conflict"}},
    {"result": {"code": "500", "message": "Internal error"}},
    {"error": {"code": -32000, "message": "Server busy"}},
    {"error": {"code": -32603, "message": "Internal error"}},
    {"error": "odd"},
)


@fault
def command_refused(scene: Scene, fault: Fault) -> None:
    """A command is refused with 400, 409, 500, or an error of JSON-RPC, and is not done."""

    def deals(line: Line, _text: str, frame: Frame) -> None:
        reply(line, frame, **_REFUSALS[fault.choice % len(_REFUSALS)])

    scene.wire.catch(OUT, is_command, deals)


@fault
def call_vanishes(scene: Scene, fault: Fault) -> None:
    """A command is told that its call is gone (404 or 410): it has ended, and its last events were never sent."""

    def deals(line: Line, _text: str, frame: Frame) -> None:
        code = ("410", "404")[fault.choice % 2]
        scene.vanish(frame["params"].get("call_id"))
        reply(line, frame, result={"code": code, "message": "Call does not exist"})

    scene.wire.catch(OUT, lambda frame: is_command(frame) and "call_id" in frame.get("params", {}), deals)


@fault
def event_missing(scene: Scene, fault: Fault) -> None:
    """Events are lost, and never sent again."""
    for _ in _some(fault):
        _forgotten(scene, is_event)


@fault
def end_missing(scene: Scene, _fault: Fault) -> None:
    """Nobody tells that a call has ended: its last two states are lost."""
    for word in ("ending", "ended"):
        _forgotten(scene, partial(_reports, word))


def _reports(word: str, frame: Frame) -> bool:
    return is_event(frame) and frame["params"]["params"].get("call_state") == word


def _forgotten(scene: Scene, wants: Callable[[Frame], bool]) -> None:
    def deals(line: Line, _text: str, frame: Frame) -> None:
        if line.client.session is not None:
            line.client.session.acknowledged(frame["id"])

    scene.wire.catch(IN, wants, deals)


@fault
def acknowledgement_lost(scene: Scene, _fault: Fault) -> None:
    """The server does not hear that an event has arrived, and sends it again when the client comes back."""
    scene.wire.catch(OUT, lambda frame: frame.get("result") == {}, lambda *_: None)


def _odd(params: dict[str, Any], choice: int) -> Any:
    # An event whose params are not what they should be, in one of many ways.
    ways: tuple[Callable[[], Any], ...] = (
        lambda: None,
        list,
        lambda: "params",
        dict,
        lambda: {**params, "call_id": None},
        lambda: {**params, "call_id": 7},
        lambda: {name: value for name, value in params.items() if name not in ("call_id", "control_id", "tag")},
        lambda: {**params, "control_id": ["one"]},
        lambda: {**params, "call_state": 4, "state": {"of": "things"}},
        lambda: {**params, "call_state": "levitating", "state": "levitating"},
        lambda: dict.fromkeys(params),
        lambda: {name: [value] for name, value in params.items()},
    )
    return ways[choice % len(ways)]()


ODDITIES: Final = 12


@fault
def event_malformed(scene: Scene, fault: Fault) -> None:
    """An event comes with params that are null, of other types, or without their ids."""

    def deals(line: Line, _text: str, frame: Frame) -> None:
        params = {**frame["params"], "params": _odd(frame["params"]["params"], fault.choice)}
        line.arrive(IN, text_of({**frame, "params": params}))

    scene.wire.catch(IN, is_event, deals)


@fault
def event_unwrapped(scene: Scene, fault: Fault) -> None:
    """An event comes without its envelope, or in one that holds something else."""

    def deals(line: Line, _text: str, frame: Frame) -> None:
        line.arrive(IN, text_of({**frame, "params": _odd(frame["params"], fault.choice)}))

    scene.wire.catch(IN, is_event, deals)


KINDS: Final = [kind for kind, happens in FAULTS.items() if happens.__module__ == __name__]
"""The kinds of fault that this file holds."""
