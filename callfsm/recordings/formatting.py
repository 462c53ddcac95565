"""What has happened in one turn of the loop, as values, and the lines that they become.

The loop only notes values; they become text on the thread that writes it, many turns at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from callfsm.core import effects
from callfsm.core.request import UNSENT
from callfsm.recordings.hiding import Hider, encode
from callfsm.recordings.recipes import VARIABLE, followed
from callfsm.recordings.telling import LONGEST_FRAME, MOVED, Ask, Telling, is_untold, queued, sent


class NoFrame(NamedTuple):
    """A message that has come and is no frame."""

    text: str


class Changed(NamedTuple):
    """The settings from here on."""

    settings: dict[str, Any]


class Failed(NamedTuple):
    """What a handler has raised, and where."""

    call_id: str
    error: str
    where: str


Noted = Any
"""One of these, an `Ask`, an effect, or a message that has come."""


Turn = tuple[float, float, list[Noted], int]
"""When it happened, by the loop's clock and since 1970; what one read has brought, or the program, the line or the
clock has asked, and all that this has caused; and how many characters the messages in it have."""

_is_ordinary: Final = frozenset({str, effects.Send, *effects.TRANSITIONED}).issuperset
"""Whether there is nothing but what nearly all lines tell."""
_MOST_QUEUED: Final = 10_000


class Formatter:
    """Writes turns as lines.

    Args:
        masked: Whether phone numbers, digits and what people say are hidden.
    """

    def __init__(self, *, masked: bool) -> None:
        self._hider = Hider(masked=masked)
        # Beside the turns: one that is dropped must not take with it what is to be hidden in the next.
        self._learnt: deque[tuple[str, ...]] = deque()
        self._queued: set[str] = set()
        """Which requests that wait for the line have been told."""
        self._telling = telling = Telling(self._hider)
        self._bodies: Final[dict[type, Callable[[Any], str]]] = {
            **telling.tellers,
            effects.Send: self._sent,
            effects.Replied: self._replied,
            str: telling.heard,
            bytes: self._binary,
            NoFrame: self._no_frame,
            Ask: self._asked,
            Failed: self._failed,
            Changed: self._changed,
        }
        self.told: Final = frozenset(self._bodies)
        """Types of what may have a line of its own."""

    def learn(self, secrets: tuple[str, ...]) -> None:
        """These are the credentials from now on. May be told in any thread, and before what they are in is put."""
        self._learnt.append(secrets)

    def lines(self, turn: Turn) -> int:
        """How many lines a turn becomes."""
        return sum(type(noted) in self._bodies and not is_untold(noted) for noted in turn[2])

    def text(self, turns: Sequence[Turn]) -> str:
        """The lines of turns."""
        while self._learnt:
            self._hider.learn(self._learnt.popleft())
            self._telling.forget()
        told_before = self._queued.copy()
        pieces, frames = list[str](), list[str]()
        for turn in turns:
            if turn[3] <= LONGEST_FRAME and _is_ordinary(map(type, turn[2])):
                self._tell_quickly(turn, pieces, frames)
            else:
                self._tell(turn, pieces)
        if self._hider.holds_secret("\n".join(frames)):
            self._queued, pieces = told_before, []
            for turn in turns:
                self._tell(turn, pieces)
        return "".join(pieces)

    def _tell(self, turn: Turn, pieces: list[str]) -> None:
        # Whatever it is, and whatever it holds.
        at, clock, noted, _ = turn
        stamp = _stamp(at, clock)
        for each, caused in zip(noted, [*noted[1:], None], strict=True):
            # Whether it was a frame at all is known by the first thing that it has caused.
            malformed = type(caused) is effects.Unheard and caused.why == "malformed frame"
            told = NoFrame(each) if malformed and type(each) is str else each
            for body in self._bodies[type(told)](told).splitlines():
                pieces += (stamp, body, "}\n")

    def _tell_quickly(self, turn: Turn, pieces: list[str], frames: list[str]) -> None:
        # The same for what nearly all lines tell. Of frames whose shape is known only the keys are looked at.
        at, clock, noted, _ = turn
        stamp = _stamp(at, clock)
        heard, replied, moved = f'{stamp}"kind":"in","frame":', f'{stamp}"kind":"out","frame":', f"{stamp}{MOVED}"
        recipe_of, subjects, moves = self._hider.recipe_of, self._telling.subjects, self._telling.moves
        for each in noted:
            kind = type(each)
            if kind is str:
                head, frame = heard, each
            elif kind is effects.Send:
                head, frame = replied, each.text
                if each.request is not None:
                    head = f'{stamp}"kind":"out","command":"{each.request.command}","frame":'
            else:
                subject = each.subject
                pieces += moved, subjects[subject], moves[subject.machine, each.trigger, each.source, each.dest], "}\n"
                continue
            recipe = recipe_of(frame.encode("utf-8", "surrogatepass").translate(None, VARIABLE))
            if recipe != ():
                frame = (followed(recipe, frame) if recipe else "") or self._hider.frame(frame)
            frames.append(frame)
            pieces += head, frame, "}\n"

    def _sent(self, effect: effects.Send) -> str:
        # Hang-ups of calls that nobody holds are noted in other words: that may be otherwise by now.
        request = effect.request
        return self._telling.body(effect) if request is None else self._telling.asked(sent(effect.text, request))

    def _asked(self, ask: Ask) -> str:
        if ask.kind == "queued":
            if len(self._queued) >= _MOST_QUEUED:
                self._queued.clear()  # Of lines that were dropped.
            self._queued.add(ask.request_id)
        return self._telling.asked(ask)

    def _replied(self, effect: effects.Replied) -> str:
        request = effect.request
        told = request.id in self._queued
        self._queued.discard(request.id)
        body = self._telling.body(effect)
        if effect.outcome.word == UNSENT and not told:
            # It has begun to wait, and has waited enough, in one turn.
            return f"{self._telling.asked(queued(request))}\n{body}"
        return body

    def _binary(self, message: bytes) -> str:
        return f'"kind":"in","text":"{len(message)} bytes"'

    def _no_frame(self, message: NoFrame) -> str:
        if len(message.text) > LONGEST_FRAME:
            return self._telling.heard(message.text)
        return f'"kind":"in","text":{self._hider.beginning(message.text)}'

    def _failed(self, failed: Failed) -> str:
        word = self._hider.word
        told = f'"error":{word(failed.error)},"where":{word(failed.where)}'
        return f'"kind":"failed","call_id":{word(failed.call_id)},{told}'

    def _changed(self, changed: Changed) -> str:
        return f'"kind":"settings","settings":{encode(changed.settings)}'


def _stamp(at: float, clock: float) -> str:
    return f'{{"t":{at:.6f},"w":{clock:.3f},'


def dropped(at: float, clock: float, lines: int) -> str:
    """The line that stands for lines which are missing."""
    return f'{_stamp(at, clock)}"kind":"dropped","lines":{lines}}}\n'
