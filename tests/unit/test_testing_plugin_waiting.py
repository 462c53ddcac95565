"""`callfsm.testing.waiting`: what tasks wait for."""

import asyncio
from collections.abc import AsyncIterator

from callfsm.testing.virtual_time import in_virtual_time
from callfsm.testing.waiting import waits


async def _inner() -> None:
    await asyncio.Event().wait()


async def _outer() -> None:
    await _inner()


@in_virtual_time
async def test_innermost_line() -> None:
    """A task is told by the innermost line of the program."""
    task = asyncio.get_running_loop().create_task(_outer(), name="mine")
    await asyncio.sleep(0)
    told = waits([task])
    task.cancel()

    assert ["mine waits in tests/unit/test_testing_plugin_waiting.py: await asyncio.Event().wait()"] == [
        line.replace(f":{_inner.__code__.co_firstlineno + 1}:", ":") for line in told
    ]


@in_virtual_time
async def test_asynchronous_generator() -> None:
    """Of a task that waits within an asynchronous generator, what stands around it is told at least."""

    async def numbers() -> AsyncIterator[int]:
        await asyncio.Event().wait()
        yield 1

    async def reads() -> None:
        async for _ in numbers():
            pass

    task = asyncio.get_running_loop().create_task(reads(), name="mine")
    await asyncio.sleep(0)
    told = waits([task])
    task.cancel()

    assert 1 == len(told)
    assert told[0].startswith("mine waits in ")


@in_virtual_time
async def test_nobody_elses_lines() -> None:
    """Tasks that stand in no line of the program are counted."""
    task = asyncio.get_running_loop().create_task(asyncio.sleep(1))
    await asyncio.sleep(0)
    told = waits([task])
    task.cancel()

    assert ["and 1 of callfsm's own"] == told
