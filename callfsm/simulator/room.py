"""A call in a simulated room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callfsm.simulator.attending import Attendant

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_EVENT: Final = "calling.call.room"


class Guest(Attendant):
    """A call in a room: ``joined``, then ``leave``."""

    def __init__(self, leg: Leg, name: str) -> None:
        self._leg = leg
        self._name = name

    def join(self) -> None:
        """Go in."""
        self._leg.attendants["room"] = self
        self._report("joined")

    def leave(self) -> None:
        """Go out."""
        self._leg.attendants.pop("room", None)
        self._report("leave")

    def call_ending(self) -> None:
        """Whoever has hung up is in the room no more."""
        self.leave()

    def _report(self, word: str) -> None:
        self._leg.stand(_EVENT, word, {"join_status": word, "room_name": self._name})
