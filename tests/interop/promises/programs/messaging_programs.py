"""Programs that send and receive text messages."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import Relay, for_ever, outcome, program, tell

TEXT = {"to_number": "+15550100002", "from_number": "+15550100001", "body": "ready"}


@program
async def state_right_after_reply(relay: Relay) -> None:
    """Send five messages, and count those whose delivery is seen."""
    async with relay.RelayClient(contexts=["office"]) as client:
        count = 0
        for _ in range(5):
            message = await client.send_message(**TEXT)
            count += await outcome(message.wait(), patience=2) == "returns"
        tell("delivered", count=count)
        await for_ever()


@program
async def slow_message_handler(relay: Relay) -> None:
    """Take for ever over each message."""
    client = relay.RelayClient(contexts=["office"])

    async def handle(message: Any) -> None:
        tell(message.body)
        await for_ever()

    client.on_message(handle)
    async with client:
        await for_ever()


async def _listen(relay: Relay, *listeners: Any) -> None:
    async with relay.RelayClient(contexts=["office"]) as client:
        message = await client.send_message(**TEXT)
        for listener in listeners:
            message.on(listener)
        await asyncio.sleep(0.1)
        tell("waiting")
        await for_ever()


@program
async def slow_message_listener(relay: Relay) -> None:
    """Take for ever over what happens to a message."""

    async def listen(_event: Any) -> None:
        tell("listening")
        await for_ever()

    await _listen(relay, listen)


@program
async def done_when_told(relay: Relay) -> None:
    """Look whether a message is done, when it is told."""
    async with relay.RelayClient(contexts=["office"]) as client:
        message = await client.send_message(**TEXT)
        message.on(lambda _: tell("done", done=message.is_done))
        await asyncio.sleep(0.1)
        tell("waiting")
        await for_ever()


@program
async def raising_message_listener(relay: Relay) -> None:
    """Listen twice, and go wrong the first time."""

    def raise_(_event: Any) -> None:
        raise LookupError("the order")

    await _listen(relay, raise_, lambda _: tell("heard"))
