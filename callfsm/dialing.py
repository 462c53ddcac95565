"""An outbound call: dial, wait for the winner, and give up cleanly."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from callfsm import constants
from callfsm.call import Call
from callfsm.core import checks
from callfsm.core.model import DialModel
from callfsm.core.request import Request
from callfsm.errors import ConnectionLostError, DialError
from callfsm.pump import Pump

if TYPE_CHECKING:
    from callfsm.shapes import Destination

DIAL_SECONDS: Final = 120.0
"""How long a dial is waited for when the program does not say."""


async def dial(
    pump: Pump, devices: Sequence[Sequence[Destination]], *, tag: str | None, max_duration: int | None, seconds: float
) -> Call:
    """Dial and wait until one destination answers; see `RelayClient.dial`."""
    checks.arguments("dial", {"devices": devices, "max_duration": max_duration})
    params: dict[str, Any] = {"devices": devices}
    if max_duration:
        params["max_duration"] = max_duration
    with pump.performing():
        model, request = pump.session.dial(tag or pump.new_id(), params)
    pump.dials[model] = asyncio.get_running_loop().create_future()
    try:
        call = await _winner(pump, model, request, seconds)
    except BaseException:
        # It may have been answered in the very moment in which whoever waited was told otherwise.
        if model.winner is not None:
            with pump.performing():
                model.winner.discard(constants.END_REASON_CANCEL)
        raise
    finally:
        # However the wait has ended: a leg that nobody waits for any longer must not stay up.
        pump.dials.pop(model, None)
        with pump.performing():
            pump.session.abandon(model, "given up")
    if call is None and model.reason == "lost":
        raise ConnectionLostError(f"the line was lost before anybody answered (tag={model.tag})")
    if call is None:
        raise DialError(model.tag, model.reason, message=f"Dial failed (tag={model.tag}): {model.reason}")
    return call


async def _winner(pump: Pump, model: DialModel, request: Request, seconds: float) -> Call | None:
    answered = pump.dials[model]
    outcome = await pump.outcome(request)
    if outcome.error is not None and model.state != "answered":
        raise outcome.error
    try:
        async with asyncio.timeout(seconds):
            return await answered
    except TimeoutError:
        if answered.done() and not answered.cancelled():
            return answered.result()
        message = f"Dial timed out waiting for answer (tag={model.tag})"
        raise DialError(model.tag, "timed out", message=message) from None
