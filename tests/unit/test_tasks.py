"""`callfsm.tasks`: tasks that are kept until they end."""

import asyncio

from clock import in_virtual_time, turns

from callfsm.tasks import Tasks


def test_made_outside_a_loop() -> None:
    """Their keeper can be made where no event loop runs."""
    assert len(Tasks()) == 0


@in_virtual_time
async def test_kept_until_they_end() -> None:
    """A task is kept while it runs, and no longer."""
    tasks = Tasks()
    task = tasks.spawn(asyncio.sleep(5), "sleeper")
    running = len(tasks)
    await task
    await turns(1)

    assert (1, 0) == (running, len(tasks))


@in_virtual_time
async def test_named() -> None:
    """A task has the name that it was given, for whoever looks at those that run."""
    tasks = Tasks()
    task = tasks.spawn(asyncio.sleep(0), "sleeper")
    assert isinstance(task, asyncio.Task)
    await task

    assert task.get_name() == "sleeper"


@in_virtual_time
async def test_future() -> None:
    """What a handler gives back may be a future, which is kept like a task."""
    tasks = Tasks()
    future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    kept = tasks.spawn(future, "promise")
    running = len(tasks)
    future.set_result(7)

    assert (1, 7) == (running, await kept)


@in_virtual_time
async def test_cancelled() -> None:
    """A task that is cancelled is let go of."""
    tasks = Tasks()
    task = tasks.spawn(asyncio.sleep(5), "sleeper")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

    assert len(tasks) == 0
