"""What is promised of waits: one that times out or is cancelled harms nobody else, and none can be poisoned."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest
from clock import in_virtual_time, now, turns, within
from operations import playing
from scripted import ADDRESS, ScriptedServer, offered
from texts import says, sent

from callfsm import Call, CallEndedError, RelayEvent

Waiting = Callable[[Call, float | None], Coroutine[Any, Any, RelayEvent]]

WAITS: Final[dict[str, Waiting]] = {
    "ringing": lambda call, timeout: call.wait_for_ringing(timeout),
    "answered": lambda call, timeout: call.wait_for_answered(timeout),
    "ending": lambda call, timeout: call.wait_for_ending(timeout),
    "ended": lambda call, timeout: call.wait_for_ended(timeout),
    "event": lambda call, timeout: call.wait_for("calling.call.play", timeout=timeout),
}


def brings_about(server: ScriptedServer, wait: str) -> None:
    """Report what is waited for."""
    if wait == "event":
        server.reports("calling.call.play", **ADDRESS, control_id="c", state="playing")
    else:
        server.state(wait)


@pytest.mark.parametrize("wait", WAITS)
@in_virtual_time
async def test_a_wait_that_times_out_poisons_no_later_wait(wait: str) -> None:
    """After a wait has timed out, the next one of the same kind gets what it waits for."""
    async with offered() as (call, server):
        for _ in range(3):
            with pytest.raises(asyncio.TimeoutError):
                await WAITS[wait](call, 2.0)
        patient = asyncio.create_task(WAITS[wait](call, None))
        await turns()
        brings_about(server, wait)

        assert ("call-1", 6.0) == ((await within(0.01, patient)).call_id, now())


@pytest.mark.parametrize("wait", WAITS)
@in_virtual_time
async def test_a_wait_that_times_out_harms_no_wait_beside_it(wait: str) -> None:
    """Of two waits for one thing, one times out, and the other goes on."""
    async with offered() as (call, server):
        patient = asyncio.create_task(WAITS[wait](call, None))
        with pytest.raises(asyncio.TimeoutError):
            await WAITS[wait](call, 2.0)
        brings_about(server, wait)

        assert "call-1" == (await within(0.01, patient)).call_id


@pytest.mark.parametrize("wait", WAITS)
@in_virtual_time
async def test_a_cancelled_wait_harms_no_wait_beside_it(wait: str) -> None:
    """Of two waits for one thing, one is cancelled, and the other goes on."""
    async with offered() as (call, server):
        cancelled, patient = (asyncio.create_task(WAITS[wait](call, None)) for _ in range(2))
        await turns()
        cancelled.cancel()
        await asyncio.wait({cancelled})
        brings_about(server, wait)

        assert (True, "call-1") == (cancelled.cancelled(), (await within(0.01, patient)).call_id)


@pytest.mark.parametrize("wait", WAITS)
@in_virtual_time
async def test_a_wait_cancelled_in_the_moment_it_comes_true_harms_nobody(wait: str) -> None:
    """A cancellation that crosses the report leaves the other waiter its event."""
    async with offered() as (call, server):
        cancelled, patient = (asyncio.create_task(WAITS[wait](call, None)) for _ in range(2))
        await turns()
        brings_about(server, wait)
        cancelled.cancel()
        await asyncio.wait({cancelled})

        assert "call-1" == (await within(0.01, patient)).call_id


@in_virtual_time
async def test_wait_for_answered_ends_when_the_call_ends_unanswered() -> None:
    """A call that is over before it was answered leaves nobody waiting for the answer."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for_answered(timeout=60))
        await turns()
        server.state("ending")
        with pytest.raises(CallEndedError, match="no longer be answered"):
            await within(0.01, waiting)

        assert 0.0 == now()


@in_virtual_time
async def test_wait_for_ringing_is_over_when_the_call_is_answered() -> None:
    """A call that was answered without a report of ringing has rung, as far as a waiter cares."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for_ringing())
        await turns()
        server.state("answered")

        assert "answered" == (await within(0.01, waiting)).params["call_state"]


@in_virtual_time
async def test_a_cancelled_action_wait_does_not_break_the_action() -> None:
    """After a waiter was cancelled the action still runs, and completes."""
    async with playing() as (action, server):
        waiting = asyncio.create_task(action.wait())
        await turns()
        waiting.cancel()
        await asyncio.wait({waiting})
        before = (action.is_done, action.completed)
        server.operation("play", "c", state="finished")
        event = await within(0.01, action.wait())

        assert ((False, False), "finished", True) == (before, event.params["state"], action.completed)


@in_virtual_time
async def test_an_action_wait_under_asyncio_wait_for_does_not_break_the_action() -> None:
    """`asyncio.wait_for` around a wait is as good as the wait's own time limit."""
    async with playing() as (action, server):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(action.wait(), 1)
        with pytest.raises(asyncio.TimeoutError):
            await action.wait(timeout=1)
        patient = asyncio.create_task(action.wait())
        await turns()
        server.operation("play", "c", state="finished")

        assert ("finished", 2.0) == ((await within(0.01, patient)).params["state"], now())


@in_virtual_time
async def test_a_cancelled_message_wait_does_not_break_the_message() -> None:
    """After a waiter was cancelled the message still gets its last state."""
    async with sent() as (message, server, _client):
        waiting = asyncio.create_task(message.wait())
        await turns()
        waiting.cancel()
        await asyncio.wait({waiting})
        before = message.is_done
        await says(server, "delivered")

        assert (False, "delivered") == (before, (await within(0.01, message.wait())).params["message_state"])


@in_virtual_time
async def test_a_predicate_that_raises_harms_no_other_wait(caplog: pytest.LogCaptureFixture) -> None:
    """A predicate with a fault fits nothing, is logged, and the waits beside it get the event."""
    async with offered() as (call, server):
        broken = asyncio.create_task(call.wait_for("calling.call.play", lambda event: event.params["none"], 5))
        patient = asyncio.create_task(call.wait_for("calling.call.play"))
        await turns()
        brings_about(server, "event")
        event = await within(0.01, patient)
        with pytest.raises(asyncio.TimeoutError):
            await broken

        assert ("playing", True) == (event.params["state"], "KeyError" in caplog.text)
