"""One loop for many runs: each begins at 0, and nothing of the one before is left."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from callfsm.testing import DeadEndError
from callfsm.testing.stage import Stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A stage."""
    stage = Stage(limit=1_000.0)
    yield stage
    stage.close()


async def hour() -> float:
    """The time after some minutes."""
    await asyncio.sleep(600)
    return asyncio.get_running_loop().time()


def test_times_begin_anew(stage: Stage) -> None:
    """Every run begins at 0."""
    times = []
    for _ in range(3):
        times.append(stage.step(hour()))
        stage.clear()

    assert [600.0] * 3 == times


def test_steps_follow_each_other(stage: Stage) -> None:
    """Until it is cleared, time goes on from step to step, and so does what was begun."""

    async def begins() -> asyncio.Task[float]:
        return asyncio.create_task(hour())

    async def waits(task: asyncio.Task[float]) -> float:
        await asyncio.sleep(100)
        return await task

    assert 600.0 == stage.step(waits(stage.step(begins())))


def test_left_behind(stage: Stage) -> None:
    """Tasks and timers that are left behind end."""
    called: list[str] = []

    async def leaves() -> asyncio.Task[float]:
        asyncio.get_running_loop().call_later(5, called.append, "late")
        return asyncio.create_task(hour())

    task = stage.step(leaves())
    stage.clear()
    stage.step(hour())

    assert task.cancelled()
    assert [] == called


def test_limit(stage: Stage) -> None:
    """A run that takes too much virtual time is over, and the next one begins as ever."""
    with pytest.raises(DeadEndError):
        stage.step(asyncio.sleep(2_000))
    stage.clear()

    assert 600.0 == stage.step(hour())


def test_spinning(stage: Stage) -> None:
    """A run in which somebody spins without letting time pass is over."""

    async def spins() -> None:
        while True:
            await asyncio.gather(asyncio.sleep(0))

    with pytest.raises(DeadEndError, match="somebody spins"):
        stage.step(spins())


def test_who_does_not_end(stage: Stage) -> None:
    """A task that does not let itself be cancelled stays behind with its loop."""

    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                continue

    async def begins() -> None:
        task = asyncio.create_task(stubborn())
        task.add_done_callback(lambda _: None)
        await asyncio.sleep(1)

    stage.step(begins())
    stage.clear()

    assert 600.0 == stage.step(hour())
