"""What is promised of dials: no leg stays up that nobody waits for, and no dial takes another's place."""

import asyncio

import pytest
from clock import in_virtual_time, turns, within
from dials import NODE, accepted, dialling, wins
from memory import Frame
from probing import command, methods
from scripted import ScriptedServer, reopened, scripted

from callfsm import Call, ConnectionLostError, DialError, RelayClient, RelayError, RelayEvent, RequestTimeoutError


async def hung_up(server: ScriptedServer, number: int = 1) -> tuple[str, str]:
    """Which call is hung up as number so many, and why; the server does so."""
    request = await within(5, command(server, "calling.end", number))
    server.replies_to(request)
    server.state("ended", request["params"]["call_id"])
    return request["params"]["call_id"], request["params"]["reason"]


async def timed_out(client: RelayClient, server: ScriptedServer) -> str:
    """The tag of a dial that nobody has answered in time."""
    dial = dialling(client, dial_timeout=5)
    tag = await accepted(server)
    with pytest.raises(DialError, match="timed out"):
        await dial
    return tag


async def failed(client: RelayClient, server: ScriptedServer) -> str:
    """The tag of a dial that the server has reported as failed."""
    dial = dialling(client)
    tag = await accepted(server)
    server.reports("calling.call.dial", **NODE, tag=tag, dial_state="failed")
    with pytest.raises(DialError, match="failed"):
        await dial
    return tag


async def cancelled(client: RelayClient, server: ScriptedServer) -> str:
    """The tag of a dial whose task was cancelled."""
    dial = dialling(client)
    tag = await accepted(server)
    dial.cancel()
    await asyncio.wait({dial})
    return tag


async def unanswered(client: RelayClient, server: ScriptedServer) -> str:
    """The tag of a dial command that got no reply."""
    dial = dialling(client)
    request = await server.expects("calling.dial")
    with pytest.raises(RequestTimeoutError):
        await dial
    tag: str = request["params"]["tag"]
    return tag


@in_virtual_time
async def test_a_leg_answered_after_its_dial_timed_out_is_hung_up() -> None:
    """A leg that answers after its dial has timed out is hung up."""
    async with scripted() as (client, server):
        wins(server, await timed_out(client, server), "leg-9")

        assert ("leg-9", "cancel") == await hung_up(server)


@in_virtual_time
async def test_a_leg_answered_after_its_dial_failed_is_hung_up() -> None:
    """A leg that answers after its dial has failed is hung up."""
    async with scripted() as (client, server):
        tag = await failed(client, server)
        server.state("answered", "leg-9", tag=tag)

        assert ("leg-9", "cancel") == await hung_up(server)


@in_virtual_time
async def test_a_winner_told_after_its_dial_failed_is_hung_up() -> None:
    """A winner that is told after its dial has failed is hung up, though no report of the leg itself ever came."""
    async with scripted() as (client, server):
        wins(server, await failed(client, server), "leg-9")

        assert ("leg-9", "cancel") == await hung_up(server)


@in_virtual_time
async def test_a_leg_answered_after_its_dial_was_cancelled_is_hung_up() -> None:
    """A leg that answers after the task of its dial was cancelled is hung up."""
    async with scripted() as (client, server):
        wins(server, await cancelled(client, server), "leg-9")

        assert ("leg-9", "cancel") == await hung_up(server)


@in_virtual_time
async def test_a_leg_of_a_dial_command_without_a_reply_is_hung_up() -> None:
    """A leg that comes up for a dial whose command got no reply is hung up."""
    async with scripted() as (client, server):
        server.state("created", "leg-9", tag=await unanswered(client, server))

        assert ("leg-9", "cancel") == await hung_up(server)


@in_virtual_time
async def test_every_leg_of_a_dial_that_was_given_up_is_hung_up() -> None:
    """Several legs, up already or coming up later, are each hung up once."""
    async with scripted() as (client, server):
        dial = dialling(client, dial_timeout=5)
        tag = await accepted(server)
        for leg in ("leg-1", "leg-2"):
            server.state("ringing", leg, tag=tag)
        with pytest.raises(DialError):
            await dial
        before = [await hung_up(server, 1), await hung_up(server, 2)]
        server.state("answered", "leg-3", tag=tag)
        wins(server, tag, "leg-4")
        after = [await hung_up(server, 3), await hung_up(server, 4)]

        assert ([("leg-1", "cancel"), ("leg-2", "cancel")], [("leg-3", "cancel"), ("leg-4", "cancel")], True) == (
            before,
            after,
            methods(server).count("calling.end") == 4,
        )


@in_virtual_time
async def test_a_leg_answered_long_after_its_dial_was_given_up_is_hung_up() -> None:
    """An hour makes no difference."""
    async with scripted() as (client, server):
        tag = await timed_out(client, server)
        for _ in range(360):
            server.asks("signalwire.ping", {})
            await asyncio.sleep(10)
        wins(server, tag, "leg-9")

        assert ("leg-9", "cancel") == await hung_up(server)


@in_virtual_time
async def test_a_leg_answered_after_the_line_was_away_is_hung_up() -> None:
    """A dial whose command was in flight when the line dropped fails, and its leg is hung up after the resume."""
    async with scripted() as (client, server):
        dial = dialling(client)
        request = await server.expects("calling.dial")
        server.lines[0].drop()
        with pytest.raises(ConnectionLostError):
            await dial
        await reopened(server, 2)
        wins(server, request["params"]["tag"], "leg-9")

        assert ("leg-9", "cancel") == await hung_up(server)


@in_virtual_time
async def test_orphans_are_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """Each leg that is hung up because nobody waits for it is told in the log, and counted."""
    async with scripted() as (client, server):
        wins(server, await timed_out(client, server), "leg-9")
        await hung_up(server)

        assert (1, 1) == (client.statistics.orphans_hung_up, caplog.text.count("orphan hung up"))


@in_virtual_time
async def test_a_hung_up_orphan_never_reaches_the_inbound_handler() -> None:
    """A leg that nobody waits for is no inbound call."""
    async with scripted() as (client, server):
        seen: list[Call] = []
        client.on_call(seen.append)
        wins(server, await timed_out(client, server), "leg-9")
        await hung_up(server)
        await turns()

        assert ([], []) == (seen, client.calls)


@in_virtual_time
async def test_a_tag_in_use_is_a_value_error_and_the_first_dial_goes_on() -> None:
    """The second dial of a tag raises, nothing is sent for it, and the first one gets its call."""
    async with scripted() as (client, server):
        first = dialling(client, tag="tag-1")
        await accepted(server)
        with pytest.raises(ValueError, match="tag-1"):
            await dialling(client, tag="tag-1")
        wins(server, "tag-1")

        assert ("leg-1", True) == ((await first).call_id, server.silent)


@in_virtual_time
async def test_a_tag_is_free_again_when_its_dial_is_over() -> None:
    """The tag of a dial that has failed can be used once more."""
    async with scripted() as (client, server):
        again = dialling(client, tag=await failed(client, server))
        request = await command(server, "calling.dial", 2)
        server.replies_to(request)
        wins(server, request["params"]["tag"])

        assert "leg-1" == (await again).call_id


@in_virtual_time
async def test_a_dial_error_is_a_relay_error() -> None:
    """A program that catches RelayError catches a dial that nobody answered."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        server.reports("calling.call.dial", **NODE, tag="tag-1", dial_state="failed", call={})
        with pytest.raises(RelayError) as caught:
            await dial

        assert (DialError, "tag-1") == (type(caught.value), getattr(caught.value, "tag", ""))


@pytest.mark.parametrize("seen", [(), ("created",), ("created", "ringing"), ("created", "ringing", "answered")])
@in_virtual_time
async def test_the_winner_of_a_dial_is_answered(seen: tuple[str, ...]) -> None:
    """Whatever was reported of the winner before, the call that dial returns is answered."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        for word in seen:
            server.state(word, "leg-1", tag="tag-1")
        wins(server, "tag-1")
        call = await dial

        assert ("answered", "tag-1", [call]) == (call.state, call.tag, client.calls)


@in_virtual_time
async def test_a_stale_dial_event_harms_no_call() -> None:
    """A dial event that is sent again is heard by the call's listeners, and makes and moves nothing."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        wins(server, "tag-1")
        call = await dial
        heard: list[RelayEvent] = []
        call.on("calling.call.dial", heard.append)
        wins(server, "tag-1")
        await turns()

        assert (1, "answered", [call], True) == (len(heard), call.state, client.calls, server.silent)


@pytest.mark.parametrize("told", [{"tag": "nobody's"}, {"tag": None}, {}])
@in_virtual_time
async def test_a_dial_event_of_an_unknown_tag_harms_nothing(told: Frame) -> None:
    """A dial event that belongs to no dial makes no call, and the next dial works."""
    async with scripted() as (client, server):
        server.reports("calling.call.dial", **NODE, dial_state="answered", call={"call_id": "leg-9"}, **told)
        await turns()
        before = client.calls
        dial = dialling(client)
        wins(server, await accepted(server))

        assert ([], "leg-1") == (before, (await within(5, dial)).call_id)
