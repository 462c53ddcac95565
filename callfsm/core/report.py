"""What the server reports, as it came."""

from __future__ import annotations

from typing import Any

from callfsm.core.words import Params, nested, text
from callfsm.event import RelayEvent, parse_event


class Report:
    """One event. Most are heard by the machines alone; a typed event is made of it when somebody wants one.

    Attributes:
        event_type: The name on the wire; ``""`` when there is none.
        params: What it tells; ``{}`` when that is nothing.
    """

    __slots__ = ("_envelope", "_event", "event_type", "params")

    def __init__(self, envelope: Params) -> None:
        self.event_type = text(envelope, "event_type")
        self.params: dict[str, Any] = nested(envelope, "params")
        self._envelope = envelope
        self._event: RelayEvent | None = None

    @property
    def event(self) -> RelayEvent:
        """The same as a typed event; always the same one."""
        if self._event is None:
            self._event = parse_event(self._envelope)
        return self._event
