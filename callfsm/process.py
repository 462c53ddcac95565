"""What a client shares with the process it runs in: signals, and the limit on connections."""

import asyncio
import os
import signal
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar, Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_LOADING: Final = ContextVar("loading", default=False)


@contextmanager
def loading() -> Iterator[None]:
    """While a tool loads a program to run its client, `RelayClient.run` in that program returns at once."""
    before = _LOADING.set(True)
    try:
        yield
    finally:
        _LOADING.reset(before)


def is_loading() -> bool:
    """Whether a tool is loading a program now."""
    return _LOADING.get()


@contextmanager
def stop_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set ``stop`` at the first SIGINT or SIGTERM; a second one cancels the task that waits here."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def on_signal() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
        stop.set()

    installed = [each for each in _SIGNALS if _install(loop, each, on_signal)]
    try:
        yield
    finally:
        for each in installed:
            loop.remove_signal_handler(each)


def _install(loop: asyncio.AbstractEventLoop, number: signal.Signals, handler: object) -> bool:
    try:
        loop.add_signal_handler(number, handler)  # type: ignore[arg-type]  # a function without arguments
    except (NotImplementedError, RuntimeError, ValueError):
        return False  # Windows, or a thread other than the main one: Ctrl-C still interrupts asyncio.run.
    return True


class ConnectionSlot:
    """A client's place among the connections of this process; ``RELAY_MAX_CONNECTIONS`` limits them when set."""

    _taken: ClassVar["weakref.WeakSet[ConnectionSlot]"] = weakref.WeakSet()

    def take(self) -> None:
        """Take the place.

        Raises:
            RuntimeError: Too many clients of this process are connected.
        """
        limit = os.environ.get("RELAY_MAX_CONNECTIONS", "")
        others = len([slot for slot in self._taken if slot is not self])
        if limit.isdigit() and others >= max(int(limit), 1):
            raise RuntimeError(f"connection limit: {others} clients are connected and RELAY_MAX_CONNECTIONS={limit}")
        self._taken.add(self)

    def free(self) -> None:
        """Give the place up."""
        self._taken.discard(self)
