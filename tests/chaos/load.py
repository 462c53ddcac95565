"""Calls of every kind, all the time, while everything fails: at the end nothing is left, and nothing has hung.

    make chaos SECONDS=60 SEED=1
    python tests/chaos/load.py --seconds 60 --seed 1

Every client has a bad network of its own. People call in all the time; several handlers answer. Then the faults
and the calls stop, and everything must come to rest by itself. Exit status 1 when a promise broke.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from faults import Weather
from handlers import HANDLERS, Desk
from rich.console import Console
from rich.table import Table
from watch import Watch, client_of, held, impatience, until

from callfsm import RelayClient
from callfsm.simulator import Caller, CallerError, Simulator
from callfsm.testing.fault_proxy import FaultProxy

LIMITS: Final = {
    "supervisor_IDLE_SECONDS": 0.5,
    "supervisor_PING_SECONDS": 0.5,
    "supervisor_DOUBT_SECONDS": 0.5,
    "supervisor_AUDIT_SECONDS": 1.0,
    "supervisor_LOGIN_SECONDS": 1.0,
    "line_OPEN_SECONDS": 1.0,
    "line_CLOSE_SECONDS": 0.2,
    "outcomes_REQUEST_SECONDS": 2.0,
}
SPEED: Final = 10.0
LONGEST_PAUSE: Final = 0.06
"""Between one caller and the next."""
REST_SECONDS: Final = 20.0
"""How long it may take until everything has come to rest."""


@dataclass
class Place:
    """One client, who answers there, and what befalls its line."""

    client: RelayClient
    desk: Desk
    proxy: FaultProxy
    weather: Weather


@dataclass
class World:
    """Everybody."""

    simulator: Simulator
    places: list[Place]
    random: Random
    callers: set[asyncio.Task[None]] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)

    async def arrivals(self) -> None:
        """Let people call, one after the other, until cancelled."""
        while True:
            context = self.random.choice(list(HANDLERS))
            self.calls[context] += 1
            caller = self.simulator.call(context)
            task = asyncio.create_task(self._acts(caller, context))
            self.callers.add(task)
            task.add_done_callback(self.callers.discard)
            await asyncio.sleep(self.random.uniform(0.0, LONGEST_PAUSE))

    async def _acts(self, caller: Caller, context: str) -> None:
        # Whatever ends the call ends what its caller wanted to do.
        with contextlib.suppress(CallerError):
            await caller.is_answered(timeout=600.0)
            await caller.stays_silent(self.random.uniform(0.0, 2.0))
            if self.random.random() < 0.3:
                await caller.hangs_up()
            await caller.press("12345678"[: self.random.randrange(8)])
            await caller.says("this is what I have to say")
            if context == "listens":
                await caller.hangs_up()
            await caller.is_over(timeout=600.0)

    @property
    def resting(self) -> bool:
        """Whether everything has ended on every side."""
        ended = not self.simulator.statistics.calls_live and not self.callers
        return ended and all(
            place.client.state == "online" and not place.desk.running and not place.client.calls
            for place in self.places
        )


@contextlib.asynccontextmanager
async def place(simulator: Simulator, number: int, seed: int) -> AsyncIterator[Place]:
    """One client, connected."""
    random = Random(f"{seed} line {number}")
    async with FaultProxy(simulator.host, simulator.port, random=random) as proxy:
        client = client_of(simulator, proxy.address, *HANDLERS)
        desk = Desk(client)
        client.on_call(desk)
        async with client:
            yield Place(client, desk, proxy, Weather(simulator, proxy, random))


@contextlib.asynccontextmanager
async def world(clients: int, seed: int) -> AsyncIterator[World]:
    """Everybody, connected; nothing has happened yet."""
    async with contextlib.AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(speed=SPEED))
        places = [await stack.enter_async_context(place(simulator, number, seed)) for number in range(clients)]
        yield World(simulator, places, Random(f"{seed} people"))


async def storm(told: World, seconds: float) -> None:
    """Let calls arrive and everything fail for so long; then heal the networks."""
    going_on = [asyncio.create_task(told.arrivals()), *(asyncio.create_task(p.weather.storm()) for p in told.places)]
    done, _ = await asyncio.wait(going_on, timeout=seconds, return_when=asyncio.FIRST_EXCEPTION)
    for task in going_on:
        task.cancel()
    await asyncio.gather(*going_on, return_exceptions=True)
    for each in told.places:
        await each.proxy.heal()
    for task in done:
        task.result()


async def load(seconds: float, seed: int, clients: int) -> Watch:
    """The whole program."""
    watch = Watch()
    with watch.watching(), impatience(**LIMITS):
        async with world(1, seed):
            pass  # What is opened once, and kept, is opened here.
        before = held()
        async with world(clients, seed) as told:
            await storm(told, seconds)
            began = asyncio.get_running_loop().time()
            resting = await until(lambda: told.resting, REST_SECONDS)
            rest = asyncio.get_running_loop().time() - began
            judge(told, watch, resting=resting)
        await asyncio.sleep(0.1)  # The last writer and the last reader end in turns of the loop that nobody counts.
        watch.promise("descriptors and tasks are as before", before, held())
        watch.promise("nothing unexpected in the log", [], watch.errors[:10])
        tell(told, rest)
    return watch


def judge(told: World, watch: Watch, *, resting: bool) -> None:
    """Hold the promises that can be seen while everybody is still connected."""
    watch.promise("everything comes to rest", expected=True, actual=resting)
    live = {leg.call_id: leg.context for leg in told.simulator.exchange.legs.values()}
    watch.promise("every call ends at the server", {}, live)
    for number, each in enumerate(told.places):
        watch.promise(f"every call of client {number} ends", [], each.client.calls)
        watch.promise(f"every handler of client {number} returns", 0, each.desk.running)
        watch.promise(f"client {number} is online", "online", each.client.state)
    ends = sum((each.desk.ends for each in told.places), Counter[tuple[str, str]]())
    watch.promise("handlers raise nothing but what a bad network causes", [], [e for e in ends if e[1] == "unexpected"])
    watch.promise("what a handler raises is logged", watch.raised, sum(ends.values()) - returned(ends))
    entries = told.simulator.journal.entries()
    ids = Counter(entry.frame["id"] for entry in entries if entry.direction == "app->relay" and "id" in entry.frame)
    watch.promise("no command is sent twice", [], [key for key, times in ids.items() if times > 1])
    # A handler that gets no reply to its hang-up in time asks again; the first one may only have been slow.
    illegal = [entry for entry in told.simulator.journal.unexpected_entries() if entry.name != "calling.end"]
    watch.promise("no illegal frame", [], [(entry.name, entry.unexpected) for entry in illegal])
    watch.promise("nobody's script has failed", [], told.simulator.failures)


def returned(ends: Counter[tuple[str, str]]) -> int:
    """How many handlers came to their end."""
    return sum(times for (_, end), times in ends.items() if end == "returned")


def tell(told: World, rest: float) -> None:
    """Print the figures."""
    console = Console()
    ends = sum((each.desk.ends for each in told.places), Counter[tuple[str, str]]())
    kinds = sorted({end for _, end in ends})
    table = Table("handler", "calls", *kinds, title=f"At rest {rest:.1f} s after the last fault")
    for name in HANDLERS:
        table.add_row(name, str(told.calls[name]), *(str(ends[name, kind]) for kind in kinds))
    console.print(table)
    befell = sum((each.weather.befell for each in told.places), Counter[str]())
    done = sum((each.proxy.counts for each in told.places), Counter[str]())
    table = Table("fault", "times", "network", "count", title=f"{len(told.places)} clients")
    names, counts = befell.most_common(), sorted(done.items())
    for row in range(max(len(names), len(counts))):
        table.add_row(*cells(names, row), *cells(counts, row))
    console.print(table)
    console.print(told.simulator.statistics)


def cells(rows: list[tuple[str, int]], row: int) -> tuple[str, str]:
    """Two cells of a table; empty ones after the last row."""
    return (rows[row][0], str(rows[row][1])) if row < len(rows) else ("", "")


def main() -> int:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="how long everything fails")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    watch = asyncio.run(load(given.seconds, given.seed, given.clients))
    for broken in watch.broken:
        print(f"broken: {broken}", file=sys.stderr)
    return 1 if watch.broken else 0


if __name__ == "__main__":
    sys.exit(main())
