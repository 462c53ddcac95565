"""`callfsm.messenger`: the messages of one client, and those that come to it."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from memory import Frame
from scripted import ScriptedServer, scripted
from texts import NUMBERS, says, sending, sent, state

from callfsm import Message, MessageReceiveEvent

ARRIVAL: Frame = {
    "message_id": "msg-9",
    "context": "office",
    "direction": "inbound",
    "message_state": "received",
    "body": "hello",
    "media": ["https://media.example/1.jpg"],
    "segments": 1,
    "tags": ["a"],
    **NUMBERS,
}


async def arrives(server: ScriptedServer, **more: object) -> None:
    """Hand a message on that somebody has sent, and let whatever follows happen."""
    server.reports("messaging.receive", **ARRIVAL | more)
    await turns()


@in_virtual_time
async def test_inbound() -> None:
    """A message that has come is handed to the handler with all that is told of it."""
    arrived: list[Message] = []
    async with scripted() as (client, server):
        client.on_message(arrived.append)
        await arrives(server)
        (message,) = arrived
        facts = {name: getattr(message, name) for name in ARRIVAL if name != "message_state"}

        assert {name: each for name, each in ARRIVAL.items() if name != "message_state"} == facts
        assert message.state == "received"


@in_virtual_time
async def test_inbound_is_done() -> None:
    """A message that has come is done: a wait for it returns at once, with its event."""
    arrived: list[Message] = []
    async with scripted() as (client, server):
        client.on_message(arrived.append)
        await arrives(server)
        event = await arrived[0].wait()

        assert (True, MessageReceiveEvent) == (arrived[0].is_done, type(event))


@in_virtual_time
async def test_handler_is_given_back() -> None:
    """``on_message`` gives the handler back, so that it can be a decorator; a second one replaces it."""
    first: list[Message] = []
    second: list[Message] = []
    async with scripted() as (client, server):
        given = client.on_message(first.append)
        client.on_message(second.append)
        await arrives(server)

        assert (first.append, 0, 1) == (given, len(first), len(second))


@in_virtual_time
async def test_handlers_run_beside_each_other() -> None:
    """A handler that takes its time delays neither the next message nor the line."""
    done: list[str] = []

    async def handle(message: Message) -> None:
        await asyncio.sleep(60 if message.message_id == "slow" else 1)
        done.append(message.message_id)

    async with scripted() as (client, server):
        client.on_message(handle)
        await arrives(server, message_id="slow")
        await arrives(server, message_id="fast")
        await asyncio.sleep(100)

        assert done == ["fast", "slow"]


@in_virtual_time
async def test_answer_in_the_handler() -> None:
    """A handler may send messages itself."""
    async with scripted() as (client, server):

        async def answer(message: Message) -> None:
            await client.send_message(
                to_number=message.from_number, from_number=message.to_number, body=f"you said {message.body}"
            )

        client.on_message(answer)
        await arrives(server)
        request = await server.expects("messaging.send")
        server.replies_to(request, message_id="msg-1")
        await turns()

        assert (NUMBERS["from_number"], "you said hello") == (request["params"]["to_number"], request["params"]["body"])


@pytest.mark.parametrize("asynchronous", [False, True])
@in_virtual_time
async def test_handler_raises(caplog: pytest.LogCaptureFixture, asynchronous: bool) -> None:  # noqa: FBT001  a parameter of the test
    """What a handler raises is logged, and the line stays."""

    def fails(_message: Message) -> None:
        raise LookupError("the program's own")

    async def fails_later(_message: Message) -> None:
        raise LookupError("the program's own")

    async with scripted() as (client, server):
        client.on_message(fails_later if asynchronous else fails)
        await arrives(server)

        assert ("online", True) == (client.state, "LookupError" in caplog.text)


@in_virtual_time
async def test_no_handler() -> None:
    """A message that nobody wants is acknowledged, and that is all."""
    async with scripted() as (client, server):
        frame = server.event("messaging.receive", **ARRIVAL)
        server.tells(frame)
        await turns()

        assert (True, "online") == (frame["id"] in server.replies, client.state)


@in_virtual_time
async def test_flood(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """When too many handlers are at work, a message is not handled; that is counted, and the log says so."""
    monkeypatch.setattr("callfsm.messenger.MAX_MESSAGES", 2)
    gate = asyncio.Event()
    async with scripted() as (client, server):
        client.on_message(lambda _message: gate.wait())
        for number in range(3):
            await arrives(server, message_id=f"msg-{number}")
        gate.set()

        assert 1 == client.statistics.messages_dropped
        assert "message dropped why='too many message handlers are at work' message='msg-2'" in caplog.text


@pytest.mark.parametrize("junk", [{}, {"message_id": 7, "media": "x", "tags": None, "segments": "2", "body": []}])
@in_virtual_time
async def test_junk(junk: Frame) -> None:
    """A message with junk in it is handed over with defaults in its place."""
    arrived: list[Message] = []
    async with scripted() as (client, server):
        client.on_message(arrived.append)
        server.reports("messaging.receive", **junk)
        await turns()
        (message,) = arrived

        assert ("", "inbound", "", [], [], 0) == (
            message.message_id,
            message.direction,
            message.body,
            message.media,
            message.tags,
            message.segments,
        )


@in_virtual_time
async def test_unknown_id() -> None:
    """What is reported of a message that is not known moves none that is."""
    async with sent() as (message, server, client):
        await says(server, "delivered", message_id="msg-8")

        assert ("queued", "online") == (message.state, client.state)


@in_virtual_time
async def test_two_at_once() -> None:
    """Each of two messages is told its own states, however the replies come."""
    async with scripted() as (client, server):
        first, second = sending(client, body="first"), sending(client, body="second")
        requests = [await server.expects("messaging.send") for _ in range(2)]
        for request in reversed(requests):
            server.replies_to(request, message_id=request["params"]["body"])
        messages = await asyncio.gather(first, second)
        server.tells(state(server, "failed", "second"), state(server, "delivered", "first"))
        await turns()

        assert ["delivered", "failed"] == [message.state for message in messages]


@in_virtual_time
async def test_forgotten() -> None:
    """A message that is done is held no longer."""
    async with sent() as (_, server, client):
        await says(server, "initiated", "delivered")

        assert client._pump.messenger._messages == {}
