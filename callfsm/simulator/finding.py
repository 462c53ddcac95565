"""Whom a connect reaches without ringing anybody: a call that is up already."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.leg import Leg


class Search(Protocol):
    """Looks for somebody to connect a call to."""

    def start(self) -> None:
        """Begin."""

    def cancel(self, reason: str) -> None:
        """Look no further: it is lost."""


class Known:
    """A call that the client names by its id."""

    def __init__(
        self, exchange: Exchange, device: dict[str, Any], *, won: Callable[[Leg], None], lost: Callable[[str], None]
    ) -> None:
        self._exchange = exchange
        self._call_id = device["params"]["call_id"]
        self._won = won
        self._lost = lost

    def start(self) -> None:
        """Connect it, if it is up and not connected."""
        leg = self._exchange.legs.get(self._call_id)
        if leg is not None and leg.state == "answered" and leg.bridge is None:
            self._won(leg)
        else:
            self._lost("error")

    def cancel(self, _reason: str) -> None:
        """It was found, or not, at once."""
