"""The sums of what has happened to a client, for whoever watches over it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from callfsm.core import effects
from callfsm.listeners import Dropped
from callfsm.messenger import DroppedMessage

COUNTED: Final = (
    effects.CallMade,
    effects.Declined,
    effects.OrphanHungUp,
    effects.Refused,
    effects.AskedAfterEnd,
    effects.Stale,
    effects.Unheard,
)
"""The effects that the sums are of."""


@dataclass(frozen=True)
class Statistics:
    """What a client has seen since it was made."""

    calls_live: int
    """Calls that are up now, or have just ended and may still report something."""
    calls_made: int
    """Inbound calls that were taken, and legs that came up for a dial."""
    calls_declined: int
    """Inbound calls that were turned away: too many, no handler, or going away."""
    orphans_hung_up: int
    """Legs that came up after their dial had been given up."""
    commands_refused: int
    """Commands that the state machines forbade; nothing was sent."""
    commands_after_end: int
    """Commands on calls that were over; nothing was sent."""
    stale_reports: int
    """Reports that moved nothing: repeated, overtaken, or not understood."""
    frames_unheard: int
    """Frames and events that nobody here could take."""

    events_dropped: int
    """Reports of progress that a slow listener did not get, because more than 1,000 waited for it."""
    messages_dropped: int
    """Inbound messages for which too many message handlers were at work already."""

    @classmethod
    def of(cls, counts: Mapping[type, int], calls_live: int) -> Self:
        """The sums that these counts of effects amount to."""
        return cls(
            calls_live=calls_live,
            calls_made=counts.get(effects.CallMade, 0),
            calls_declined=counts.get(effects.Declined, 0),
            orphans_hung_up=counts.get(effects.OrphanHungUp, 0),
            commands_refused=counts.get(effects.Refused, 0),
            commands_after_end=counts.get(effects.AskedAfterEnd, 0),
            stale_reports=counts.get(effects.Stale, 0),
            frames_unheard=counts.get(effects.Unheard, 0),
            events_dropped=counts.get(Dropped, 0),
            messages_dropped=counts.get(DroppedMessage, 0),
        )
