"""How hard the property tests try (50 examples while developing, 200 on a build machine), and common fixtures.

``HYPOTHESIS_PROFILE`` names a profile; without it, ``CI`` in the environment chooses ``ci``.
"""

import logging
import os
import random
from collections.abc import Iterator
from weakref import WeakSet

import pytest
from hypothesis import HealthCheck, settings

from callfsm.process import ConnectionSlot

settings.register_profile("dev", max_examples=50, deadline=None)
for name, examples in (("ci", 200), ("oldest", 25)):
    settings.register_profile(
        name,
        max_examples=examples,
        deadline=None,
        derandomize=True,
        # A build machine may be slow at any moment, which is no fault of a test.
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


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
    monkeypatch.setattr(random.SystemRandom, "random", lambda _self: 1.0)


@pytest.fixture(autouse=True)
def connection_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other test's clients count among those of this process, though garbage may not have been collected since."""
    monkeypatch.setattr(ConnectionSlot, "_taken", WeakSet())
