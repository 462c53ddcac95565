"""A simulated bridge: a leg, and the second one that it is connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.finding import Known, Search
from callfsm.simulator.hunting import Destinations, Hunt
from callfsm.simulator.media import Item, Player
from callfsm.simulator.queueing import Queue, Taker

if TYPE_CHECKING:
    from callfsm.simulator.commands.asked import Asked
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.connect"


class Bridge:
    """A leg that is being connected, or is: ``connecting``, then ``connected`` and ``disconnected``, or ``failed``.

    A second leg that was rung for the bridge does not outlive the first one; it may outlive the bridge. One that
    was there before, in a queue or known by its id, is told of the bridge as well, and outlives it.
    """

    def __init__(self, asked: Asked, leg: Leg, destinations: Destinations, ringback: list[Item]) -> None:
        self._leg = leg
        self._peer: Leg | None = None
        self._search, self._rung = self._searched(asked, destinations)
        self._ringback = Player(leg.exchange.clock, leg.ear, ringback, loops=0, done=leg.notice) if ringback else None
        leg.bridge = self
        leg.followers.append(self._follow_leg)

    def _searched(self, asked: Asked, destinations: Destinations) -> tuple[Search, bool]:
        device = destinations.groups[0][0]
        told = device["params"]
        if device["type"] == "queue":
            queue = Queue.named(asked.exchange, told["queue_name"])
            return Taker(queue, destinations.timeout, won=self._won, lost=self._lost), False
        if device["type"] == "call":
            return Known(asked.exchange, device, won=self._won, lost=self._lost), False
        return Hunt(asked, destinations, won=self._won, lost=self._lost), True

    @property
    def connected(self) -> bool:
        """Whether both hear each other."""
        return self._peer is not None and self._peer.bridge is self

    def other(self, leg: Leg) -> Leg | None:
        """The leg at the other side, once they are connected."""
        if not self.connected:
            return None
        return self._peer if leg is self._leg else self._leg

    def begin(self) -> None:
        """Report ``connecting`` and ring."""
        self._report("connecting", {})
        if self._ringback is not None:
            self._ringback.start()
        self._search.start()

    def disconnect(self) -> None:
        """Part the legs: both stay up. While it still rings, it fails."""
        if self.connected:
            self._part()
        else:
            self._search.cancel("cancel")

    def _report(self, word: str, params: dict[str, Any]) -> None:
        self._leg.stand(_EVENT, word, {"connect_state": word} | params)

    def _report_peers(self, word: str) -> None:
        assert self._peer is not None, "somebody has answered"
        told = [(self._leg, self._peer)] if self._rung else [(self._leg, self._peer), (self._peer, self._leg)]
        for leg, peer in told:
            if leg.up:
                facts = {"node_id": leg.exchange.node_id, "call_id": peer.call_id, "device": peer.device}
                leg.stand(_EVENT, word, {"connect_state": word, "peer": facts})

    def _silence(self) -> None:
        if self._ringback is not None:
            self._ringback.stop()

    def _won(self, peer: Leg) -> None:
        self._silence()
        self._peer = peer
        peer.bridge = self
        peer.followers.append(self._follow_peer)
        if self._leg.state == "created":
            self._leg.timers.cancel("ring")
            self._leg.report("answered")
        self._report_peers("connected")

    def _lost(self, reason: str) -> None:
        self._silence()
        self._leg.bridge = None
        if self._leg.up:
            self._report("failed", {"failed_reason": reason})

    def _part(self) -> None:
        assert self._peer is not None, "only legs that are connected part"
        self._leg.bridge = self._peer.bridge = None
        self._report_peers("disconnected")

    def _follow_leg(self, word: str) -> None:
        if word not in ("ending", "ended"):
            return
        self._search.cancel("cancel")
        if self._peer is not None and self._rung:
            self._peer.end("hangup")
        elif self.connected:
            self._part()

    def _follow_peer(self, word: str) -> None:
        if word in ("ending", "ended") and self.connected:
            self._part()
