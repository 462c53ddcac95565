"""Drawing a story from a seed."""

from __future__ import annotations

import random
from typing import Final

from stories import frame_faults
from stories.callers import ACTS
from stories.errands import ERRANDS
from stories.faults import FAULTS
from stories.steps import STEPS
from stories.story import Act, Caller, Fault, Program, Step, Story

SECONDS: Final = (0.0, 0.0, 0.0, 0.1, 0.3, 0.7, 1.5, 3.0, 5.0, 12.0)
"""The durations of steps: many are short, since most is decided in the first moments."""
FAULT_SECONDS: Final = (0.0, 0.1, 0.5, 1.0, 3.0, 8.0, 11.0, 20.0, 40.0)
DELAYS: Final = (0.0, 0.0, 0.0, 0.05, 0.5, 2.0, 5.0)
FRAMES: Final = 40
"""Before how many frames most faults happen."""

_STEPS: Final = [kind for kind in STEPS if kind not in ("answer", "raise", "pass")]
_ERRANDS: Final = list(ERRANDS)
_ACTS: Final = list(ACTS)
_FAULTS: Final = [*FAULTS, *frame_faults.KINDS]
"""Faults of single frames are drawn twice as often: more depends on which frame it is."""


def draw(seed: int) -> Story:
    """The story of this seed."""
    chance = random.Random(seed)  # noqa: S311  # nothing here is secret
    handlers = tuple(_program(chance) for _ in range(chance.choice((1, 1, 1, 2))))
    ringing = chance.choice((0, 1, 1, 1, 1, 1, 2, 2, 3))
    callers = tuple(_caller(chance) for _ in range(ringing))
    errands = tuple(_errand(chance) for _ in range(chance.choice((0, 0, 0, 1, 2) if callers else (1, 1, 2, 3))))
    faults = tuple(_fault(chance) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 3))))
    return Story(seed, handlers, errands, callers, faults)


def _program(chance: random.Random) -> Program:
    steps = [_step(chance) for _ in range(chance.choice((0, 1, 2, 3, 4, 5)))]
    first = chance.choice(("answer",) * 12 + ("pass", "raise", ""))
    last = chance.choice(("hangup", "hangup", "hangup", "wait_ended", "raise", ""))
    before = [Step(first)] if first else []
    return (*before, *steps, *([Step(last)] if last else []))


def _step(chance: random.Random) -> Step:
    return Step(chance.choice(_STEPS), chance.choice(SECONDS), chance.randrange(6))


def _errand(chance: random.Random) -> Step:
    return Step(chance.choice(_ERRANDS), chance.choice(SECONDS), chance.randrange(6))


def _caller(chance: random.Random) -> Caller:
    acts = [Act(chance.choice(_ACTS), chance.choice(SECONDS), chance.randrange(4)) for _ in range(chance.randrange(5))]
    return Caller(chance.choice(SECONDS), tuple(acts), chance.randrange(5))


def _fault(chance: random.Random) -> Fault:
    # Most stories are short: what is to befall a call has to come early.
    after = 0 if chance.random() < 0.1 else min(chance.randrange(1, FRAMES), chance.randrange(1, FRAMES))
    return Fault(
        chance.choice(_FAULTS), after, chance.choice(DELAYS), chance.choice(FAULT_SECONDS), chance.randrange(12)
    )
