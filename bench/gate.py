"""The gate: ``python bench/gate.py``, or ``python bench/gate.py --record`` to write down what is so now.

It runs callfsm and the official client in turn, and holds the median of callfsm's ratios against the recorded ones.
Times are never compared: they tell more of the machine than of the client. The exit status is 1 when a ratio is past
its margin.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from compare import measure
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
    return {
        f"{name}: {figure.name}": (round(quartiles(ratios(rounds, OURS, figure.key))[1], 3), figure.unit)
        for name, rounds in results.items()
        for figure in FIGURES[name]
        if figure.is_gated
    }


def measured(rounds: int) -> dict[str, tuple[float, str]]:
    """Run all that is gated."""
    results: Results = {}
    gated = [each for each in SCENARIOS if any(figure.is_gated for figure in each.figures)]
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
    recorded = json.loads(RECORDED.read_text(encoding="utf-8"))["ratios"]
    is_held = True
    for name, (ratio, unit) in measured(ROUNDS).items():
        most = recorded[name] * MARGINS[unit]
        is_held &= ratio <= most
        print(
            f"{'ok    ' if ratio <= most else 'WORSE '} {name}: {ratio:.3f}; recorded {recorded[name]:.3f}, at most {most:.3f}"
        )
    return 0 if is_held else 1


def main() -> int:
    """Record or hold, as the command line says; the exit status."""
    try:
        return record() if sys.argv[1:] == ["--record"] else hold()
    except (DishonestError, RuntimeError) as error:
        sys.exit(f"FAILED: {error}")


if __name__ == "__main__":
    sys.exit(main())
