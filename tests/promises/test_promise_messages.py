"""What is promised of text messages: no state is lost, no wait is for ever, and no listener is in the way."""

import asyncio
import gc
import weakref

import pytest
from clock import in_virtual_time, now, turns, within
from probing import Delays, dropped_and_back
from scripted import ScriptedServer, scripted
from texts import NUMBERS, says, sending, sent, state

from callfsm import ConnectionLostError, Message, MessageStateEvent, RelayClient, RelayEvent


@pytest.mark.parametrize("word", ["sent", "delivered", "undelivered", "failed"])
@in_virtual_time
async def test_a_state_sent_right_after_the_send_reply_is_not_lost(word: str) -> None:
    """The reply and the first state in one read of the socket: the message has the state, and its wait ends with a last one."""
    async with scripted() as (client, server):
        task = sending(client)
        request = await server.expects("messaging.send")
        server.tells(server.reply(request, message_id="msg-1"), state(server, word))
        message = await task

        assert word == message.state


@in_virtual_time
async def test_on_completed_hears_a_last_state_sent_right_after_the_send_reply() -> None:
    """Nor is it lost for `on_completed`."""
    async with scripted() as (client, server):
        completed: list[RelayEvent] = []
        task = sending(client, on_completed=completed.append)
        request = await server.expects("messaging.send")
        server.tells(server.reply(request, message_id="msg-1"), state(server, "delivered"))
        message = await task

        assert ([message.result], message.result) == (completed, await within(0.01, message.wait()))


@in_virtual_time
async def test_message_listeners_get_typed_events_once_the_message_is_done() -> None:
    """A listener gets a MessageStateEvent, and the message is in that state already."""
    async with sent() as (message, server, _client):
        heard: list[tuple[type, str, bool]] = []
        message.on(lambda event: heard.append((type(event), message.state, message.is_done)))
        await says(server, "sent", "delivered")

        assert [(MessageStateEvent, "sent", False), (MessageStateEvent, "delivered", True)] == heard


@in_virtual_time
async def test_a_message_listener_that_never_returns_holds_up_nobody() -> None:
    """A coroutine listener of a message delays neither its states nor anything else."""
    async with sent() as (message, server, client):
        gate = asyncio.Event()

        async def stuck(_event: RelayEvent) -> None:
            await gate.wait()

        message.on(stuck)
        await says(server, "sent", "delivered")
        asking = asyncio.create_task(client.execute("any.thing", {}))
        server.replies_to(await server.expects("any.thing"))
        await asking

        assert (True, 0.0) == (message.is_done, now())
        gate.set()


@in_virtual_time
async def test_a_message_listener_that_was_taken_off_hears_no_more() -> None:
    """`message.off` ends a listener."""
    async with sent() as (message, server, _client):
        heard: list[RelayEvent] = []
        listener = heard.append
        message.on(listener)
        await says(server, "initiated")
        message.off(listener)
        await says(server, "sent")

        assert 1 == len(heard)


@in_virtual_time
async def test_a_message_never_goes_back() -> None:
    """A state that comes late moves nothing."""
    async with sent() as (message, server, _client):
        await says(server, "sent", "initiated", "queued")

        assert "sent" == message.state


@in_virtual_time
async def test_the_wait_for_a_message_outlives_the_line() -> None:
    """When the session is taken up again, the last state still ends the wait."""
    async with sent() as (message, server, _client):
        waiting = asyncio.create_task(message.wait())
        await turns()
        await dropped_and_back(server)
        await says(server, "delivered")

        assert "delivered" == (await within(1, waiting)).params["message_state"]


@in_virtual_time
async def test_the_wait_for_a_message_ends_when_the_session_is_lost() -> None:
    """After a fresh session nothing more can come: the message is lost, and its wait ends."""
    async with sent() as (message, server, _client):
        waiting = asyncio.create_task(message.wait())
        await turns()
        await dropped_and_back(server, fresh=True)
        event = await within(1, waiting)

        assert ("lost", "lost", True) == (message.state, event.params["message_state"], message.is_done)


@in_virtual_time
async def test_the_wait_for_a_message_ends_with_a_disconnect() -> None:
    """A client that the program disconnects tells who waits for its messages."""
    async with sent() as (message, _server, client):
        waiting = asyncio.create_task(message.wait())
        await turns()
        await client.disconnect()
        with pytest.raises(ConnectionLostError):
            await waiting


@in_virtual_time
async def test_a_message_handler_that_raises_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    """What a handler of inbound messages raises is logged; the next message is handled."""
    async with scripted() as (client, server):
        seen: list[str] = []

        @client.on_message
        async def handler(message: Message) -> None:
            seen.append(message.body)
            raise RuntimeError("of the program's making")

        for body in ("one", "two"):
            server.reports("messaging.receive", message_id=body, body=body, **NUMBERS)
        await turns()

        assert (["one", "two"], 2) == (seen, caplog.text.count("RuntimeError: of the program's making"))


@in_virtual_time
async def test_a_message_without_a_handler_or_of_an_unknown_id_harms_nobody() -> None:
    """What nobody waits for is acknowledged, and the line stays up."""
    async with scripted() as (client, server):
        server.reports("messaging.receive", message_id="one", body="one", **NUMBERS)
        server.tells(state(server, "delivered", "msg-9"))
        await turns()

        assert (2, "online") == (len(server.replies), client.state)


@in_virtual_time
async def test_a_message_that_is_done_is_held_no_longer() -> None:
    """Nothing grows with the number of messages that have been sent."""
    async with scripted() as (client, server):
        held: list[weakref.ref[Message]] = []

        async def sends() -> None:
            task = sending(client)
            server.replies_to(await server.expects("messaging.send"), message_id="msg-1")
            held.append(weakref.ref(await task))

        await sends()
        before = [each() is not None for each in held]
        await says(server, "delivered")
        gc.collect()

        assert ([True], [None]) == (before, [each() for each in held])


@in_virtual_time
async def test_an_event_of_a_message_that_is_done_is_heard_by_nobody() -> None:
    """After its last state a message is known no longer: what is told of it counts as unheard."""
    async with sent() as (message, server, client):
        heard: list[RelayEvent] = []
        await says(server, "delivered")
        message.on(heard.append)
        await says(server, "failed")

        assert ("delivered", [], 1) == (message.state, heard, client.statistics.frames_unheard)


@in_virtual_time
async def test_a_send_without_a_reply_ends_within_its_time_limit() -> None:
    """A send whose reply never comes raises, and harms no other message."""
    async with scripted() as (client, server):
        slow = sending(client)
        await server.expects("messaging.send")
        other = sending(client)
        server.replies_to(await server.expects("messaging.send"), message_id="msg-2")
        await says(server, "delivered", message_id="msg-2")
        failing = await asyncio.gather(slow, return_exceptions=True)

        assert (["RequestTimeoutError"], "delivered") == (
            [type(each).__name__ for each in failing],
            (await other).state,
        )


@in_virtual_time
async def test_a_last_state_that_overtakes_the_reply_to_its_own_send_is_not_lost() -> None:
    """A report may be there before the reply that gives the message its id."""
    async with scripted() as (client, server):
        task = sending(client)
        request = await server.expects("messaging.send")
        await says(server, "delivered")
        server.replies_to(request, message_id="msg-1")
        message = await task

        assert "delivered" == (await message.wait(1)).params["message_state"]


@in_virtual_time
async def test_a_message_whose_last_state_was_missed_while_the_line_was_away_is_given_up() -> None:
    """Ten minutes after a gap without a word of it, a message is `lost`, and whoever waits for it goes on."""
    async with scripted(randomness=Delays()) as (client, server):
        message = await taken(client, server)
        await dropped_and_back(server)
        began = now()
        pings = asyncio.create_task(answers_pings(server))
        await message.wait()
        pings.cancel()

        assert ("lost", True) == (message.state, 570 <= now() - began <= 630)


@in_virtual_time
async def test_a_message_that_is_heard_of_after_a_gap_is_waited_for() -> None:
    """A message of which anything is heard after a gap is not given up."""
    async with scripted(randomness=Delays()) as (client, server):
        message = await taken(client, server)
        await dropped_and_back(server)
        await says(server, "initiated")
        pings = asyncio.create_task(answers_pings(server))
        with pytest.raises(TimeoutError):
            await message.wait(3_600)
        pings.cancel()

        assert "initiated" == message.state


async def answers_pings(server: ScriptedServer) -> None:
    """Answer whatever the client asks, which is pings."""
    while True:
        server.replies_to(await server.expects_at(None, "signalwire.ping"))


async def taken(client: RelayClient, server: ScriptedServer) -> Message:
    """A message that the server has taken as ``msg-1``."""
    task = sending(client)
    server.replies_to(await server.expects("messaging.send"), message_id="msg-1")
    return await task
