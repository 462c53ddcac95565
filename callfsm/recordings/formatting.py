"""What has happened in one turn of the loop, as values, and the lines that they become.

The loop only notes values; they become text on the thread that writes it, many turns at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from callfsm.core import effects
from callfsm.recordings.hiding import Hider, encode
from callfsm.recordings.telling import Ask, Seen, Telling

LONGEST_FRAME: Final = 256 * 1024
"""Of a message with more characters only the beginning is recorded; RELAY's have a few thousand at most."""
LONGEST_TEXT: Final = 1_000
"""How much is recorded of what is no frame."""
_LOOKED_AT: Final = 64 * 1024


class Moment(NamedTuple):
    """When what follows has happened."""

    at: float
    clock: float


class Secrets(NamedTuple):
    """The credentials from here on."""

    now: tuple[str, ...]


class Header(NamedTuple):
    """The first line of a recording."""

    line: str


class Changed(NamedTuple):
    """The settings from here on."""

    settings: dict[str, Any]


class Failed(NamedTuple):
    """What a handler has raised, and where."""

    call_id: str
    error: str
    where: str


Noted = Any
"""What a turn consists of: one of these, an `Ask` or `Seen`, an effect, or the text of a message that has come."""


def lines_in(turn: list[Noted]) -> int:
    """How many lines a turn becomes."""
    return sum(type(noted) not in (Moment, Secrets) for noted in turn)


class Formatter:
    """Writes turns as lines.

    Args:
        masked: Whether phone numbers, digits and what people say are hidden.
    """

    def __init__(self, *, masked: bool) -> None:
        self._hider = Hider(masked=masked)
        self._telling = telling = Telling(self._hider)
        self._bodies: Final[dict[type, Callable[[Any], str]]] = {
            **telling.tellers,
            effects.Send: self._sent,
            Ask: self._asked,
            Seen: telling.seen,
            Failed: self._failed,
            Changed: self._changed,
        }

    def text(self, turn: list[Noted]) -> str:
        """The lines of one turn."""
        lines: list[str] = []
        stamp, bodies = "", self._bodies
        for place, noted in enumerate(turn):
            kind = type(noted)
            body = bodies.get(kind)
            if body is not None:
                lines.append(f"{stamp}{body(noted)}}}\n")
            elif kind is Moment:
                stamp = _stamp(noted)
            elif kind is str or kind is bytes:
                caused = turn[place + 1] if place + 1 < len(turn) else None
                lines.append(f"{stamp}{self._arrival(noted, caused)}}}\n")
            elif kind is Secrets:
                self._hider.learn(noted.now)
            else:
                lines.append(noted.line)
        return "".join(lines)

    def _arrival(self, message: str | bytes, caused: Noted | None) -> str:
        # Whether it was a frame at all is known by the first thing that it has caused.
        if isinstance(message, bytes):
            return f'"kind":"in","text":"{len(message)} bytes"'
        if len(message) > LONGEST_FRAME:
            return f'"kind":"in",{self._too_long(message)}'
        if type(caused) is effects.Unheard and caused.why == "malformed frame":
            return f'"kind":"in","text":{self._beginning(message)}'
        return f'"kind":"in","frame":{self._hider.frame(message)}'

    def _sent(self, effect: effects.Send) -> str:
        if len(effect.text) > LONGEST_FRAME:
            return f'"kind":"out",{self._too_long(effect.text)}'
        return self._telling.body(effect)

    def _asked(self, ask: Ask) -> str:
        if len(ask.text) > LONGEST_FRAME:
            return f'"kind":"{ask.kind}","command":"{ask.command}",{self._too_long(ask.text)}'
        return self._telling.asked(ask)

    def _too_long(self, text: str) -> str:
        return f'"characters":{len(text)},"text":{self._beginning(text)}'

    def _beginning(self, text: str) -> str:
        return encode(self._hider.plain(text[:_LOOKED_AT])[:LONGEST_TEXT])

    def _failed(self, failed: Failed) -> str:
        word = self._hider.word
        told = f'"error":{word(failed.error)},"where":{word(failed.where)}'
        return f'"kind":"failed","call_id":{word(failed.call_id)},{told}'

    def _changed(self, changed: Changed) -> str:
        return f'"kind":"settings","settings":{encode(changed.settings)}'


def _stamp(moment: Moment) -> str:
    return f'{{"t":{moment.at:.6f},"w":{moment.clock:.3f},'


def dropped(moment: Moment, lines: int) -> str:
    """The line that stands for lines which are missing."""
    return f'{_stamp(moment)}"kind":"dropped","lines":{lines}}}\n'
