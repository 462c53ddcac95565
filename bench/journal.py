"""What a journal costs, and how fast it is replayed: ``python bench/journal.py cost [calls]``, ``... replay [calls]``.

``cost``: two clients in processes of their own, one with a journal and one without, take calls over a socket with TLS
in turn, a block of calls each; every call is received, answered, spoken to and hung up. Each client tells how much
processor time it has used, all its threads included. The exit status is 1 when the median block with a journal takes
more than 15 % above the block without one that ran just before it.

``replay``: so many calls are recorded, a hundred at a time, in virtual time; the recording is replayed. The exit
status is 1 when it comes out otherwise, or fewer than 20,000 frames are replayed in a second of processor time.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Final

from asked import asked

from callfsm import Call, RelayClient
from callfsm.replay import replay
from callfsm.simulator import Caller, Settings, Simulator
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.virtual_time import run

CALLS: Final = 4_000
REPLAYED: Final = 10_000
BLOCK: Final = 100
AT_ONCE: Final = 10
SPEED: Final = 20.0
PATIENTLY: Final = 600.0
"""A time limit in simulated seconds that no busy machine exceeds."""
MOST: Final = 1.15
FEWEST: Final = 20_000
KINDS: Final = ("plain", "journal")


async def handler(call: Call) -> None:
    """One call's whole life."""
    await call.answer()
    await (await call.play_tts("Welcome.")).wait()
    await call.hangup()
    await call.wait_for_ended()


async def client(context: str, journal: str) -> None:
    """Take calls until standard input ends, and tell the processor time after each block of them."""
    relay, numbers = RelayClient(contexts=[context], journal=journal or None), count(1)

    @relay.on_call
    async def take(call: Call) -> None:
        await handler(call)
        if next(numbers) % BLOCK == 0:
            # What waits for the disk has been written by then, and belongs to this block.
            await asyncio.sleep(0.3)
            print(time.process_time(), flush=True)

    async with relay:
        print(time.process_time(), flush=True)
        await asyncio.to_thread(sys.stdin.read)


class Client:
    """A client in a process of its own, and the processor time that it has used."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.used = 0.0

    async def seconds(self) -> float:
        """The processor seconds since the last time, once it tells."""
        assert self._process.stdout is not None, "it was asked for"
        before, self.used = self.used, float(await self._process.stdout.readline())
        return self.used - before

    async def close(self) -> None:
        """Let it end."""
        assert self._process.stdin is not None, "it was asked for"
        self._process.stdin.close()
        await self._process.wait()


async def start(simulator: Simulator, context: str, journal: str) -> Client:
    """Start a client and wait until it is connected."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "client", context, journal),
        env=os.environ | simulator.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    started = Client(process)
    await started.seconds()
    return started


async def block(simulator: Simulator, context: str) -> None:
    """Let a block of people call."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with places:
            await simulator.call(context).is_over(timeout=PATIENTLY)

    await asyncio.gather(*(one() for _ in range(BLOCK)))


async def measure(calls: int, folder: Path) -> list[tuple[float, float]]:
    """The milliseconds of processor time of a call, without a journal and with one, for each pair of blocks."""
    settings = Settings(epoch=time.time(), ring_limit=PATIENTLY)
    pairs = []
    async with Simulator(speed=SPEED, settings=settings) as simulator:
        journals = {"plain": "", "journal": str(folder / "calls.jsonl")}
        clients = {kind: await start(simulator, kind, journals[kind]) for kind in KINDS}
        for number in range(calls // BLOCK // 2 + 1):
            spent = {}
            for kind in KINDS if number % 2 else reversed(KINDS):
                await block(simulator, kind)
                spent[kind] = await clients[kind].seconds() / BLOCK * 1_000
            pairs.append((spent["plain"], spent["journal"]))
        for each in clients.values():
            await each.close()
    return pairs[1:]  # The first pair warms up.


def cost(calls: int) -> int:
    """Measure what a journal costs; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = asyncio.run(measure(calls, Path(folder)))
        written = sum(path.stat().st_size for path in Path(folder).iterdir())
    for name, figures in zip(KINDS, zip(*pairs, strict=True), strict=True):
        print(f"{name:8} {_spread(figures, 'ms a call')}")
    ratios = [with_it / without for without, with_it in pairs]
    print(f"{'ratio':8} {_spread(ratios, 'in pairs')}; {MOST:g} at most is the promise")
    print(f"{written / max(len(pairs) + 1, 1) / BLOCK:,.0f} bytes a call")
    return 0 if statistics.median(ratios) <= MOST else 1


def _spread(figures: tuple[float, ...] | list[float], unit: str) -> str:
    return f"least {min(figures):.3f}, median {statistics.median(figures):.3f}, most {max(figures):.3f} {unit}"


async def record(calls: int, path: Path) -> None:
    """Record so many calls."""
    async with MemoryRelay() as relay:
        await relay.serves(handler, journal=path)
        for _ in range(calls // BLOCK):
            people: list[Caller] = [relay.call("office") for _ in range(BLOCK)]
            for caller in people:
                await caller.is_over()
            relay.effects.clear()


def fast(calls: int) -> int:
    """Measure how fast a recording is replayed; the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.jsonl"
        run(record(calls, path))
        files = [*sorted(Path(folder).glob("*.jsonl.*"), reverse=True), path]
        size = sum(file.stat().st_size for file in files)
        begun = time.process_time()
        done = replay(files)
        seconds = time.process_time() - begun
    rate = done.frames / seconds
    print(f"{done.calls:,} calls, {done.frames:,} frames, {done.lines:,} lines, {size / 2**20:.1f} MiB")
    print(f"replayed in {seconds:.2f} s: {rate:,.0f} frames a second; {FEWEST:,} at least is the promise")
    return 0 if done.ok and done.calls >= calls and rate >= FEWEST else 1


def main(what: str = "cost") -> int:
    """Run it; the exit status."""
    if what not in ("cost", "replay"):
        sys.exit(f"{what!r}: cost or replay?")
    if what == "replay":
        return fast(asked(REPLAYED, least=BLOCK, place=2))
    return cost(asked(CALLS, least=2 * BLOCK, place=2))


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        asyncio.run(client(*sys.argv[2:4]))
        sys.exit(0)
    sys.exit(main(*sys.argv[1:2]))
