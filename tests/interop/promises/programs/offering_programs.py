"""Programs that take calls."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import Relay, for_ever, program, serve, tell


async def _hold(call: Any) -> None:
    tell("handler")
    await call.answer()
    await for_ever()


@program
def offered_again(relay: Relay) -> None:
    """Answer and hold."""
    serve(relay, _hold)


@program
def over_capacity(relay: Relay) -> None:
    """Answer and hold, one call at a time."""
    serve(relay, _hold, max_active_calls=1)


@program
def slow_handler(relay: Relay) -> None:
    """Answer and hold."""
    serve(relay, _hold)


@program
async def no_handler(relay: Relay) -> None:
    """Take no calls."""
    async with relay.RelayClient(contexts=["office"]):
        await for_ever()


@program
def raising_handler(relay: Relay) -> None:
    """Answer, and go wrong."""

    async def handle(call: Any) -> None:
        await call.answer()
        raise LookupError("the caller's account")

    serve(relay, handle)


@program
def state_never_back(relay: Relay) -> None:
    """Tell the state after a late report."""

    async def handle(call: Any) -> None:
        await call.answer()
        await call.wait_for_answered()
        call.on("calling.call.state", lambda _: tell("heard"))
        tell("waiting")
        await call.wait_for("calling.call.state")
        await asyncio.sleep(0.2)
        tell("state", state=call.state)
        await for_ever()

    serve(relay, handle)


@program
def context_told(relay: Relay) -> None:
    """Tell the call's context."""

    async def handle(call: Any) -> None:
        tell("context", context=call.context)
        await for_ever()

    serve(relay, handle)


@program
def timestamp_told(relay: Relay) -> None:
    """Tell when the call's answer was reported."""

    async def handle(call: Any) -> None:
        call.on("calling.call.state", lambda event: tell("timestamp", timestamp=event.timestamp))
        await call.answer()
        await for_ever()

    serve(relay, handle)


async def _finish(call: Any) -> None:
    await call.answer()
    tell("waiting")
    await asyncio.sleep(2)
    await call.hangup()


@program
def interrupted(relay: Relay) -> None:
    """Serve a call that takes two seconds more."""
    serve(relay, _finish)


@program
def terminated(relay: Relay) -> None:
    """Serve a call that takes two seconds more."""
    serve(relay, _finish)
