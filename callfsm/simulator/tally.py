"""The running sums of the simulator."""

from dataclasses import dataclass


@dataclass
class Tally:
    """What `Statistics` is made of."""

    calls_made: int = 0
    calls_ended: int = 0
    calls_live_at_most: int = 0
    operations_opened: int = 0
    operations_open: int = 0
    events_sent: int = 0
    acknowledgements_missing: int = 0
    """Those of sessions that are over."""

    def call_made(self, live: int) -> None:
        """One more call, which makes so many live ones."""
        self.calls_made += 1
        self.calls_live_at_most = max(self.calls_live_at_most, live)

    def operation_opened(self) -> None:
        """One more operation runs."""
        self.operations_opened += 1
        self.operations_open += 1

    def operation_over(self) -> None:
        """One operation fewer runs."""
        self.operations_open -= 1
