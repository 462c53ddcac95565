"""What the programs begin with: telling what has come of things, and serving calls."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

Relay = Any
"""The module under test: `signalwire.relay` or `callfsm`."""

Program = Callable[[Relay], Coroutine[Any, Any, None] | None]
PROGRAMS: dict[str, Program] = {}
PATIENCE = 5.0
TTS = [{"type": "tts", "params": {"text": "Hello"}}]
PHONES = [
    [
        {"type": "phone", "params": {"to_number": number, "from_number": "+15550100001", "timeout": 30}}
        for number in ("+15550100002", "+15550100003")
    ]
]


def program(function: Program) -> Program:
    """Let a function be run by its name."""
    PROGRAMS[function.__name__] = function
    return function


def tell(what: str, **facts: object) -> None:
    """Tell whoever runs the program what has happened."""
    print("told", json.dumps({"what": what, **facts}), flush=True)


async def outcome(waiting: Awaitable[object], patience: float = PATIENCE) -> str:
    """How a wait ends; it is not cancelled when patience does."""
    task = asyncio.ensure_future(waiting)
    done, _ = await asyncio.wait({task}, timeout=patience)
    if not done:
        return f"still waits {patience:g} s later"
    if task.cancelled():
        return "raises CancelledError"
    error = task.exception()
    return "returns" if error is None else f"raises {_public_name(error)}"


def _public_name(error: BaseException) -> str:
    return next(kind.__name__ for kind in type(error).__mro__ if not kind.__name__.startswith("_"))


async def for_ever() -> None:
    """Stay, until whoever runs the program ends it."""
    await asyncio.Event().wait()


def serve(relay: Relay, handler: Callable[..., Any], **more: object) -> None:
    """Run a client whose calls this handler takes; it is given the client too, if it wants."""
    client = relay.RelayClient(contexts=["office"], **more)

    async def handle(call: Any) -> None:
        wanted = len(inspect.signature(handler).parameters)
        await handler(*(call, client)[:wanted])

    client.on_call(handle)
    client.run()
