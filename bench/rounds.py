"""Runs of clients against the load server, one at a time, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
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
LONGEST_QUICK: Final = 60.0
"""The same where less is run."""

Figures = dict[str, float]

_NAMES: Final = {"ack": "acknowledgements", "events": "events told"}


class DishonestError(Exception):
    """A client has not done the work that it was measured for, or more than that."""


@dataclass
class Bench:
    """A load server that is up, and what tells clients where it is.

    Attributes:
        lifeline: The end of a pipe that the clients are given: they end when this process does, however it does.
    """

    server: asyncio.subprocess.Process
    environment: dict[str, str]
    lifeline: int

    async def run(self, client: str, scenario: Scenario, *, quick: bool = False) -> Figures:
        """Run one client once.

        Raises:
            DishonestError: The server has not heard from it what it must hear.
            RuntimeError: It failed.
        """
        sizes = scenario.quick if quick else scenario.sizes
        who = f"{client} in {scenario.name}"
        longest = LONGEST_QUICK if quick else LONGEST
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, str(HERE / "bench_client.py"), CLIENTS[client], scenario.program, *map(str, sizes)),
            env=self.environment,
            stdin=self.lifeline,
            stdout=asyncio.subprocess.PIPE,
        )
        ended = asyncio.create_task(program.communicate())
        fell = asyncio.create_task(self.server.wait())
        try:
            await asyncio.wait((ended, fell), timeout=longest, return_when=asyncio.FIRST_COMPLETED)
            if fell.done():
                raise RuntimeError(f"{who}: the load server has ended with {fell.result()}")
            has_ended = ended.done()
        finally:
            fell.cancel()
            if program.returncode is None:
                program.kill()
            printed, _ = await ended
        connections = await self._connections()
        if has_ended and not (program.returncode == 0 and printed):
            raise RuntimeError(f"{who}: its program has ended with status {program.returncode} and no figures")
        if not has_ended:
            raise RuntimeError(
                f"{who}: it has come to no end in {longest:g} s; {_difference(connections, scenario, sizes)}"
            )
        figures: Figures = json.loads(printed)
        _check(who, scenario, sizes, connections, figures)
        if connections[0]["turnarounds"]:
            for name, share in (("p50", 0.5), ("p99", 0.99)):
                figures[f"turnaround {name}"] = quantile(connections[0]["turnarounds"], share)
        return figures

    async def _connections(self) -> list[dict[str, Any]]:
        assert self.server.stdin is not None, "it was asked for"
        self.server.stdin.write(b"\n")
        told: list[dict[str, Any]] = json.loads(await _line(self.server) or "[]")
        return told


def _check(
    who: str, scenario: Scenario, sizes: tuple[int, ...], connections: list[dict[str, Any]], figures: Figures
) -> None:
    if len(connections) != 1:
        raise DishonestError(f"{who}: it has connected {len(connections)} times, not once")
    difference = _difference(connections, scenario, sizes)
    if difference:
        raise DishonestError(f"{who}: {difference}")
    if "heard" in figures and figures["heard"] != sizes[0]:
        raise DishonestError(f"{who}: its listener has heard {figures['heard']:.0f} events, not {sizes[0]}")


def _difference(connections: list[dict[str, Any]], scenario: Scenario, sizes: tuple[int, ...]) -> str:
    heard: Counter[str] = Counter()
    for each in connections:
        heard.update(each["heard"])
        heard["events"] += each["events"]
    # How often it told the server what comes next, and pings, which depend on how long it all took, are not its work.
    for name in ("signalwire.receive", "signalwire.ping"):
        del heard[name]
    expected = scenario.frames(*sizes)
    expected |= {"ack": expected["events"], "signalwire.connect": 1}
    names = sorted(name for name in heard.keys() | expected.keys() if heard[name] != expected.get(name, 0))
    told = (f"{heard[name]} {_NAMES.get(name, name)} (not {expected.get(name, 0)})" for name in names)
    return f"the server has heard {', '.join(told)}" if names else ""


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
        reading, writing = os.pipe()
        try:
            port = await _line(server)
            if not port:
                raise RuntimeError("the load server has not come up")
            named = {
                "SIGNALWIRE_PROJECT_ID": "bench-project",
                "SIGNALWIRE_API_TOKEN": "bench-token",
                "SIGNALWIRE_SPACE": f"127.0.0.1:{int(port)}",
                "SIGNALWIRE_RELAY_CA_FILE": str(Path(folder) / "authority.pem"),
            }
            silent = {name: value for name, value in os.environ.items() if not name.startswith("SIGNALWIRE_")}
            yield Bench(server, silent | named, reading)
        finally:
            assert server.stdin is not None, "it was asked for"
            server.stdin.close()
            os.close(reading)
            os.close(writing)
            await server.wait()
