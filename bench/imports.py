"""What importing a client costs, in processor time, without what Python itself takes to begin."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from scenarios import CLIENTS

# Clients as a program finds them from its second start on: compiled.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _cost(program: str) -> float:
    # A process that ends by itself; its usage is the kernel's word for it, in microseconds.
    child = os.posix_spawn(sys.executable, [sys.executable, "-c", program], _ENVIRONMENT)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{program!r} has failed")
    return (usage.ru_utime + usage.ru_stime) * 1e6


def import_rounds(clients: Sequence[str], repetitions: int) -> dict[str, list[dict[str, float]]]:
    """Import each client in turn, so many times over; only those that people can use."""
    packages = {name: CLIENTS[name] for name in clients if not CLIENTS[name].startswith("floor")}
    rounds: dict[str, list[dict[str, float]]] = {name: [] for name in packages}
    for _ in range(repetitions + 1):
        bare = _cost("pass")
        for name, package in packages.items():
            rounds[name].append({"cpu": _cost(f"import {package}") - bare})
    # The first round may have compiled what the others find compiled.
    return {name: each[1:] for name, each in rounds.items()}
