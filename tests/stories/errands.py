"""What programs do besides handling calls: one function each, whose docstring tells what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from callfsm import serving
from stories.acting import HOME, number
from stories.story import Step

if TYPE_CHECKING:
    from stories.scene import Scene

Runs = Callable[["Scene", Step], Awaitable[Any]]

ERRANDS: Final[dict[str, Runs]] = {}
"""Every kind of errand, by its name."""


def errand(runs: Runs) -> Runs:
    """Enter an errand in the table under its own name."""
    ERRANDS[runs.__name__] = runs
    return runs


@errand
async def rest(_scene: Scene, step: Step) -> None:
    """Do nothing for a while."""
    await asyncio.sleep(step.seconds)


@errand
async def dial(scene: Scene, step: Step) -> None:
    """Call somebody, with a limit or without, and run the next handler's program on the call."""
    await scene.dial(step, scene.next_program())


@errand
async def dial_and_cancel(scene: Scene, step: Step) -> None:
    """Call somebody, and cancel the task that does after a while."""
    task = scene.spawn(scene.dial(Step(step.kind, 0.0, step.choice), (Step("hangup"),)))
    await asyncio.sleep(step.seconds)
    task.cancel()


@errand
async def dial_beside(scene: Scene, step: Step) -> None:
    """Call somebody, and go on with other errands meanwhile."""
    scene.spawn(scene.dial(step, scene.next_program()))


@errand
async def send_message(scene: Scene, step: Step) -> None:
    """Send a text message, and wait for what becomes of it: with a limit, or as long as it takes."""
    message = await scene.client.send_message(to_number=number(step.choice), from_number=HOME, body="Hello")
    if step.choice % 3 == 0:
        await message.wait(step.seconds or 5.0)
    elif step.choice % 3 == 1:
        scene.patient.append(scene.spawn(scene.until_told(message)))


@errand
async def get_message(scene: Scene, _step: Step) -> None:
    """Somebody sends a text message to the client."""
    scene.board.message("office", "Hello")


@errand
async def reconnect(scene: Scene, step: Step) -> None:
    """Disconnect the client, and connect it again after a while."""
    await scene.client.disconnect()
    await asyncio.sleep(step.seconds)
    await scene.client.connect()


@errand
async def connect_again(scene: Scene, _step: Step) -> None:
    """Connect the client, which does nothing when it is connected."""
    await scene.client.connect()


@errand
async def execute(scene: Scene, step: Step) -> None:
    """Ask the server something that no method has a name for."""
    method = ("signalwire.ping", "signalwire.dance", "calling.dance")[step.choice % 3]
    await scene.client.execute(method, {})


@errand
async def contexts(scene: Scene, step: Step) -> None:
    """Take the calls of one more context, or of one less."""
    if step.choice % 2:
        await scene.client.unreceive(["shop"])
    else:
        await scene.client.receive(["shop"])


@errand
async def drain(scene: Scene, step: Step) -> None:
    """Take no more calls, let the live ones finish, and go away; come back after a while."""
    try:
        if scene.client.state == "online":
            await serving.drain(scene.client._pump)
    finally:
        await scene.client.disconnect()
    await asyncio.sleep(step.seconds)
    await scene.client.connect()


@errand
async def connect_and_cancel(scene: Scene, step: Step) -> None:
    """Disconnect the client, connect it again, and cancel that half way."""
    await scene.client.disconnect()
    task = scene.spawn(scene.client.connect())
    await asyncio.sleep(step.seconds / 1000)
    task.cancel()


@errand
async def disconnect_while_connecting(scene: Scene, step: Step) -> None:
    """Disconnect the client twice, the second time while it is being connected by two tasks."""
    await scene.client.disconnect()
    scene.spawn(scene.client.connect())
    scene.spawn(scene.client.connect())
    await asyncio.sleep(step.seconds / 1000)
    await scene.client.disconnect()
