"""What a test that failed is told with: the ladders of its calls, and what the machines did last."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterable
from typing import Final

from callfsm.core.effects import Refused, Stale, Transitioned
from callfsm.core.tables import GUARDS
from callfsm.ladder import ladder_text
from callfsm.simulator.caller import CallerError
from callfsm.testing.relay import Failure, LeftOverError, Relay
from callfsm.testing.virtual_time import DeadEndError
from callfsm.testing.waiting import is_programs, told_frame

MOST_CALLS: Final = 5
"""How many ladders are shown."""

LAST_EFFECTS: Final = 20
"""How many transitions and refusals are shown."""


def told(
    relay: Relay, error: BaseException | None = None, *, most_calls: int | None = MOST_CALLS, width: int = 100
) -> str:
    """What has happened on a relay, as text.

    Args:
        relay: Where the test ran.
        error: What the test has failed with; the calls that it names come first.
        most_calls: How many calls are drawn; ``None`` is all of them.
        width: How many columns a ladder may take.
    """
    calls = call_ids(relay, error)
    shown = calls[:most_calls]
    parts = [
        *(_raised(failure) for failure in relay.failed if not _is_known(failure, error)),
        *(f"call {call_id}\n{relay.ladder(call_id, width)}" for call_id in shown),
        *([f"and {len(calls) - len(shown)} more calls"] * (len(calls) > len(shown))),
        _texts(relay, width),
        last_effects(relay.effects),
    ]
    return "\n\n".join(part for part in parts if part)


def call_ids(relay: Relay, error: BaseException | None = None) -> list[str]:
    """The calls of a relay: those that an error names first, then by their beginnings."""
    named: list[str] = []
    if isinstance(error, LeftOverError):
        named = [failure.call_id for failure in error.failures_found]
    elif isinstance(error, CallerError):
        named = [error.caller.call_id]
    named += [failure.call_id for failure in relay.failed]
    met = [entry.call_id for entry in relay.journal.entries()]
    return [call_id for call_id in dict.fromkeys(named + met) if call_id in met and call_id]


def last_effects(effects: list[Transitioned | Refused | Stale], count: int = LAST_EFFECTS) -> str:
    """The last transitions and refusals, one in a line; ``""`` when there are none."""
    heard = [effect for effect in effects if not isinstance(effect, Stale)]
    lines = [f"  {effect.subject.name}: {_what(effect)}" for effect in heard[-count:]]
    return "\n".join(["the last transitions and refusals:", *lines]) if lines else ""


def _texts(relay: Relay, width: int) -> str:
    entries = [entry for entry in relay.journal.entries() if entry.name.startswith("messaging.")]
    return f"text messages\n{ladder_text(entries, width)}" if entries else ""


def _what(effect: Transitioned | Refused) -> str:
    if isinstance(effect, Refused):
        why = GUARDS[effect.guard] if effect.guard else "no row takes it in this state"
        return f"{effect.command} was refused: {why}"
    moved = f"{effect.source} -> {effect.dest}" if effect.source != effect.dest else f"stays {effect.source}"
    return f"{effect.speaker} {effect.trigger}: {moved}"


def _is_known(failure: Failure, error: BaseException | None) -> bool:
    """Whether what the test has failed with shows this already, or has caused it."""
    if error is None or failure.error is None:
        return False
    wound_up = isinstance(failure.error, asyncio.CancelledError) and isinstance(error.__context__, DeadEndError)
    return wound_up or failure.error in (error, error.__cause__)


def _raised(failure: Failure) -> str:
    """What a handler has raised, and where in the program."""
    return "\n".join([failure.what, *(f"  {line}" for line in _places(failure.error))])


def _places(error: BaseException | None) -> Iterable[str]:
    if error is None:
        return
    for frame, line in traceback.walk_tb(error.__traceback__):
        if is_programs(frame):
            yield f"in {told_frame(frame, line)}"
