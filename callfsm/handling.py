"""Running the program's handler of an inbound call, and hanging up for it when it fails."""

import inspect
from collections.abc import Callable
from typing import Any

from callfsm import constants
from callfsm.call import Call
from callfsm.errors import RelayError
from callfsm.log import logger

CallHandler = Callable[[Call], Any]
"""What `RelayClient.on_call` takes: a coroutine function of one call."""


async def handle(call: Call, handler: CallHandler) -> None:
    """Run a handler; when it raises, the error is logged and the call is hung up, unless it was handed over."""
    try:
        outcome = handler(call)
        if inspect.isawaitable(outcome):
            await outcome
    except Exception:  # noqa: BLE001  # whatever the program raises
        name = getattr(handler, "__qualname__", "")
        logger.exception("handler raised", handler=name, call=call.call_id)
        if not call._model.transferred:
            await hang_up(call, constants.END_REASON_ERROR)


async def hang_up(call: Call, reason: str) -> None:
    """Hang up for the program, which is not there to be told of a failure."""
    try:
        await call.hangup(reason)
    except RelayError as error:
        logger.warning("hang-up failed", call=call.call_id, error=str(error))
