"""`callfsm.client`: what a disconnect ends."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from memory import does_nothing, joined
from scripted import ScriptedServer, scripted

from callfsm import Call, ConnectionLostError
from callfsm.pump import GRACE_SECONDS


@in_virtual_time
async def test_disconnect_fails_commands() -> None:
    """A command in flight fails with ConnectionLostError when the program disconnects."""
    async with scripted() as (client, server):
        asking = asyncio.create_task(client.execute("any.thing", {}))
        await server.expects("any.thing")
        await client.disconnect()
        with pytest.raises(ConnectionLostError):
            await asking


@in_virtual_time
async def test_disconnect_fails_queued_commands() -> None:
    """A command that waits for the line fails with ConnectionLostError when the program disconnects."""
    client = ScriptedServer().client()
    asking = asyncio.create_task(client.execute("any.thing", {}))
    await turns()
    await client.disconnect()
    with pytest.raises(ConnectionLostError):
        await asking


@in_virtual_time
async def test_disconnect_loses_calls() -> None:
    """When the program disconnects, its calls are lost."""
    async with joined() as (client, board):
        client.on_call(does_nothing)
        board.call("office")
        await turns()
        (call,) = client.calls
        await client.disconnect()

        assert ("ended", "lost", []) == (call.state, call.end_reason, client.calls)


@in_virtual_time
async def test_disconnect_inside_a_handler() -> None:
    """A handler may disconnect its own client."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.hangup()
            await client.disconnect()

        board.call("office")
        await turns()

        assert client.state == "closed"


@in_virtual_time
async def test_disconnect_while_connecting() -> None:
    """A connect that the program disconnects meanwhile fails with ConnectionLostError, and leaves nothing open."""
    server = ScriptedServer()
    server.accepts_logins = False
    client = server.client()
    connecting = asyncio.create_task(client.connect())
    await turns()
    await client.disconnect()
    with pytest.raises(ConnectionLostError):
        await connecting

    assert ("closed", True) == (client.state, server.lines[0].closed)


@in_virtual_time
async def test_cancelled_connect() -> None:
    """A connect that is cancelled leaves nothing open, and can be tried again."""
    server = ScriptedServer()
    server.accepts_logins = False
    client = server.client()
    connecting = asyncio.create_task(client.connect())
    await turns()
    connecting.cancel()
    await asyncio.wait({connecting})
    server.accepts_logins = True
    async with client:
        assert (True, "online") == (server.lines[0].closed, client.state)


def test_grace() -> None:
    """Last reports are waited for two seconds."""
    assert GRACE_SECONDS == 2.0
