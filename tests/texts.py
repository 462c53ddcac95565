"""Text messages of a scripted server, for the tests of messaging."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from clock import turns
from memory import Frame
from scripted import ScriptedServer, scripted

from callfsm import Message, RelayClient

NUMBERS: Final = {"to_number": "+15550100002", "from_number": "+15550100001"}
STATE: Final = "messaging.state"


def state(server: ScriptedServer, word: str, message_id: str = "msg-1", **more: Any) -> Frame:
    """The frame that reports a state of a message."""
    return server.event(STATE, message_id=message_id, message_state=word, **NUMBERS, **more)


async def says(server: ScriptedServer, *words: str, **more: Any) -> None:
    """Report states of the message, and let whatever follows happen."""
    server.tells(*(state(server, word, **more) for word in words))
    await turns()


def sending(client: RelayClient, **more: Any) -> asyncio.Task[Message]:
    """A message on its way."""
    return asyncio.create_task(client.send_message(**{**NUMBERS, "body": "hello", **more}))


@asynccontextmanager
async def sent(**more: Any) -> AsyncIterator[tuple[Message, ScriptedServer, RelayClient]]:
    """A message that a scripted server has taken as ``msg-1``."""
    async with scripted() as (client, server):
        task = sending(client, **more)
        server.replies_to(await server.expects("messaging.send"), message_id="msg-1")
        yield await task, server, client
