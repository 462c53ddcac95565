"""A simulated echo test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callfsm.simulator.attending import Attendant

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.echo"


class Echo(Attendant):
    """An echo test: the caller hears what they have said, until its time is up."""

    def __init__(self, leg: Leg, seconds: float) -> None:
        self._leg = leg
        self._seconds = seconds

    def begin(self) -> None:
        """Report ``echoing``."""
        self._leg.attendants["echo"] = self
        self._leg.stand(_EVENT, "echoing", {"state": "echoing"})
        self._leg.timers.start("echo", self._seconds, self._finish)

    def speech_ends(self, words: str) -> None:
        """Let the caller hear it."""
        self._leg.hear_speech(words)

    def _finish(self) -> None:
        del self._leg.attendants["echo"]
        self._leg.stand(_EVENT, "finished", {"state": "finished"})
