"""What the simulator reports of, on the engines that clients run: it can only say what a table hears.

The server has no replies to hear and sends no commands, so most guards and hooks of the tables have
nothing to do here; those which matter are overridden.
"""

from collections.abc import Callable

from callfsm.core import machine


class LawlessReportError(AssertionError):
    """The simulator was about to report what no row of its table hears: a fault of the simulator."""


class Subject:
    """Something whose state the simulator reports."""

    def __init__(self, table: str, state: str) -> None:
        self.machine = table
        self.state = state
        self.known = state
        """The latest state that the client is sure to know: it has acknowledged it, or asked for it."""
        self.acknowledged = state
        """The latest state that it has acknowledged; a reply may have been lost with the link."""
        self.reported = ""

    @property
    def over(self) -> bool:
        """Whether nothing more is to be said of it."""
        return machine.is_final(self.machine, self.state)

    def say(self, word: str, tell: Callable[[], object]) -> None:
        """Move by a report, and tell the client of it.

        Raises:
            LawlessReportError: No row hears this word now.
        """
        source = self.state
        if not machine.fire(self.machine, self, word, word):
            raise LawlessReportError(f"{self.machine} cannot report {word!r} while it is {source}")
        self.reported = word
        tell()

    def hear(self, trigger: str) -> bool:
        """Move by something that is not told to the client."""
        return machine.fire(self.machine, self, trigger, trigger)

    def takes(self, ask: str) -> bool:
        """Whether the table permits this command now."""
        return machine.fire(self.machine, self, ask, ask)

    def raced(self, ask: str) -> bool:
        """Whether the client may have asked this in good faith: it was permitted in what the client knows."""
        return self.known != self.state and machine.heard_in(self.machine, ask, self.known)

    def send(self, _payload: object) -> None:
        """Hook: a client would send its frame now; the server has it already."""

    def settle(self, _payload: object) -> None:
        """Hook: it is over."""

    def news(self, word: object) -> bool:
        """Guard: this is not the word that was reported last."""
        return self.reported != word
