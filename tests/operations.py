"""Operations of a scripted server that have begun, for the tests of actions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from clock import turns
from scripted import TTS, ScriptedServer, answered

from callfsm import (
    CollectAction,
    PlayAction,
    StandaloneCollectAction,
)
from callfsm.builders import silence
from callfsm.shapes import Collect

DIGITS: Collect = {"digits": {"max": 4}}


FOREVER = silence(600)


async def began(server: ScriptedServer, method: str, starting: Any) -> Any:
    """What a command gives back once the server has accepted it."""
    task = asyncio.create_task(starting)
    server.replies_to(await server.expects(method))
    return await task


@asynccontextmanager
async def playing(**more: Any) -> AsyncIterator[tuple[PlayAction, ScriptedServer]]:
    """A play of a scripted server that has begun under the control id ``c``."""
    async with answered() as (call, server):
        action = await began(server, "calling.play", call.play([TTS], control_id="c", **more))
        server.operation("play", "c", state="playing")
        await turns()
        yield action, server


@asynccontextmanager
async def prompting() -> AsyncIterator[tuple[CollectAction, ScriptedServer]]:
    """A prompt of a scripted server that has begun under the control id ``c``."""
    async with answered() as (call, server):
        yield (
            await began(server, "calling.play_and_collect", call.play_and_collect([TTS], DIGITS, control_id="c")),
            server,
        )


@asynccontextmanager
async def collecting(**more: Any) -> AsyncIterator[tuple[StandaloneCollectAction, ScriptedServer]]:
    """A collect of a scripted server that has begun under the control id ``c``."""
    async with answered() as (call, server):
        yield await began(server, "calling.collect", call.collect(digits={"max": 1}, control_id="c", **more)), server
