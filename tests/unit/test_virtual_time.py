"""`callfsm.testing.virtual_time`: what the loop promises besides what `clock` tests of it."""

import asyncio
import os
import signal
import threading
import time

import pytest

from callfsm.testing.virtual_time import DeadEndError, VirtualTimeLoop, run, turns


async def order_of_things() -> list[tuple[float, str]]:
    """Some tasks and timers, and when each was heard of."""
    loop = asyncio.get_running_loop()
    seen: list[tuple[float, str]] = []

    async def speak(name: str, seconds: float) -> None:
        for _ in range(3):
            await asyncio.sleep(seconds)
            seen.append((loop.time(), name))

    async with asyncio.TaskGroup() as group:
        for number in range(10):
            group.create_task(speak(f"speaker {number}", 0.1 * (number % 4)))
    return seen


def test_same_run() -> None:
    """The same program runs in the same order, at the same times."""
    assert run(order_of_things()) == run(order_of_things())


def test_begins_at_zero() -> None:
    """Time begins at 0."""

    async def main() -> float:
        return asyncio.get_running_loop().time()

    assert 0 == run(main())


def test_two_hours() -> None:
    """A program may take as long as it is allowed to."""

    async def main() -> float:
        await asyncio.sleep(100_000)
        return asyncio.get_running_loop().time()

    assert 100_000 == run(main(), limit=200_000)


def test_limit() -> None:
    """A program that takes longer is stopped."""

    async def main() -> None:
        await asyncio.sleep(61)

    with pytest.raises(DeadEndError, match="60 seconds have passed"):
        run(main(), limit=60)


def test_block() -> None:
    """A callback that takes its time makes everybody else late, and nobody is left out."""
    loop = VirtualTimeLoop()
    seen: list[tuple[float, str]] = []

    async def main() -> None:
        loop.call_later(1, lambda: seen.append((loop.time(), "timer")))
        loop.block(5)
        await asyncio.sleep(1)

    loop.run_until_complete(main())
    loop.close()

    assert [(5.0, "timer")] == seen


def test_thread() -> None:
    """While a thread works, the clock stands still, and its result arrives."""

    async def main() -> tuple[str, float]:
        loop = asyncio.get_running_loop()
        ticking = loop.call_later(1, lambda: None)
        begin = threading.Event()
        loop.call_soon(begin.set)

        def work() -> str:
            begin.wait(10)
            return "done"

        told = await asyncio.to_thread(work)
        ticking.cancel()
        return told, loop.time()

    assert ("done", 0.0) == run(main())


def test_signal() -> None:
    """A signal is heard in the next turn, and means what it meant before once it is not wanted."""
    before = signal.getsignal(signal.SIGUSR1)

    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        seen: list[str] = []
        loop.add_signal_handler(signal.SIGUSR1, seen.append, "heard")
        os.kill(os.getpid(), signal.SIGUSR1)
        await turns()
        return [*seen, str(loop.remove_signal_handler(signal.SIGUSR1)), str(loop.remove_signal_handler(signal.SIGUSR1))]

    assert ["heard", "True", "False"] == run(main())
    assert before is signal.getsignal(signal.SIGUSR1)


def test_signal_after_close() -> None:
    """A loop that is closed leaves no signal handler behind."""
    before = signal.getsignal(signal.SIGUSR1)
    loop = VirtualTimeLoop()
    loop.add_signal_handler(signal.SIGUSR1, lambda: None)
    loop.close()

    assert before is signal.getsignal(signal.SIGUSR1)


def test_each_turn() -> None:
    """Who watches is called after each turn, before time passes."""
    loop = VirtualTimeLoop()
    seen: list[float] = []
    loop.each_turn = lambda: seen.append(loop.time())
    loop.run_until_complete(asyncio.sleep(1))
    loop.close()

    assert (0.0, 1.0) == (seen[0], seen[-1])


def test_rewind() -> None:
    """A loop can be used again from the beginning, as if it were new."""
    loop = VirtualTimeLoop()
    first = loop.run_until_complete(order_of_things())
    loop.rewind()
    second = loop.run_until_complete(order_of_things())
    loop.close()

    assert first == second


def test_rewind_too_early() -> None:
    """A loop on which something is still to happen is not rewound."""
    loop = VirtualTimeLoop()
    timer = loop.call_later(1, lambda: None)
    with pytest.raises(RuntimeError, match="only when nothing is to happen"):
        loop.rewind()
    timer.cancel()
    loop.rewind()
    loop.close()


def test_scheduled() -> None:
    """The timers that are still to go off can be told."""
    loop = VirtualTimeLoop()
    kept, cancelled = loop.call_later(1, time.time), loop.call_later(2, time.time)
    cancelled.cancel()

    assert [kept] == loop.scheduled

    loop.close()


def test_dead_end_is_no_exception() -> None:
    """A program that contains every exception does not contain the dead end."""

    async def main() -> None:
        try:
            await asyncio.Event().wait()
        except Exception:  # noqa: BLE001  # the promise is that it is not caught here
            await asyncio.Event().wait()

    with pytest.raises(DeadEndError):
        run(main())
