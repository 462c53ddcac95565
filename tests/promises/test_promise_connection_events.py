"""What is promised of `client.on("connection", ...)`: every change of the connection is heard, with its reason."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from holding import MODES, hold
from probing import Delays, dropped_and_back
from scripted import ScriptedServer, reopened, scripted

from callfsm import ConnectionEvent, RelayClient, RelayError

REFUSED = {"error": {"code": -32002, "message": "Authentication failed"}}


def listening(client: RelayClient) -> list[ConnectionEvent]:
    """What a listener of this client hears."""
    heard: list[ConnectionEvent] = []
    client.on("connection", heard.append)
    return heard


@pytest.mark.parametrize("mode", MODES)
def test_a_listener_hears_every_change_in_order(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the line is held, each change is told once, and each begins where the one before has ended."""
    server = ScriptedServer()
    client = server.client()
    heard = listening(client)

    async def scenario(_client: RelayClient) -> None:
        await dropped_and_back(server)

    hold(mode, client, scenario, monkeypatch)
    dests = [event.dest for event in heard]
    once = ["connecting", "authenticating", "online"]

    assert ([*once, "waiting", *once, "closed"], ["offline", *dests[:-1]]) == (dests, [each.source for each in heard])


@in_virtual_time
async def test_a_listener_hears_how_long_the_line_was_away_and_whether_it_was_resumed() -> None:
    """The change to online tells what the line's absence has come to."""
    async with scripted(randomness=Delays()) as (client, server):
        heard = listening(client)
        server.opens = [ConnectionRefusedError()]
        await dropped_and_back(server)
        await dropped_and_back(server, fresh=True)
        online = [event for event in heard if event.dest == "online"]

        assert [(True, 3.0), (False, 4.0)] == [(event.resumed, round(event.seconds_away, 2)) for event in online]


@in_virtual_time
async def test_a_first_login_was_not_resumed_and_not_away() -> None:
    """Before the first login there was nothing to be away from."""
    server = ScriptedServer()
    client = server.client()
    heard = listening(client)
    async with client:
        assert [(False, 0.0)] == [(each.resumed, each.seconds_away) for each in heard if each.dest == "online"]


@in_virtual_time
async def test_a_listener_hears_why_a_line_could_not_be_had() -> None:
    """The reason of a failed attempt is what has failed."""
    async with scripted() as (client, server):
        heard = listening(client)
        server.opens = [ConnectionRefusedError("nobody listens")]
        await dropped_and_back(server)
        reasons = [event.reason for event in heard if event.dest == "waiting"]

        assert (2, True, True) == (len(reasons), bool(reasons[0]), "nobody listens" in reasons[1])


@in_virtual_time
async def test_a_listener_hears_that_the_credentials_were_refused_for_good() -> None:
    """The last change is to refused, with the server's words."""
    async with scripted() as (client, server):
        heard = listening(client)
        server.logins = [REFUSED] * 3
        server.lines[0].drop()
        await asyncio.sleep(60)

        assert ("refused", True) == (heard[-1].dest, "Authentication failed" in heard[-1].reason)


@in_virtual_time
async def test_a_listener_hears_of_a_connect_that_failed() -> None:
    """A connect that raises ends in closed, and that is told."""
    server = ScriptedServer()
    server.logins = [REFUSED]
    client = server.client()
    heard = listening(client)
    with pytest.raises(RelayError):
        await client.connect()

    assert ["connecting", "authenticating", "waiting", "closed"] == [event.dest for event in heard]


@in_virtual_time
async def test_a_slow_or_raising_listener_holds_up_no_connection(caplog: pytest.LogCaptureFixture) -> None:
    """What a listener does or raises delays no login; it hears the changes that it has missed in their order."""
    server = ScriptedServer()
    client = server.client()
    heard: list[str] = []

    async def slow(event: ConnectionEvent) -> None:
        await asyncio.sleep(20)
        heard.append(event.dest)

    def fails(_event: ConnectionEvent) -> None:
        raise RuntimeError("of the program's making")

    client.on(ConnectionEvent, fails)
    client.on(ConnectionEvent, slow)
    async with client:
        before = (client.state, list(heard))
        for _ in range(7):
            await asyncio.sleep(10)
            server.asks("signalwire.ping", {})
    await asyncio.sleep(20)

    assert (("online", []), ["connecting", "authenticating", "online", "closed"], 4) == (
        before,
        heard,
        caplog.text.count("RuntimeError: of the program's making"),
    )


@in_virtual_time
async def test_a_listener_that_was_taken_off_hears_no_more() -> None:
    """`client.off` ends a listener."""
    async with scripted() as (client, server):
        heard: list[ConnectionEvent] = []
        listener = heard.append
        client.on("connection", listener)
        client.off("connection", listener)
        await dropped_and_back(server)

        assert [] == heard


@in_virtual_time
async def test_a_listener_may_disconnect_or_command_the_client() -> None:
    """A listener that acts on what it hears is not in the way of the connection."""
    async with scripted() as (client, server):

        async def gives_up(event: ConnectionEvent) -> None:
            if event.dest == "waiting":
                await client.disconnect()

        client.on("connection", gives_up)
        server.lines[0].drop()
        await asyncio.sleep(60)
        await turns()

        assert ("closed", 1) == (client.state, len(server.lines))


def test_a_client_has_nothing_else_to_hear() -> None:
    """A program that asks a client for the events of calls is told where they are."""
    with pytest.raises(ValueError, match=r"call\.on"):
        ScriptedServer().client().on("calling.call.play", lambda _event: None)


@in_virtual_time
async def test_every_change_stands_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """What a listener hears can be read in the log as well."""
    caplog.set_level("INFO", "callfsm")
    async with scripted() as (_client, server):
        server.lines[0].drop()
        await reopened(server, 2)
    changes = [record.getMessage() for record in caplog.records if "machine='connection'" in record.getMessage()]

    assert [
        "connecting",
        "authenticating",
        "online",
        "waiting",
        "connecting",
        "authenticating",
        "online",
        "closed",
    ] == [change.partition("dest='")[2].partition("'")[0] for change in changes]
