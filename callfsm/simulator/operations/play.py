"""A simulated play."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.media import Item, Player
from callfsm.simulator.operations.operation import Operation, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.play"


class Play(Operation):
    """Media that the far end hears: ``playing``, ``paused`` and ``playing`` again, ``finished``."""

    def __init__(self, leg: Leg, control_id: str, playlist: Sequence[Item], *, loops: int) -> None:
        super().__init__("play", leg, control_id)
        clock = leg.exchange.clock
        self._player = Player(clock, leg.ear, playlist, loops=loops, done=partial(self._report, "finished"))

    def begin(self) -> None:
        """Report ``playing`` and let it be heard."""
        self._report("playing")
        self._player.start()

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"pause": self._pause, "resume": self._resume, "volume": _accept, "stop": self._stop}

    def halt(self) -> None:
        """Silence it."""
        super().halt()
        self._player.stop()

    def report_last(self) -> None:
        """Report ``finished``."""
        self._report("finished")

    def _report(self, word: str) -> None:
        self.say(word, partial(self.tell, _EVENT, {"state": word}))

    def _pause(self, _params: dict[str, Any]) -> None:
        self._player.pause()
        self._report("paused")

    def _resume(self, _params: dict[str, Any]) -> None:
        self._report("playing")
        self._player.resume()

    def _stop(self, _params: dict[str, Any]) -> None:
        self.halt()
        self._report("finished")


def _accept(_params: dict[str, Any]) -> None:
    """Nobody can tell how loud it is."""
