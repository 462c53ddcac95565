"""Programs whose line drops at the wrong moment."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import TTS, Relay, for_ever, outcome, program, serve, tell


@program
def missed_end_found(relay: Relay) -> None:
    """Hold a call until it ends."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await call.wait_for_ended()
        tell("ended")
        await for_ever()

    serve(relay, handle)


@program
def lost_session_told(relay: Relay) -> None:
    """Hold a call until it ends."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        tell("outcome", how=await outcome(call.wait_for_ended(), patience=10))
        await for_ever()

    serve(relay, handle)


@program
def cancelled_command_not_sent(relay: Relay) -> None:
    """Ask for a play while the line is down, and think better of it; then record."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await asyncio.to_thread(input)
        playing = asyncio.ensure_future(call.play(TTS))
        await asyncio.sleep(0.1)
        playing.cancel()
        await asyncio.wait({playing})
        recording = asyncio.ensure_future(call.record())
        await asyncio.sleep(0.1)
        tell("cancelled")
        await recording
        await for_ever()

    serve(relay, handle)


@program
def silent_server_with_command(relay: Relay) -> None:
    """Ask for a recording of a server that has gone silent."""

    async def handle(call: Any) -> None:
        await call.answer()
        tell("waiting")
        await asyncio.sleep(0.5)
        await call.record()

    serve(relay, handle)
