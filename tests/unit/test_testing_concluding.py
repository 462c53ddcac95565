"""The end of a run: who hangs up by themselves, who is kept for how long, and what is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from callfsm import Call
from callfsm.shapes import PhoneDevice
from callfsm.testing import MemoryRelay, in_virtual_time
from callfsm.testing.concluding import LEFT_ALONE, TALK_SECONDS, Conclusion, Limits
from callfsm.testing.watching import Watch

Flow = Callable[[Call], Coroutine[Any, Any, None]]
USUAL = Limits()
OTHER: list[list[PhoneDevice]] = [
    [{"type": "phone", "params": {"to_number": "+15550100021", "from_number": "+15550100001"}}]
]


async def concluded(flow: Flow, limits: Limits = USUAL, *, hangs_up: bool = False) -> tuple[list[str], float]:
    """Which invariants a run has broken by its end, with somebody who has been answered, and when that came."""
    async with MemoryRelay() as relay:
        watch = Watch(relay)
        watch.begin()
        await relay.serves(flow)
        caller = relay.call("office")
        if hangs_up:
            await caller.is_answered()
            await caller.hangs_up()
        await Conclusion(watch, limits).comes()
        came = watch.now
        watch.end()
        relay.allows(asyncio.CancelledError)
        for task, _ in watch.at_work():
            task.cancel()
        return [trouble.invariant for trouble in watch.troubles], came


async def returns(call: Call) -> None:
    """Answer and hang up."""
    await call.answer()
    await call.hangup()
    await call.wait_for_ended()


async def waits(call: Call) -> None:
    """Answer, and wait for the end."""
    await call.answer()
    await call.wait_for_ended()


async def connects(call: Call) -> None:
    """Connect the caller to somebody."""
    await call.answer()
    await call.connect(OTHER)
    await call.wait_for_ended()


async def never_returns(call: Call) -> None:
    """Answer, and wait for nothing."""
    await call.answer()
    await asyncio.Event().wait()


async def returns_at_once(call: Call) -> None:
    """Answer, and leave it at that."""
    await call.answer()


@in_virtual_time
async def test_nothing_to_wait_for() -> None:
    """A run whose calls are over and whose handlers have returned is over at once."""
    troubles, came = await concluded(returns)

    assert ([], True) == (troubles, came < 2)


@pytest.mark.parametrize("patience", [100.0, 400.0])
@in_virtual_time
async def test_patience(patience: float) -> None:
    """Whom the program keeps waiting stays for so long, and no longer."""
    troubles, came = await concluded(waits, Limits(patience=patience))

    assert ["call ends"] == troubles
    assert patience < came < patience + 20


@in_virtual_time
async def test_people_talk() -> None:
    """People who were connected hang up after a while, which ends their call."""
    troubles, came = await concluded(connects)

    assert [] == troubles
    assert TALK_SECONDS < came < TALK_SECONDS + 40


@pytest.mark.parametrize("patience", [100.0, 400.0])
@in_virtual_time
async def test_queue(patience: float) -> None:
    """Who waits in a queue has the patience of whom the program keeps waiting: it is for the program to end that."""

    async def queues(call: Call) -> None:
        await call.answer()
        await call.queue_enter("support")
        await call.wait_for_ended()

    troubles, came = await concluded(queues, Limits(patience=patience))

    assert [] == troubles
    assert patience < came < patience + 20


@pytest.mark.parametrize("seconds", [10.0, 60.0])
@in_virtual_time
async def test_handler_goes_on(seconds: float) -> None:
    """A handler may go on for so long after its call is over, and no longer."""
    troubles, came = await concluded(never_returns, Limits(returns_within=seconds), hangs_up=True)

    assert ["handler returns"] == troubles
    assert seconds < came < seconds + 20


@in_virtual_time
async def test_left_alone() -> None:
    """A call that nothing holds is up for so long, and no longer."""
    troubles, came = await concluded(returns_at_once)

    assert ["call ends"] == troubles
    assert LEFT_ALONE < came < LEFT_ALONE + 20


@in_virtual_time
async def test_something_plays() -> None:
    """A call in which something goes on is held by the program, though its handler has returned."""

    async def plays_music(call: Call) -> None:
        await call.answer()
        await call.play([{"type": "audio", "params": {"url": "https://example.com/music.mp3"}}], loop=0)

    troubles, came = await concluded(plays_music, Limits(patience=300.0))

    assert ["call ends"] == troubles
    assert came > 300


@in_virtual_time
async def test_task_goes_on() -> None:
    """A task that a handler began is over soon after both."""

    async def begins(call: Call) -> None:
        await call.answer()
        vars(call)["kept"] = asyncio.create_task(asyncio.Event().wait())
        await call.hangup()

    troubles, _ = await concluded(begins, Limits(returns_within=10.0))

    assert ["nothing left open"] == troubles


@in_virtual_time
async def test_leg_left_behind() -> None:
    """A leg that a handler dialled, and forgot, is told of as its."""
    async with MemoryRelay() as relay:
        client = relay.client("office")

        @client.on_call
        async def dials(call: Call) -> None:
            await call.answer()
            await client.dial(OTHER)
            await call.hangup()

        watch = Watch(relay)
        watch.begin()
        await relay.serves(client)
        caller = relay.call("office")
        await Conclusion(watch, Limits()).comes()
        watch.end()

    assert [("nothing left open", caller.call_id)] == [trouble[0::2][:2] for trouble in watch.troubles]


@in_virtual_time
async def test_rings() -> None:
    """A call that nobody takes rings until the network ends it: that is no fault of a program."""
    async with MemoryRelay() as relay:
        watch = Watch(relay)
        watch.begin()
        relay.call("office")
        await Conclusion(watch, Limits()).comes()
        watch.end()

    assert [] == watch.troubles
