"""`callfsm.dialing`: outbound calls that fail, and giving up on them."""

import asyncio
from typing import Any

import pytest
from clock import in_virtual_time, now, turns, until
from dials import DEVICES, NODE, accepted, device, dialling, wins
from memory import Frame, joined
from scripted import ScriptedServer, scripted

from callfsm import ConnectionLostError, DialError, RelayError, RequestTimeoutError


@pytest.mark.parametrize("told", [{}, {"call": {}}, {"call": None}])
@in_virtual_time
async def test_failed(told: Frame) -> None:
    """A dial that the server reports as failed raises DialError."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        server.reports("calling.call.dial", **NODE, tag="tag-1", dial_state="failed", **told)
        with pytest.raises(DialError, match=r"Dial failed \(tag=tag-1\): failed") as caught:
            await dial

        assert ("tag-1", "failed", True) == (
            caught.value.tag,
            caught.value.reason,
            isinstance(caught.value, RelayError),
        )


@pytest.mark.parametrize("manner", ["busy", "declines"])
@in_virtual_time
async def test_nobody_answers(manner: str) -> None:
    """A number that is busy, or declines, ends the dial with DialError."""
    async with joined() as (client, board):
        getattr(board, manner)("+15550100009")
        with pytest.raises(DialError):
            await client.dial(DEVICES)
        await asyncio.sleep(1)

        assert client.calls == []


@in_virtual_time
async def test_times_out() -> None:
    """A dial that takes too long raises DialError after its time, and its leg is hung up."""
    async with joined() as (client, board):
        board.no_answer("+15550100009")
        with pytest.raises(DialError, match="timed out"):
            await client.dial(DEVICES, dial_timeout=5)
        took = now()
        await asyncio.sleep(1)

        assert (5.0, [("calling.dial", ""), ("calling.end", "cancel")], 0) == (
            took,
            [(name, frame.get("reason", "")) for name in board.methods() for frame in board.frames(name)],
            board.statistics.calls_live,
        )


@in_virtual_time
async def test_default_time_limit() -> None:
    """Without a time limit of its own a dial is given up after two minutes."""
    async with scripted() as (client, server):
        dial = dialling(client)
        await accepted(server)
        for _ in range(20):
            await asyncio.sleep(10)
            server.asks("signalwire.ping", {})
        with pytest.raises(DialError, match="timed out"):
            await dial

        assert server.silent


@in_virtual_time
async def test_late_leg() -> None:
    """A leg that comes up after its dial has timed out is hung up."""
    async with scripted() as (client, server):
        dial = dialling(client, dial_timeout=5)
        tag = await accepted(server)
        with pytest.raises(DialError):
            await dial
        server.state("created", "leg-9", tag=tag)
        request = await server.expects("calling.end")

        assert ("leg-9", "cancel") == (request["params"]["call_id"], request["params"]["reason"])
        server.replies_to(request)


@in_virtual_time
async def test_late_winner() -> None:
    """A leg that answers after its dial has timed out is hung up."""
    async with scripted() as (client, server):
        dial = dialling(client, dial_timeout=5)
        tag = await accepted(server)
        with pytest.raises(DialError):
            await dial
        wins(server, tag, "leg-9")
        request = await server.expects("calling.end")

        assert "leg-9" == request["params"]["call_id"]
        server.replies_to(request)


@in_virtual_time
async def test_cancelled() -> None:
    """A dial whose task is cancelled hangs its legs up."""
    async with joined() as (client, board):
        board.answers("+15550100009", after=10)
        dial = dialling(client)
        await asyncio.sleep(3)
        dial.cancel()
        await asyncio.wait({dial})
        await asyncio.sleep(1)

        assert (["calling.dial", "calling.end"], 0) == (board.methods(), board.statistics.calls_live)


@in_virtual_time
async def test_cancelled_before_it_was_sent() -> None:
    """A dial that is cancelled while it waits for the line is not sent at all."""
    server = ScriptedServer()
    client = server.client()
    dial = dialling(client)
    await turns()
    dial.cancel()
    await asyncio.wait({dial})
    async with client:
        await turns()

        assert server.silent


@in_virtual_time
async def test_tag_in_use() -> None:
    """A tag that is in use is refused, nothing is sent, and the first dial goes on."""
    async with scripted() as (client, server):
        first = dialling(client, tag="tag-1")
        await accepted(server)
        with pytest.raises(ValueError, match="'tag-1' is taken"):
            await client.dial(DEVICES, tag="tag-1")
        wins(server, "tag-1")

        assert ("tag-1", True) == ((await first).tag, server.silent)


@in_virtual_time
async def test_tag_used_again() -> None:
    """A tag may be used again once its dial is over."""
    async with scripted() as (client, server):
        for call_id in ("leg-1", "leg-2"):
            dial = dialling(client, tag="tag-1")
            wins(server, await accepted(server), call_id)
            await dial

        assert ["leg-1", "leg-2"] == [call.call_id for call in client.calls]


@pytest.mark.parametrize("devices", [[], [[]], None, [device("+1")], "text"])
@in_virtual_time
async def test_no_devices(devices: Any) -> None:
    """Without a list of lists of devices a dial is refused here, and nothing is sent."""
    async with scripted() as (client, server):
        with pytest.raises(ValueError, match="devices"):
            await client.dial(devices)

        assert server.silent


@in_virtual_time
async def test_refused() -> None:
    """A dial that the server refuses raises its error."""
    async with scripted() as (client, server):
        dial = dialling(client)
        server.replies_to(await server.expects("calling.dial"), 400, message="bad")
        with pytest.raises(RelayError) as caught:
            await dial

        assert (400, False) == (caught.value.code, isinstance(caught.value, DialError))


@in_virtual_time
async def test_no_reply() -> None:
    """A dial without a reply raises RequestTimeoutError; a leg that comes up all the same is hung up."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await server.expects("calling.dial")
        with pytest.raises(RequestTimeoutError):
            await dial
        await server.expects("signalwire.ping")
        server.state("created", "leg-1", tag="tag-1")
        request = await server.expects("calling.end")

        assert request["params"]["call_id"] == "leg-1"
        server.replies_to(request)


@in_virtual_time
async def test_line_drops() -> None:
    """A dial whose reply is lost with the line raises ConnectionLostError; its legs are hung up afterwards."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await server.expects("calling.dial")
        server.lines[0].drop()
        with pytest.raises(ConnectionLostError):
            await dial
        await until(lambda: client.state == "online")
        server.state("answered", "leg-1", tag="tag-1")

        assert (await server.expects("calling.end"))["params"]["call_id"] == "leg-1"


@in_virtual_time
async def test_session_is_lost() -> None:
    """A dial whose session is lost raises ConnectionLostError."""
    async with scripted() as (client, server):
        dial = dialling(client)
        await accepted(server)
        await turns()
        server.protocol = "protocol-2"
        server.lines[0].drop()
        with pytest.raises(ConnectionLostError, match="lost"):
            await dial


@in_virtual_time
async def test_disconnect() -> None:
    """A dial ends with an error when the program disconnects, and is not cancelled."""
    async with scripted() as (client, server):
        dial = dialling(client)
        await accepted(server)
        await turns()
        await client.disconnect()
        with pytest.raises(RelayError, match=r"lost|disconnected"):
            await dial


@in_virtual_time
async def test_given_up_while_the_line_is_down() -> None:
    """A dial that is given up while the line is down has its legs hung up once it is up again."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        server.state("created", "leg-1", tag="tag-1")
        await turns()
        server.lines[0].drop()
        await turns()
        dial.cancel()
        await asyncio.wait({dial})

        assert (await server.expects("calling.end"))["params"]["call_id"] == "leg-1"


@in_virtual_time
async def test_given_up_for_good() -> None:
    """A hang-up that nobody waits for goes with the client that is disconnected."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        server.state("created", "leg-1", tag="tag-1")
        await turns()
        server.lines[0].drop()
        await turns()
        dial.cancel()
        await asyncio.wait({dial})
        await client.disconnect()

        assert (True, []) == (server.silent, client.calls)
