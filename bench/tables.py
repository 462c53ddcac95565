"""The table of what was measured."""

from __future__ import annotations

import os
import platform
import statistics
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from scenarios import CLIENTS, OFFICIAL, OURS, SCENARIOS, Figure

IMPORT: Final = "import"
MOST_GROWTH: Final = 1.15
"""How many times what it costs beside 100 calls a call of callfsm's may cost beside 20,000."""

Rounds = dict[str, list[dict[str, float]]]
"""What each client has measured, round by round."""
Results = dict[str, Rounds]
"""The rounds of each scenario."""

FIGURES: Final = {scenario.name: scenario.figures for scenario in SCENARIOS} | {
    IMPORT: (Figure("cpu", "CPU of the import", goal=0.9, is_gated=True),)
}
_PACKAGES: Final = ("callfsm", "signalwire-sdk", "websockets", "msgspec", "structlog", "transitions")


def ratios(rounds: Rounds, client: str, key: str) -> list[float]:
    """A client's figure over the official client's in the same round, where that one is not nothing."""
    pairs = zip(rounds.get(client, []), rounds.get(OFFICIAL, []), strict=False)
    return [mine[key] / theirs[key] for mine, theirs in pairs if theirs.get(key, 0) > 0]


def quartiles(values: list[float]) -> tuple[float, float, float]:
    """The quarter, the half and the three quarters of some values."""
    if len(values) == 1:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def _cell(rounds: Rounds, client: str, key: str) -> str:
    values = [measured[key] for measured in rounds.get(client, []) if key in measured]
    if not values:
        return ""
    low, middle, high = map(_shown, quartiles(values))
    cell = f"{middle} ({low} to {high})"
    compared = ratios(rounds, client, key) if client != OFFICIAL else []
    if compared:
        low, middle, high = (f"{value:.2f}" for value in quartiles(compared))
        cell += f"; **{middle}** ({low} to {high})"
    return cell


def _goal(rounds: Rounds, figure: Figure) -> str:
    compared = ratios(rounds, OURS, figure.key)
    if not figure.goal:
        return ""
    reached = not compared or quartiles(compared)[1] <= figure.goal
    return f"{figure.goal:g}" + ("" if reached else " (missed)")


def _growth(rounds: Rounds, clients: list[str]) -> list[str]:
    shares = {
        client: [each["cpu 20000"] / each["cpu 100"] for each in rounds.get(client, []) if "cpu 20000" in each]
        for client in clients
    }
    cells = ["{1:.2f} ({0:.2f} to {2:.2f})".format(*quartiles(each)) if each else "" for each in shares.values()]
    missed = shares.get(OURS) and quartiles(shares[OURS])[1] > MOST_GROWTH
    goal = f"{MOST_GROWTH:g}" + (" (missed)" if missed else "")
    return [f"| growth | 20,000 beside over 100 | | {' | '.join(cells)} | {goal} |"] if any(cells) else []


def table(results: Results) -> str:
    """All of it, in Markdown."""
    clients = [name for name in CLIENTS if any(name in rounds for rounds in results.values())]
    rows = [
        f"| scenario | figure | unit | {' | '.join(clients)} | goal |",
        f"| --- | --- | --- |{' --- |' * len(clients)} --- |",
    ]
    for name, rounds in results.items():
        for figure in FIGURES[name]:
            cells = [_cell(rounds, client, figure.key) for client in clients]
            if any(cells):
                told = f"| {name} | {figure.name} | {figure.unit} | {' | '.join(cells)} | {_goal(rounds, figure)} |"
                rows.append(told)
        if name == "growth":
            rows += _growth(rounds, clients)
    return "\n".join(rows)


def heading(repetitions: int, *, quick: bool) -> str:
    """Where, when and with what it was measured."""
    when = f"{datetime.now(UTC):%d %B %Y}{', quickly' if quick else ''}"
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    # Their names tell how many calls they hold otherwise.
    fewer = [f"{each.name} held {each.quick[0]:,}" for each in SCENARIOS if each.program == "hold" and each.quick]
    return (
        f"# Measured on {when}\n\n"
        f"{os.cpu_count()} cores ({_processor()}), {system}; {', '.join(map(_version, _PACKAGES))}.\n\n"
        f"Rounds: {repetitions}, fewer where a run is long. A cell tells the median, and the quartiles; what follows in "
        "bold is the median of the ratios to the official client in the same round, and theirs. What each scenario is, and "
        "what is honest about it, stands in [README.md](README.md)."
        + (f" Less was run than the goals are for: {', '.join(fewer)} calls." if quick else "")
    )


def _processor() -> str:
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text("utf-8").splitlines() if cpu.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return models[0] if models else platform.processor()


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"
