"""A simulated collect."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.operations.listening import Heard, Listener, Wanted
from callfsm.simulator.operations.operation import Operation, Order

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

COLLECT_EVENT: Final = "calling.call.collect"


class Collector(Operation):
    """What reports collect events: a ``result`` in each, ``state`` and ``final`` only where there may be several."""

    def __init__(self, kind: str, leg: Leg, control_id: str, wanted: Wanted) -> None:
        super().__init__(kind, leg, control_id)
        self.wanted = wanted
        self.listener = Listener(leg.exchange.clock, wanted, self._report)

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        return {"start_input_timers": self._start_timers, "stop": self._stop}

    def press(self, digit: str) -> None:
        """A key is input, if digits are wanted."""
        self.listener.press(digit)

    def speech_begins(self) -> None:
        """Speech is input, if speech is wanted."""
        self.listener.speech_begins()

    def speech_ends(self, words: str) -> None:
        """These words are input, if speech is wanted."""
        self.listener.speech_ends(words)

    def halt(self) -> None:
        """Listen no more."""
        super().halt()
        self.listener.close()

    def report_last(self) -> None:
        """Report that it ended without a result."""
        self.halt()
        self._report(Heard("finished", {"type": "finished"}))

    def one_shot(self, _payload: object) -> bool:
        """Guard: the first final result ends it."""
        return not self.wanted.continuous

    def continuous(self, _payload: object) -> bool:
        """Guard: it listens again after each final result."""
        return self.wanted.continuous

    def _report(self, heard: Heard) -> None:
        params: dict[str, Any] = {"result": heard.result}
        if self.wanted.partial_results or self.wanted.continuous:
            params |= self._progress(heard.word)
        self.say(heard.word, partial(self.tell, COLLECT_EVENT, params))

    def _progress(self, word: str) -> dict[str, Any]:
        # A state beside no_input or no_match would hide which of them it is.
        if word == "start_of_input":
            return {"state": "collecting"}
        if word == "partial":
            return {"state": "collecting", "final": False}
        if word == "finished" or (word == "input" and not self.wanted.continuous):
            return {"state": "finished", "final": True}
        return {"state": "collecting", "final": True} if self.wanted.continuous else {"final": True}

    def _start_timers(self, _params: dict[str, Any]) -> None:
        self.listener.start_timers()

    def _stop(self, _params: dict[str, Any]) -> None:
        self.report_last()


class Collect(Collector):
    """Digits or speech, without a prompt."""

    def __init__(self, leg: Leg, control_id: str, wanted: Wanted) -> None:
        super().__init__("collect", leg, control_id, wanted)

    def begin(self) -> None:
        """Listen; nothing is reported before there is input."""
        if self.wanted.start_input_timers:
            self.listener.start_timers()
