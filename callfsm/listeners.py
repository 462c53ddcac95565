"""Listeners: each hears its events one at a time, in the order in which they arrived.

A plain function is called at once. While a coroutine function is at work on one event, the next ones
wait for it; it delays no other listener, and never the connection.

What waits for one listener is bounded: beyond `BACKLOG` events the oldest report of progress is dropped and
counted. Reports of a state and final reports are kept, up to `HARD_LIMIT` of them, which only a server that
repeats itself without end can bring about; from there on the oldest goes, whatever it is.
"""

import asyncio
import inspect
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any, Final

from callfsm import constants
from callfsm.core.tables import KINDS, STANDINGS, Speaker
from callfsm.core.words import READERS
from callfsm.event import RelayEvent
from callfsm.log import logger
from callfsm.tasks import Tasks

EventHandler = Callable[[Any], Any]
"""A function or coroutine function that takes one event."""

Wanted = str | type[RelayEvent]
"""An event type by its name on the wire, or an event class; `RelayEvent` is every event."""

BACKLOG: Final = 1_000
"""Events that wait for one slow listener, before reports of progress are dropped."""

HARD_LIMIT: Final = 10_000
"""Events that wait for one slow listener, before anything is dropped."""

_STATES: Final = frozenset(
    {constants.EVENT_CALL_STATE, constants.EVENT_MESSAGING_STATE, "connection", "gap", *STANDINGS}
)
_READERS: Final = {kind.event_type: READERS[kind.reads] for kind in KINDS.values()}
_FINAL: Final = {
    (kind.event_type, row.trigger)
    for kind in KINDS.values()
    for row in kind.table.rows
    if row.speaker is Speaker.REPORT and (row.dest in kind.table.final.split() or "settle" in row.hooks)
}


class Dropped:
    """An event that a slow listener did not get; only ever counted, under this name."""


def lasting(event: RelayEvent) -> bool:
    """Whether an event tells of a state, or is the last one of its operation, rather than of progress."""
    if event.event_type in _STATES:
        return True
    reader = _READERS.get(event.event_type)
    return reader is not None and (event.event_type, reader(event.params)) in _FINAL


class Backlog:
    """The events that wait for one listener, in order."""

    def __init__(self) -> None:
        self._arrived = 0
        self._lasting: deque[tuple[int, RelayEvent]] = deque()
        self._progress: deque[tuple[int, RelayEvent]] = deque()

    def __len__(self) -> int:
        return len(self._lasting) + len(self._progress)

    def add(self, event: RelayEvent) -> bool:
        """Let an event wait; false when one had to be dropped for it."""
        self._arrived += 1
        (self._lasting if lasting(event) else self._progress).append((self._arrived, event))
        if len(self) <= BACKLOG:
            return True
        if self._progress:
            self._progress.popleft()
            return False
        if len(self) <= HARD_LIMIT:
            return True
        self._lasting.popleft()
        return False

    def take(self) -> RelayEvent:
        """The oldest event, which waits no longer."""
        if not self._progress or (self._lasting and self._lasting[0] < self._progress[0]):
            return self._lasting.popleft()[1]
        return self._progress.popleft()[1]


class Listener:
    """One handler, with the events that wait for it."""

    def __init__(self, handler: EventHandler, tasks: Tasks, count: Callable[[], None]) -> None:
        self.handler = handler
        self._tasks = tasks
        self._count = count
        self._backlog = Backlog()
        self._busy = False
        self.dropped = 0

    def hear(self, event: RelayEvent) -> None:
        """Give the handler an event, now or when it has done with those before."""
        if not self._busy:
            self._call(event)
            return
        if not self._backlog.add(event):
            self.dropped += 1
            self._count()
            if self.dropped == 1:
                logger.warning("listener too slow", listener=name_of(self.handler), backlog=BACKLOG)

    def forget(self) -> None:
        """What waits is not wanted any more."""
        self._backlog = Backlog()

    def _call(self, event: RelayEvent) -> None:
        outcome = call_contained(self.handler, event)
        if outcome is not None and inspect.isawaitable(outcome):
            self._busy = True
            self._tasks.spawn(self._drain(outcome), f"callfsm listener {name_of(self.handler)}")

    async def _drain(self, first: Awaitable[Any]) -> None:
        outcome: Any = first
        try:
            while True:
                if inspect.isawaitable(outcome):
                    await await_contained(outcome, self.handler)
                if not self._backlog:
                    return
                outcome = call_contained(self.handler, self._backlog.take())
        finally:
            # Only a loop that is being shut down leaves anything; it is not for the next one.
            self._backlog = Backlog()
            self._busy = False


class Listeners:
    """Handlers by the events they want.

    Attributes:
        counts: Where events that were dropped are counted.
    """

    def __init__(self, tasks: Tasks, counts: Counter[type]) -> None:
        self.counts = counts
        self._tasks = tasks
        self._listeners: list[tuple[Wanted, Listener]] = []

    def __len__(self) -> int:
        return len(self._listeners)

    def add(self, wanted: Wanted, handler: EventHandler) -> None:
        """Let a handler hear some events, after those that do already."""
        self._listeners.append((wanted, Listener(handler, self._tasks, self._dropped)))

    def _dropped(self) -> None:
        self.counts[Dropped] += 1

    def remove(self, wanted: Wanted, handler: EventHandler | None) -> None:
        """Let a handler, or all of them, hear these events no more, also what waits for them."""
        leaving = [
            (each, listener)
            for each, listener in self._listeners
            if each == wanted and (handler is None or listener.handler == handler)
        ]
        self._listeners = [each for each in self._listeners if each not in leaving]
        for _, listener in leaving:
            listener.forget()

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
    except (Exception, asyncio.CancelledError):  # noqa: BLE001  # whatever the program raises, a cancelled future's word too
        logger.exception("handler raised", handler=name_of(handler))
        return None


async def await_contained(outcome: Awaitable[Any], handler: Callable[..., Any]) -> None:
    """Await what the program's handler gave back; an exception is logged and goes no further."""
    try:
        await outcome
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # It has awaited something of the program's own that was cancelled; nobody has cancelled the handler.
        logger.warning("handler cancelled", handler=name_of(handler))
    except Exception:  # noqa: BLE001  # whatever the program raises
        logger.exception("handler raised", handler=name_of(handler))


def name_of(handler: Callable[..., Any]) -> str:
    """What the log calls what the program has given us."""
    return getattr(handler, "__qualname__", None) or type(handler).__name__
