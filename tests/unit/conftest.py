"""What several unit files of the asyncio half begin with."""

import logging
import random
from collections.abc import Iterator

import pytest


@pytest.fixture
def silent_log(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A log that nobody has configured; it is so again after the test."""
    for name in ("LEVEL", "FORMAT", "MODE"):
        monkeypatch.delenv(f"SIGNALWIRE_LOG_{name}", raising=False)
    logger = logging.getLogger("callfsm")
    before = logger.level, list(logger.handlers)
    yield
    logger.setLevel(before[0])
    logger.handlers[:] = before[1]


@pytest.fixture
def longest_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delays that chance has made as long as they can be, so that they can be told."""
    monkeypatch.setattr(random, "random", lambda: 1.0)
