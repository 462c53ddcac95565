"""Watching over a call whose reports may have been missed, and ending one that nobody holds."""

from __future__ import annotations

from typing import Final, TypeVar

from callfsm.core.effects import Params
from callfsm.core.model.facts import CallFacts
from callfsm.core.model.subject import Line

Thing = TypeVar("Thing")

QUIET_ROUNDS: Final = 10
"""After how many audits in a row without a word of the call the server is asked if it still knows it."""

QUIET_ROUNDS_ENDING: Final = 2
"""The same for a call that is ending, whose last report should have come at once."""

OVER: Final = frozenset({"ending", "ended"})
"""The states of a call in which nothing new begins."""


def without(things: tuple[Thing, ...], thing: Thing) -> tuple[Thing, ...]:
    """These things, less this one, once, if it is there."""
    if thing not in things:
        return things
    place = things.index(thing)
    return things[:place] + things[place + 1 :]


class WatchedCall(CallFacts):
    """One call leg, as far as its life goes."""

    __slots__ = ("in_flight", "probes", "quiet", "unwanted")

    def __init__(self, line: Line, params: Params, state: str) -> None:
        super().__init__(line, params, state)
        self.in_flight: tuple[str, ...] = ()
        """Commands that have no reply yet."""
        self.probes = True
        """Whether the server may be asked, unasked, if it still knows the call."""
        self.quiet = 0
        """Audits in a row without a word of the call."""
        self.unwanted = ""
        """The reason with which it is hung up because nobody holds it, again if need be; ``""`` while somebody does."""

    @property
    def over(self) -> bool:
        """Whether the call is ending or has ended: commands are settled here and not sent."""
        return self.state in OVER

    def not_hanging_up(self, _payload: object) -> bool:
        """Guard: no hang-up is in flight."""
        return "hangup" not in self.in_flight

    def probe(self) -> None:
        """Find out whether the server still knows the call, with a command that changes nothing."""
        if not self.over:
            self._ask_after("probe")

    def resync(self) -> None:
        """Reports may have been missed: find out whether the call has ended, or end it if nobody wants it."""
        if self.unwanted and not self.over:
            self.discard(self.unwanted)
        elif self.state != "ended" and self.not_hanging_up(None):  # The reply to a hang-up tells it as well.
            self._ask_after("resync")

    def _ask_after(self, command: str) -> None:
        if self.probes and command not in self.in_flight:
            self.in_flight += (command,)
            self.inquire(command)

    def audit(self) -> None:
        """One more round has passed without a word of the call; after too many, something was missed."""
        self.quiet += 1
        if self.quiet >= (QUIET_ROUNDS_ENDING if self.over else QUIET_ROUNDS) or self.unwanted:
            self.resync()

    def discard(self, reason: str) -> None:
        """Hang up a call that nobody holds; until the server has heard it, every audit and every resync asks again."""
        self.unwanted = reason
        if not self.over and self.not_hanging_up(None):
            self.hang_up(reason)

    def hang_up(self, reason: str) -> None:
        """Ask the server to end the call."""
        raise NotImplementedError

    def inquire(self, command: str) -> None:
        """Ask the server if it knows the call; ``command`` tells why that is asked."""
        raise NotImplementedError
