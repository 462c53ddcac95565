"""A program at work on a call, and the table of what it can do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final

from callfsm import Call
from callfsm.action import Action
from stories.story import Step

if TYPE_CHECKING:
    from stories.scene import Scene

HOME: Final = "+15550100001"
PEOPLE: Final = {
    "answers": "+15550100010",
    "answers late": "+15550100011",
    "machine": "+15550100012",
    "busy": "+15550100013",
    "declines": "+15550100014",
    "no answer": "+15550100015",
}
"""The numbers that can be dialled, by what they do."""


def number(choice: int) -> str:
    """One of the numbers that can be dialled."""
    return list(PEOPLE.values())[choice % len(PEOPLE)]


class StoryError(Exception):
    """What a program raises on purpose."""


class Actor:
    """One run of a program on one call."""

    def __init__(self, scene: Scene, call: Call) -> None:
        self.scene = scene
        self.call = call
        self.last: Action[Any] | None = None
        self.helpers: list[asyncio.Task[None]] = []

    async def wait(self, action: Action[Any], step: Step) -> None:
        """Wait for an action, as the step tells: with a limit, without one, or not at all."""
        self.last = action
        if step.choice % 3 != 2:
            await action.wait(step.seconds or None)

    async def until_over(self, action: Action[Any]) -> None:
        """Wait for the end of an action, as long as it takes."""
        await action.wait()
        if not action.completed:
            self.scene.watch.breach("a wait ends when its action does", f"{action}")

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside the program, as programs do."""
        task = asyncio.create_task(self.scene.contained(work), name="story helper")
        self.helpers.append(task)
        self.scene.tasks.append(task)
        return task


Does = Callable[[Actor, Step], Awaitable[Any]]

STEPS: Final[dict[str, Does]] = {}
"""Every kind of step, by its name."""


def step(does: Does) -> Does:
    """Enter a step in the table under its own name."""
    STEPS[does.__name__.rstrip("_")] = does
    return does
