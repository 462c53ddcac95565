"""What the program is told of the line: each change of the connection, and what calls may have missed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from callfsm.core import effects
from callfsm.event import ConnectionEvent, GapEvent

if TYPE_CHECKING:
    from callfsm.call import Call
    from callfsm.core.model import ConnectionModel
    from callfsm.listeners import Listeners


class Outages:
    """Watches one client's connection for those who want to know."""

    def __init__(
        self, connection: ConnectionModel, listeners: Listeners, calls: Callable[[], Collection[Call]]
    ) -> None:
        self.listeners = listeners
        self._connection = connection
        self._calls = calls
        self._away_since: float | None = None

    def tell(self, effect: effects.Transitioned) -> None:
        """The connection has entered a state: tell its listeners, and each call of the gap when the line is back."""
        now = asyncio.get_running_loop().time()
        if effect.source in ("online", "draining") and effect.dest == "waiting":
            self._away_since = now
        away = now - self._away_since if self._away_since is not None else 0.0
        self.listeners.hear(
            ConnectionEvent(
                "connection",
                {},
                source=effect.source,
                dest=effect.dest,
                trigger=effect.trigger,
                reason=self._connection.reason,
                resumed=effect.trigger == "accepted" and self._connection.resumed,
                seconds_away=away,
            )
        )
        if effect.dest in ("closed", "refused"):
            self._away_since = None
        if effect.trigger == "accepted" and self._away_since is not None:
            self._away_since = None
            for call in self._calls():
                call._tell(GapEvent("gap", {}, call.call_id, seconds=away))
