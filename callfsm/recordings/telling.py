"""How each effect is told in a recording: the text from ``"kind"`` on, without the times and the last brace.

The recorder and the replay tell alike, so that what was recorded and what is recomputed can be held together as texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from callfsm.core import effects
from callfsm.core.effects import Effect
from callfsm.core.machine import HEARD
from callfsm.core.model import Subject
from callfsm.core.request import LOST, UNSENT, Request
from callfsm.core.tables import Speaker
from callfsm.observing import call_id_of

LONGEST_FRAME: Final = 256 * 1024
"""Of a message with more characters only the beginning is recorded; RELAY's have a few thousand at most."""
MOVED: Final = '"kind":"transition",'
"""What the line of a transition begins with."""
MOST_SUBJECTS: Final = 500
"""Of how many subjects the words are kept."""

NOT_ANSWERED: Final = (LOST, UNSENT)
"""Outcomes that no frame tells."""


def is_untold(effect: object) -> bool:
    """Whether this effect of a kind that may have a line has none: a frame tells of it."""
    return type(effect) is effects.Replied and effect.outcome.word not in NOT_ANSWERED


class Ask(NamedTuple):
    """A request as it was when it left, or began to wait."""

    kind: str
    """``out`` or ``queued``."""
    request_id: str
    command: str
    unwanted: str
    """The reason with which a call is hung up that nobody holds; ``""`` for any other request."""
    text: str


def sent(text: str, request: Request, unwanted: str = "") -> Ask:
    """A request that leaves."""
    return Ask("out", request.id, request.command, unwanted, text)


def queued(request: Request) -> Ask:
    """A request that waits for the line."""
    return Ask("queued", request.id, request.command, unwanted(request), request.text)


def unwanted(request: Request) -> str:
    """The reason with which it hangs up a call that nobody holds; ``""`` for any other request."""
    return request.call.unwanted if request.command == "hangup" and request.call is not None else ""


class Queue:
    """Which of the requests that wait for the line have been told; no effect tells of them."""

    def __init__(self) -> None:
        self.told: set[str] = set()

    def untold(self, waiting: Mapping[str, Request], effect: Effect | None = None) -> list[Request]:
        """What is to be told before this effect, or, when all effects have been told, after the last one.

        What is asked of a call is told before its ask, as a frame that leaves at once is.
        """
        if type(effect) is effects.Replied:
            return self._unsent(effect)
        if not waiting or (effect is not None and not _is_ask(effect)):
            return []
        found = [request for request in waiting.values() if request.id not in self.told and _asked(request, effect)]
        self.told.update(request.id for request in found)
        return found

    def _unsent(self, effect: effects.Replied) -> list[Request]:
        request = effect.request
        told = request.id in self.told
        self.told.discard(request.id)
        return [request] if effect.outcome.word == UNSENT and not told else []


def _is_ask(effect: Effect) -> bool:
    return isinstance(effect, effects.Transitioned) and effect.speaker is Speaker.ASK


def _asked(request: Request, effect: Effect | None) -> bool:
    return not isinstance(effect, effects.Transitioned) or effect.subject in (request.call, request.operation)


class Hides(Protocol):
    """What makes frames and words fit for a recording."""

    def word(self, text: str) -> str:
        """A text as a JSON string."""

    def frame(self, frame: str) -> str:
        """The text of a frame, as the text of a frame."""

    def beginning(self, text: str) -> str:
        """The beginning of a text that is too long, as a JSON string."""


class _Subjects(dict[Subject, str]):
    # What every line about a subject tells of it.

    def __init__(self, word: Callable[[str], str]) -> None:
        super().__init__()
        self._word = word

    def __missing__(self, subject: Subject) -> str:
        if len(self) >= MOST_SUBJECTS:
            self.clear()
        name, call_id = self._word(subject.name), self._word(call_id_of(subject))
        about = self[subject] = f'"machine":"{subject.machine}","subject":{name},"call_id":{call_id}'
        return about


class _Moves(dict[tuple[str, str, str, str], str]):
    # What is told of a move, by machine, trigger, source and dest: there are as many as the tables have.

    def __missing__(self, move: tuple[str, str, str, str]) -> str:
        machine, trigger, source, dest = move
        speaker = HEARD[machine][trigger].speaker.value
        told = self[move] = f',"speaker":"{speaker}","trigger":"{trigger}","source":"{source}","dest":"{dest}"'
        return told


class Telling:
    """Tells effects as the lines of a recording do."""

    def __init__(self, hider: Hides) -> None:
        self._word = hider.word
        self._frame = hider.frame
        self._beginning = hider.beginning
        self.subjects: Final = _Subjects(hider.word)
        self.moves: Final = _Moves()
        self.tellers: Final[Mapping[type, Callable[[Any], str]]] = {
            effects.Send: self._send,
            **dict.fromkeys(effects.TRANSITIONED, self._transition),
            effects.Refused: self._refused,
            effects.AskedAfterEnd: self._asked_after_end,
            effects.Stale: self._stale,
            effects.Unheard: self._unheard,
            effects.Declined: self._declined,
            effects.OrphanHungUp: self._orphan,
            effects.RestartAsked: self._restart,
            effects.Replied: self._replied,
        }

    def forget(self) -> None:
        """Something is to be hidden that was not before."""
        self.subjects.clear()

    def body(self, effect: Effect) -> str:
        """What is told of an effect; ``""`` when other lines tell it already."""
        tell = self.tellers.get(type(effect))
        return tell(effect) if tell is not None else ""

    def asked(self, ask: Ask) -> str:
        """A request, on its way or waiting for the line."""
        reason = f'"unwanted":{self._word(ask.unwanted)},' if ask.unwanted else ""
        return f'"kind":"{ask.kind}","command":"{ask.command}",{reason}{self._framed(ask.text)}'

    def _send(self, effect: effects.Send) -> str:
        if effect.request is None:
            if len(effect.text) <= LONGEST_FRAME:
                return '"kind":"out","frame":' + self._frame(effect.text)
            return f'"kind":"out",{self._framed(effect.text)}'
        return self.asked(sent(effect.text, effect.request, unwanted(effect.request)))

    def heard(self, message: str) -> str:
        """A frame that has come."""
        if len(message) <= LONGEST_FRAME:
            return '"kind":"in","frame":' + self._frame(message)
        return f'"kind":"in",{self._framed(message)}'

    def _framed(self, text: str) -> str:
        if len(text) <= LONGEST_FRAME:
            return f'"frame":{self._frame(text)}'
        return f'"characters":{len(text)},"text":{self._beginning(text)}'

    def _transition(self, effect: effects.Transitioned) -> str:
        subject = effect.subject
        move = self.moves[subject.machine, effect.trigger, effect.source, effect.dest]
        return f"{MOVED}{self.subjects[subject]}{move}"

    def _refused(self, effect: effects.Refused) -> str:
        told = f'"command":"{effect.command}","state":"{effect.state}","guard":"{effect.guard}"'
        return f'"kind":"refused",{self.subjects[effect.subject]},{told}'

    def _stale(self, effect: effects.Stale) -> str:
        told = f'"word":{self._word(effect.word[:100])},"state":"{effect.state}","times":{effect.times}'
        return f'"kind":"stale",{self.subjects[effect.subject]},{told}'

    def _asked_after_end(self, effect: effects.AskedAfterEnd) -> str:
        about = self.subjects[effect.subject]
        return f'"kind":"asked after end",{about},"command":"{effect.command}","times":{effect.times}'

    def _unheard(self, effect: effects.Unheard) -> str:
        return f'"kind":"unheard","why":{self._word(effect.why)},"what":{self._word(effect.what[:100])}'

    def _declined(self, effect: effects.Declined) -> str:
        return f'"kind":"declined","call_id":{self._word(effect.call.call_id)},"why":{self._word(effect.why)}'

    def _orphan(self, effect: effects.OrphanHungUp) -> str:
        return f'"kind":"orphan","call_id":{self._word(effect.call.call_id)}'

    def _restart(self, effect: effects.RestartAsked) -> str:
        return f'"kind":"restart asked","fresh":{"true" if effect.fresh else "false"}'

    def _replied(self, effect: effects.Replied) -> str:
        if effect.outcome.word not in NOT_ANSWERED:
            return ""
        return f'"kind":"replied","id":{self._word(effect.request.id)},"outcome":"{effect.outcome.word}"'
