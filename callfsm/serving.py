"""Serving calls until the process is told to stop, and then going away without cutting anybody off."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from callfsm import constants
from callfsm.handling import hang_up
from callfsm.process import stop_signals
from callfsm.pump import Pump
from callfsm.supervisor import Supervisor

DRAIN_SECONDS: Final = 10.0
"""How long live calls may go on after the process was told to stop."""

FAREWELL_SECONDS: Final = 1.0
"""How long hanging up the rest may take."""


async def serve(
    pump: Pump, supervisor: Supervisor, url: Callable[[], str], close: Callable[[], Awaitable[None]]
) -> None:
    """Hold the line until it is closed for good, or until SIGINT or SIGTERM; then drain, and close.

    Raises:
        AuthenticationError: The server refused the credentials too often.
    """
    stop = asyncio.Event()
    with stop_signals(stop):
        holding = asyncio.create_task(supervisor.hold(url, is_open=False))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({holding, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await drain(pump)
        finally:
            stopping.cancel()
            await close()
            await asyncio.gather(stopping, holding, return_exceptions=True)
        await holding


async def drain(pump: Pump) -> None:
    """Take no more calls, let the live ones finish, and hang up those that do not."""
    connection = pump.session.connection
    with pump.performing():
        connection.fire("draining")
        contexts = list(connection.settings.contexts)
        if contexts and connection.online:
            pump.session.request(constants.METHOD_SIGNALWIRE_UNRECEIVE, {"contexts": contexts})
    await pump.quiet(DRAIN_SECONDS)
    for call in list(pump.calls.values()):
        hang_up(call, constants.END_REASON_HANGUP)
    await pump.quiet(FAREWELL_SECONDS)
