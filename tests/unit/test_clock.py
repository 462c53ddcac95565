"""`clock`: what virtual time promises to every test that runs in it."""

import asyncio

import pytest
from clock import LIMIT, DeadEndError, in_virtual_time, now, run, until


@in_virtual_time
async def test_time_jumps() -> None:
    """A sleep takes as long as it says, and no time at all."""
    await asyncio.sleep(3_600)

    assert now() == 3_600


@in_virtual_time
async def test_order() -> None:
    """Timers go off in the order of their times."""
    seen: list[int] = []

    async def later(seconds: int) -> None:
        await asyncio.sleep(seconds)
        seen.append(seconds)

    await asyncio.gather(*(later(seconds) for seconds in (3, 1, 2)))

    assert [1, 2, 3] == seen


def test_dead_end() -> None:
    """When everybody waits for ever, the test fails and says so."""

    async def main() -> None:
        await asyncio.Event().wait()

    with pytest.raises(DeadEndError, match="everybody waits and nothing will ever happen"):
        run(main())


def test_endless() -> None:
    """When only time goes on and on, the test fails and says so."""

    async def main() -> None:
        await until(lambda: now() > LIMIT + 1)

    with pytest.raises(DeadEndError, match="the test waits for ever"):
        run(main())


def test_task_left_behind() -> None:
    """A task that still runs fails the test."""

    async def main() -> asyncio.Task[None]:
        return asyncio.create_task(asyncio.sleep(60), name="left behind")

    with pytest.raises(AssertionError, match="left behind"):
        run(main())


def test_exception_left_unseen() -> None:
    """An exception that nobody has looked at fails the test."""

    async def fails() -> None:
        raise RuntimeError("unseen")

    async def main() -> None:
        tasks = [asyncio.create_task(fails())]
        await asyncio.wait(tasks)

    with pytest.raises(AssertionError, match="unseen"):
        run(main())
