"""Virtual time, as a real loop would have it: what was asked for first comes first, and garbage is no matter of time."""

from __future__ import annotations

import asyncio
import gc

import pytest

from callfsm.testing import DeadEndError, VirtualTimeLoop, run


def test_timers_of_the_same_time() -> None:
    """Timers that are due at once go off in the order in which they were set."""

    async def order() -> list[int]:
        loop = asyncio.get_running_loop()
        heard: list[int] = []
        for number in range(20):
            loop.call_at(5.0 if number % 3 else 4.0, heard.append, number)
        await asyncio.sleep(10)
        return heard

    assert [*range(0, 20, 3), *(number for number in range(20) if number % 3)] == run(order())


def test_sleepers_of_the_same_time() -> None:
    """So do tasks that sleep equally long."""

    async def order() -> list[int]:
        heard: list[int] = []

        async def sleeper(number: int) -> None:
            await asyncio.sleep(1)
            heard.append(number)

        await asyncio.gather(*map(sleeper, range(20)))
        return heard

    assert list(range(20)) == run(order())


def test_closed() -> None:
    """A loop that is closed takes no timers, as any other."""
    loop = VirtualTimeLoop()
    loop.close()

    with pytest.raises(RuntimeError, match="Event loop is closed"):
        loop.call_at(1.0, print)


@pytest.mark.parametrize("fails", [False, True])
def test_garbage(fails: bool) -> None:  # noqa: FBT001  # one of two runs
    """Garbage is looked for seldom while time jumps; afterwards it is as before, also when the run has failed."""
    before, during = gc.get_threshold(), []

    async def main() -> None:
        during.append(gc.get_threshold())
        if fails:
            await asyncio.Event().wait()

    try:
        run(main())
    except DeadEndError:
        assert fails

    assert during[0][0] > before[0]
    assert before == gc.get_threshold()


def test_garbage_that_nobody_collects() -> None:
    """Who has switched the collection off has it off."""
    before = gc.get_threshold()
    gc.set_threshold(0)

    async def threshold() -> int:
        return gc.get_threshold()[0]

    try:
        assert 0 == run(threshold())
    finally:
        gc.set_threshold(*before)
