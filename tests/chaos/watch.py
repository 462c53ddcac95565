"""What both programs watch: tasks, descriptors, errors in the log, and promises that broke."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from callfsm import RelayClient
from callfsm.simulator import Simulator
from callfsm.transport import tls_context

DESCRIPTORS = Path("/proc/self/fd")
SERVER = "callfsm.simulator.websockets"


class Watch(logging.Handler):
    """Takes note of every error that is logged, and of what the event loop would only have logged.

    Attributes:
        errors: What was logged.
        raised: How many handlers have raised; whether they should have is the business of the handlers.
        broken: The promises that broke.
    """

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []
        self.raised = 0
        self.broken: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take note of a line of the log."""
        if record.name == "callfsm" and record.getMessage().startswith("handler raised"):
            self.raised += 1
        elif record.name == SERVER and record.getMessage() == "opening handshake failed":
            return  # A line that was cut before it said anything: older versions of the library call that an error.
        else:
            self.errors.append(f"{record.name}: {record.getMessage()} {record.exc_text or ''}")

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the log and the event loop."""
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: self._left_unseen(context))
        loggers = [logging.getLogger(name) for name in ("callfsm", "asyncio")]
        for logger in loggers:
            logger.addHandler(self)
        try:
            yield
        finally:
            for logger in loggers:
                logger.removeHandler(self)

    def promise(self, name: str, expected: object, actual: object) -> None:
        """Hold a promise: the two must be the same."""
        if expected != actual:
            self.broken.append(f"{name}: expected {expected!r}, found {actual!r}")

    def _left_unseen(self, context: Mapping[str, Any]) -> None:
        self.errors.append(f"{context['message']}: {context.get('exception')!r} {context.get('task', '')!r}")


def held() -> tuple[int, int]:
    """How many descriptors and tasks there are."""
    gc.collect()
    descriptors = len(list(DESCRIPTORS.iterdir())) if DESCRIPTORS.is_dir() else 0
    return descriptors, len(asyncio.all_tasks())


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait until something has come about; whether it has within so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not condition():  # noqa: ASYNC110  # what is looked at tells nobody when it changes
                await asyncio.sleep(0.005)
    return condition()


@contextlib.contextmanager
def impatience(**limits: float) -> Iterator[None]:
    """Shorter time limits of the client, so that what takes it half a minute is seen in a moment."""
    with contextlib.ExitStack() as patches:
        # Reading the system's certificates anew takes longer than everything else that an attempt does.
        known = functools.cache(lambda _authority: tls_context())
        patches.enter_context(
            patch("callfsm.transport.tls_context", lambda: known(os.environ.get("SIGNALWIRE_RELAY_CA_FILE", "")))
        )
        for name, seconds in limits.items():
            module, _, constant = name.partition("_")
            patches.enter_context(patch(f"callfsm.{module}.{constant}", seconds))
        yield


def client_of(simulator: Simulator, address: str, *contexts: str) -> RelayClient:
    """A client of the simulator that goes to another address, and tries again at once when its line drops."""
    os.environ["SIGNALWIRE_RELAY_CA_FILE"] = simulator.ca_file
    client = RelayClient(simulator.project, simulator.token, host=address, contexts=list(contexts), tls=simulator.tls)
    client._supervisor._jitter = lambda: 0.0
    return client
