"""What the server reports, as it came."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import UNSET, MsgspecError, Struct, UnsetType, field
from msgspec.json import Decoder

from callfsm.core.frames import MAX_DEPTH
from callfsm.core.words import Params, nested, text
from callfsm.event import RelayEvent, parse_event


class Report(Struct, dict=True, forbid_unknown_fields=True):
    """One event. Most are heard by the machines alone; a typed event is made of it when somebody wants one.

    Attributes:
        event_type: The name on the wire; ``""`` when there is none.
        params: What it tells; ``{}`` when that is nothing.
        timestamp: When the server sent it, if it tells.
    """

    event_type: str = ""
    params: dict[str, Any] = {}
    timestamp: Any | UnsetType = UNSET
    # The rest of an envelope. Nobody looks at it, but what is not named here would be skipped, and not even be JSON.
    event_channel: Any = None
    context: Any = None
    project_id: Any = None
    space_id: Any = None

    @classmethod
    def of(cls, envelope: Params) -> Report:
        """The report in an envelope, whatever that holds."""
        return cls(text(envelope, "event_type"), nested(envelope, "params"), envelope.get("timestamp", UNSET))

    @property
    def event(self) -> RelayEvent:
        """The same as a typed event; always the same one."""
        made: dict[str, RelayEvent] = self.__dict__
        if "event" not in made:
            envelope = {"event_type": self.event_type, "params": self.params}
            if self.timestamp is not UNSET:
                envelope["timestamp"] = self.timestamp
            made["event"] = parse_event(envelope)
        return made["event"]


class EventFrame(Struct, frozen=True, forbid_unknown_fields=True):
    """The frame of an event, in the form that all of them have."""

    method: Literal["signalwire.event"]
    jsonrpc: Any = None
    id: str | int | float | None = None
    params: Report = field(default_factory=Report)


_decode: Final = Decoder(EventFrame).decode


def event_frame(message: str | bytes) -> EventFrame | None:
    """The event in a message; ``None`` when it holds something else, or an event in any other form."""
    # Nothing else holds that name, and counting costs next to nothing.
    if type(message) is not str or '"signalwire.event"' not in message:
        return None
    if message.count("{") + message.count("[") > MAX_DEPTH:
        return None
    try:
        return _decode(message)
    except (MsgspecError, ValueError, RecursionError):
        return None
