"""`callfsm.waits`: waits that touch nobody else's wait."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns

from callfsm.waits import Waits


def anything(_thing: str) -> bool:
    """Wants everything."""
    return True


def waiting(waits: Waits[str], timeout: float | None = None) -> asyncio.Task[str]:
    """A task that waits for anything."""
    return asyncio.create_task(waits.wait(anything, timeout))


@in_virtual_time
async def test_every_wait_is_offered() -> None:
    """A thing goes to every wait that wants it."""
    waits: Waits[str] = Waits()
    tasks = [waiting(waits), waiting(waits)]
    await turns()
    waits.offer("a")

    assert ["a", "a"] == await asyncio.gather(*tasks)


@in_virtual_time
async def test_unwanted() -> None:
    """A wait goes on until something comes that it wants."""
    waits: Waits[str] = Waits()
    task = asyncio.create_task(waits.wait(lambda thing: thing == "b", None))
    await turns()
    for thing in "abc":
        waits.offer(thing)

    assert await task == "b"


@pytest.mark.parametrize("timeout", ["5", float("nan"), (1,)])
@in_virtual_time
async def test_no_number_of_seconds(timeout: object) -> None:
    """What is no number of seconds is told, with its value; nothing is waited for."""
    waits: Waits[str] = Waits()
    with pytest.raises(ValueError, match="must be a number of seconds") as told:
        await waits.wait(anything, timeout)  # type: ignore[arg-type]  # what a program may hand over

    assert f"timeout={timeout!r}" in str(told.value)
    assert not waits


@in_virtual_time
async def test_timeout() -> None:
    """A wait ends after its time with a TimeoutError."""
    waits: Waits[str] = Waits()
    with pytest.raises(asyncio.TimeoutError):
        await waits.wait(anything, 2.5)

    assert now() == 2.5


@in_virtual_time
async def test_timeout_harms_nobody() -> None:
    """A wait that times out leaves the others waiting."""
    waits: Waits[str] = Waits()
    patient = waiting(waits)
    with pytest.raises(asyncio.TimeoutError):
        await waits.wait(anything, 1)
    waits.offer("a")

    assert await patient == "a"


@in_virtual_time
async def test_cancellation_harms_nobody() -> None:
    """A wait that is cancelled leaves the others waiting."""
    waits: Waits[str] = Waits()
    patient, cancelled = waiting(waits), waiting(waits)
    await turns()
    cancelled.cancel()
    await asyncio.wait({cancelled})
    waits.offer("a")

    assert await patient == "a"


@in_virtual_time
async def test_nothing_is_kept() -> None:
    """Every wait leaves, however it ends."""
    waits: Waits[str] = Waits()
    tasks = [waiting(waits), waiting(waits, 1), waiting(waits)]
    await turns()
    tasks[2].cancel()
    await asyncio.sleep(2)
    waits.offer("a")
    await asyncio.wait(tasks)
    tasks[1].exception()

    assert len(waits) == 0


@in_virtual_time
async def test_failure() -> None:
    """Every wait that fails raises an error of its own."""
    waits: Waits[str] = Waits()
    tasks = [waiting(waits), waiting(waits)]
    await turns()
    waits.fail(lambda: RuntimeError("over"))
    one, other = await asyncio.gather(*tasks, return_exceptions=True)

    assert ("over", "over", False) == (str(one), str(other), one is other)


@in_virtual_time
async def test_first_offer_counts() -> None:
    """A wait that has got what it wanted is not given anything else in the same moment."""
    waits: Waits[str] = Waits()
    task = waiting(waits)
    await turns()
    waits.offer("a")
    waits.offer("b")
    waits.fail(lambda: RuntimeError("too late"))

    assert await task == "a"
