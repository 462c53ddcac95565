"""Runs of clients against the load server, one at a time, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bench_client import quantile
from scenarios import CLIENTS, Scenario

HERE: Final = Path(__file__).parent
LONGEST: Final = 900.0
"""After how many seconds a run is given up."""

Figures = dict[str, float]


class DishonestError(Exception):
    """A client has not done the work that it was measured for, or more than that."""


@dataclass
class Bench:
    """A load server that is up, and what tells clients where it is."""

    server: asyncio.subprocess.Process
    environment: dict[str, str]

    async def run(self, client: str, scenario: Scenario, *, quick: bool = False) -> Figures:
        """Run one client once.

        Raises:
            DishonestError: The server has not heard from it what it must hear.
            RuntimeError: It failed.
        """
        sizes = scenario.quick if quick else scenario.sizes
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, str(HERE / "bench_client.py"), CLIENTS[client], scenario.program, *map(str, sizes)),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
        )
        ended = asyncio.create_task(program.communicate())
        fell = asyncio.create_task(self.server.wait())
        try:
            await asyncio.wait((ended, fell), timeout=LONGEST, return_when=asyncio.FIRST_COMPLETED)
            if fell.done():
                raise RuntimeError(f"the load server has ended with {fell.result()} in {scenario.name}")
            if program.returncode != 0:
                raise RuntimeError(f"{client} has failed in {scenario.name}, or come to no end")
            printed, _ = await ended
            told = json.loads(await _line(self.server))
        finally:
            fell.cancel()
            if program.returncode is None:
                program.kill()
            await ended
        figures: Figures = json.loads(printed)
        _check(client, scenario, sizes, told, figures)
        if told["turnarounds"]:
            for name, share in (("p50", 0.5), ("p99", 0.99)):
                figures[f"turnaround {name}"] = quantile(told["turnarounds"], share)
        return figures


def _check(client: str, scenario: Scenario, sizes: tuple[int, ...], told: dict[str, Any], figures: Figures) -> None:
    expected = scenario.frames(*sizes)
    expected |= {"ack": expected["events"], "signalwire.connect": 1}
    # How often it told the server what comes next, and pings, which depend on how long it all took, are not its work.
    heard = {
        name: times for name, times in told["heard"].items() if name not in ("signalwire.receive", "signalwire.ping")
    }
    heard |= {"events": told["events"]}
    if heard != expected:
        raise DishonestError(f"{client} in {scenario.name}: the server has heard {heard}, not {expected}")
    if "heard" in figures and figures["heard"] != sizes[0]:
        raise DishonestError(f"{client} in {scenario.name}: its listener heard {figures['heard']:.0f} events")


async def _line(process: asyncio.subprocess.Process) -> bytes:
    assert process.stdout is not None, "it was asked for"
    return await process.stdout.readline()


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """A load server in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = await asyncio.create_subprocess_exec(
            *(sys.executable, str(HERE / "load_server.py"), folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1 << 24,  # a line tells the times of thousands of calls
        )
        port = int(await _line(server))
        named = {
            "SIGNALWIRE_PROJECT_ID": "bench-project",
            "SIGNALWIRE_API_TOKEN": "bench-token",
            "SIGNALWIRE_SPACE": f"127.0.0.1:{port}",
            "SIGNALWIRE_RELAY_CA_FILE": str(Path(folder) / "authority.pem"),
        }
        silent = {name: value for name, value in os.environ.items() if not name.startswith("SIGNALWIRE_")}
        try:
            yield Bench(server, silent | named)
        finally:
            assert server.stdin is not None, "it was asked for"
            server.stdin.close()
            await server.wait()
