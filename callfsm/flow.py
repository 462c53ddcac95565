"""A program's own flow as a picture: what its callers met, and what led from one thing to the next.

Nothing has to be declared for it: it is read from what calls really went through, in a test or in a recording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from callfsm.constants import EVENT_CALL_STATE
from callfsm.core.machine import is_final
from callfsm.core.picture import Arrow, Box, Picture
from callfsm.core.tables import KINDS
from callfsm.core.words import nested, text
from callfsm.diagrams import drawn
from callfsm.diagrams.overlay import TIMES
from callfsm.event import end_reason
from callfsm.observing import Transition
from callfsm.secrecy import printable

_LONGEST: Final = 48
_MOST: Final = 60
"""How many things that were met have a box of their own."""

_TO_RELAY: Final = "app->relay"
_FROM_RELAY: Final = "relay->app"

_MET: Final = {
    "calling.record": "record",
    "calling.collect": "collect",
    "calling.connect": "bridge",
    "calling.transfer": "transfer",
    "calling.refer": "refer",
    "calling.detect": "detect",
    "calling.send_digits": "send digits",
    "calling.send_fax": "send a fax",
    "calling.receive_fax": "receive a fax",
    "calling.tap": "tap",
    "calling.stream": "stream",
    "calling.transcribe": "transcribe",
    "calling.pay": "pay",
    "calling.ai": "AI agent",
    "calling.join_conference": "conference",
    "calling.join_room": "room",
    "calling.queue.enter": "queue",
    "calling.hold": "hold",
    "calling.echo": "echo",
}
"""Commands that a caller notices, besides those that speak, and what they are called in the picture."""

_BEGINS: Final = "the call comes"
_DIALLED: Final = "the call is answered"
_OVER: Final = "over"
_NEXT: Final = "then"
_NOBODY: Final = Box("met_0", "no call has met anything yet")
"""What stands in the picture of nothing: not every renderer takes an empty one."""


class HasJournal(Protocol):
    """A simulated RELAY: `callfsm.testing.relay.Relay`, or `callfsm.simulator.Simulator`."""

    @property
    def journal(self) -> Any:
        """What has gone over the wire."""


class _Way(NamedTuple):
    """From one thing that a caller met to the next."""

    source: str
    happened: str
    dest: str


class _Framed(NamedTuple):
    """One frame of a call."""

    call_id: str
    ours: bool
    """Whether the program sent it."""
    frame: dict[str, Any]


Flow = str | PathLike[str] | HasJournal | Iterable[Transition]
"""What a flow is read from."""


def flow_diagram(flow: Flow, form: str = "mermaid") -> str:
    """Draw what calls went through: what the callers met, what led on from there, and how often.

    Args:
        flow: The file of a recording; a simulated RELAY on which calls have run; or the transitions that
            `RelayClient.observe` told, which know no prompts, so that operations are shown by their kind.
        form: ``mermaid``, ``dot``, ``markdown``, ``plantuml`` or ``svg``.

    Raises:
        ValueError: There is no such form, or the file is no recording.
        OSError: The file cannot be read.
    """
    if isinstance(flow, str | PathLike):
        return recorded_flow_diagram([Path(flow)], form=form)
    ways = _of_frames(_journalled(flow.journal.entries())) if hasattr(flow, "journal") else _of_transitions(flow)
    return drawn(_picture(ways), form)


def recorded_flow_diagram(paths: Iterable[Path], call_id: str = "", form: str = "mermaid") -> str:
    """The same of a recording that was rotated, or of one call of it.

    Args:
        paths: The files of the recording.
        call_id: The call; all of them when empty.
        form: See `flow_diagram`.

    Raises:
        ValueError: There is no such form, or a file is no recording.
        OSError: A file cannot be read.
    """
    return drawn(_picture(_of_frames(_recorded(paths, call_id))), form)


def _recorded(paths: Iterable[Path], wanted: str) -> Iterator[_Framed]:
    from callfsm.trace.reading import Sorter, lines  # noqa: PLC0415  # only a recording needs it

    sorter = Sorter()
    for line in lines(paths):
        call_id, _ = sorter.about(line)
        if line.kind in ("in", "out") and wanted in ("", call_id):
            yield _Framed(call_id, line.kind == "out", line.frame)


def _journalled(entries: Iterable[Any]) -> Iterator[_Framed]:
    for entry in entries:
        if entry.direction in (_TO_RELAY, _FROM_RELAY):
            yield _Framed(entry.call_id, entry.direction == _TO_RELAY, entry.frame)


def _of_frames(frames: Iterable[_Framed]) -> list[list[_Way]]:
    """The ways of calls, from what went over the wire."""
    readers: dict[str, _Reader] = {}
    for call_id, ours, frame in frames:
        if not call_id:
            continue
        reader = readers.setdefault(call_id, _Reader())
        params = nested(frame, "params")
        if ours:
            reader.asked(text(frame, "method"), params)
        else:
            reader.told(text(params, "event_type"), nested(params, "params"))
    return [reader.ways for reader in readers.values()]


class _Reader:
    def __init__(self) -> None:
        self.ways: list[_Way] = []
        self._at = _BEGINS
        self._happened = ""
        self._hung_up = False

    def asked(self, method: str, params: dict[str, Any]) -> None:
        if method == "calling.end":
            self._hung_up = True
            self._happened = "the program hangs up"
        elif method in ("calling.play", "calling.play_and_collect"):
            self._go(f"“{_spoken(params)}”")
        elif method in _MET:
            self._go(_MET[method] + _whom(method, params))

    def told(self, kind: str, params: dict[str, Any]) -> None:
        if kind == "calling.call.receive":
            self._at = f"{_BEGINS} to {_short(text(params, 'context'))}" if text(params, "context") else _BEGINS
        elif kind == EVENT_CALL_STATE:
            self._moved(params)
        elif not self._hung_up:
            # What still comes after a hang-up did not lead anywhere.
            self._happened = _happened(kind, params) or self._happened

    def _moved(self, params: dict[str, Any]) -> None:
        state = text(params, "call_state")
        if state == "answered" and text(params, "direction") == "outbound" and not self.ways:
            self._at = _DIALLED
        elif state in ("ending", "ended") and not self._hung_up:
            self._hung_up = True
            reason = _short(end_reason(params))
            self._happened = "the caller hangs up" if reason == "hangup" else f"ended: {reason or 'not told why'}"
        if state == "ended" and self._at != _OVER:
            self._go(_OVER)

    def _go(self, dest: str) -> None:
        self.ways.append(_Way(self._at, self._happened or _NEXT, dest))
        self._at, self._happened = dest, ""


def _spoken(params: dict[str, Any]) -> str:
    media = params.get("play")
    parts = []
    for item in media if isinstance(media, list) else []:
        if isinstance(item, dict):
            told = nested(item, "params")
            parts.append(text(told, "text") or text(told, "url") or text(told, "name") or text(item, "type"))
    return _short(" ".join(part for part in parts if part) or "?")


def _whom(method: str, params: dict[str, Any]) -> str:
    if method == "calling.connect":
        devices = params.get("devices")
        return f" to {sum(len(row) for row in devices if isinstance(row, list))}" if isinstance(devices, list) else ""
    for key in ("name", "queue_name", "conference_name", "dest"):
        if text(params, key):
            return f" {_short(text(params, key))}"
    return ""


_WORDS: Final = {"no_input": "silence", "no_match": "something else", "start_of_input": ""}


def _happened(kind: str, params: dict[str, Any]) -> str:
    """What an event says in the words of a picture; ``""`` for what only tells of progress."""
    result = nested(params, "result")
    if kind == "calling.call.collect" and result:
        return _given(text(result, "type"), nested(result, "params"))
    state = text(params, "state") or text(params, "connect_state") or text(params, "status")
    if kind == "calling.call.connect":
        return state if state in ("connected", "disconnected", "failed") else ""
    told = {"calling.call.record": "recorded", "calling.call.play": "heard to the end", "calling.call.pay": "paid"}
    if state == "error":
        return "error"
    return told.get(kind, "") if state == "finished" else ""


def _given(kind: str, told: dict[str, Any]) -> str:
    if kind == "digit":
        return f"digit {_short(text(told, 'digits'))}"
    if kind == "speech":
        return f"says “{_short(text(told, 'text'))}”"
    return _WORDS.get(kind, _short(kind))


def _of_transitions(transitions: Iterable[Transition]) -> list[list[_Way]]:
    """The ways of calls, from what observers were told."""
    at: dict[str, tuple[str, str]] = {}
    ways: dict[str, list[_Way]] = {}
    for step in transitions:
        if not step.call_id or step.source == step.dest:
            continue
        here, happened = at.get(step.call_id, (_BEGINS, ""))
        mine = ways.setdefault(step.call_id, [])
        if step.machine in KINDS:
            if step.machine != here:
                mine.append(_Way(here, happened or _NEXT, step.machine))
            at[step.call_id] = (step.machine, step.dest if is_final(step.machine, step.dest) else "")
        elif step.machine == "call" and step.dest == "ended":
            mine.append(_Way(here, happened or f"{step.speaker}: {step.trigger}", _OVER))
    return list(ways.values())


def _picture(ways: Iterable[Sequence[_Way]]) -> Picture:
    """Everything that was met as a box, everything that led on as an arrow, with how often."""
    listed = _readable([list(each) for each in ways])
    taken = Counter(way for each in listed for way in each)
    met = Counter(way.dest for each in listed for way in each)
    met.update(each[0].source for each in listed if each)
    keys = {title: f"met_{number}" for number, title in enumerate(_in_order(taken), start=1)}
    begun = {each[0].source for each in listed if each}
    boxes = tuple(
        Box(key, title, (f"{met[title]} time{'s' * (met[title] != 1)}",), begins=title in begun, final=title == _OVER)
        for title, key in keys.items()
    )
    labels: dict[tuple[str, str], list[str]] = {}
    for way, count in taken.items():
        labels.setdefault((keys[way.source], keys[way.dest]), []).append(f"{way.happened} {TIMES}{count}")
    arrows = tuple(Arrow(*ends, tuple(each)) for ends, each in labels.items())
    return Picture("flow", f"What {len(listed)} calls went through.", boxes or (_NOBODY,), arrows)


def _readable(ways: list[list[_Way]]) -> list[list[_Way]]:
    """The same ways, with what was met least gathered in one box: of hundreds of prompts nobody could read the picture."""
    met = Counter(way.dest for each in ways for way in each if way.dest != _OVER)
    if len(met) <= _MOST:
        return ways
    shown = {title for title, _ in met.most_common(_MOST)}
    others = f"{len(met) - _MOST} others"

    def title(told: str) -> str:
        return told if told in shown or told not in met else others

    return [[_Way(title(way.source), way.happened, title(way.dest)) for way in each] for each in ways]


def _in_order(taken: Iterable[_Way]) -> list[str]:
    titles = dict.fromkeys(title for way in taken for title in (way.source, way.dest))
    return [title for title in titles if title != _OVER] + [_OVER] * (_OVER in titles)


def _short(told: str) -> str:
    shown = printable(" ".join(told.split()))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
