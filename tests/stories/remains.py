"""What is left of a story that has been told: of the client, of its program, of the simulator, and on the loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from callfsm.process import ConnectionSlot
from callfsm.testing.virtual_time import DeadEndError, VirtualTimeLoop
from stories.legality import explained
from stories.scene import Scene
from stories.watching import Watch, left_open

Tasks = list[asyncio.Task[Any]]


def running(begun: Tasks) -> list[str]:
    """The tasks that have not ended."""
    return sorted(repr(task) for task in begun if not task.done())


def abandon(loop: VirtualTimeLoop, begun: Tasks) -> None:
    """End the tasks that have not ended by themselves."""
    loop.each_turn = None
    left = [task for task in begun if not task.done()]
    for task in left:
        task.cancel()
    # What does not end even now has been told of.
    with suppress(TimeoutError, DeadEndError):
        loop.run_until_complete(asyncio.wait_for(asyncio.gather(*left, return_exceptions=True), 1.0))


def look_after(scene: Scene, loop: VirtualTimeLoop, begun: Tasks) -> None:
    """Look at what is left, and leave the loop as if nothing had happened on it."""
    watch = scene.watch
    for left in left_open(scene.client):
        watch.breach("nothing is left of a client that is disconnected", left)
    if scene.client._slot in ConnectionSlot._taken:
        watch.breach("nothing is left of a client that is disconnected", "its place among the connections")
    if still := running(begun):
        watch.breach("no task is left", f"{still}")
        abandon(loop, begun)
    _stop_timers(loop, watch)
    # The last to hold the tasks: one that has failed, and that nobody has looked at, tells so when it goes.
    begun.clear()
    for failure in loop.failures:
        watch.breach("no exception is left unseen", failure)
    _look_at_server(scene)
    while loop._ready:
        loop.run_until_complete(asyncio.sleep(0))
    loop.rewind()


def _stop_timers(loop: VirtualTimeLoop, watch: Watch) -> None:
    if timers := loop.scheduled:
        watch.breach("no timer is left", f"{timers}")
        for timer in timers:
            timer.cancel()


def _look_at_server(scene: Scene) -> None:
    for trouble in scene.board.failures:
        scene.watch.breach("the simulator does not fail", repr(trouble))
    for entry in scene.board.journal.unexpected_entries():
        if not explained(scene, entry):
            scene.watch.breach("every frame is legal", f"{entry.label}: {entry.unexpected}")
