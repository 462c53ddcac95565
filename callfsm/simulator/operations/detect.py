"""A simulated detector of a person, an answering machine, a fax or keys."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from callfsm.simulator import checks
from callfsm.simulator.media import speech_seconds
from callfsm.simulator.operations.operation import Operation, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.detect"
_TIMEOUT: Final = 30.0
_TONE_SECONDS: Final = 1.0
_DIGITS: Final = "0123456789#*"


class Looked(NamedTuple):
    """What a detector looks for."""

    kind: str
    params: dict[str, Any]
    timeout: float

    @classmethod
    def read(cls, params: dict[str, Any]) -> Looked:
        """Read the params of a detect.

        Raises:
            RefusedError: The server does not take them.
        """
        detect = checks.structure(params, "detect")
        kind = detect.get("type", "machine")
        if kind not in ("machine", "fax", "digit"):
            raise checks.RefusedError(400, f"a detector must have a type out of machine, fax, digit, not {kind!r}")
        told = detect.get("params") or {}
        if not isinstance(told, dict):
            raise checks.RefusedError(400, f"detect.params must be an object, not {told!r}")
        for name in _THRESHOLDS:
            checks.number(told, name, _THRESHOLDS[name], above=0)
        if told.get("tone", "CED") not in ("CED", "CNG"):
            raise checks.RefusedError(400, f"tone must be CED or CNG, not {told['tone']!r}")
        if not isinstance(told.get("digits", _DIGITS), str):
            raise checks.RefusedError(400, f"digits must be a string, not {told['digits']!r}")
        return cls(kind, told, checks.number(params, "timeout", _TIMEOUT) or _TIMEOUT)

    def threshold(self, name: str) -> float:
        """One of the detector's thresholds, in seconds."""
        return float(self.params.get(name, _THRESHOLDS[name]))


_THRESHOLDS: Final = {
    "initial_timeout": 4.5,
    "end_silence_timeout": 1.0,
    "machine_ready_timeout": 1.0,
    "machine_voice_threshold": 1.25,
    "machine_words_threshold": 6,
}


class Detect(Operation):
    """A detector: what it hears, then ``finished``.

    A human is told after a short silence, an answering machine once it has spoken long enough. The end of its
    greeting is ``READY``, with the beep if it has one; with ``detect_interruptions`` it may speak again.
    """

    def __init__(self, leg: Leg, control_id: str, looked: Looked) -> None:
        super().__init__("detect", leg, control_id)
        self._looked = looked
        self._ready = False

    def begin(self) -> None:
        """Listen."""
        self.timers.start("timeout", self._looked.timeout, self.report_last)
        if self._looked.kind == "machine":
            self._look_for_a_machine()
        elif self._looked.kind == "fax":
            self.timers.start("tone", _TONE_SECONDS, self._hear_tone)

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"stop": lambda _params: self.report_last()}

    def press(self, digit: str) -> None:
        """A key, if keys are looked for."""
        if self._looked.kind == "digit" and digit in self._looked.params.get("digits", _DIGITS):
            self._tell(digit)

    def speech_begins(self) -> None:
        """The greeting goes on."""
        self.timers.cancel("ready again")
        if self._ready:
            self._ready = False
            self._tell("NOT_READY")

    def speech_ends(self, _words: str) -> None:
        """The silence that may end the greeting begins."""
        if self._looked.params.get("detect_interruptions") and self.leg.person.is_machine:
            self.timers.start("ready again", self._looked.threshold("machine_ready_timeout"), self._hear_end)

    def report_last(self) -> None:
        """Report ``finished``."""
        self.halt()
        self._tell("finished")

    def settle(self, payload: object) -> None:
        """Hook: what it hears first settles whoever waits, but only its end ends it."""
        if self.over:
            super().settle(payload)

    def _tell(self, event: str, **more: object) -> None:
        detect = {"type": self._looked.kind, "params": {"event": event, **more}}
        word = "finished" if event == "finished" else "detected"
        self.say(word, partial(self.tell, _EVENT, {"detect": detect}))

    def _conclude(self, event: str, **more: object) -> None:
        self._tell(event, **more)
        self.report_last()

    def _look_for_a_machine(self) -> None:
        person = self.leg.person
        looked = self._looked
        if person.is_fax:
            self.timers.start("voice", looked.threshold("initial_timeout"), partial(self._conclude, "UNKNOWN"))
        elif person.is_machine:
            self.timers.start("voice", looked.threshold("machine_voice_threshold"), self._hear_machine)
        else:
            self.timers.start("voice", looked.threshold("end_silence_timeout"), self._hear_silence)

    def _hear_silence(self) -> None:
        # Who picked up may have been told only after the detector began.
        if self.leg.person.is_machine:
            self._hear_machine()
        else:
            self._conclude("HUMAN")

    def _hear_machine(self) -> None:
        self._tell("MACHINE")
        if self._looked.params.get("detect_message_end", True):
            wait = 0.0 if self.leg.person.beep else self._looked.threshold("machine_ready_timeout")
            self.timers.start("ready", self._greeting_left() + wait, self._hear_end)
        else:
            self.report_last()

    def _greeting_left(self) -> float:
        spoken = (self.leg.exchange.milliseconds() - self.leg.times["answer_time"]) / 1000
        return max(speech_seconds(self.leg.person.greeting, self.settings) - spoken, 0.0)

    def _hear_end(self) -> None:
        beep = {"beep": True} if self.leg.person.beep else {}
        if self._looked.params.get("detect_interruptions"):
            self._ready = True
            self._tell("READY", **beep)
        else:
            self._conclude("READY", **beep)

    def _hear_tone(self) -> None:
        tone = self._looked.params.get("tone", "CED")
        if tone in self.leg.person.fax_tones:
            self._conclude(tone)
