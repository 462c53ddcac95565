"""Watching over a call whose reports may have been missed, and ending one that nobody holds."""

from __future__ import annotations

from sys import intern
from typing import Final

from callfsm.core.effects import Params
from callfsm.core.model.subject import Line, Subject
from callfsm.core.words import text

QUIET_ROUNDS: Final = 10
"""After how many audits in a row without a word of the call the server is asked if it still knows it."""

QUIET_ROUNDS_ENDING: Final = 2
"""The same for a call that is ending, whose last report should have come at once."""

OVER: Final = frozenset({"ending", "ended"})
"""The states of a call in which nothing new begins."""


def without(commands: tuple[str, ...], command: str) -> tuple[str, ...]:
    """These commands, less one of this name, if there is any."""
    if command not in commands:
        return commands
    place = commands.index(command)
    return commands[:place] + commands[place + 1 :]


class WatchedCall(Subject):
    """One call leg, as far as its life and its address go."""

    __slots__ = ("call_id", "in_flight", "node_id", "probes", "quiet", "unwanted")

    def __init__(self, line: Line, params: Params, state: str) -> None:
        super().__init__("call", line, state)
        self.call_id = text(params, "call_id")
        self.node_id = intern(text(params, "node_id"))
        self.in_flight: tuple[str, ...] = ()
        """Commands that have no reply yet."""
        self.probes = True
        """Whether the server may be asked, unasked, if it still knows the call."""
        self.quiet = 0
        """Audits in a row without a word of the call."""
        self.unwanted = ""
        """The reason with which it is hung up because nobody holds it, again if need be; ``""`` while somebody does."""

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        return f"call {self.call_id}"

    @property
    def over(self) -> bool:
        """Whether the call is ending or has ended: commands are settled here and not sent."""
        return self.state in OVER

    def addressed(self, params: Params) -> Params:
        """These params, with the call's address before them."""
        return {"node_id": self.node_id, "call_id": self.call_id, **params}

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
