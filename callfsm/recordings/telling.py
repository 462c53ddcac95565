"""How each effect is told in a recording: the text from ``"kind"`` on, without the times and the last brace.

The recorder and the replay tell alike, so that what was recorded and what is recomputed can be held together as texts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from callfsm.core import effects
from callfsm.core.effects import Effect
from callfsm.core.frames import request as request_text
from callfsm.core.model import Subject
from callfsm.core.request import LOST, UNSENT, Request
from callfsm.core.tables import Speaker
from callfsm.observing import call_id_of

MOST_SUBJECTS: Final = 500
"""Of how many subjects the words are kept."""

NOT_ANSWERED: Final = (LOST, UNSENT)
"""Outcomes that no frame tells."""


class Ask(NamedTuple):
    """A request as it was when it left, or began to wait."""

    kind: str
    """``out`` or ``queued``."""
    command: str
    unwanted: str
    """The reason with which a call is hung up that nobody holds; ``""`` for any other request."""
    text: str


class Seen(NamedTuple):
    """An effect, and the state in which its subject was."""

    effect: effects.Refused | effects.Stale
    state: str


def sent(text: str, request: Request) -> Ask:
    """A request that leaves."""
    return Ask("out", request.command, _unwanted(request), text)


def queued(request: Request) -> Ask:
    """A request that waits for the line."""
    text = request_text(request.id, request.method, request.params)
    return Ask("queued", request.command, _unwanted(request), text)


def _unwanted(request: Request) -> str:
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


class Telling:
    """Tells effects as the lines of a recording do."""

    def __init__(self, hider: Hides) -> None:
        self._word = hider.word
        self._frame = hider.frame
        self._subjects: dict[Subject, str] = {}
        self._moves: dict[tuple[str, str, str, str], str] = {}
        self.tellers: Final[Mapping[type, Callable[[Any], str]]] = {
            effects.Send: self._send,
            **dict.fromkeys(effects.TRANSITIONED, self._transition),
            effects.Refused: self._stateful,
            effects.AskedAfterEnd: self._asked_after_end,
            effects.Stale: self._stateful,
            effects.Unheard: self._unheard,
            effects.Declined: self._declined,
            effects.OrphanHungUp: self._orphan,
            effects.RestartAsked: self._restart,
            effects.Replied: self._replied,
        }

    def body(self, effect: Effect) -> str:
        """What is told of an effect; ``""`` when other lines tell it already."""
        tell = self.tellers.get(type(effect))
        return tell(effect) if tell is not None else ""

    def asked(self, ask: Ask) -> str:
        """A request, on its way or waiting for the line."""
        unwanted = f'"unwanted":{self._word(ask.unwanted)},' if ask.unwanted else ""
        return f'"kind":"{ask.kind}","command":"{ask.command}",{unwanted}"frame":{self._frame(ask.text)}'

    def _send(self, effect: effects.Send) -> str:
        if effect.request is None:
            return f'"kind":"out","frame":{self._frame(effect.text)}'
        return self.asked(sent(effect.text, effect.request))

    def _about(self, subject: Subject) -> str:
        known = self._subjects.get(subject)
        if known is None:
            if len(self._subjects) >= MOST_SUBJECTS:
                self._subjects.clear()
            name, call_id = self._word(subject.name), self._word(call_id_of(subject))
            known = f'"machine":"{subject.machine}","subject":{name},"call_id":{call_id}'
            self._subjects[subject] = known
        return known

    def _transition(self, effect: effects.Transitioned) -> str:
        subject = effect.subject
        move = subject.machine, effect.trigger, effect.source, effect.dest
        told = self._moves.get(move)
        if told is None:
            # The machine and the trigger tell who speaks; of moves there are as many as the tables have.
            _, trigger, source, dest = move
            told = f'"speaker":"{effect.speaker.value}","trigger":"{trigger}","source":"{source}","dest":"{dest}"'
            self._moves[move] = told
        return f'"kind":"transition",{self._about(subject)},{told}'

    def seen(self, seen: Seen) -> str:
        """What depends on the state in which its subject was then."""
        effect, state = seen
        if isinstance(effect, effects.Refused):
            told = f'"command":"{effect.command}","state":"{state}","guard":"{effect.guard}"'
            return f'"kind":"refused",{self._about(effect.subject)},{told}'
        told = f'"word":{self._word(effect.word[:100])},"state":"{state}","times":{effect.times}'
        return f'"kind":"stale",{self._about(effect.subject)},{told}'

    def _stateful(self, effect: effects.Refused | effects.Stale) -> str:
        return self.seen(Seen(effect, effect.subject.state))

    def _asked_after_end(self, effect: effects.AskedAfterEnd) -> str:
        about = self._about(effect.subject)
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
