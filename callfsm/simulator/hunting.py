"""Ringing one destination after the other until somebody picks up: what dial and connect have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from callfsm.simulator import checks
from callfsm.simulator.clock import Timers
from callfsm.simulator.leg import Leg

if TYPE_CHECKING:
    from callfsm.simulator.commands.asked import Asked
    from callfsm.simulator.people import Manner

_RING_SECONDS: Final = 30.0
_TOLD: Final = ("from_number", "to_number", "from", "to", "url", "name")


class Destinations(NamedTuple):
    """Whom to ring: lists that are tried in turn, of devices that ring together."""

    groups: list[list[dict[str, Any]]]
    timeout: float
    """How long to try in all; 0 is no limit but that of each device."""
    max_duration: float

    @classmethod
    def read(cls, params: dict[str, Any], *, connect: bool = False) -> Destinations:
        """Read the params of a dial, or of a connect.

        Raises:
            RefusedError: The server does not take them.
        """
        timeout = checks.number(params, "timeout", 0)
        return cls(checks.devices(params, connect=connect), timeout, checks.number(params, "max_duration", 0))


class Hunt:
    """Rings until one leg is answered (``won``), or none is left (``lost``, with the last reason)."""

    def __init__(
        self,
        asked: Asked,
        destinations: Destinations,
        *,
        won: Callable[[Leg], None],
        lost: Callable[[str], None],
        tag: str = "",
        call_id: str = "",
    ) -> None:
        self._exchange = asked.exchange
        self._session = asked.session
        self._destinations = destinations
        self._groups = list(destinations.groups)
        self._won = won
        self._lost = lost
        self._tag = tag
        self._call_id = call_id
        self._ringing: list[Leg] = []
        self._timers = Timers(asked.exchange.clock)
        self._over = False

    def start(self) -> None:
        """Ring the first destinations."""
        if self._destinations.timeout:
            self._timers.start("timeout", self._destinations.timeout, partial(self.cancel, "noAnswer"))
        self._ring_next()

    def cancel(self, reason: str) -> None:
        """Stop ringing: it is lost."""
        self._groups.clear()
        for leg in list(self._ringing):
            leg.give_up(reason)

    def _ring_next(self) -> None:
        legs = [self._make(device) for device in self._groups.pop(0)]
        self._ringing = [leg for leg, _ in legs]
        for leg, device in legs:
            leg.followers.append(partial(self._follow, leg))
            leg.report("created")
            delay = self._exchange.settings.ring_delay
            leg.timers.start("ringing", delay, partial(self._ring, leg, device))

    def _make(self, device: dict[str, Any]) -> tuple[Leg, dict[str, Any]]:
        told = {name: device["params"][name] for name in _TOLD if name in device["params"]}
        shown = {"type": device["type"], "params": told}
        leg = Leg(self._exchange, self._session, shown, direction="outbound", tag=self._tag, call_id=self._call_id)
        return leg, device

    def _ring(self, leg: Leg, device: dict[str, Any]) -> None:
        manner = self._exchange.people.manner(checks.address(device))
        leg.report("ringing")
        limit = checks.number(device["params"], "timeout", _RING_SECONDS)
        leg.timers.start("limit", limit, partial(leg.give_up, "noAnswer"))
        leg.person = manner.person
        if manner.arrives is not None:
            manner.arrives(leg)
        if manner.outcome != "noAnswer":
            leg.timers.start("decision", manner.after, partial(self._decide, leg, manner))

    def _decide(self, leg: Leg, manner: Manner) -> None:
        if manner.outcome == "answered":
            self._answer(leg)
        else:
            leg.give_up(manner.outcome)

    def _answer(self, leg: Leg) -> None:
        self._over = True
        self._timers.cancel_all()
        leg.timers.cancel_all()
        self._ringing.remove(leg)
        for loser in list(self._ringing):
            loser.give_up("cancel")
        if self._destinations.max_duration:
            leg.timers.start("max_duration", self._destinations.max_duration, partial(leg.end, "maxDuration"))
        leg.winner = bool(self._tag)
        leg.acts("answer", "answers")
        leg.report("answered")
        self._won(leg)

    def _follow(self, leg: Leg, word: str) -> None:
        if word != "ended" or leg not in self._ringing:
            return
        self._ringing.remove(leg)
        if self._over or self._ringing:
            return
        if self._groups:
            self._ring_next()
        else:
            self._over = True
            self._timers.cancel_all()
            self._lost(leg.end_reason)
