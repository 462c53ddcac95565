"""A simulated outbound dial: one tag, several legs, at most one winner."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from callfsm.simulator.hunting import Destinations, Hunt
from callfsm.simulator.leg import Leg
from callfsm.simulator.subject import Subject

if TYPE_CHECKING:
    from callfsm.simulator.commands.asked import Asked


class Dial(Subject):
    """A dial: ``dialing`` once, then ``answered`` after the winner's own report, or ``failed``."""

    def __init__(self, asked: Asked, tag: str, destinations: Destinations) -> None:
        super().__init__("dial", "requested")
        self._exchange = asked.exchange
        self._session = asked.session
        self.tag = tag
        self._hunt = Hunt(asked, destinations, won=self._won, lost=self._lost, tag=tag)

    def begin(self) -> None:
        """Report ``dialing`` and ring."""
        self._report("dialing", {})
        self._hunt.start()

    def cancel(self) -> None:
        """Nobody waits for it any longer."""
        self._hunt.cancel("cancel")

    def _report(self, word: str, params: dict[str, Any]) -> None:
        told = {"node_id": self._exchange.node_id, "tag": self.tag, "dial_state": word} | params
        self.say(word, partial(self._exchange.send_event, self._session, "calling.call.dial", told, self))

    def _won(self, leg: Leg) -> None:
        self._report("answered", {"call": leg.address() | leg.description()})

    def _lost(self, reason: str) -> None:
        self._report("failed", {"reason": reason, "source": "outbound"})

    def note_winner(self, _payload: object) -> None:
        """Hook: the event tells who it is."""

    def note_reason(self, _payload: object) -> None:
        """Hook: the event tells why."""

    def settle(self, _payload: object) -> None:
        """Hook of every final state: the tag is free again."""
        del self._session.dials[self.tag]
