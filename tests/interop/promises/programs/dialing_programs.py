"""Programs that call somebody."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import PHONES, Relay, for_ever, outcome, program, tell


async def _dial(relay: Relay, **more: object) -> None:
    async with relay.RelayClient(contexts=["office"]) as client:
        tell("outcome", how=await outcome(client.dial(PHONES, **more)))
        await for_ever()


@program
async def leg_after_timed_out_dial(relay: Relay) -> None:
    """Dial, for a moment only."""
    await _dial(relay, dial_timeout=0.5)


@program
async def leg_ringing_at_time_out(relay: Relay) -> None:
    """Dial, for two seconds only."""
    await _dial(relay, dial_timeout=2)


@program
async def leg_after_cancelled_dial(relay: Relay) -> None:
    """Dial, and think better of it."""
    async with relay.RelayClient(contexts=["office"]) as client:
        dialing = asyncio.ensure_future(client.dial(PHONES))
        await asyncio.sleep(1)
        dialing.cancel()
        tell("outcome", how=await outcome(dialing))
        await for_ever()


@program
async def losing_leg(relay: Relay) -> None:
    """Dial two numbers, and wait for the end of the call."""
    async with relay.RelayClient(contexts=["office"]) as client:
        call = await client.dial(PHONES)
        tell("waiting")
        tell("outcome", how=await outcome(call.wait_for_ended()))
        await for_ever()


@program
async def tag_given_twice(relay: Relay) -> None:
    """Dial a second time under the tag of the first."""
    async with relay.RelayClient(contexts=["office"]) as client:
        first = asyncio.ensure_future(client.dial(PHONES, tag="ours"))
        await asyncio.sleep(0.5)
        tell("second", how=await _second(client))
        tell("outcome", how=await outcome(first))
        await for_ever()


async def _second(client: Any) -> str:
    how = await outcome(client.dial(PHONES, tag="ours"), patience=1)
    return "is sent, too" if how.startswith("still waits") else how


@program
async def winner_is_answered(relay: Relay) -> None:
    """Dial, and look at the call."""
    async with relay.RelayClient(contexts=["office"]) as client:
        tell("state", state=(await client.dial(PHONES)).state)
        await for_ever()


@program
async def failed_dial(relay: Relay) -> None:
    """Dial, and tell by what error the dial ends."""
    async with relay.RelayClient(contexts=["office"]) as client:
        try:
            await client.dial(PHONES)
            tell("outcome", how="returns")
        except relay.RelayError:
            tell("outcome", how="raises RelayError")
        await for_ever()
