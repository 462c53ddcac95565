"""What is seen of a program's calls, as values."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from callfsm.core.model import CallModel

INPUT: Final = ("digit", "speech")
"""What a prompt comes to when the caller has answered."""
SILENCE: Final = ("no_input", "no_match")
"""What it comes to when they have not, or not so that it fits."""


Edge = tuple[str, str, str, str]
"""A row that was heard: the machine, the state before, what was said, and the state after."""


class Prompted(NamedTuple):
    """What came of a prompt while the call was up."""

    at: float
    outcome: str
    """``digit`` or ``speech``, ``no_input`` or ``no_match``."""
    read: tuple[set[str], ...]
    """Which attributes the program has read of its event, and of its action."""


class Recorded(NamedTuple):
    """A recording that got an address."""

    url: str
    read: set[str]
    """Which attributes the program has read of its event."""
    things: tuple[object, ...]
    """Its event, and its action."""


@dataclass
class Watched:
    """What has been seen of one call."""

    model: CallModel
    owner: str
    """The call whose handler has dialled it; ``""`` for one that came in, or when that is not known."""
    began: float
    ended: float | None = None
    task: asyncio.Task[Any] | None = None
    """The task of its handler."""
    returned: float | None = None
    """When its handler has returned, or raised."""
    asked: list[tuple[float, str]] = field(default_factory=list)
    """What the program has asked of it, and when."""
    after_end: Counter[str] = field(default_factory=Counter)
    """The same of what it has asked after the end, without hang-ups."""
    prompted: list[Prompted] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)
    handed_over: float | None = None
    """When a transfer was accepted."""

    @property
    def call_id(self) -> str:
        """The call's id."""
        return self.model.call_id

    @property
    def input_at(self) -> float:
        """When the caller has given input last."""
        return max((each.at for each in self.prompted if each.outcome in INPUT), default=-1.0)


class Trouble(NamedTuple):
    """Something that was seen as it happened, and that no program should do."""

    invariant: str
    seen: str
    call_id: str = ""
    error: BaseException | None = None
