"""Many calls of one client, and the memory that it takes: ``python bench/soak.py [calls]``.

The client runs in a process of its own, so that nothing which the simulator keeps is counted. Each call is received,
answered, spoken to, asked for a digit, recorded and hung up, over a socket with TLS. After every thousandth call that
has ended, the client tells how much memory it has resident. The exit status is 1 when it has grown by more than
a megabyte since the first quarter of the calls.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
import tracemalloc
from itertools import count
from pathlib import Path
from typing import Final

from asked import asked

from callfsm import Call, RelayClient, RelayError
from callfsm.simulator import CallerError, Settings, Simulator

CALLS: Final = 20_000
AT_ONCE: Final = 30
SPEED: Final = 20.0
PATIENTLY: Final = 600.0
"""A time limit in simulated seconds that no busy machine exceeds."""
STEP: Final = 1_000
MOST: Final = 1.0
"""How many megabytes of growth are taken for none."""
TRACED: Final = "SOAK_TRACED"
"""Set in the environment, the client tells where what it holds was allocated; that takes memory by itself."""

Sample = tuple[int, float]
"""How many calls have ended, and the megabytes that are resident."""


def resident() -> float:
    """The megabytes of memory that this process has resident."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def handler(call: Call) -> None:
    """One call's whole life."""
    await call.answer()
    await (await call.play_tts("Welcome.")).wait()
    prompt = await call.play_and_collect([{"type": "tts", "params": {"text": "Press one."}}], {"digits": {"max": 1}})
    await prompt.wait()
    recording = await call.record({"initial_timeout": 1.0, "end_silence_timeout": 0.5})
    await recording.wait()
    await call.hangup()
    await call.wait_for_ended()


async def client(calls: int) -> None:
    """Take so many calls, and tell how much memory is resident after each thousand."""
    relay = RelayClient(contexts=["office"])
    numbers, done = count(1), asyncio.Event()
    if os.environ.get(TRACED):
        tracemalloc.start()

    @relay.on_call
    async def take(call: Call) -> None:
        try:
            await handler(call)
        except RelayError as error:
            print(f"call {call.call_id}: {error}", file=sys.stderr)
        number = next(numbers)
        if number % STEP == 0:
            print(number, f"{resident():.2f}", flush=True)
            _show_held(number)
        if number == calls:
            done.set()

    async with relay:
        print(0, f"{resident():.2f}", flush=True)
        await done.wait()


def _show_held(number: int) -> None:
    if tracemalloc.is_tracing():
        lines = tracemalloc.take_snapshot().statistics("lineno")[:12]
        print(f"after {number}:", *(f"  {line}" for line in lines), sep="\n", file=sys.stderr, flush=True)


async def caller(simulator: Simulator, number: int) -> None:
    """Call, press a key, say something, and be hung up on."""
    person = simulator.call("office", from_=f"+1555{number:07}")
    try:
        await person.hears("press one", timeout=PATIENTLY)
        await person.press("1")
        await person.says("Hello")
        await person.is_over(timeout=PATIENTLY)
    except CallerError as error:
        print(f"caller {number}: {error}", file=sys.stderr)


async def serve(calls: int) -> list[Sample]:
    """Let so many people call, and read what the client tells."""
    settings = Settings(epoch=time.time(), ring_limit=PATIENTLY)
    async with Simulator(speed=SPEED, settings=settings) as simulator:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, __file__, "client", str(calls)),
            env=os.environ | simulator.environment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None, "it was asked for"
        samples: list[Sample] = []
        ready = asyncio.Event()
        reading = asyncio.create_task(_read(process.stdout, samples, ready))
        await ready.wait()
        await _call(simulator, calls)
        await asyncio.gather(reading, process.wait())
        told = simulator.statistics
        print(
            f"{told.calls_ended:,} calls ended, {told.unexpected_frames} unexpected frames, {told.calls_live} left up"
        )
    return samples


async def _call(simulator: Simulator, calls: int) -> None:
    places = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as people:
        for number in range(calls):
            await places.acquire()
            person = people.create_task(caller(simulator, number))
            person.add_done_callback(lambda _person: places.release())


async def _read(stream: asyncio.StreamReader, samples: list[Sample], ready: asyncio.Event) -> None:
    begun = time.monotonic()
    async for line in stream:
        number, megabytes = line.split()
        samples.append((int(number), float(megabytes)))
        print(f"{int(number):>7,} calls  {float(megabytes):7.2f} MB  {time.monotonic() - begun:5.0f} s", flush=True)
        ready.set()


def main(calls: int) -> int:
    """Run it; the exit status."""
    samples = dict(asyncio.run(serve(calls)))
    first = max(calls // 4 // STEP * STEP, STEP)
    growth = samples[calls // STEP * STEP] - samples[first]
    print(f"grown by {growth:.2f} MB from the {first:,}th call to the last; {MOST:g} MB at most is the promise")
    return 0 if growth <= MOST else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        asyncio.run(client(int(sys.argv[2])))
        sys.exit(0)
    sys.exit(main(asked(CALLS, least=2 * STEP)))
