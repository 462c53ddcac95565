"""Calls that are recorded for a test."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from clock import run

from callfsm import Call
from callfsm.recorder import Recorder
from callfsm.simulator import Caller
from callfsm.testing.relay import LeftOverError, MemoryRelay

Handler = Callable[[Call], Awaitable[None]]
Acts = Callable[[MemoryRelay, Caller], Awaitable[None]]


async def menu(call: Call) -> None:
    """Ask for a digit, record what is said, and hang up."""
    await call.answer()
    prompt = await call.prompt_tts("Welcome. Press 1 for sales.", {"digits": {"max": 1}})
    await prompt.wait()
    recording = await call.record({"end_silence_timeout": 1.0})
    await recording.wait()
    await (await call.play_tts("Goodbye.")).wait()
    await call.hangup()


async def presses_and_speaks(_relay: MemoryRelay, caller: Caller) -> None:
    """An ordinary caller."""
    await caller.hears("for sales")
    await caller.press("1")
    await caller.stays_silent(0.5)
    await caller.says("I want to buy something")
    await caller.is_over()


def record(
    path: Path, handler: Handler = menu, acts: Acts = presses_and_speaks, *, calls: int = 1, **options: Any
) -> Path:
    """Record calls of a handler, one after the other; what goes wrong in them is not this function's business."""

    async def play() -> None:
        with suppress(LeftOverError):
            async with MemoryRelay() as relay:
                await relay.serves(handler, journal=Recorder(path, **options))
                for _ in range(calls):
                    await acts(relay, relay.call("office"))

    run(play())
    return path
