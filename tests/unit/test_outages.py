"""`callfsm.outages`: the program hears of each change of the connection, and calls of what they may have missed."""

import asyncio
from typing import Any

import pytest
from clock import in_virtual_time, turns
from scripted import offered, scripted

from callfsm import CallStateEvent, ConnectionEvent, GapEvent, RelayClient

pytestmark = pytest.mark.usefixtures("longest_delays")


def listening(client: RelayClient) -> list[ConnectionEvent]:
    """What a client tells of its connection from now on."""
    heard: list[ConnectionEvent] = []
    client.on("connection", heard.append)
    return heard


@in_virtual_time
async def test_every_change() -> None:
    """Each change of the connection is told, with what has moved it."""
    async with scripted() as (client, server):
        heard = listening(client)
        server.lines[-1].drop()
        await asyncio.sleep(2)
        await client.disconnect()

        assert [
            ("online", "waiting", "dropped"),
            ("waiting", "connecting", "opening"),
            ("connecting", "authenticating", "opened"),
            ("authenticating", "online", "accepted"),
            ("online", "closed", "closed"),
        ] == [(each.source, each.dest, each.trigger) for each in heard]


@in_virtual_time
async def test_back_again() -> None:
    """When the line is back, it is told how long it was away and whether the calls were taken up."""
    async with scripted() as (client, server):
        heard = listening(client)
        server.lines[-1].drop()
        await asyncio.sleep(2)
        back = heard[-1]

        assert ("online", True, 1.0) == (back.dest, back.resumed, round(back.seconds_away, 2))


@in_virtual_time
async def test_another_session() -> None:
    """A server that gives another protocol has not taken up the calls."""
    async with scripted() as (client, server):
        heard = listening(client)
        server.protocol = "protocol-2"
        server.lines[-1].drop()
        await asyncio.sleep(2)

        assert [False] == [each.resumed for each in heard if each.dest == "online"]


@in_virtual_time
async def test_first_connect() -> None:
    """Nobody was away before the first login."""
    async with scripted() as (client, _server):
        await client.disconnect()
        heard = listening(client)
        await client.connect()

        assert [0.0] == [each.seconds_away for each in heard if each.dest == "online"]


@in_virtual_time
async def test_why() -> None:
    """A failed login is told with the server's reason."""
    async with scripted() as (client, server):
        heard = listening(client)
        server.logins = [{"error": {"code": -32603, "message": "come back later"}}]
        server.lines[-1].drop()
        await asyncio.sleep(10)

        assert [("the line was closed"), "come back later"] == [each.reason for each in heard if each.dest == "waiting"]


@in_virtual_time
async def test_no_longer() -> None:
    """A listener that has left hears nothing."""
    async with scripted() as (client, _server):
        heard = listening(client)
        client.off("connection")
        await client.disconnect()

        assert [] == heard


@pytest.mark.parametrize("wanted", ["calling.call.state", CallStateEvent])
def test_nothing_else(wanted: Any) -> None:
    """A client has nothing else to tell, and says where it can be heard."""
    client = RelayClient("project-1", "token-1")
    with pytest.raises(
        ValueError, match=r"it tells of 'connection' only; what happens in a call is heard with call.on"
    ):
        client.on(wanted, lambda _event: None)


@in_virtual_time
async def test_gap() -> None:
    """Each call is told when the line was away, and for how long."""
    async with offered() as (call, server):
        heard: list[GapEvent] = []
        call.on(GapEvent, heard.append)
        server.lines[-1].drop()
        await asyncio.sleep(2)

        assert [(call.call_id, 1.0)] == [(each.call_id, round(each.seconds, 2)) for each in heard]


@in_virtual_time
async def test_end_that_nobody_reports() -> None:
    """Listeners of the state of a call hear of its end also when the server cannot report it."""
    async with offered() as (call, server):
        heard: list[CallStateEvent] = []
        call.on(CallStateEvent, heard.append)
        server.protocol = "protocol-2"
        server.lines[-1].drop()
        await asyncio.sleep(2)

        assert [("ended", "lost")] == [(each.call_state, each.end_reason) for each in heard]


@in_virtual_time
async def test_end_that_is_reported() -> None:
    """An end that the server reports is told once."""
    async with offered() as (call, server):
        heard: list[str] = []
        call.on(CallStateEvent, lambda event: heard.append(event.call_state))
        server.state("ended")
        await turns()

        assert ["ended"] == heard


@in_virtual_time
async def test_gap_while_going_away() -> None:
    """A line that drops while the client is going away leaves a gap like any other."""
    async with offered() as (call, server):
        heard: list[ConnectionEvent] = []
        gaps: list[GapEvent] = []
        call._pump.outages.listeners.add(ConnectionEvent, heard.append)
        call.on(GapEvent, gaps.append)
        with call._pump.performing():
            call._pump.session.connection.fire("draining")
        server.lines[-1].drop()
        await asyncio.sleep(2)

        assert ("draining", True, 1) == (heard[-1].dest, heard[-1].resumed, round(heard[-1].seconds_away))
        assert [1] == [round(gap.seconds) for gap in gaps]


@in_virtual_time
async def test_no_gap_after_a_disconnect() -> None:
    """Being disconnected by the program is no outage, however long it lasts."""
    async with scripted() as (client, server):
        server.lines[-1].drop()
        await client.disconnect()
        heard = listening(client)
        await asyncio.sleep(3600)
        await client.connect()

        assert 0.0 == heard[-1].seconds_away
