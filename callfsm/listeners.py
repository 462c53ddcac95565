"""Listeners: each hears its events one at a time, in the order in which they arrived.

A plain function is called at once. While a coroutine function is at work on one event, the next ones
wait for it; it delays no other listener, and never the connection.
"""

import inspect
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from callfsm.event import RelayEvent
from callfsm.log import logger
from callfsm.tasks import Tasks

EventHandler = Callable[[Any], Any]
"""A function or coroutine function that takes one event."""

Wanted = str | type[RelayEvent]
"""An event type by its name on the wire, or an event class; `RelayEvent` is every event."""

BACKLOG: Final = 1_000
"""Events that wait for one slow listener; beyond it the oldest is dropped, and the log says so once."""


class Listener:
    """One handler, with the events that wait for it."""

    def __init__(self, handler: EventHandler, tasks: Tasks) -> None:
        self.handler = handler
        self._tasks = tasks
        self._backlog: deque[RelayEvent] = deque()
        self._busy = False
        self.dropped = 0

    def hear(self, event: RelayEvent) -> None:
        """Give the handler an event, now or when it has done with those before."""
        if not self._busy:
            self._call(event)
            return
        self._backlog.append(event)
        if len(self._backlog) > BACKLOG:
            self._backlog.popleft()
            self.dropped += 1
            if self.dropped == 1:
                logger.warning("listener too slow", listener=_name(self.handler), backlog=BACKLOG)

    def _call(self, event: RelayEvent) -> None:
        outcome = call_contained(self.handler, event)
        if inspect.isawaitable(outcome):
            self._busy = True
            self._tasks.spawn(self._drain(outcome), f"callfsm listener {_name(self.handler)}")

    async def _drain(self, first: Awaitable[Any]) -> None:
        outcome: Any = first
        try:
            while True:
                if inspect.isawaitable(outcome):
                    await await_contained(outcome, self.handler)
                if not self._backlog:
                    return
                outcome = call_contained(self.handler, self._backlog.popleft())
        finally:
            self._busy = False


class Listeners:
    """Handlers by the events they want."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._listeners: list[tuple[Wanted, Listener]] = []

    def add(self, wanted: Wanted, handler: EventHandler) -> None:
        """Let a handler hear some events, after those that do already."""
        self._listeners.append((wanted, Listener(handler, self._tasks)))

    def remove(self, wanted: Wanted, handler: EventHandler | None) -> None:
        """Let a handler, or all of them, hear these events no more."""
        self._listeners = [
            (each, listener)
            for each, listener in self._listeners
            if each != wanted or (handler is not None and listener.handler != handler)
        ]

    def hear(self, event: RelayEvent) -> None:
        """Tell everybody who wants this event, in the order in which they came."""
        for wanted, listener in tuple(self._listeners):
            if wants(wanted, event):
                listener.hear(event)


def wants(wanted: Wanted, event: RelayEvent) -> bool:
    """Whether this event is among those that are wanted."""
    return event.event_type == wanted if isinstance(wanted, str) else isinstance(event, wanted)


def call_contained(handler: Callable[..., Any], *arguments: Any) -> Any:
    """Call what the program has given us; an exception is logged and goes no further."""
    try:
        return handler(*arguments)
    except Exception:  # noqa: BLE001  # whatever the program raises
        logger.exception("handler raised", handler=_name(handler))
        return None


async def await_contained(outcome: Awaitable[Any], handler: Callable[..., Any]) -> None:
    """Await what the program's handler gave back; an exception is logged and goes no further."""
    try:
        await outcome
    except Exception:  # noqa: BLE001  # whatever the program raises
        logger.exception("handler raised", handler=_name(handler))


def _name(handler: Callable[..., Any]) -> str:
    return getattr(handler, "__qualname__", None) or type(handler).__name__
