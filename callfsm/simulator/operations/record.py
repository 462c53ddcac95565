"""A simulated recording."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from callfsm.simulator import checks
from callfsm.simulator.operations.operation import Lingering, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.record"
_BYTES_PER_SECOND: Final = 8_000


class Audio(NamedTuple):
    """How to record."""

    told: dict[str, Any]
    """What events tell of it."""
    terminators: str
    initial_timeout: float
    end_silence_timeout: float
    max_length: float

    @classmethod
    def read(cls, params: dict[str, Any]) -> Audio:
        """Read ``record.audio``.

        Raises:
            RefusedError: The server does not take it.
        """
        kind = params.get("format", "mp3")
        if kind not in ("mp3", "wav", "mp4"):
            raise checks.RefusedError(400, f"format must be mp3, wav or mp4, not {kind!r}")
        told = {"format": kind, "stereo": checks.flag(params, "stereo"), "direction": params.get("direction", "speak")}
        times = (checks.number(params, name, 0) for name in ("initial_timeout", "end_silence_timeout", "max_length"))
        return cls(told, str(params.get("terminators", "#")), *times)


class Record(Lingering):
    """A recording: ``recording``, ``paused`` and ``recording`` again, ``finished`` with its URL, or ``no_input``."""

    def __init__(self, leg: Leg, control_id: str, audio: Audio) -> None:
        super().__init__("record", leg, control_id)
        self.recording_id = leg.exchange.new_id()
        self._audio = audio
        self._left = audio.max_length
        self._started = self._since = 0.0
        self._recorded = 0.0
        self._counting = False

    @property
    def url(self) -> str:
        """Where the file will be."""
        return f"https://files.simulator.invalid/{self.recording_id}.{self._audio.told['format']}"

    @property
    def _now(self) -> float:
        return self.leg.exchange.clock.now()

    def begin(self) -> None:
        """Report ``recording`` and listen."""
        self._started = self._now
        self._run()
        self._report("recording")
        if self._audio.initial_timeout and not self.leg.speaking:
            self.timers.start("initial", self._audio.initial_timeout, self._hear_nothing)

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"pause": self._pause, "resume": self._resume, "stop": self._stop}

    def press(self, digit: str) -> None:
        """A terminator ends it."""
        if digit in self._audio.terminators and self.state == "recording":
            self.report_last()

    def speech_begins(self) -> None:
        """There is something to record."""
        self.timers.cancel("initial", "silence")

    def speech_ends(self, _words: str) -> None:
        """The silence that may end it begins."""
        if self._audio.end_silence_timeout:
            self.timers.start("silence", self._audio.end_silence_timeout, self.report_last)

    def halt(self) -> None:
        """Stop recording."""
        super().halt()
        self._rest()

    def report_last(self) -> None:
        """Report ``finished``, and where the file is."""
        self.halt()
        file = {"url": self.url, "duration": round(self._recorded, 3), "size": int(self._recorded * _BYTES_PER_SECOND)}
        self._report("finished", file | {"end_time": self._stamp(self._now)})

    def _stamp(self, now: float) -> float:
        return round(self.settings.epoch + now, 3)

    def _report(self, word: str, more: dict[str, Any] | None = None) -> None:
        params = {"state": word, "recording_id": self.recording_id, "start_time": self._stamp(self._started)}
        self.say(word, partial(self.tell, _EVENT, params | {"record": {"audio": self._audio.told}} | (more or {})))

    def _run(self) -> None:
        self._since = self._now
        self._counting = True
        if self._audio.max_length:
            self.timers.start("length", max(self._left, 0), self.report_last)

    def _rest(self) -> None:
        if self._counting:
            self._recorded += self._now - self._since
            self._left -= self._now - self._since
        self._counting = False
        self.timers.cancel("length")

    def _pause(self, params: dict[str, Any]) -> None:
        behavior = params.get("behavior", "skip")
        self._rest()
        if behavior == "silence":
            self._run()
        self._report("paused", {"pause_behavior": behavior})

    def _resume(self, _params: dict[str, Any]) -> None:
        self._rest()
        self._run()
        self._report("recording")

    def _stop(self, _params: dict[str, Any]) -> None:
        self.report_last()

    def _hear_nothing(self) -> None:
        self.halt()
        self._report("no_input")
