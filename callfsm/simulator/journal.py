"""What has gone over the wire and what callers did, in order; and the sums of it."""

from collections import deque
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

TO_RELAY: Final = "app->relay"
FROM_RELAY: Final = "relay->app"
CALLER_ACTS: Final = "caller->relay"
CALLER_HEARS: Final = "relay->caller"

_STATES: Final = ("call_state", "dial_state", "connect_state", "join_status", "message_state", "status", "for", "state")
_STATED: Final = frozenset(_STATES)
_NAMES: Final = {"calling.call.state": "call", "calling.call.receive": "receive"}


class Entry(NamedTuple):
    """One thing that happened."""

    time: float
    """Simulated seconds."""
    client: str
    """Which client it concerns; ``""`` for what passes between the server and a caller."""
    direction: str
    """``app->relay``, ``relay->app``, ``caller->relay`` or ``relay->caller``."""
    call_id: str
    name: str
    """The method, the event type, ``reply``, or what a caller does."""
    label: str
    """The same in a few words, for a picture: ``play "Welcome…"``."""
    frame: dict[str, Any]
    unexpected: str = ""
    """Why a client that keeps to the rules would not have sent this; ``""`` when it would."""
    tag: str = ""
    """The tag of the dial that it is about."""


@dataclass(frozen=True)
class Statistics:
    """Sums since the simulator was started."""

    calls_made: int
    calls_ended: int
    calls_live: int
    calls_live_at_most: int
    operations_opened: int
    operations_open: int
    unexpected_frames: int
    events_sent: int
    acknowledgements_missing: int
    """Events that were sent to a client that acknowledges, and that it has not acknowledged in time."""
    clients: int
    """Clients that are logged in now."""
    entries_dropped: int
    """How many entries the journal has had to drop."""


class Journal:
    """The latest entries, oldest first; when it is full the oldest are dropped, and counted."""

    def __init__(self, max_entries: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=max_entries)
        self.dropped = 0
        self.unexpected = 0
        """How many frames were unexpected, those included whose entries have been dropped."""

    def add(self, entry: Entry) -> None:
        """Write down what happened."""
        self.dropped += len(self._entries) == self._entries.maxlen
        self.unexpected += bool(entry.unexpected)
        self._entries.append(entry)

    def entries(self, call_id: str = "") -> list[Entry]:
        """The entries about one call, with the dial that it came from; without a call id, all of them."""
        if not call_id:
            return list(self._entries)
        tags = {entry.tag for entry in self._entries if entry.call_id == call_id and entry.tag}
        return [
            entry for entry in self._entries if entry.call_id == call_id or (not entry.call_id and entry.tag in tags)
        ]

    def unexpected_entries(self) -> list[Entry]:
        """The frames that a client which keeps to the rules would not have sent."""
        return [entry for entry in self._entries if entry.unexpected]

    def methods(self, call_id: str) -> list[str]:
        """The commands that were received for a call, in order."""
        return [entry.name for entry in self._entries if entry.call_id == call_id and entry.direction == TO_RELAY]

    def __len__(self) -> int:
        return len(self._entries)


def label(method: str, params: dict[str, Any]) -> str:
    """A command or event in a few words."""
    name = _NAMES.get(method) or method.removeprefix("signalwire.").removeprefix("calling.").removeprefix("call.")
    if not _STATED.isdisjoint(params) and "result" not in params:
        for key in _STATES:
            if params.get(key):
                return f"{name} {params[key]}{_reason(params)}"
    return f"{name}{_detail(params)}"


def _reason(params: dict[str, Any]) -> str:
    reason = params.get("end_reason") or params.get("failed_reason") or params.get("reason")
    return f" ({reason})" if reason else ""


def _detail(params: dict[str, Any]) -> str:
    media, result = params.get("play"), params.get("result")
    if isinstance(media, list) and media:
        return f' "{_short(_spoken(media[0]))}"'
    if isinstance(result, dict):
        told = result.get("params") or {}
        text = told.get("digits", told.get("text", "")) if isinstance(told, dict) else ""
        return f' {result.get("type")} "{_short(str(text))}"' if text else f" {result.get('type')}"
    detect = params.get("detect")
    if isinstance(detect, dict) and isinstance(detect.get("params"), dict) and "event" in detect["params"]:
        return f" {detect['params']['event']}"
    if isinstance(result, str):
        return f" {result}"
    for key in ("digits", "body", "name", "queue_name", "context", "tag"):
        if isinstance(params.get(key), str) and params[key]:
            return f' "{_short(params[key])}"'
    return _reason(params)


def _spoken(item: object) -> str:
    params = item.get("params") if isinstance(item, dict) else None
    if not isinstance(params, dict):
        return "?"
    for key in ("text", "url", "name"):
        if params.get(key):
            return str(params[key])
    return str(item.get("type")) if isinstance(item, dict) else "?"


def _short(text: str, length: int = 24) -> str:
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"
