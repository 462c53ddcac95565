"""Digits and speech taken from the far end: what collect and play_and_collect have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from callfsm.simulator import checks
from callfsm.simulator.clock import Clock, Timers

_INITIAL: Final = 4.0
_DIGIT: Final = 5.0
_END_SILENCE: Final = 1.0
_SPEECH: Final = 60.0
_CONFIDENCE: Final = 92.5


class Digits(NamedTuple):
    """Which digits are taken."""

    most: int
    least: int
    terminators: str
    digit_timeout: float

    @classmethod
    def read(cls, params: dict[str, Any]) -> Digits:
        """Read ``digits``.

        Raises:
            RefusedError: The server does not take it.
        """
        most = params.get("max")
        if not isinstance(most, int) or isinstance(most, bool) or most < 1:
            raise checks.RefusedError(400, f"digits.max must be a whole number, 1 or more, not {most!r}")
        timeout = checks.number(params, "digit_timeout", _DIGIT, above=0)
        return cls(most, int(checks.number(params, "min", 0)), str(params.get("terminators") or ""), timeout)


class Speech(NamedTuple):
    """How speech is taken."""

    end_silence_timeout: float
    speech_timeout: float

    @classmethod
    def read(cls, params: dict[str, Any]) -> Speech:
        """Read ``speech``.

        Raises:
            RefusedError: The server does not take it.
        """
        end_silence = checks.number(params, "end_silence_timeout", _END_SILENCE, above=0)
        return cls(end_silence, checks.number(params, "speech_timeout", _SPEECH, above=0))


class Wanted(NamedTuple):
    """What is collected, and what is told meanwhile."""

    digits: Digits | None
    speech: Speech | None
    initial_timeout: float
    partial_results: bool
    continuous: bool
    send_start_of_input: bool
    start_input_timers: bool

    @classmethod
    def read(cls, params: dict[str, Any]) -> Wanted:
        """Read the params of a collect.

        Raises:
            RefusedError: The server does not take them.
        """
        if "digits" not in params and "speech" not in params:
            raise checks.RefusedError(400, "a collect needs digits, speech or both")
        flags = ("partial_results", "continuous", "send_start_of_input", "start_input_timers")
        return cls(
            Digits.read(checks.structure(params, "digits")) if "digits" in params else None,
            Speech.read(checks.structure(params, "speech")) if "speech" in params else None,
            checks.number(params, "initial_timeout", _INITIAL, above=0),
            *(checks.flag(params, name) for name in flags),
        )


class Heard(NamedTuple):
    """A collect event's content, and what it is to the machine."""

    word: str
    result: dict[str, Any]


class Listener:
    """Takes the input of one person, and reports what it comes to.

    It goes on listening after each result for as long as it is not closed.
    """

    def __init__(self, clock: Clock, wanted: Wanted, report: Callable[[Heard], None]) -> None:
        self._timers = Timers(clock)
        self._wanted = wanted
        self._report = report
        self._pressed = ""
        self._said: list[str] = []
        self._began = False
        self._timed = False
        self._closed = False

    def start_timers(self) -> None:
        """From now on, input that does not come is waited for only so long."""
        self._timed = True
        if not self._began and not self._closed:
            self._timers.start("initial", self._wanted.initial_timeout, self._hear_nothing)

    def close(self) -> None:
        """Listen no more."""
        self._closed = True
        self._timers.cancel_all()

    def press(self, digit: str) -> bool:
        """A key is pressed; whether that is input here."""
        digits = self._wanted.digits
        if digits is None or self._closed:
            return False
        self._begin()
        if digit in digits.terminators:
            self._take_digits(digit)
            return True
        self._pressed += digit
        if len(self._pressed) >= digits.most:
            self._take_digits("")
            return True
        self._partial({"type": "digit", "params": {"digits": self._pressed, "terminator": ""}})
        self._timers.start("digit", digits.digit_timeout, lambda: self._take_digits(""))
        return True

    def speech_begins(self) -> bool:
        """Somebody begins to speak; whether that is input here."""
        speech = self._wanted.speech
        if speech is None or self._closed:
            return False
        self._begin()
        self._timers.cancel("silence")
        if not self._timers.running("speech"):
            self._timers.start("speech", speech.speech_timeout, self._take_speech)
        return True

    def speech_ends(self, words: str) -> None:
        """Something has been said; silence after it makes it a result."""
        speech = self._wanted.speech
        if speech is None or self._closed:
            return
        self._begin()
        self._said.append(words)
        self._partial(self._speech_result())
        self._timers.start("silence", speech.end_silence_timeout, self._take_speech)

    def _begin(self) -> None:
        self._timers.cancel("initial")
        if not self._began:
            self._began = True
            if self._wanted.send_start_of_input:
                self._report(Heard("start_of_input", {"type": "start_of_input"}))

    def _partial(self, result: dict[str, Any]) -> None:
        if self._wanted.partial_results:
            self._report(Heard("partial", result))

    def _speech_result(self) -> dict[str, Any]:
        return {"type": "speech", "params": {"text": " ".join(self._said), "confidence": _CONFIDENCE}}

    def _take_digits(self, terminator: str) -> None:
        assert self._wanted.digits is not None, "digits were taken, so they were wanted"
        if len(self._pressed) < self._wanted.digits.least:
            self._conclude(Heard("no_match", {"type": "no_match"}))
            return
        params = {"digits": self._pressed, "terminator": terminator}
        self._conclude(Heard("input", {"type": "digit", "params": params}))

    def _take_speech(self) -> None:
        self._conclude(Heard("input", self._speech_result()) if self._said else Heard("no_match", {"type": "no_match"}))

    def _hear_nothing(self) -> None:
        self._conclude(Heard("no_input", {"type": "no_input"}))

    def _conclude(self, heard: Heard) -> None:
        self._timers.cancel_all()
        self._pressed, self._said, self._began = "", [], False
        if not self._wanted.continuous:
            self._closed = True
        self._report(heard)
        if self._timed:
            self.start_timers()
