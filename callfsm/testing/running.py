"""Running a coroutine test inside its relay: in virtual time, or on a real event loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any

from callfsm.handling import TASK
from callfsm.testing.relay import Relay, SocketRelay
from callfsm.testing.tidiness import noticing_forgotten
from callfsm.testing.virtual_time import DeadEndError, run, told, turns
from callfsm.testing.waiting import waits


def run_inside(
    relay: Relay, test: Callable[[], Coroutine[Any, Any, None]], name: str, *, limit: float, speed: float
) -> None:
    """Run a test inside its relay.

    Args:
        relay: In memory, the test runs in virtual time; on a socket, on a real event loop.
        test: Makes the test's coroutine.
        name: What its task is called where it is told what everybody waits for.
        limit: How many simulated seconds it may take.
        speed: How many simulated seconds pass in a real one, on a socket.

    Raises:
        DeadEndError: Everybody waits for ever, or too much time has passed.
        LeftOverError: The test has passed, but something went wrong in a program.
        AssertionError: Tasks were left running, or exceptions were left unseen.
    """
    __tracebackhide__ = True
    if isinstance(relay, SocketRelay):
        asyncio.run(_in_real_time(_inside(relay, test, name), limit, speed))
    else:
        run(_inside(relay, test, name), limit)


async def _inside(relay: Relay, test: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
    __tracebackhide__ = True
    task = asyncio.current_task()
    assert task is not None, "a coroutine that runs has a task"
    task.set_name(name)
    async with relay:
        await test()


async def _in_real_time(test: Coroutine[Any, Any, None], limit: float, speed: float) -> None:
    __tracebackhide__ = True
    loop, unseen = asyncio.get_running_loop(), list[str]()
    loop.set_exception_handler(lambda _loop, context: unseen.append(told(context)))
    with noticing_forgotten(unseen.append):
        await _within(test, limit, speed)
        await turns()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        gc.collect(1)
        await asyncio.sleep(0)

    assert not left, f"still running: {left}"
    assert not unseen, f"left unseen: {unseen}"


async def _within(test: Coroutine[Any, Any, None], limit: float, speed: float) -> None:
    __tracebackhide__ = True
    task = asyncio.get_running_loop().create_task(test)
    await asyncio.wait({task}, timeout=limit / speed)
    if not task.done():
        others = asyncio.all_tasks() - {asyncio.current_task()}
        dead_end = DeadEndError(f"{limit:g} simulated seconds have passed: the test waits for ever", waits(others))
        for other in others:
            # Handlers that wait for ever would be waited for once more as the relay is left.
            if other is task or other.get_name() == TASK:
                other.cancel()
        await asyncio.wait({task})
        raise dead_end
    await task
