"""What every simulated operation has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from callfsm.simulator.clock import Timers
from callfsm.simulator.subject import Subject

if TYPE_CHECKING:
    from callfsm.simulator.leg import Leg

_LATE: Final = 0.1
"""How long after its call's end a late report comes."""

Order = Callable[[dict[str, Any]], object]


class Operation(Subject):
    """Something that runs in a leg under a control id, and reports how it goes."""

    def __init__(self, kind: str, leg: Leg, control_id: str) -> None:
        super().__init__(kind, "requested")
        self.leg = leg
        self.settings = leg.exchange.settings
        self.control_id = control_id
        self.timers = Timers(leg.exchange.clock)
        leg.add(self)
        leg.exchange.tally.operation_opened()

    def begin(self) -> None:
        """Its command has been accepted."""
        raise NotImplementedError

    def orders(self) -> Mapping[str, Order]:
        """What can be asked of it while it runs."""
        raise NotImplementedError

    def tell(self, event_type: str, params: dict[str, Any]) -> None:
        """Send an event about it."""
        self.leg.tell(event_type, {"control_id": self.control_id} | params, about=self)

    def press(self, digit: str) -> None:
        """The person at the far end presses a key."""

    def speech_begins(self) -> None:
        """The person at the far end begins to speak."""

    def speech_ends(self, words: str) -> None:
        """The person at the far end has said this."""

    def call_ending(self) -> None:
        """The call is ending: it stops, and reports so if its kind does."""
        self.halt()
        self.hear("call_ending")
        if self.reports_last():
            self.report_last()

    def call_ended(self) -> None:
        """The call has ended: nothing more is to come."""
        self.halt()
        self.hear("call_ended")

    def reports_last(self) -> bool:
        """Whether a last report comes when the call ends."""
        return self.machine in self.settings.last_reports

    def halt(self) -> None:
        """Stop whatever is under way, without a word."""
        self.timers.cancel_all()

    def report_last(self) -> None:
        """Report that it has come to an end."""
        raise NotImplementedError

    def settle(self, _payload: object) -> None:
        """Hook of every final state: one fewer runs."""
        self.leg.exchange.tally.operation_over()


class Lingering(Operation):
    """An operation that leaves something behind: its last report may come after its call has ended."""

    def reports_last(self) -> bool:
        """Whether its last report comes while the call is ending."""
        return super().reports_last() and not self.settings.late_recordings

    def call_ended(self) -> None:
        """The call has ended: the report comes late, or there is none."""
        self.halt()
        self.hear("call_ended")
        if super().reports_last():
            self.timers.start("late", _LATE, self.report_last)
        else:
            self.hear("grace_over")
