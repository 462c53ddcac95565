"""Which frames that the simulator did not expect are the client's fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callfsm.simulator.journal import Entry
from stories.fault_table import LINE_FAULTS

if TYPE_CHECKING:
    from stories.scene import Scene

_DISTORTS: Final = frozenset(
    {
        "session_lost", "missed_while_away", "restart", "command_lost", "command_late", "command_refused", "call_vanishes",
        "reply_lost", "reply_late", "replies_reordered", "reply_overtaken", "reply_duplicated", "reply_empty",
        "event_late", "event_missing", "end_missing", "events_reordered", "event_duplicated", "receive_duplicated",
        "event_malformed", "event_unwrapped", "acknowledgement_lost", "blocked",
    }
)  # fmt: skip
"""The faults after which the client cannot know how things stand at the server, even when the line is back."""
_CONFLICTS: Final = ("does not exist", " is ending", " is ended", "while it is", "is running", "is over", "is taken by")
"""What the simulator says of a command that does not fit how things stand."""


def explained(scene: Scene, entry: Entry) -> bool:
    """Whether a frame that the simulator did not expect is no fault of the client.

    A command that does not fit how things stand (404, 409, 410) is no fault of a client that was told wrongly, nor of
    one whose program does two things at once, or heard no reply because it blocked the loop; nor is the question
    whether a call is still known. Anything else that the simulator does not expect is a fault.
    """
    if entry.name.endswith(".dance"):
        return True  # The program has asked for it, as `stories.errands.execute` does.
    if not any(word in entry.unexpected for word in _CONFLICTS):
        return False
    asks_only = entry.name == "calling.clear_digit_bindings"
    at_once = scene.seen["step beside"] or scene.seen["step cancel"] or scene.seen["step block"]
    return asks_only or bool(at_once) or misled(scene) or any(scene.seen[f"fault {kind}"] for kind in LINE_FAULTS)


def misled(scene: Scene) -> bool:
    """Whether the client cannot know how things stand at the server, even when the line is back."""
    return any(scene.seen[f"fault {kind}"] for kind in _DISTORTS)
