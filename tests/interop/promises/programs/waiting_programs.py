"""Programs that wait."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import TTS, Relay, for_ever, outcome, program, serve, tell


@program
def play_wait_ends_with_call(relay: Relay) -> None:
    """Answer, play, and wait for the end of the play."""

    async def handle(call: Any) -> None:
        await call.answer()
        action = await call.play(TTS)
        tell("waiting")
        tell("outcome", how=await outcome(action.wait()))

    serve(relay, handle)


@program
def answered_wait_ends_with_call(relay: Relay) -> None:
    """Wait for an answer that nobody gives."""

    async def handle(call: Any) -> None:
        tell("waiting")
        tell("outcome", how=await outcome(call.wait_for_answered()))

    serve(relay, handle)


@program
def event_wait_ends_with_call(relay: Relay) -> None:
    """Wait for an event that does not come."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        tell("outcome", how=await outcome(call.wait_for("calling.call.connect")))

    serve(relay, handle)


@program
def expired_ended_wait_harms_nobody(relay: Relay) -> None:
    """Wait for the call's end for a moment only, then without limit."""

    async def handle(call: Any) -> None:
        await call.answer()
        await outcome(call.wait_for_ended(timeout=0.2))
        tell("waiting")
        tell("outcome", how=await outcome(call.wait_for_ended()))

    serve(relay, handle)


@program
def expired_action_wait_harms_nobody(relay: Relay) -> None:
    """Wait for the play for a moment only, then without limit."""

    async def handle(call: Any) -> None:
        await call.answer()
        action = await call.play(TTS)
        await outcome(action.wait(timeout=0.2))
        tell("waiting")
        tell("outcome", how=await outcome(action.wait()))

    serve(relay, handle)


@program
def cancelled_action_wait_harms_nobody(relay: Relay) -> None:
    """Cancel a task that waits for the play, then wait for it oneself."""

    async def handle(call: Any) -> None:
        await call.answer()
        action = await call.play(TTS)
        await _cancel(action.wait())
        tell("waiting")
        tell("outcome", how=await outcome(action.wait()))

    serve(relay, handle)


async def _cancel(waiting: Any) -> None:
    task = asyncio.ensure_future(waiting)
    await asyncio.sleep(0.2)
    task.cancel()
    await asyncio.wait({task})


@program
async def cancelled_message_wait_harms_nobody(relay: Relay) -> None:
    """Cancel a task that waits for a message, then wait for it oneself."""
    async with relay.RelayClient(contexts=["office"]) as client:
        message = await client.send_message(to_number="+15550100002", from_number="+15550100001", body="ready")
        await _cancel(message.wait())
        tell("waiting")
        tell("outcome", how=await outcome(message.wait()))
        await for_ever()


@program
async def disconnect_ends_command(relay: Relay) -> None:
    """Disconnect while a command waits for its reply."""
    calls: asyncio.Queue[Any] = asyncio.Queue()
    client = relay.RelayClient(contexts=["office"])
    client.on_call(calls.put)
    await client.connect()
    call = await calls.get()
    await call.answer()
    waiting = asyncio.ensure_future(outcome(call.record()))
    await asyncio.sleep(0.5)
    await client.disconnect()
    tell("outcome", how=await waiting)


@program
async def disconnect_ends_action_wait(relay: Relay) -> None:
    """Disconnect while a play is waited for."""
    calls: asyncio.Queue[Any] = asyncio.Queue()
    client = relay.RelayClient(contexts=["office"])
    client.on_call(calls.put)
    await client.connect()
    call = await calls.get()
    await call.answer()
    action = await call.play(TTS)
    waiting = asyncio.ensure_future(outcome(action.wait()))
    await asyncio.sleep(0.5)
    await client.disconnect()
    tell("outcome", how=await waiting)
