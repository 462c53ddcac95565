"""One client under load, the same program whichever it is: ``python bench/bench_client.py PACKAGE SCENARIO SIZE [MORE]``.

The package is imported by its name: ``callfsm``, ``signalwire.relay``, ``floor_plain`` or ``floor_joined``. Where the
server is, the environment tells, as it does to any program of theirs. What was measured is printed as one line of
JSON. Processor time is that of this process, all threads, user and system, from after the login to the last call's end.
Where standard input is a pipe, the program ends when whoever holds the other end does.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import stat
import sys
import time
from array import array
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from load_calls import AT_ONCE, Plan

if TYPE_CHECKING:
    # All four have the part of this API that is used here.
    from callfsm import Call, RelayClient

MEDIA: Final[Any] = [{"type": "tts", "params": {"text": "Welcome to the bench."}}]
DEVICES: Final[Any] = [[{"type": "phone", "params": {"from_number": "+15550100001", "to_number": "+15550100002"}}]]
WARM: Final = 300
"""How many calls, dials, events or commands go before those that are measured; no more than are measured."""
MOST_CALLS: Final = 50_000
"""The limit that the clients are given; they would decline more."""
LATEST: Final = 5.0
"""How many seconds after its last event a listener is waited for, which by then has missed one."""
RESIDENT: Final = Path("/proc/self/statm")
"""Where Linux tells how much memory is resident."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")

Figures = dict[str, float]


def resident() -> int:
    """How many bytes of memory are this process's own, once what is garbage has been collected."""
    gc.collect()
    _, whole, shared, *_ = map(int, RESIDENT.read_text(encoding="ascii").split())
    return (whole - shared) * _PAGE


def quantile(times: array[float], share: float) -> float:
    """The time, in microseconds, below which such a share of them is."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)] * 1e6


def warm(size: int) -> int:
    """How many go before so many that are measured."""
    return min(WARM, size)


class Program:
    """A program that takes calls, and the measurements around it.

    Attributes:
        up: How many calls are in their play.
        over: How many have ended.
        heard: How many events the listener has heard.
        times: How long each command has taken, in seconds.
    """

    def __init__(self, client: RelayClient) -> None:
        self.client = client
        self.up = 0
        self.over = 0
        self.heard = 0
        self.times = array("d")
        self._goal = (0, 0)
        self._reached = asyncio.Event()
        self._to_hear = 0
        self._all_heard = asyncio.Event()
        client.on_call(self.life)

    async def life(self, call: Call) -> None:
        """The whole life of a call."""
        began = time.perf_counter()
        await call.answer()
        self.times.append(time.perf_counter() - began)
        action = await call.play(MEDIA)
        self._count(up=1, over=0)
        await action.wait()
        await call.hangup()
        await call.wait_for_ended()
        self._count(up=-1, over=1)

    def _count(self, *, up: int, over: int) -> None:
        self.up += up
        self.over += over
        if (self.up, self.over) == self._goal:
            self._reached.set()

    async def until(self, plan: Plan, *, up: int, over: int) -> float:
        """Let the server act until so many calls are up and so many more have ended; the processor seconds it took."""
        self._goal, self._reached = (up, self.over + over), asyncio.Event()
        self.times = array("d")
        used = time.process_time()
        await self.client.receive([str(plan)])
        if (self.up, self.over) != self._goal:
            await self._reached.wait()
        return time.process_time() - used

    async def calls(self, size: int, rate: int = 0) -> Figures:
        """Calls that are received, answered, spoken to and hung up."""
        used = await self.until(Plan("calls", size, rate=rate), up=self.up, over=size)
        return {"cpu": used / size * 1e6, "p50": quantile(self.times, 0.5), "p99": quantile(self.times, 0.99)}

    async def lifecycle(self, size: int) -> Figures:
        """As many calls as can be, 64 at once."""
        await self.calls(warm(size))
        return await self.calls(size)

    async def logged(self, size: int) -> Figures:
        """The same with the log at info, as a program in service has it; it is written to the null device."""
        logging.basicConfig(filename=os.devnull, level=logging.INFO)
        return await self.lifecycle(size)

    async def paced(self, size: int, rate: int) -> Figures:
        """So many calls a second, at a calm pace."""
        await self.calls(warm(size))
        return await self.calls(size, rate)

    async def hold(self, size: int) -> Figures:
        """Calls that stay up, each with an open play: the memory of each, and what is left when they are over."""
        await self.calls(warm(size))
        before = resident()
        await self.until(Plan("hold", size), up=size, over=0)
        await self.client.receive([str(Plan("nothing"))])
        held = resident()
        await self.until(Plan("release"), up=0, over=size)
        return {"bytes": (held - before) / size, "left": (resident() - before) / size}

    async def growth(self, size: int, *lives: int) -> Figures:
        """The cost of a call while so many others are up, more and more of them."""
        figures: Figures = {}
        for live in lives:
            await self.until(Plan("hold", live - self.up), up=live, over=0)
            await self.calls(warm(size))
            figures[f"cpu {live}"] = (await self.calls(size))["cpu"]
        await self.until(Plan("release"), up=0, over=lives[-1])
        return figures

    async def memory(self, size: int) -> Figures:
        """What a tenth of the calls leave, and what all of them do."""
        await self.calls(size // 10)
        before = resident()
        await self.calls(size - size // 10)
        return {"bytes": float(resident() - before)}

    async def dial(self, size: int) -> Figures:
        """Calls that are made and hung up, 64 at once."""
        await self._dials(warm(size))
        return {"cpu": await self._dials(size) / size * 1e6}

    async def _dials(self, size: int) -> float:
        left = iter(range(size))

        async def dialler() -> None:
            for _ in left:
                call = await self.client.dial(DEVICES)
                await call.hangup()
                await call.wait_for_ended()

        used = time.process_time()
        await asyncio.gather(*(dialler() for _ in range(AT_ONCE)))
        return time.process_time() - used

    async def flood(self, size: int) -> Figures:
        """Events of one call, all of which its listener hears."""
        used = 0.0

        async def listen(call: Call) -> None:
            nonlocal used
            await call.answer()
            call.on("calling.call.collect", self._hear)
            for events in (warm(size), size):
                self.heard, self._to_hear, self._all_heard = 0, events, asyncio.Event()
                await self.client.receive([str(Plan("flood", events))])
                used = time.process_time()
                action = await call.collect(speech={}, partial_results=True)
                # Both: one client ends a collect with its first result, another tells its listeners a turn later.
                await action.wait()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._all_heard.wait(), LATEST)
                used = time.process_time() - used
            await self._leave(call)

        await self._one(listen)
        return {"cpu": used / size * 1e6, "heard": self.heard}

    def _hear(self, _event: object) -> None:
        self.heard += 1
        if self.heard == self._to_hear:
            self._all_heard.set()

    async def commands(self, size: int, at_once: int) -> Figures:
        """Commands of one call, so many at once."""
        used = 0.0

        async def command(call: Call) -> None:
            nonlocal used
            await call.answer()
            for commands in (warm(size), size):
                self.times, left = array("d"), iter(range(commands))
                used = time.process_time()
                await asyncio.gather(*(self._command(call, left) for _ in range(at_once)))
                used = time.process_time() - used
            await self._leave(call)

        await self._one(command)
        return {"cpu": used / size * 1e6, "p50": quantile(self.times, 0.5), "p99": quantile(self.times, 0.99)}

    async def _command(self, call: Call, left: Any) -> None:
        for _ in left:
            began = time.perf_counter()
            await call.user_event(event="tick")
            self.times.append(time.perf_counter() - began)

    async def _leave(self, call: Call) -> None:
        await call.hangup()
        await call.wait_for_ended()
        self._count(up=0, over=1)

    async def _one(self, take: Callable[[Call], Coroutine[Any, Any, None]]) -> None:
        self.client.on_call(take)
        await self.until(Plan("calls", 1), up=0, over=1)


async def run(package: str, scenario: str, sizes: list[int]) -> Figures:
    """Run one scenario; what was measured."""
    if sys.stdin is not None and stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        # However they end: a client without a server would try to reach it for ever.
        asyncio.get_running_loop().add_reader(sys.stdin, os._exit, 1)
    client: RelayClient = import_module(package).RelayClient(contexts=["bench"], max_active_calls=MOST_CALLS)
    program = Program(client)
    await client.connect()
    try:
        figures: Figures = await getattr(program, scenario)(*sizes)
        # What has been sent before has arrived when this is answered.
        await client.receive([str(Plan("nothing"))])
    finally:
        await client.disconnect()
    return figures


if __name__ == "__main__":
    try:
        print(json.dumps(asyncio.run(run(sys.argv[1], sys.argv[2], [int(size) for size in sys.argv[3:]]))))
    except KeyboardInterrupt:
        sys.exit(130)
