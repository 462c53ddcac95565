"""What a program's listeners may do wrong: nobody else notices."""

from __future__ import annotations

import asyncio

import pytest
from clock import in_virtual_time, turns
from memory import talking
from scripted import answered
from texts import sent, state

from callfsm import Call, PlayEvent, RelayEvent
from callfsm.listeners import HARD_LIMIT


def cancelled() -> asyncio.Future[None]:
    """A future of the program's own that it has cancelled."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.cancel()
    return future


@in_virtual_time
async def test_a_listener_that_looks_into_a_cancelled_future_harms_nobody() -> None:
    """What a plain listener raises goes no further, a CancelledError included: the event is acknowledged, the call ends."""
    async with talking() as (call, caller, board):
        call.on("calling.call.state", lambda _event: cancelled().result())
        recording = await call.record()
        await caller.hangs_up()
        await asyncio.wait_for(recording.wait(), 5)
        await call.wait_for_ended(5)

        assert (1, True) == (len(board.lines), recording.is_done)


@in_virtual_time
async def test_a_listener_that_awaits_a_cancelled_future_hears_the_next_event() -> None:
    """A coroutine listener that meets a cancelled future loses no event, and hears them in order."""
    async with answered() as (call, server):
        heard: list[str] = []

        async def listener(event: RelayEvent) -> None:
            heard.append(event.params["control_id"])
            await asyncio.sleep(1)
            await cancelled()

        call.on(PlayEvent, listener)
        for number in range(3):
            server.operation("play", f"ctl-{number}", state="playing")
        await asyncio.sleep(5)

        assert ["ctl-0", "ctl-1", "ctl-2"] == heard


@in_virtual_time
async def test_a_listener_that_has_left_hears_nothing_of_what_waited_for_it() -> None:
    """`call.off` ends it, also for events that have arrived while the listener was busy."""
    async with answered() as (call, server):
        heard: list[str] = []

        async def listener(event: RelayEvent) -> None:
            heard.append(event.params["control_id"])
            await asyncio.sleep(1)

        call.on(PlayEvent, listener)
        for number in range(3):
            server.operation("play", f"ctl-{number}", state="playing")
        await turns()
        call.off(PlayEvent, listener)
        await asyncio.sleep(5)

        assert ["ctl-0"] == heard


@in_virtual_time
async def test_what_a_listener_of_a_message_misses_is_counted() -> None:
    """Events that a slow listener of a message did not get stand in the client's statistics."""
    async with sent() as (message, server, client):
        message.on(lambda _event: asyncio.sleep(1))
        server.tells(*(state(server, "initiated") for _ in range(HARD_LIMIT + 3)))
        await turns()
        message.off()
        await asyncio.sleep(2)

        assert 2 == client.statistics.events_dropped


@pytest.mark.parametrize("place", ["on_completed", "predicate"])
@in_virtual_time
async def test_wherever_a_program_raises_cancelled_error_nobody_else_notices(place: str) -> None:
    """Callbacks and predicates are contained as listeners are."""
    async with talking() as (call, _caller, board):
        await _uses(call, place)

        assert ("answered", 1) == (call.state, len(board.lines))


async def _uses(call: Call, place: str) -> None:
    if place == "on_completed":
        await (await call.play_silence(1.0, on_completed=lambda _event: cancelled().result())).wait()
        return
    waiting = asyncio.create_task(call.wait_for(PlayEvent, lambda _event: cancelled().result() is None, timeout=3))
    await (await call.play_silence(1.0)).wait()
    with pytest.raises(TimeoutError):
        await waiting
