"""Who picks up at which number, and how."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from callfsm.simulator.person import HUMAN, Person

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg


class Manner(NamedTuple):
    """What happens when a number rings."""

    outcome: str
    """``answered``, or the reason for which it is not: ``busy``, ``noAnswer``, ``decline``."""
    after: float
    """So many seconds after it began to ring; a ``noAnswer`` rings until the dial's own limit."""
    arrives: Callable[[Leg], object] | None = None
    """Told of the leg as it rings, so that somebody can be at its far end."""
    person: Person = HUMAN
    """Who picks up."""


class People:
    """The numbers that can be called. One that nobody has told about answers after a second and listens."""

    def __init__(self) -> None:
        self._manners: dict[str, Manner] = {}
        self.default = Manner("answered", 1.0)

    def set(self, number: str, manner: Manner) -> None:
        """Tell what happens when this number rings."""
        self._manners[number] = manner

    def manner(self, number: str) -> Manner:
        """What happens when this number rings."""
        return self._manners.get(number, self.default)
