"""A network that is less than perfect: frames that are late, lost or sent twice, and commands that are refused.

What is meddled with goes by its name: the method of a command (``calling.play``), the type of an event
(``calling.call.play``), ``reply`` for the server's replies, and ``""`` for everything.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.checks import RefusedError

if TYPE_CHECKING:
    from callfsm.simulator.clock import Clock
    from callfsm.simulator.session import Link

_FOREVER: Final = 1_000_000_000
_A_MOMENT: Final = 1e-6


@dataclass
class _Rule:
    """What is done with the next frames of one name."""

    name: str
    times: int

    def takes(self, name: str) -> bool:
        """Whether this frame is one of them; then there is one less to come."""
        if self.times and self.name in ("", name):
            self.times -= 1
            return True
        return False


@dataclass
class _Refusal(_Rule):
    code: int
    message: str


class Meddling:
    """What is done with the frames of one network.

    Attributes:
        hurt: Whether anything has been refused or lost until now.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.hurt = False
        self._due = 0.0
        self._delays: list[tuple[_Rule, float]] = []
        self._duplicates: list[_Rule] = []
        self._losses: list[_Rule] = []
        self._refusals: list[_Refusal] = []

    @property
    def idle(self) -> bool:
        """Whether every frame passes as it is."""
        return not (self._delays or self._duplicates or self._losses or self._refusals)

    def delays(self, seconds: float, name: str = "", times: int = _FOREVER) -> None:
        """Let what the server says arrive so many seconds late."""
        self._delays.append((_Rule(name, times), seconds))

    def duplicates(self, name: str, times: int = 1) -> None:
        """Let the next events of this type arrive twice."""
        self._duplicates.append(_Rule(name, times))

    def loses(self, name: str, times: int = 1) -> None:
        """Let the next commands, replies or events of this name get lost."""
        self._losses.append(_Rule(name, times))

    def replies(self, code: int, method: str, message: str = "", times: int = 1) -> None:
        """Refuse the next commands of this method with this code; they are not carried out."""
        self._refusals.append(_Refusal(method, times, code, message or f"{method} is refused"))

    def heals(self) -> None:
        """Let every frame pass as it is, from now on."""
        self._delays, self._duplicates, self._losses, self._refusals = [], [], [], []

    def refusal(self, method: str) -> RefusedError | None:
        """With what the server refuses this command; ``None`` when it does not."""
        for refusal in self._refusals:
            if refusal.takes(method):
                self.hurt = True
                return RefusedError(refusal.code, refusal.message, unexpected=False)
        return None

    def loses_command(self, method: str) -> bool:
        """Whether this command gets lost on its way."""
        return self._loses(method)

    def pass_word(self, text: str, arrive: Callable[[str], None]) -> None:
        """Let a text of the server's arrive: now, late, twice or never."""
        name = _name(json.loads(text))
        if self._loses(name):
            return
        late = sum(seconds for rule, seconds in self._delays if rule.takes(name))
        for _ in range(1 + any(rule.takes(name) for rule in self._duplicates)):
            self._deliver(late, lambda: arrive(text))

    def _loses(self, name: str) -> bool:
        lost = any(rule.takes(name) for rule in self._losses)
        self.hurt = self.hurt or lost
        return lost

    def _deliver(self, late: float, arrive: Callable[[], None]) -> None:
        if not late:
            arrive()
            return
        # Two timers that are due at once go off in any order; what was sent first is to arrive first.
        self._due = max(self._due + _A_MOMENT, self._clock.now() + late)
        self._clock.later(self._due - self._clock.now(), arrive)


class MeddledLink:
    """A link on which a network meddles with what the server says."""

    def __init__(self, link: Link, meddling: Meddling) -> None:
        self._link = link
        self._meddling = meddling

    def send(self, text: str) -> None:
        """Put a text on its way."""
        if self._meddling.idle:
            self._link.send(text)
        else:
            self._meddling.pass_word(text, self._link.send)

    def close(self) -> None:
        """Close the line."""
        self._link.close()


def _name(frame: dict[str, Any]) -> str:
    params = frame.get("params")
    told = params.get("event_type") if isinstance(params, dict) else None
    return told or frame.get("method") or "reply"
