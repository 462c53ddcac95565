"""`callfsm.message`: what a program knows of a text message, and how it waits for the last of it."""

import asyncio

import pytest
from clock import in_virtual_time, turns, within
from memory import Frame
from scripted import reopened
from texts import says, sent

from callfsm import ConnectionLostError, Message, MessageStateEvent, RelayError, RelayEvent


def test_made_by_hand() -> None:
    """A message can be made outside an event loop; what is left out is empty."""
    message = Message()

    assert ("", "", "", [], [], 0, "", "", False, None) == (
        message.message_id,
        message.context,
        message.body,
        message.media,
        message.tags,
        message.segments,
        message.state,
        message.reason,
        message.is_done,
        message.result,
    )


def test_own_lists() -> None:
    """The lists of a message are its own."""
    given = ["a"]
    message = Message(media=given, tags=given)
    message.media.append("b")

    assert (["a"], ["a"]) == (given, message.tags)


def test_repr() -> None:
    """A message shows its id, direction, state and numbers."""
    message = Message(message_id="m", direction="outbound", state="sent", from_number="+1", to_number="+2")

    assert repr(message) == "Message(id='m', direction='outbound', state='sent', from='+1', to='+2')"


@pytest.mark.parametrize(
    ("word", "done"),
    [
        ("queued", False),
        ("initiated", False),
        ("sent", False),
        ("delivered", True),
        ("undelivered", True),
        ("failed", True),
    ],
)
@in_virtual_time
async def test_state(word: str, done: bool) -> None:  # noqa: FBT001  a parameter of the test
    """A message is in the state that was reported last, and done in the last ones only."""
    async with sent() as (message, server, _):
        await says(server, word)

        assert (word, done, done) == (message.state, message.is_done, message.result is not None)


@pytest.mark.parametrize("word", ["undelivered", "failed"])
@in_virtual_time
async def test_reason(word: str) -> None:
    """Why a message did not arrive is kept."""
    async with sent() as (message, server, _):
        await says(server, word, reason="spam")

        assert message.reason == "spam"


@pytest.mark.parametrize("words", [("delivered", "failed"), ("sent", "initiated", "unheard_of", "sent", "delivered")])
@in_virtual_time
async def test_never_goes_back(words: tuple[str, ...]) -> None:
    """Stale, repeated and unknown states move nothing; the last state stands."""
    async with sent() as (message, server, _):
        await says(server, *words)

        assert message.state == "delivered"


@in_virtual_time
async def test_wait() -> None:
    """Any number may wait for the last state; each gets its event."""
    async with sent() as (message, server, _):
        waits = [asyncio.create_task(message.wait()) for _ in range(3)]
        await says(server, "initiated", "sent")
        waiting = [wait.done() for wait in waits]
        await says(server, "delivered")
        events = await asyncio.gather(*waits)

        assert ([False] * 3, [message.result] * 3, MessageStateEvent) == (waiting, events, type(message.result))


@in_virtual_time
async def test_wait_for_what_is_done() -> None:
    """A wait for a message that is done returns at once."""
    async with sent() as (message, server, _):
        await says(server, "failed")

        assert message.result is await within(0, message.wait())


@in_virtual_time
async def test_wait_times_out() -> None:
    """A wait that times out harms neither the message nor other waits."""
    async with sent() as (message, server, _):
        other = asyncio.create_task(message.wait())
        with pytest.raises(asyncio.TimeoutError):
            await message.wait(timeout=3)
        await says(server, "delivered")

        assert (await other, message.result) == (message.result, await message.wait(timeout=0))


@in_virtual_time
async def test_cancelled_wait() -> None:
    """A wait that is cancelled harms neither the message nor other waits."""
    async with sent() as (message, server, _):
        cancelled, other = asyncio.create_task(message.wait()), asyncio.create_task(message.wait())
        await turns()
        cancelled.cancel()
        await says(server, "delivered")

        assert (await other, True) == (message.result, cancelled.cancelled())


@pytest.mark.parametrize("told", [{}, {"message_id": "m"}, {"message_id": "m", "state": "delivered"}])
@in_virtual_time
async def test_hopeless_wait(told: Frame) -> None:
    """A wait for a message of which nothing will ever be reported ends at once."""
    with pytest.raises(RelayError, match="nothing can be reported of it"):
        await within(0, Message(**told).wait())


@in_virtual_time
async def test_listener() -> None:
    """A listener hears every state as a typed event, in order, and the message is there already."""
    heard: list[tuple[str, str]] = []
    async with sent() as (message, server, _):
        message.on(lambda event: heard.append((event.message_state, message.state)))
        await says(server, "initiated", "sent")
        await says(server, "delivered")

        assert heard == [("initiated", "initiated"), ("sent", "sent"), ("delivered", "delivered")]


@in_virtual_time
async def test_slow_listener() -> None:
    """A coroutine function hears one state at a time, in order, and delays nobody."""
    heard: list[str] = []

    async def slow(event: MessageStateEvent) -> None:
        await asyncio.sleep(60)
        heard.append(event.message_state)

    async with sent() as (message, server, _):
        message.on(slow)
        await says(server, "initiated", "sent", "delivered")
        early = list(heard)
        await within(0, message.wait())
        await asyncio.sleep(200)

        assert ([], ["initiated", "sent", "delivered"]) == (early, heard)


@in_virtual_time
async def test_off() -> None:
    """A handler that was taken off hears no more, and the others still do."""
    heard: list[tuple[str, str]] = []
    async with sent() as (message, server, _):

        def first(event: MessageStateEvent) -> None:
            heard.append(("first", event.message_state))

        message.on(first)
        message.on(lambda event: heard.append(("second", event.message_state)))
        await says(server, "initiated")
        message.off(first)
        await says(server, "sent")
        message.off()
        await says(server, "delivered")

        assert heard == [("first", "initiated"), ("second", "initiated"), ("second", "sent")]


@pytest.mark.parametrize("asynchronous", [False, True])
@in_virtual_time
async def test_on_completed(asynchronous: bool) -> None:  # noqa: FBT001  a parameter of the test
    """``on_completed`` is called once, with the event of the last state, be it a coroutine function or not."""
    completed: list[RelayEvent] = []

    async def keep(event: RelayEvent) -> None:
        await asyncio.sleep(1)
        completed.append(event)

    async with sent(on_completed=keep if asynchronous else completed.append) as (message, server, _):
        await says(server, "sent", "delivered", "failed", "delivered")
        await asyncio.sleep(5)

        assert completed == [message.result]


@pytest.mark.parametrize("asynchronous", [False, True])
@in_virtual_time
async def test_what_handlers_raise(asynchronous: bool) -> None:  # noqa: FBT001  a parameter of the test
    """What a listener or ``on_completed`` raises goes no further."""

    def fails(_event: RelayEvent) -> None:
        raise LookupError("the program's own")

    async def fails_later(_event: RelayEvent) -> None:
        raise LookupError("the program's own")

    handler = fails_later if asynchronous else fails
    async with sent(on_completed=handler) as (message, server, _):
        message.on(handler)
        await says(server, "sent", "delivered")

        assert (await message.wait()).params["message_state"] == "delivered"


@in_virtual_time
async def test_disconnect() -> None:
    """A wait for a message ends when the program disconnects its client."""
    async with sent() as (message, _, client):
        wait = asyncio.create_task(message.wait())
        await turns()
        await client.disconnect()
        with pytest.raises(ConnectionLostError):
            await wait

        assert message.state == "lost"


@in_virtual_time
async def test_line_that_comes_back() -> None:
    """A message outlives its line: its states come over the next one."""
    async with sent() as (message, server, _):
        server.lines[-1].drop()
        await reopened(server, 2)
        await says(server, "delivered")

        assert message.state == "delivered"


@in_virtual_time
async def test_lost_session() -> None:
    """With its session a message is lost; whoever waits is told, and it is completed."""
    completed: list[RelayEvent] = []
    async with sent(on_completed=completed.append) as (message, server, client):
        wait = asyncio.create_task(message.wait())
        await turns()
        server.protocol = "protocol-2"
        server.lines[-1].drop()
        await reopened(server, 2)
        event = await wait

        assert ("lost", "lost", [event]) == (message.state, event.params["message_state"], completed)
        assert client._pump.messenger._messages == {}
