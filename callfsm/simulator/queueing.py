"""Simulated queues: calls that wait, and those who wait to be connected to one of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.attending import Attendant
from callfsm.simulator.clock import Timers

if TYPE_CHECKING:
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.queue"
_WAIT: Final = 30.0


class Queue:
    """A queue: first come, first served."""

    def __init__(self, exchange: Exchange, name: str) -> None:
        self.exchange = exchange
        self.name = name
        self.queue_id = exchange.new_id()
        self.places: list[Place] = []
        self.takers: list[Taker] = []

    @classmethod
    def named(cls, exchange: Exchange, name: str) -> Queue:
        """The queue of this name; it is made when there is none."""
        if name not in exchange.queues:
            exchange.queues[name] = cls(exchange, name)
        return exchange.queues[name]

    def enter(self, place: Place) -> None:
        """Somebody begins to wait."""
        self.places.append(place)
        place.tell("enqueue")
        if self.takers:
            self.takers[0].take()

    def remove(self, place: Place, status: str) -> None:
        """Somebody waits no longer; the others are told how they stand."""
        position = self.places.index(place) + 1
        self.places.remove(place)
        place.tell(status, position=position)
        for other in self.places:
            other.tell("stats")
        self.close_if_empty()

    def close_if_empty(self) -> None:
        """Nobody is in it: there is no such queue any more."""
        if not self.places and not self.takers:
            self.exchange.queues.pop(self.name, None)

    @property
    def seconds(self) -> int:
        """How long those who wait have waited, on average."""
        waited = [self.exchange.milliseconds() - place.since for place in self.places]
        return sum(waited) // len(waited) // 1000 if waited else 0


class Place(Attendant):
    """A call's place in a queue."""

    def __init__(self, leg: Leg, queue: Queue, control_id: str, status_url: str) -> None:
        self.leg = leg
        self.queue = queue
        self.since = leg.exchange.milliseconds()
        self._told = {"control_id": control_id, "id": queue.queue_id, "name": queue.name, "status_url": status_url}

    def enter(self, limit: float) -> None:
        """Begin to wait, for so long at most; 0 is no limit."""
        self.leg.attendants["queue"] = self
        if limit:
            self.leg.timers.start("queue", limit, self.leave)
        self.queue.enter(self)

    def leave(self) -> None:
        """Wait no longer, without having been connected."""
        self._leave("leave")

    def pick_up(self) -> Leg:
        """Leave it to be connected."""
        self._leave("dequeue")
        return self.leg

    def call_ending(self) -> None:
        """Whoever has hung up waits no longer."""
        self.leave()

    def tell(self, status: str, *, position: int = 0) -> None:
        """Report where it stands."""
        now = self.leg.exchange.milliseconds()
        told: dict[str, Any] = {
            "status": status,
            "position": position or self.queue.places.index(self) + 1,
            "size": len(self.queue.places),
            "avg_time": self.queue.seconds,
            "enqueue_ts": self.since * 1000,
            "dequeue_ts": now * 1000 * (status == "dequeue"),
            "leave_ts": now * 1000 * (status == "leave"),
        }
        self.leg.stand(_EVENT, status, self._told | told)

    def _leave(self, status: str) -> None:
        self.leg.attendants.pop("queue", None)
        self.leg.timers.cancel("queue")
        self.queue.remove(self, status)


class Taker:
    """Waits to be connected to whoever is first in a queue."""

    def __init__(
        self, queue: Queue, timeout: float, *, won: Callable[[Leg], None], lost: Callable[[str], None]
    ) -> None:
        self._queue = queue
        self._timeout = timeout or _WAIT
        self._won = won
        self._lost = lost
        self._timers = Timers(queue.exchange.clock)

    def start(self) -> None:
        """Take the first who waits, now or as soon as somebody does."""
        self._queue.takers.append(self)
        self._timers.start("timeout", self._timeout, partial(self.cancel, "noAnswer"))
        if self._queue.places:
            self.take()

    def take(self) -> None:
        """Take the first who waits."""
        self._go()
        self._won(self._queue.places[0].pick_up())

    def cancel(self, reason: str) -> None:
        """Wait no longer."""
        if self in self._queue.takers:
            self._go()
            self._queue.close_if_empty()
            self._lost(reason)

    def _go(self) -> None:
        self._timers.cancel_all()
        self._queue.takers.remove(self)
