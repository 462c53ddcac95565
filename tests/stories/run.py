"""Telling many stories: ``make stories N=100000``, or one of them: ``make stories SEED=123``."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import multiprocessing
import sys
import time
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from callfsm.ladder import ladder_text
from callfsm.testing.virtual_time import VirtualTimeLoop
from stories.drawing import draw
from stories.errands import ERRANDS
from stories.faults import FAULTS
from stories.shrinking import shrink
from stories.steps import STEPS
from stories.story import Story
from stories.telling import VIRTUAL_LIMIT, Told, tell
from stories.watching import Breach

PROCESSES: Final = 2
CHUNK: Final = 250
"""How many stories are told before the garbage is collected and looked through."""


class Sums(NamedTuple):
    """What many stories have come to.

    Attributes:
        stories: How many were told.
        broken: Their seeds, and what was seen that must not be.
        seen: Which steps, errands and faults have happened.
        pairs: In which states of connection and call which fault has happened.
    """

    stories: int
    broken: list[tuple[int, Breach]]
    seen: Counter[str]
    pairs: set[tuple[str, str]]

    def __add__(self, other: Any) -> Sums:
        """Both together."""
        assert isinstance(other, Sums), "sums are added to sums"
        return Sums(
            self.stories + other.stories, self.broken + other.broken, self.seen + other.seen, self.pairs | other.pairs
        )


NOTHING: Final = Sums(0, [], Counter(), set())


class Teller:
    """Tells stories on one loop, and looks now and then whether anything of them is left in memory."""

    def __init__(self) -> None:
        logging.getLogger("callfsm").setLevel(logging.CRITICAL)
        self._loop = VirtualTimeLoop(VIRTUAL_LIMIT)
        self._left: list[weakref.ref[Any]] = []

    def tell(self, story: Story) -> Told:
        """Tell one story."""
        return tell(story, self._loop)

    def tell_many(self, seeds: range) -> Sums:
        """Tell the stories of these seeds, and look afterwards what is left of them."""
        sums = NOTHING
        broken: list[tuple[int, Breach]] = []
        seen: Counter[str] = Counter()
        pairs: set[tuple[str, str]] = set()
        gc.collect()
        gc.disable()
        try:
            for seed in seeds:
                told = self.tell(draw(seed))
                self._left += [
                    weakref.ref(told.scene),
                    weakref.ref(told.scene.client),
                    weakref.ref(told.scene.client._session),
                ]
                broken += [(seed, breach) for breach in told.breaches[:1]]
                seen.update(told.seen)
                pairs |= told.pairs
                del told
        finally:
            gc.enable()
        return sums + Sums(len(seeds), broken + self._leaks(seeds), seen, pairs)

    def _leaks(self, seeds: range) -> list[tuple[int, Breach]]:
        self._loop.failures.clear()
        gc.collect()
        unseen = [(seeds[-1], Breach("no exception is left unseen", failure)) for failure in self._loop.failures[:1]]
        alive = [index for index, reference in enumerate(self._left) if reference() is not None]
        self._left.clear()
        return unseen + [
            (seeds[index // 3], Breach("nothing of a client is left in memory", "collected, and there"))
            for index in alive[:1]
        ]

    def close(self) -> None:
        """Close the loop."""
        self._loop.close()


def _chunk(seeds: range) -> Sums:
    teller = Teller()
    try:
        return teller.tell_many(seeds)
    finally:
        teller.close()


def chunks(first: int, stories: int, size: int = CHUNK) -> Iterator[range]:
    """These many seeds, in pieces."""
    for start in range(first, first + stories, size):
        yield range(start, min(start + size, first + stories))


def failure(story: Story, promise: str) -> str:
    """What is to be read of a story that breaks a promise: the shortest such story, its ladder, and how to see it again."""
    teller = Teller()

    def fails(shorter: Story) -> bool:
        return any(breach.promise == promise for breach in teller.tell(shorter).breaches)

    try:
        short = shrink(story, fails) if fails(story) else story
        told = teller.tell(short)
    finally:
        teller.close()
    lines = [
        f"seed {story.seed}: {promise}",
        *(f"  {breach.promise}: {breach.seen}" for breach in told.breaches),
        f"again: make stories SEED={story.seed}",
        f"shrunk: {short!r}",
        f"to keep, in tests/stories/kept/: {json.dumps({'found': promise, 'story': short.to_json()})}",
        ladder_text(told.journal, 110),
    ]
    return "\n".join(lines)


def main() -> int:
    """Tell what the arguments ask for; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stories", type=int, nargs="?", default=5_000, help="how many")
    parser.add_argument("--seed", type=int, help="tell this one only, and draw it")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--story", type=Path, help="tell a kept one")
    options = parser.parse_args()
    if options.seed is not None or options.story is not None:
        return _one(options)
    return _many(options.first, options.stories)


def _one(options: argparse.Namespace) -> int:
    story = (
        draw(options.seed) if options.story is None else Story.from_json(json.loads(options.story.read_text())["story"])
    )
    teller = Teller()
    told = teller.tell(story)
    teller.close()
    _say(f"{story!r}\n{ladder_text(told.journal, 110)}")
    if told.breaches:
        _say(failure(story, told.breaches[0].promise))
    else:
        _say("every promise was kept")
    return bool(told.breaches)


def _many(first: int, stories: int) -> int:
    begun, sums = time.perf_counter(), NOTHING
    with multiprocessing.Pool(PROCESSES) as pool:
        for number, chunk in enumerate(pool.imap_unordered(_chunk, chunks(first, stories)), 1):
            sums += chunk
            if number % 20 == 0 or sums.stories == stories:
                rate = sums.stories / (time.perf_counter() - begun)
                _say(f"{sums.stories:>9,} stories, {rate:,.0f}/s, {len(sums.broken)} broken")
    _report(sums)
    for promise, seed in _first_of_each(sums).items():
        _say("")
        _say(failure(draw(seed), promise))
    return bool(sums.broken)


def _first_of_each(sums: Sums) -> dict[str, int]:
    found: dict[str, int] = {}
    for seed, breach in sorted(sums.broken):
        found.setdefault(breach.promise, seed)
    return found


def _report(sums: Sums) -> None:
    for name, table in (("fault", FAULTS), ("step", STEPS), ("errand", ERRANDS)):
        kinds = {kind: sums.seen[f"{name} {kind}"] for kind in table}
        _say(f"{name}s ({len(kinds)} kinds): " + ", ".join(f"{kind} {many:,}" for kind, many in kinds.items()))
        never = [kind for kind, many in kinds.items() if not many]
        if never:
            _say(f"  never: {', '.join(never)}")
    raised = {kind.removeprefix("raised "): many for kind, many in sums.seen.items() if kind.startswith("raised ")}
    _say("raised: " + ", ".join(f"{kind} {many:,}" for kind, many in sorted(raised.items())))
    states = sorted({state for state, _ in sums.pairs})
    _say(
        f"{len(sums.pairs)} pairs of state and fault, of {len(states)} states and {len(FAULTS)} faults: {', '.join(states)}"
    )
    for promise, many in Counter(breach.promise for _, breach in sums.broken).most_common():
        _say(f"BROKEN {many:,} times: {promise}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
