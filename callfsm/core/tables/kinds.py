"""The kinds of operation: each with its table, the events that speak of it, and how those are read."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from callfsm.core.tables.format import Table
from callfsm.core.tables.operations import COLLECT, PLAY, PLAY_AND_COLLECT, RECORD
from callfsm.core.tables.services import AI, DETECT, PAY, RECEIVE_FAX, SEND_FAX, STREAM, TAP, TRANSCRIBE


class Kind(NamedTuple):
    """What the core must know of an operation besides its table."""

    table: Table
    event_type: str
    """The event that settles it; its terminal event is of this type."""
    reads: str = "state"
    """How that event is read; one of `callfsm.core.words.READERS`."""
    also: Mapping[str, str] = MappingProxyType({})
    """Further event types that speak of it, with the prefix that their states get among its triggers."""
    last_words: Mapping[str, Any] = MappingProxyType({})
    """What its terminal event holds when no report of its own came."""


# The wire's own word for a collect that its call ended.
_NO_RESULT: Final = {"result": {"type": "finished"}}

# fmt: off
KINDS: Final[dict[str, Kind]] = {
    "play":             Kind(PLAY,             "calling.call.play"),
    "record":           Kind(RECORD,           "calling.call.record"),
    "collect":          Kind(COLLECT,          "calling.call.collect",    "collect", last_words=_NO_RESULT),
    "play_and_collect": Kind(PLAY_AND_COLLECT, "calling.call.collect",    "collect", {"calling.call.play": "play_"}, _NO_RESULT),
    "detect":           Kind(DETECT,           "calling.call.detect",     "detect"),
    "send_fax":         Kind(SEND_FAX,         "calling.call.fax",        "fax"),
    "receive_fax":      Kind(RECEIVE_FAX,      "calling.call.fax",        "fax"),
    "tap":              Kind(TAP,              "calling.call.tap"),
    "stream":           Kind(STREAM,           "calling.call.stream"),
    "transcribe":       Kind(TRANSCRIBE,       "calling.call.transcribe"),
    "pay":              Kind(PAY,              "calling.call.pay",        "pay"),
    "ai":               Kind(AI,               "calling.call.ai"),
}
# fmt: on
