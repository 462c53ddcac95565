"""How many calls the simulator serves on one core: ``python bench/simulator.py [calls]``.

The simulator runs in this process, with the people who call, sixty-four at a time; callfsm's client is in a
process of its own, over a socket with TLS. Each call is received, answered, spoken to until that ends, hung up, and
over. The exit status is 1 when a call costs this process more than a five-hundredth of a second of processor time, or
when one of them has not been what it should.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from asked import asked

from callfsm import Call, RelayClient
from callfsm.simulator import Settings, Simulator, Statistics

CALLS: Final = 5_000
WARM: Final = 300
"""How many calls go before those that are measured."""
AT_ONCE: Final = 64
SPEED: Final = 100.0
PATIENTLY: Final = 6_000.0
"""A time limit in simulated seconds that no busy machine exceeds."""
FEWEST: Final = 500
"""How many calls in a second of processor time are promised."""
EVENTS: Final = 6
"""How many events each call has: its offer, three states, and the two of what is played."""


async def client() -> None:
    """Take calls until standard input ends."""
    relay = RelayClient(contexts=["bench"])

    @relay.on_call
    async def life(call: Call) -> None:
        await call.answer()
        await (await call.play_tts("Welcome to the bench.")).wait()
        await call.hangup()
        await call.wait_for_ended()

    async with relay:
        print("connected", flush=True)
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def serving(simulator: Simulator) -> AsyncIterator[None]:
    """A client in a process of its own, connected to the simulator."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, "client"),
        env=os.environ | simulator.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None, "it was asked for"
    assert process.stdout is not None, "it was asked for"
    try:
        if not await process.stdout.readline():
            raise RuntimeError("the client has not come up")
        yield
    finally:
        process.stdin.close()
        await process.wait()


async def people(simulator: Simulator, calls: int) -> None:
    """Let so many people call, each of whom waits to be hung up on."""
    left = iter(range(calls))

    async def person() -> None:
        for _ in left:
            await simulator.call("bench").is_over(timeout=PATIENTLY)

    await asyncio.gather(*(person() for _ in range(AT_ONCE)))


def amiss(before: Statistics, after: Statistics, calls: int) -> dict[str, int]:
    """What so many calls have made otherwise than they should: which sum, and by how much it has grown."""
    expected = {
        "calls_ended": calls,
        "operations_opened": calls,
        "events_sent": EVENTS * calls,
        "unexpected_frames": 0,
        "acknowledgements_missing": 0,
    }
    grown = {name: getattr(after, name) - getattr(before, name) for name in expected}
    return {name: grown[name] for name in expected if grown[name] != expected[name]}


async def measure(calls: int) -> tuple[float, float, dict[str, int]]:
    """The real seconds and those of the processor that so many calls took, and what was amiss with them."""
    settings = Settings(epoch=time.time(), ring_limit=PATIENTLY)
    async with Simulator(speed=SPEED, settings=settings) as simulator, serving(simulator):
        await people(simulator, WARM)
        before, began, used = simulator.statistics, time.perf_counter(), time.process_time()
        await people(simulator, calls)
        real, processor = time.perf_counter() - began, time.process_time() - used
        return real, processor, amiss(before, simulator.statistics, calls)


def main(calls: int) -> int:
    """Run it; the exit status."""
    try:
        real, processor, wrong = asyncio.run(measure(calls))
    except RuntimeError as error:
        sys.exit(f"FAILED: {error}")
    except KeyboardInterrupt:
        return 130
    rate = calls / processor
    print(f"{calls:,} calls in {real:.2f} s; the simulator has used {processor:.2f} s of processor time in them")
    print(
        f"{processor / calls * 1e3:.3f} ms a call, {rate:,.0f} calls a second of one core; {FEWEST} at least is the promise"
    )
    if wrong:
        print(f"FAILED: these sums have grown by what they should not have: {wrong}")
    return 0 if rate >= FEWEST and not wrong else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(client())
        sys.exit(0)
    sys.exit(main(asked(CALLS)))
