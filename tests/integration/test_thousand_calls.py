"""A thousand calls, a hundred at a time, over a real socket: all end, and nothing of them remains."""

import asyncio
import gc
from typing import Any

from sockets import client_of, run, until

from callfsm import Action, Call, RelayClient
from callfsm.core.model import CallModel, DialModel, OperationModel
from callfsm.core.request import Request
from callfsm.simulator import Caller, Simulator

CALLS, AT_ONCE = 1_000, 100
OURS = (Call, Action, CallModel, OperationModel, DialModel, Request)


async def handler(call: Call) -> None:
    """Answer, record, speak, and hang up if nobody else does."""
    await call.answer()
    await call.record()
    await (await call.play_tts("hello")).wait()
    await call.collect(digits={"max": 1}, initial_timeout=1.0, start_input_timers=True)
    await call.hangup()
    await call.wait_for_ended()


async def caller(simulator: Simulator, number: int, places: asyncio.Semaphore) -> Caller:
    """Call; every third caller hangs up in the middle."""
    async with places:
        person = simulator.call("office", from_=f"+1555{number:07}")
        await person.is_answered()
        if number % 3 == 0:
            await person.stays_silent(0.2)
            await person.hangs_up()
        await person.is_over()
        return person


def remaining(before: set[int]) -> list[Any]:
    """What of ours is in memory that was not there before."""
    gc.collect()
    found = [each for each in gc.get_objects() if issubclass(type(each), OURS) and id(each) not in before]
    loop = asyncio.get_running_loop()
    futures = [each for each in gc.get_objects() if type(each) is asyncio.Future and each.get_loop() is loop]
    return found + [future for future in futures if not future.done()]


async def calls(client: RelayClient, simulator: Simulator) -> tuple[set[str], int]:
    """Make the calls: how they are now, and how many were live at once at most."""
    places = asyncio.Semaphore(AT_ONCE)
    async with client:
        people = await asyncio.gather(*(caller(simulator, number, places) for number in range(CALLS)))
        await until(lambda: not client.calls)
    return {person.state for person in people}, simulator.statistics.calls_live_at_most


async def thousand() -> None:
    """The whole test."""
    gc.collect()
    before = {id(each) for each in gc.get_objects() if issubclass(type(each), OURS)}
    async with Simulator(tls=False, speed=10) as simulator:
        client = client_of(simulator, "office")
        client.on_call(handler)
        states, live = await calls(client, simulator)
        statistics = simulator.statistics

    assert ({"ended"}, CALLS, AT_ONCE) == (states, statistics.calls_ended, live)
    assert (0, 0, 0) == (
        statistics.operations_open,
        statistics.unexpected_frames,
        statistics.acknowledgements_missing,
    )
    assert {asyncio.current_task()} == asyncio.all_tasks()
    assert [] == remaining(before)


def test_thousand_calls() -> None:
    """A thousand calls end; no task, future, call or operation of theirs remains."""
    run(thousand())
