"""`callfsm.supervisor`: refused and failing logins, dead lines, and a disconnect at any moment."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns
from memory import PROJECT, TOKEN, Board, Frame, Line
from scripted import ScriptedServer, offered, reopened, scripted

from callfsm import AuthenticationError, ConnectionLostError, RelayError, RequestTimeoutError
from callfsm.core.model import Settings
from callfsm.core.session import Session
from callfsm.pump import Pump
from callfsm.supervisor import Supervisor
from callfsm.transport import Connector

REFUSED: Frame = {"error": {"code": -32002, "message": "Authentication failed"}}

pytestmark = pytest.mark.usefixtures("longest_delays")


BROKEN: Frame = {"error": {"code": -32603, "message": "internal error"}}


class BrokenLine(Line):
    """A line whose reader fails."""

    async def run(self, _receive: object) -> None:
        """Fail.

        Raises:
            RuntimeError: Always.
        """
        raise RuntimeError("of the transport's making")


def broken(server: ScriptedServer) -> Connector:
    """What opens lines whose readers fail."""

    async def connector(_url: str) -> Line:
        server.lines.append(BrokenLine(lambda _text: None))
        return server.lines[-1]

    return connector


@in_virtual_time
async def test_refused_connect() -> None:
    """A connect with wrong credentials raises AuthenticationError and leaves nothing open."""
    board = Board()
    client = board.client(token="wrong")  # and meant to be
    with pytest.raises(AuthenticationError, match="Authentication failed"):
        await client.connect()
    await board.close()

    assert ("closed", True, 1) == (client.state, board.lines[0].closed, len(board.lines))


@in_virtual_time
async def test_refused_connect_can_be_mended() -> None:
    """With the right credentials the same client can be connected after all."""
    board = Board()
    client = board.client(token="wrong")  # and meant to be
    with pytest.raises(AuthenticationError):
        await client.connect()
    client.token = TOKEN
    async with client:
        assert (PROJECT, "online") == (client.project, client.state)
    await board.close()


@in_virtual_time
async def test_credentials_that_are_refused_later() -> None:
    """Credentials that are refused three times in a row after the line has dropped are not tried again."""
    async with scripted() as (client, server):
        server.logins = [REFUSED] * 3
        server.lines[0].drop()
        await asyncio.sleep(100)

        assert ("refused", 4) == (client.state, len(server.lines))


@in_virtual_time
async def test_waits_when_the_client_gives_up() -> None:
    """When the credentials are refused for good, calls are lost and commands fail."""
    async with offered() as (call, server):
        server.logins = [REFUSED] * 3
        server.lines[0].drop()
        await turns()
        asking = asyncio.create_task(call.answer())
        event = await call.wait_for_ended(timeout=60)
        with pytest.raises(ConnectionLostError):
            await asking

        assert event.params["end_reason"] == "lost"


@in_virtual_time
async def test_refusals_in_between() -> None:
    """A login that is accepted after two refusals starts the count anew."""
    async with scripted() as (client, server):
        server.logins = [REFUSED, REFUSED]
        server.lines[0].drop()
        await reopened(server, 4)
        server.logins = [REFUSED, REFUSED]
        server.lines[-1].drop()
        await reopened(server, 7)

        assert client.state == "online"


@in_virtual_time
async def test_troubled_server() -> None:
    """Logins that fail for the server's own reasons are tried again, as often as it takes."""
    async with scripted() as (client, server):
        server.logins = [BROKEN] * 6
        server.lines[0].drop()
        await reopened(server, 8)

        assert client.state == "online"


@in_virtual_time
async def test_troubled_server_at_connect() -> None:
    """A connect whose login fails raises the server's error and leaves nothing open."""
    server = ScriptedServer()
    server.logins = [BROKEN]
    with pytest.raises(RelayError, match="internal error") as caught:
        await server.client().connect()

    assert (-32603, True) == (caught.value.code, server.lines[0].closed)


@in_virtual_time
async def test_ignored_login() -> None:
    """A login that is not answered within ten seconds raises RequestTimeoutError, and leaves nothing open."""
    server = ScriptedServer()
    server.accepts_logins = False
    with pytest.raises(RequestTimeoutError, match=r"signalwire\.connect"):
        await server.client().connect()

    assert (10.0, True) == (now(), server.lines[0].closed)


@in_virtual_time
async def test_line_drops_during_the_login() -> None:
    """A line that drops during the login raises ConnectionLostError."""
    server = ScriptedServer()
    server.accepts_logins = False
    connecting = asyncio.create_task(server.client().connect())
    await turns()
    server.lines[0].drop()
    with pytest.raises(ConnectionLostError):
        await connecting


@in_virtual_time
async def test_half_open_line() -> None:
    """A line on which nothing comes is pinged after 15 seconds and given up at 25."""
    async with scripted() as (_client, server):
        await server.expects_at(15.0, "signalwire.ping")
        await asyncio.sleep(9.9)
        before = server.lines[0].aborted
        await asyncio.sleep(0.2)

        assert [False, True] == [before, server.lines[0].aborted]


@in_virtual_time
async def test_half_open_line_is_replaced() -> None:
    """After a dead line was given up, another one is opened."""
    async with scripted() as (client, server):
        await reopened(server, 2)

        assert ("online", True) == (client.state, 25 <= now() <= 27)


@in_virtual_time
async def test_answered_pings() -> None:
    """A server that answers pings is pinged for ever, on one line."""
    async with scripted() as (_client, server):
        for _ in range(10):
            server.replies_to(await server.expects_at(None, "signalwire.ping"))

        assert 1 == len(server.lines)


@in_virtual_time
async def test_busy_line_is_not_pinged() -> None:
    """A line on which something comes is not pinged."""
    async with scripted() as (_client, server):
        for _ in range(20):
            await asyncio.sleep(10)
            server.asks("signalwire.ping", {})

        assert (True, 1) == (server.silent, len(server.lines))


@in_virtual_time
async def test_anything_shows_that_the_line_lives() -> None:
    """Also a ping that stays unanswered harms nothing while anything else comes."""
    async with scripted() as (_client, server):
        await server.expects_at(15.0, "signalwire.ping")
        await asyncio.sleep(9)
        server.asks("signalwire.ping", {})
        await asyncio.sleep(14)

        assert server.lines[0].aborted is False


@in_virtual_time
async def test_reader_fails(caplog: pytest.LogCaptureFixture) -> None:
    """A line whose reader fails is given up as one that drops, and the log says why."""
    server = ScriptedServer()
    server.accepts_logins = False
    client = server.client(connector=broken(server))
    with pytest.raises(ConnectionLostError):
        await client.connect()

    assert "the reader failed" in caplog.text


@in_virtual_time
async def test_disconnect_during_a_delay() -> None:
    """A client that is disconnected between two attempts makes no other."""
    server = ScriptedServer()
    async with server.client() as client:
        server.opens = [ConnectionRefusedError()] * 6
        server.lines[0].drop()
        await asyncio.sleep(20)
    await asyncio.sleep(100)

    assert ("closed", 1) == (client.state, len(server.lines))


@in_virtual_time
async def test_disconnect_during_an_attempt() -> None:
    """A client that is disconnected while a line is being opened does not wait for it, and stays closed."""
    server = ScriptedServer()
    reached = asyncio.Event()
    connector = server.connector

    async def slow(url: str) -> Line:
        reached.set()
        await asyncio.sleep(5)
        return await connector(url)

    client = server.client(connector=slow)
    connecting = asyncio.create_task(client.connect())
    await reached.wait()
    await client.disconnect()
    with pytest.raises(ConnectionLostError, match="closed while it connected"):
        await connecting

    assert ([], "closed", 0.0) == (server.lines, client.state, now())


@in_virtual_time
async def test_host_of_the_next_connection() -> None:
    """A host that is set counts at the next attempt."""
    urls: list[str] = []
    server = ScriptedServer()

    async def connector(url: str) -> Line:
        urls.append(url)
        return await server.connector(url)

    async with server.client(connector=connector, host="one.example") as client:
        client.host = "other.example:1"
        server.lines[0].drop()
        await reopened(server, 2)

    assert ["wss://one.example", "wss://other.example:1"] == urls


@in_virtual_time
async def test_nothing_is_sent_without_a_line() -> None:
    """What is to be sent while there is no line goes nowhere and harms nobody."""
    pump = Pump(Session(Settings(), lambda: "id"), lambda: "id")
    server = ScriptedServer()
    Supervisor(pump, server.connector, lambda: 1.0)
    pump.transmit(["text"])

    assert server.lines == []
