"""The gate: ``python bench/gate.py``, or ``python bench/gate.py --record`` to write down what is so now.

It runs callfsm and the official client in turn, and holds the median of callfsm's ratios against the recorded ones.
Times are never compared: they tell more of the machine than of the client. The exit status is 1 when a ratio is past
its margin; one that is as far on the other side is called better, and wants to be recorded, since until then
it may become that much worse unnoticed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from compare import measure, obstacle
from imports import import_rounds
from rounds import DishonestError
from scenarios import OFFICIAL, OURS, SCENARIOS
from tables import FIGURES, IMPORT, Results, quartiles, ratios

RECORDED: Final = Path(__file__).with_name("recorded.json")
ROUNDS: Final = 7
ROUNDS_RECORDED: Final = 12
MARGINS: Final = {"µs": 1.15, "bytes": 1.05}
"""How many times the recorded ratio is still within it: the noise of seven rounds on a machine that does other work too."""


def medians(results: Results) -> dict[str, tuple[float, str]]:
    """The median ratio, and the unit, of every figure that is gated."""
    found = {
        f"{name}: {figure.name}": (ratios(rounds, OURS, figure.key), figure.unit)
        for name, rounds in results.items()
        for figure in FIGURES[name]
        if figure.is_gated
    }
    for name, (each, _) in found.items():
        if not each:
            raise RuntimeError(f"{name}: the official client's figure is nothing, and has no ratio to it")
    return {name: (round(quartiles(each)[1], 3), unit) for name, (each, unit) in found.items()}


def measured(rounds: int) -> dict[str, tuple[float, str]]:
    """Run all that is gated.

    Raises:
        RuntimeError: It cannot be measured, or a client has failed.
        DishonestError: A client has not done the work.
    """
    results: Results = {}
    gated = [each for each in SCENARIOS if any(figure.is_gated for figure in each.figures)]
    why = obstacle([OFFICIAL, OURS], gated)
    if why:
        raise RuntimeError(why)
    asyncio.run(measure(results, gated, [OFFICIAL, OURS], rounds, quick=False))
    results[IMPORT] = import_rounds([OFFICIAL, OURS], 3 * rounds)
    return medians(results)


def record() -> int:
    """Write down what is so now; the exit status."""
    found = {name: ratio for name, (ratio, _) in measured(ROUNDS_RECORDED).items()}
    told = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "signalwire-sdk": version("signalwire-sdk"), "ratios": found}
    RECORDED.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def hold() -> int:
    """Hold what is so now against what was recorded; the exit status."""
    recorded = _recorded()
    words = [
        _compared(name, ratio, recorded.get(name, 0.0), MARGINS[unit])
        for name, (ratio, unit) in measured(ROUNDS).items()
    ]
    return 0 if set(words) <= {"ok", "BETTER"} else 1


def _recorded() -> dict[str, float]:
    if not RECORDED.exists():
        raise RuntimeError(f"nothing has been recorded in {RECORDED.name}: --record does that")
    told = json.loads(RECORDED.read_text(encoding="utf-8"))
    theirs = _installed()
    if theirs and told["signalwire-sdk"] != theirs:
        raise RuntimeError(
            f"recorded were ratios to signalwire-sdk {told['signalwire-sdk']}, and {theirs} is installed"
        )
    ratios: dict[str, float] = told["ratios"]
    return ratios


def _installed() -> str:
    try:
        return version("signalwire-sdk")
    except PackageNotFoundError:
        return ""


def _compared(name: str, ratio: float, recorded: float, margin: float) -> str:
    if not recorded:
        print(f"NEW    {name}: {ratio:.3f}; nothing recorded")
        return "NEW"
    word = "ok" if recorded / margin <= ratio <= recorded * margin else "WORSE" if ratio > recorded else "BETTER"
    print(f"{word:6} {name}: {ratio:.3f}; recorded {recorded:.3f}, at most {recorded * margin:.3f}")
    return word


def main() -> int:
    """Record or hold, as the command line says; the exit status."""
    parser = argparse.ArgumentParser(
        description="Hold callfsm's ratios to the official client against the recorded ones."
    )
    parser.add_argument("--record", action="store_true", help="write down what is so now")
    told = parser.parse_args()
    try:
        return record() if told.record else hold()
    except (DishonestError, RuntimeError) as error:
        sys.exit(f"FAILED: {error}")
    except KeyboardInterrupt:
        print("Interrupted; nothing is recorded, and nothing was held.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
