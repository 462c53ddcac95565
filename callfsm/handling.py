"""Running the program's handlers of inbound calls, and hanging up for those that fail."""

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from contextvars import copy_context
from functools import partial
from types import CoroutineType, FunctionType, MethodType
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
        self._running: dict[asyncio.Task[Any], Call] = {}
        self._end = self._ended  # Once: a method that is asked for is a new object each time.
        self._latest: CallHandler | None = None
        self._is_plain = False

    def __len__(self) -> int:
        return len(self._running)

    def start(self, call: Call, handler: CallHandler) -> None:
        """Run a handler; when it raises, the error is logged and the call is hung up, unless it was handed over."""
        loop = asyncio.get_running_loop()
        if loop.get_task_factory() is not None:
            # One of the program's own may know of no contexts, or begin at once, and leave no trace of what has ended.
            task = loop.create_task(_handled(call, handler), name=TASK)
            self._running[task] = call
            task.add_done_callback(self._running.pop)
            return
        context = copy_context()
        task = loop.create_task(self._work(call, handler), name=TASK, context=context)
        self._running[task] = call
        task.add_done_callback(self._end, context=context)

    def _work(self, call: Call, handler: CallHandler) -> Coroutine[Any, Any, Any]:
        if handler is not self._latest:
            self._latest, self._is_plain = handler, _is_plain(handler)
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

    def _ended(self, task: asyncio.Task[Any]) -> None:
        call = self._running.pop(task)
        try:
            task.result()
        except (KeyboardInterrupt, SystemExit):
            pass  # Whoever runs the event loop has been given it already.
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # whatever the program raises
            _failed(call, _name_of(task), error)


def _is_plain(handler: CallHandler) -> bool:
    # Its own type is looked at: what is only marked as a coroutine function, or passes for one as a proxy does, may do
    # anything when it is called, and give back anything.
    while type(handler) is partial:
        handler = handler.func
    function = handler.__func__ if type(handler) is MethodType else handler
    return type(function) is FunctionType and bool(function.__code__.co_flags & inspect.CO_COROUTINE)


def _name_of(task: asyncio.Task[Any]) -> str:
    # A coroutine has the name of its function.
    return getattr(task.get_coro(), "__qualname__", "")


def _failed(call: Call, name: str, error: BaseException) -> None:
    if isinstance(error, asyncio.CancelledError):
        # It may have awaited a task of the program's own that was cancelled; the caller would be left waiting.
        logger.warning("handler cancelled", handler=name, call=call.call_id)
    else:
        logger.exception("handler raised", handler=name, call=call.call_id)
    _give_up(call, error)


async def _handled(call: Call, handler: CallHandler) -> None:
    try:
        await _called(call, handler)
    except asyncio.CancelledError as error:
        _failed(call, name_of(handler), error)
        raise
    except Exception as error:  # noqa: BLE001  # whatever the program raises
        _failed(call, name_of(handler), error)


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
