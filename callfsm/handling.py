"""Running the program's handlers of inbound calls, and hanging up for those that fail."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from types import CoroutineType
from typing import Any, Final

from callfsm import constants
from callfsm.call import Call
from callfsm.listeners import name_of
from callfsm.log import logger

CallHandler = Callable[[Call], Any]
"""What `RelayClient.on_call` takes: a coroutine function of one call."""

TASK: Final = "callfsm on_call"
"""The name of every task that a handler runs in."""


class Handlers:
    """The handlers that are at work, each in a task of its own."""

    def __init__(self) -> None:
        # What is here for each call is there for as long as the call is up: no coroutine of ours around the handler's,
        # and no context but the one that the handler runs in, so that what the log tells of it is told in that.
        self._running: dict[asyncio.Future[Any], Call] = {}
        self._end = self._ended  # Once: a method that is asked for is a new object each time.
        self._latest: CallHandler | None = None
        self._is_plain = False

    def __len__(self) -> int:
        return len(self._running)

    def start(self, call: Call, handler: CallHandler) -> None:
        """Run a handler; when it raises, the error is logged and the call is hung up, unless it was handed over."""
        context = copy_context()
        work = self._work(call, handler)
        task = asyncio.get_running_loop().create_task(work, name=TASK, context=context)
        self._running[task] = call
        task.add_done_callback(self._end, context=context)

    def _work(self, call: Call, handler: CallHandler) -> Coroutine[Any, Any, Any]:
        if handler is not self._latest:
            self._latest, self._is_plain = handler, inspect.iscoroutinefunction(handler)
        if self._is_plain:
            try:
                work: Coroutine[Any, Any, Any] = handler(call)
            except TypeError:
                pass  # It takes no call. It is to fail where handlers fail.
            else:
                return work
        called = _called(call, handler)
        assert isinstance(called, CoroutineType), "this is what a coroutine function of Python gives"
        called.__qualname__ = name_of(handler)
        return called

    def _ended(self, task: asyncio.Future[Any]) -> None:
        call = self._running.pop(task)
        try:
            task.result()
        except asyncio.CancelledError as error:
            # It may have awaited a task of the program's own that was cancelled; the caller would be left waiting.
            logger.warning("handler cancelled", handler=_name_of(task), call=call.call_id)
            _give_up(call, error)
        except Exception as error:  # noqa: BLE001  # whatever the program raises
            logger.exception("handler raised", handler=_name_of(task), call=call.call_id)
            _give_up(call, error)
        except (KeyboardInterrupt, SystemExit):
            pass  # Whoever runs the event loop has been given it already.


def _name_of(task: asyncio.Future[Any]) -> str:
    # A coroutine has the name of its function; a factory of the program's own may have made a task without one.
    work = task.get_coro() if isinstance(task, asyncio.Task) else None
    return getattr(work, "__qualname__", "")


async def _called(call: Call, handler: CallHandler) -> None:
    outcome = handler(call)
    if inspect.isawaitable(outcome):
        await outcome


def _give_up(call: Call, error: BaseException) -> None:
    call._pump.failed(call, error)
    _discard(call)


def _discard(call: Call) -> None:
    if not call._model.transferred:
        hang_up(call, constants.END_REASON_ERROR)


def hang_up(call: Call, reason: str) -> None:
    """Hang up for the program, which is not there to wait; until the server has heard it, it is asked again."""
    with call._pump.performing():
        call._model.discard(reason)
