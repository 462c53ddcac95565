"""A simulated play_and_collect: one control id, a prompt, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.media import Item, Player
from callfsm.simulator.operations.collect import Collector
from callfsm.simulator.operations.listening import Wanted
from callfsm.simulator.operations.operation import Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_PLAY_EVENT: Final = "calling.call.play"
_PROMPTING: Final = ("playing", "paused")


class PlayAndCollect(Collector):
    """The prompt is played, and stops at the first input; the wait for input is limited from its end on."""

    def __init__(self, leg: Leg, control_id: str, playlist: Sequence[Item], wanted: Wanted) -> None:
        # Its table knows no second result, and neither does the wire.
        super().__init__("play_and_collect", leg, control_id, wanted._replace(continuous=False))
        self._player = Player(leg.exchange.clock, leg.ear, playlist, done=self._prompt_over)

    def begin(self) -> None:
        """Report ``playing`` and let the prompt be heard."""
        self._report_play("playing")
        self._player.start()

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {**super().orders(), "pause": self._pause, "resume": self._resume, "volume": _accept}

    def press(self, digit: str) -> None:
        """A key stops the prompt, and is input."""
        if self.wanted.digits is not None:
            self._barge_in()
        super().press(digit)

    def speech_begins(self) -> None:
        """Speech stops the prompt, and is input."""
        if self.wanted.speech is not None:
            self._barge_in()
        super().speech_begins()

    def speech_ends(self, words: str) -> None:
        """These words are input, also when they were begun before the prompt."""
        if self.wanted.speech is not None:
            self._barge_in()
        super().speech_ends(words)

    def halt(self) -> None:
        """Silence the prompt and listen no more."""
        super().halt()
        self._player.stop()

    def _report_play(self, word: str) -> None:
        self.say(f"play_{word}", partial(self.tell, _PLAY_EVENT, {"state": word}))

    def _prompt_over(self) -> None:
        self._report_play("finished")
        self.listener.start_timers()

    def _barge_in(self) -> None:
        if self.state in _PROMPTING:
            self._player.stop()
            self._prompt_over()

    def _pause(self, _params: dict[str, Any]) -> None:
        self._player.pause()
        self._report_play("paused")

    def _resume(self, _params: dict[str, Any]) -> None:
        self._report_play("playing")
        self._player.resume()

    def _stop(self, params: dict[str, Any]) -> None:
        if self.state in _PROMPTING:
            self._player.stop()
            self._report_play("finished")
        super()._stop(params)


def _accept(_params: dict[str, Any]) -> None:
    """Nobody can tell how loud it is."""
