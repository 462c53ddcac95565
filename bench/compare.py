"""The comparison: ``python bench/compare.py [--quick] [--scenario NAME] [--client NAME] [--repetitions N]``.

Every scenario is run by every client in turn, A B C D A B C D ...; the table tells medians with quartiles, and the
median of the ratios to the official client in the same round. The exit status is 1 when a client has not done the work,
and 130 when it was interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from bench_client import RESIDENT
from imports import import_rounds
from rounds import DishonestError, bench
from scenarios import CLIENTS, OFFICIAL, SCENARIOS, Scenario
from tables import IMPORT, Results, heading, table


async def measure(
    results: Results, scenarios: Sequence[Scenario], clients: Sequence[str], repetitions: int, *, quick: bool
) -> None:
    """Run all of them in turn, and add what was measured in each round.

    Raises:
        DishonestError: A client has not done the work.
        RuntimeError: One has failed.
    """
    async with bench() as server:
        for scenario in scenarios:
            times = min(repetitions, scenario.repetitions or repetitions)
            results[scenario.name] = {client: [] for client in clients}
            for number in range(times):
                for client in clients:
                    _tell(f"{scenario.name} {number + 1}/{times} {client}")
                    results[scenario.name][client].append(await server.run(client, scenario, quick=quick))
    _tell("")


def _tell(progress: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{progress}", end="", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description="Compare clients of RELAY under load.")
    parser.add_argument("--quick", action="store_true", help="less of everything, in under three minutes")
    parser.add_argument("--repetitions", type=_times, default=0, help="how often (12; 3 when quick)")
    parser.add_argument("--scenario", action="append", choices=[*(each.name for each in SCENARIOS), IMPORT])
    parser.add_argument("--client", action="append", choices=list(CLIENTS))
    parser.add_argument("--output", type=Path, help="the file to write the table to as well")
    return parser.parse_args()


def _times(text: str) -> int:
    times = int(text)
    if times < 1:
        raise argparse.ArgumentTypeError("once is the least")
    return times


def obstacle(clients: Sequence[str], scenarios: Sequence[Scenario]) -> str:
    """Why these cannot be measured here, or nothing."""
    if OFFICIAL in clients and find_spec("signalwire") is None:
        return "the official client is not installed here: `make bench` sets up an environment that has it"
    if any(each.reads_memory for each in scenarios) and not RESIDENT.exists():
        names = ", ".join(each.name for each in SCENARIOS if not each.reads_memory)
        return (
            f"memory is read from {RESIDENT}, which is not here; by --scenario the others can be run: {names}, {IMPORT}"
        )
    return ""


def main() -> int:
    """Run it; the exit status."""
    told = arguments()
    clients = told.client or list(CLIENTS)
    repetitions = told.repetitions or (3 if told.quick else 12)
    wanted = told.scenario or [*(each.name for each in SCENARIOS), IMPORT]
    scenarios = [each for each in SCENARIOS if each.name in wanted and (each.quick or not told.quick)]
    if not scenarios and IMPORT not in wanted:
        sys.exit(f"--quick leaves out what takes long: {', '.join(wanted)}")
    why = obstacle(clients, scenarios)
    if why:
        sys.exit(why)
    results: Results = {}
    failure, status = "", 0
    try:
        asyncio.run(measure(results, scenarios, clients, repetitions, quick=told.quick))
        if IMPORT in wanted:
            results[IMPORT] = import_rounds(clients, 7 if told.quick else 40)
    except (DishonestError, RuntimeError) as error:
        failure, status = f"\nFAILED: {error}", 1
    except KeyboardInterrupt:
        failure, status = "\nInterrupted; the table tells what had been measured by then.", 130
    text = f"{heading(repetitions, quick=told.quick)}\n\n{table(results)}\n"
    print(text)
    if failure:
        print(failure, file=sys.stderr)
    elif told.output:
        told.output.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
