"""`callfsm.texting`: sending a text message, and what the server says to it."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns
from memory import Frame
from scripted import scripted
from texts import NUMBERS, says, sending, sent, state

from callfsm import ConnectionLostError, RelayError, RequestTimeoutError


@pytest.mark.parametrize(
    ("told", "fields"),
    [
        ({}, {"context": "protocol-1", "body": "hello"}),
        ({"context": "alerts"}, {"context": "alerts", "body": "hello"}),
        ({"body": None, "media": ["https://media.example/1.jpg"]}, {"media": ["https://media.example/1.jpg"]}),
        ({"tags": ["a"], "region": "us"}, {"body": "hello", "tags": ["a"], "region": "us"}),
        ({"media": [], "tags": [], "region": ""}, {"body": "hello"}),
    ],
)
@in_virtual_time
async def test_frame(told: Frame, fields: Frame) -> None:
    """A message is sent with what was given, and with a context in any case; what is empty is left out."""
    async with scripted() as (client, server):
        task = sending(client, **told)
        request = await server.expects("messaging.send")
        server.replies_to(request, message_id="msg-1")
        await task

        assert {**NUMBERS, "context": "protocol-1", **fields} == request["params"]


@in_virtual_time
async def test_taken() -> None:
    """A message that the server has taken is queued, whatever else the reply says, and knows its id."""
    async with scripted() as (client, server):
        task = sending(client, tags=["a"])
        server.replies_to(await server.expects("messaging.send"), message_id="msg-1", message_state="sent")
        message = await task

        assert ("msg-1", "queued", "outbound", "hello", ["a"]) == (
            message.message_id,
            message.state,
            message.direction,
            message.body,
            message.tags,
        )


@in_virtual_time
async def test_media_alone() -> None:
    """A message of media alone has an empty body."""
    async with sent(body=None, media=["https://media.example/1.jpg"]) as (message, _, _):
        assert ("", ["https://media.example/1.jpg"]) == (message.body, message.media)


@pytest.mark.parametrize("told", [{"body": None}, {"body": ""}, {"body": None, "media": []}])
@in_virtual_time
async def test_nothing_to_send(told: Frame) -> None:
    """A message without body and media is the caller's error; nothing is sent."""
    async with scripted() as (client, server):
        with pytest.raises(ValueError, match="body or media"):
            await sending(client, **told)

        assert server.silent


@pytest.mark.parametrize("name", ["to_number", "from_number"])
@pytest.mark.parametrize("value", ["", None])
@in_virtual_time
async def test_missing_number(name: str, value: object) -> None:
    """A message without sender or receiver is the caller's error; nothing is sent."""
    async with scripted() as (client, server):
        with pytest.raises(ValueError, match=f"send_message.{name}={value!r}.: must be a text"):
            await sending(client, **{name: value})

        assert server.silent


@pytest.mark.parametrize("name", ["media", "tags"])
@in_virtual_time
async def test_no_list(name: str) -> None:
    """One address, or one label, is no list of them; nothing is sent."""
    async with scripted() as (client, server):
        with pytest.raises(ValueError, match=f"send_message.{name}='one'.: must be a list of texts"):
            await sending(client, **{name: "one"})

        assert server.silent


@in_virtual_time
async def test_short_code() -> None:
    """A short code is a sender like any other: only telephones that are called need E.164."""
    async with sent(from_number="24365") as (message, _, _):
        assert message.from_number == "24365"


@in_virtual_time
async def test_refused() -> None:
    """A message that the server refuses raises its error, and is completed by nothing."""
    completed: list[object] = []
    async with scripted() as (client, server):
        task = sending(client, on_completed=completed.append)
        server.replies_to(await server.expects("messaging.send"), "402", message="no credit")
        with pytest.raises(RelayError) as caught:
            await task
        await says(server, "delivered")

        assert (402, []) == (caught.value.code, completed)


@in_virtual_time
async def test_no_reply() -> None:
    """A message whose reply never comes raises after ten seconds; it may or may not have been sent."""
    async with scripted() as (client, server):
        task = sending(client)
        await server.expects("messaging.send")
        begun = now()
        with pytest.raises(RequestTimeoutError):
            await task

        assert now() - begun == pytest.approx(10, abs=0.1)


@in_virtual_time
async def test_line_drops() -> None:
    """A message whose reply is lost with the line raises; it is never sent twice."""
    async with scripted() as (client, server):
        task = sending(client)
        await server.expects("messaging.send")
        server.lines[-1].drop()
        with pytest.raises(ConnectionLostError):
            await task
        await asyncio.sleep(5)

        assert len(server.sent("messaging.send")) == 1


@in_virtual_time
async def test_cancelled() -> None:
    """A send that was given up leaves nothing behind, whatever is reported then."""
    async with scripted() as (client, server):
        task = sending(client)
        request = await server.expects("messaging.send")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        server.tells(server.reply(request, message_id="msg-1"), state(server, "delivered"))
        await turns()

        assert ({}, {}) == (client._pump.messenger._sent, client._pump.messenger._messages)


@pytest.mark.parametrize("words", [("delivered",), ("initiated", "sent", "delivered"), ("failed",)])
@in_virtual_time
async def test_state_in_the_same_read(words: tuple[str, ...]) -> None:
    """States that come in the same read as the reply are never lost."""
    completed: list[object] = []
    async with scripted() as (client, server):
        task = sending(client, on_completed=completed.append)
        request = await server.expects("messaging.send")
        server.tells(server.reply(request, message_id="msg-1"), *(state(server, word) for word in words))
        message = await task
        event = await message.wait()

        assert (words[-1], words[-1], [event]) == (message.state, event.params["message_state"], completed)


@in_virtual_time
async def test_no_id() -> None:
    """A message that was given no id is queued for ever, and a wait for it ends at once."""
    async with scripted() as (client, server):
        task = sending(client)
        server.replies_to(await server.expects("messaging.send"))
        message = await task
        with pytest.raises(RelayError, match="no id of the server's"):
            await message.wait()

        assert ("", "queued", {}) == (message.message_id, message.state, client._pump.messenger._sent)
