"""Running the program's handler of an inbound call, and hanging up for it when it fails."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from callfsm import constants
from callfsm.call import Call
from callfsm.listeners import name_of
from callfsm.log import logger

CallHandler = Callable[[Call], Any]
"""What `RelayClient.on_call` takes: a coroutine function of one call."""


async def handle(call: Call, handler: CallHandler) -> None:
    """Run a handler; when it raises, the error is logged and the call is hung up, unless it was handed over."""
    name = name_of(handler)
    try:
        outcome = handler(call)
        if inspect.isawaitable(outcome):
            await outcome
    except asyncio.CancelledError as error:
        # It may have awaited a task of the program's own that was cancelled; the caller would be left waiting.
        logger.warning("handler cancelled", handler=name, call=call.call_id)
        call._pump.failed(call, error)
        _discard(call)
        raise
    except Exception as error:  # noqa: BLE001  # whatever the program raises
        logger.exception("handler raised", handler=name, call=call.call_id)
        call._pump.failed(call, error)
        _discard(call)


def _discard(call: Call) -> None:
    if not call._model.transferred:
        hang_up(call, constants.END_REASON_ERROR)


def hang_up(call: Call, reason: str) -> None:
    """Hang up for the program, which is not there to wait; until the server has heard it, it is asked again."""
    with call._pump.performing():
        call._model.discard(reason)
