"""A simulated bridge: a leg, and the second one that it is connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callfsm.simulator.hunting import Destinations, Hunt
from callfsm.simulator.media import Item, Player

if TYPE_CHECKING:
    from callfsm.simulator.commands.asked import Asked
    from callfsm.simulator.leg import Leg


class Bridge:
    """A leg that is being connected, or is: ``connecting``, then ``connected`` and ``disconnected``, or ``failed``.

    The second leg does not outlive the first one; it may outlive the bridge.
    """

    def __init__(self, asked: Asked, leg: Leg, destinations: Destinations, ringback: list[Item]) -> None:
        self._leg = leg
        self._peer: Leg | None = None
        self._hunt = Hunt(asked, destinations, won=self._won, lost=self._lost)
        self._ringback = Player(leg.exchange.clock, leg.ear, ringback, loops=0, done=leg.notice) if ringback else None
        leg.bridge = self
        leg.followers.append(self._follow_leg)

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
        self._hunt.start()

    def disconnect(self) -> None:
        """Part the legs: both stay up. While it still rings, it fails."""
        if self.connected:
            self._part()
        else:
            self._hunt.cancel("cancel")

    def _report(self, word: str, params: dict[str, Any]) -> None:
        self._leg.tell("calling.call.connect", {"connect_state": word} | params)

    def _peer_told(self) -> dict[str, Any]:
        assert self._peer is not None, "somebody has answered"
        told = {"node_id": self._leg.exchange.node_id, "call_id": self._peer.call_id, "device": self._peer.device}
        return {"peer": told}

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
        self._report("connected", self._peer_told())

    def _lost(self, reason: str) -> None:
        self._silence()
        self._leg.bridge = None
        if self._leg.up:
            self._report("failed", {"failed_reason": reason})

    def _part(self) -> None:
        assert self._peer is not None, "only legs that are connected part"
        self._leg.bridge = self._peer.bridge = None
        if self._leg.up:
            self._report("disconnected", self._peer_told())

    def _follow_leg(self, word: str) -> None:
        if word not in ("ending", "ended"):
            return
        self._hunt.cancel("cancel")
        if self._peer is not None:
            self._peer.end("hangup")

    def _follow_peer(self, word: str) -> None:
        if word in ("ending", "ended") and self.connected:
            self._part()
