"""What programs do with a call that goes on for a while: one function each, whose docstring tells what it does."""

from __future__ import annotations

import asyncio
from typing import Any

from callfsm.action import PausableAction, StoppableAction, VolumeAction
from callfsm.builders import silence, tts
from stories.acting import Actor, step
from stories.story import Step


@step
async def play(actor: Actor, step: Step) -> None:
    """Play something, and wait for its end, with a limit or without, or not."""
    media = [tts("Hello and welcome")] if step.choice < 3 else [silence(4.0)]
    await actor.wait(await actor.call.play(media, on_completed=actor.scene.completed), step)


@step
async def prompt(actor: Actor, step: Step) -> None:
    """Ask for a digit, and wait for it."""
    collect: Any = {"digits": {"max": 1 + step.choice // 3}, "initial_timeout": 3.0}
    await actor.wait(await actor.call.play_and_collect([tts("Press a key")], collect), step)


@step
async def collect(actor: Actor, step: Step) -> None:
    """Listen for digits or speech, once or again and again."""
    action = await actor.call.collect(
        digits={"max": 2}, initial_timeout=4.0, continuous=step.choice >= 3, send_start_of_input=True
    )
    await actor.wait(action, Step(step.kind, step.seconds or 8.0, step.choice))


@step
async def record(actor: Actor, step: Step) -> None:
    """Record the call."""
    await actor.wait(await actor.call.record({"end_silence_timeout": 2.0}, on_completed=actor.scene.completed), step)


@step
async def detect(actor: Actor, step: Step) -> None:
    """Tell a machine from a person."""
    await actor.wait(await actor.call.detect_answering_machine(timeout=6.0), step)


@step
async def tap(actor: Actor, step: Step) -> None:
    """Let somebody listen in, for a while."""
    tapped: Any = {"type": "audio", "params": {"direction": "both"}}
    device: Any = {"type": "rtp", "params": {"addr": "203.0.113.9", "port": 1234}}
    await actor.wait(await actor.call.tap(tapped, device), Step(step.kind, step.seconds or 5.0, step.choice))


@step
async def fax(actor: Actor, step: Step) -> None:
    """Receive a fax."""
    await actor.wait(await actor.call.receive_fax(), Step(step.kind, step.seconds or 5.0, step.choice))


@step
async def transcribe(actor: Actor, step: Step) -> None:
    """Write down what is said."""
    await actor.wait(await actor.call.transcribe(), Step(step.kind, step.seconds or 5.0, step.choice))


@step
async def stream(actor: Actor, step: Step) -> None:
    """Send what is heard elsewhere, for a while."""
    await actor.wait(
        await actor.call.stream("wss://example.com/audio"), Step(step.kind, step.seconds or 5.0, step.choice)
    )


@step
async def agent(actor: Actor, step: Step) -> None:
    """Let an AI agent talk to the caller, for a while."""
    started = await actor.call.ai(prompt={"text": "Be kind"})
    await actor.wait(started, Step(step.kind, step.seconds or 5.0, step.choice))


@step
async def together(actor: Actor, step: Step) -> None:
    """Wait for one action in several tasks, of which one is cancelled: the others hear of its end."""
    action = await actor.call.play([tts("Hello and welcome")])
    tasks = [actor.spawn(actor.until_over(action)) for _ in range(3)]
    await asyncio.sleep(step.seconds / 10)
    tasks[step.choice % 3].cancel()
    await asyncio.wait(tasks)


@step
async def wait(actor: Actor, step: Step) -> None:
    """Wait for the latest action to end."""
    if actor.last is not None:
        await actor.last.wait(step.seconds or None)


@step
async def stop(actor: Actor, _step: Step) -> None:
    """Stop the latest action."""
    if isinstance(actor.last, StoppableAction):
        await actor.last.stop()


@step
async def hush(actor: Actor, step: Step) -> None:
    """Pause the latest action, or let it go on, or make it louder."""
    if isinstance(actor.last, VolumeAction) and step.choice % 3 == 2:
        await actor.last.volume(3.0)
    elif isinstance(actor.last, PausableAction):
        await (actor.last.resume() if step.choice % 3 else actor.last.pause())
