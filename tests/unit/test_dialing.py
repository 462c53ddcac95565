"""`callfsm.dialing`: outbound calls that are answered."""

from typing import Any

from clock import in_virtual_time, turns
from dials import DEVICES, accepted, dialling, wins
from memory import joined
from scripted import scripted

from callfsm import Call


@in_virtual_time
async def test_answered() -> None:
    """A dial gives back the call, answered."""
    async with joined() as (client, board):
        board.answers("+15550100009", after=2)
        call = await client.dial(DEVICES)

        assert ("answered", "outbound", "+15550100009", client.relay_protocol) == (
            call.state,
            call.direction,
            call.to_number,
            call.context,
        )
        await call.hangup()
        await call.wait_for_ended()


@in_virtual_time
async def test_conversation() -> None:
    """An outbound call can be used as any other."""
    async with joined() as (client, board):
        heard: list[str] = []

        async def callee(person: Any) -> None:
            await person.hears("how are you")
            await person.press("1")
            heard.extend(person.heard)

        board.answers("+15550100009", then=callee)
        call = await client.dial(DEVICES)
        action = await call.prompt_tts("how are you", {"digits": {"max": 1}})
        await action.wait(timeout=10)
        await call.hangup()
        await call.wait_for_ended()

        assert ["how are you"] == heard


@in_virtual_time
async def test_frame() -> None:
    """A dial leaves with its devices as they are; what was left out is not sent."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1", max_duration=30)
        request = await server.expects("calling.dial")
        wins(server, "tag-1")
        server.replies_to(request)
        await dial

        assert request["params"] == {"tag": "tag-1", "devices": DEVICES, "max_duration": 30}


@in_virtual_time
async def test_tag_is_made() -> None:
    """Without a tag a new one is made, and the call carries it."""
    async with scripted() as (client, server):
        dial = dialling(client)
        tag = await accepted(server)
        wins(server, tag)

        assert (tag, 36, True) == ((await dial).tag, len(tag), tag == tag.lower())


@in_virtual_time
async def test_winner_is_the_leg() -> None:
    """The call is the leg whose events came under the tag, with what they told."""
    async with scripted() as (client, server):
        dial = dialling(client)
        tag = await accepted(server)
        server.state("created", "leg-1", tag=tag)
        server.state("answered", "leg-1", tag=tag)
        await turns()
        (leg,) = client.calls
        wins(server, tag)

        assert (leg, "answered") == (await dial, leg.state)


@in_virtual_time
async def test_winner_without_a_leg() -> None:
    """A winner of which nothing has been told before is made from the dial event."""
    async with scripted() as (client, server):
        dial = dialling(client)
        wins(server, await accepted(server), "leg-7")
        call = await dial

        assert ("leg-7", "node-1", "answered", [call]) == (call.call_id, call.node_id, call.state, client.calls)


@in_virtual_time
async def test_answer_before_the_reply() -> None:
    """A dial that is answered before its own reply has come succeeds."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        request = await server.expects("calling.dial")
        wins(server, "tag-1")
        await turns()
        server.replies_to(request)

        assert (await dial).call_id == "leg-1"


@in_virtual_time
async def test_outbound_calls_go_to_no_handler() -> None:
    """Legs of a dial are not handed to `on_call`."""
    async with scripted() as (client, server):
        seen: list[Call] = []
        client.on_call(seen.append)
        dial = dialling(client)
        wins(server, await accepted(server))
        await dial

        assert seen == []
