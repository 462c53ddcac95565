"""Text messages in a test: what arrives at a number is waited for, and what has not arrived is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callfsm import Message, RelayClient
from callfsm.testing import MemoryRelay, NotReceivedError, Relay, in_virtual_time
from callfsm.testing.failing import told

SENDER = "+15550100077"
OTHER = "+15550100078"


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[Relay, RelayClient]]:
    """A program that says what was said to it."""
    async with MemoryRelay() as relay:
        client = relay.client("texts")

        async def echoes(message: Message) -> None:
            await client.send_message(
                to_number=message.from_number, from_number=message.to_number, body=f"You wrote: {message.body}"
            )

        client.on_message(echoes)
        await relay.serves(client)
        yield relay, client


@in_virtual_time
async def test_arrives() -> None:
    """A message with these words is waited for, in whatever case and spacing."""
    async with echoing() as (relay, _):
        relay.message("texts", "Hi  there", from_=SENDER)
        text = await relay.receives_text(SENDER, "WROTE: hi there")

        assert (SENDER, "You wrote: Hi  there") == (text.to, text.body)


@in_virtual_time
async def test_at_once() -> None:
    """A message is there in the moment in which it is delivered."""
    async with echoing() as (relay, _):
        relay.message("texts", "Hi", from_=SENDER)
        await relay.receives_text(SENDER)

        delivered = [entry.time for entry in relay.journal.entries() if entry.label == "messaging.state delivered"]
        assert [relay.exchange.clock.now()] == delivered


@in_virtual_time
async def test_one_after_the_other() -> None:
    """What was waited for counts as read, and so does what came before; two that say the same are two."""
    async with echoing() as (relay, _):
        for body in ("one", "two", "two", "three"):
            relay.message("texts", body, from_=SENDER)
        await relay.receives_text(SENDER, "two")
        await relay.receives_text(SENDER, "two")
        last = await relay.receives_text(SENDER)
        with pytest.raises(NotReceivedError) as caught:
            await relay.receives_text(SENDER, "one", timeout=5.0)

        assert ("You wrote: three", []) == (last.body, caught.value.received)


@in_virtual_time
async def test_something_else() -> None:
    """What does not arrive fails with what has arrived instead, when the time is up."""
    async with echoing() as (relay, _):
        relay.message("texts", "Hi", from_=SENDER)
        began = relay.exchange.clock.now()
        with pytest.raises(NotReceivedError) as caught:
            await relay.receives_text(SENDER, "goodbye", timeout=5.0)

        assert f'"goodbye" did not arrive at {SENDER} within 5 s; arrived instead: "You wrote: Hi"' == str(caught.value)
        assert 5.0 == round(relay.exchange.clock.now() - began, 3)


@in_virtual_time
async def test_elsewhere() -> None:
    """What has arrived at another number, or nowhere, is told."""
    async with echoing() as (relay, _):
        relay.undeliverable(SENDER, "spam")
        relay.message("texts", "Hi", from_=SENDER)
        relay.message("texts", "Hello", from_=OTHER)
        with pytest.raises(NotReceivedError) as caught:
            await relay.receives_text(SENDER, timeout=2.0)

        assert [
            f'"" did not arrive at {SENDER} within 2 s; arrived instead: nothing',
            f'"You wrote: Hello" arrived at {OTHER}',
            f'"You wrote: Hi" to {SENDER} did not arrive (undelivered: spam)',
        ] == str(caught.value).splitlines()


@in_virtual_time
async def test_nobody_waits_any_more() -> None:
    """Who gives up waiting leaves nothing behind, and what comes later is unread."""
    async with echoing() as (relay, _):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(relay.receives_text(SENDER), 1.0)
        watching = list(relay.exchange.post.watchers)
        relay.message("texts", "Hi", from_=SENDER)
        text = await relay.receives_text(SENDER)

        assert ([], "You wrote: Hi") == (watching, text.body)


@in_virtual_time
async def test_ladder() -> None:
    """A test that fails shows the text messages as a ladder too."""
    async with echoing() as (relay, _):
        relay.message("texts", "Hi", from_=SENDER)
        await relay.receives_text(SENDER)

        assert "text messages\n" in told(relay)
        assert 'messaging.send "You wrote: Hi"' in told(relay)
