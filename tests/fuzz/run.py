"""As many hostile frames as are wanted, in two processes: ``python -m fuzz.run [frames] [seed]``, from ``tests``.

It ends with a table of what was tried. A failure is made small, printed with its seed, and kept in ``kept/``, where
the tests find it and play it again; the exit status is then 1.
"""

from __future__ import annotations

import gc
import logging
import sys
import time
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import Final

from fuzz.hostility import FAMILIES, MUTATIONS
from fuzz.keeping import keep, shrink
from fuzz.oracle import Figures
from fuzz.play import BATCH, BATCHES, FailedError, life, seeded

PROCESSES: Final = 2
QUIET: Final = 0.9
"""How many clients write warnings only; the log of the others is at debug."""
LIFE: Final = BATCH * BATCHES
"""How many messages one client gets."""

Outcome = tuple[Figures, str]
"""What was tried, and the story of a failure, if there was one."""


def one_life(seed: str, frames: int) -> Outcome:
    """Live one life; a failure is kept."""
    figures = Figures()
    level = logging.WARNING if seeded(seed).random() < QUIET else logging.DEBUG
    gc.disable()  # its pauses would be told as frames that are slow
    try:
        life(seed, frames, figures, level)
    except FailedError as failed:
        return figures, _story(seed, failed)
    except Exception as error:  # noqa: BLE001  # also what is found only when a client's life is over
        return figures, f"seed {seed!r}: {error!r}"
    finally:
        gc.collect()
    return figures, ""


def _story(seed: str, failed: FailedError) -> str:
    steps = shrink(failed)
    if not steps:
        return (
            f"seed {seed!r}, batch {failed.batch}: {failed}\nThe batch by itself breaks nothing: play the whole life."
        )
    path = keep(f"seed-{seed}", failed, steps)
    shown = "\n".join(f"  {step!r}"[:500] for step in steps)
    return f"seed {seed!r}, batch {failed.batch}: {failed}\n{shown}\nKept as {path}."


def fuzz(frames: int, seed: str) -> int:
    """Try so many frames; the exit status."""
    lives = [(f"{seed}-{number}", min(LIFE, frames - begun)) for number, begun in enumerate(range(0, frames, LIFE))]
    sums, stories, begun = Figures(), list[str](), time.monotonic()
    with ProcessPoolExecutor(PROCESSES) as processes:
        waited = [processes.submit(one_life, *each) for each in lives]
        for done in as_completed(waited):
            figures, story = done.result()
            sums.add(figures)
            stories += [story] if story else []
            _show_progress(sum(sums.tried.values()), frames, begun, len(stories))
            if len(stories) >= 5:
                _cancel(waited)
                break
    print(f"\n{sums.tried.total():,} frames in {time.monotonic() - begun:.0f} s, {sums.good:,} good calls between them")
    print(tables(sums))
    print(
        "\n".join(stories)
        or "The client stayed connected, counted and logged each bad frame once, and every good call worked."
    )
    return 1 if stories else 0


def _cancel(waited: list[Future[Outcome]]) -> None:
    for each in waited:
        each.cancel()


def _show_progress(done: int, wanted: int, begun: float, failures: int) -> None:
    rate = done / (time.monotonic() - begun)
    print(f"\r{done:,} of {wanted:,} frames, {rate:,.0f} a second, {failures} failures", end="", flush=True)


def tables(figures: Figures) -> str:
    """What was tried, what it was taken for, how much was held at most, and what was slow."""
    wide = max(len(each) for each in MUTATIONS)
    lines = ["", " " * wide + " ".join(f"{family:>14}" for family in FAMILIES)]
    for mutation in MUTATIONS:
        cells = " ".join(f"{figures.tried[family, mutation]:>14,}" for family in FAMILIES)
        lines.append(f"{mutation:<{wide}}{cells}")
    empty = sum(not figures.tried[family, mutation] for family in FAMILIES for mutation in MUTATIONS)
    lines += ["", f"Cells without a frame: {empty} of {len(FAMILIES) * len(MUTATIONS)}"]
    lines += ["Taken for: " + ", ".join(f"{kind} {count:,}" for kind, count in figures.heard.most_common())]
    most = [f"{name} {size}" for name, size in sorted(figures.most.items()) if size > 4]
    lines += ["Held at most: " + ", ".join(most)]
    lines += ["Slowest, in ms of processor time for each MB (only above 50), and what they were:"]
    lines += [
        f"  {rate:8.0f} ms/MB {ms:8.1f} ms {size:>10,} characters  {what}" for rate, ms, size, what in figures.slow[:10]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    sys.exit(fuzz(wanted, sys.argv[2] if len(sys.argv) > 2 else "callfsm"))
