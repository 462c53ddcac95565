"""What is promised of the connection: a line that drops is opened again, and the session is taken up as it was."""

import asyncio

import pytest
from clock import in_virtual_time, turns, within
from holding import MODES, hold
from memory import Board, does_nothing
from probing import command, dropped_and_back
from scripted import ScriptedServer, reopened, scripted

from callfsm import AuthenticationError, Call, ConnectionLostError, RelayClient

REFUSED = {"error": {"code": -32002, "message": "Authentication failed"}}


@pytest.mark.parametrize("mode", MODES)
def test_run_connect_and_async_with_reconnect_alike(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the line is held, it is opened again each time it drops, and a command goes out on the new one."""
    server = ScriptedServer()
    client = server.client("office")

    async def scenario(client: RelayClient) -> None:
        for number in (1, 2, 3):
            await dropped_and_back(server)
            asking = asyncio.create_task(client.execute("any.thing", {}))
            server.replies_to(await command(server, "any.thing", number))
            await asking

    hold(mode, client, scenario, monkeypatch)

    assert (4, [True] * 4, "closed") == (len(server.lines), [line.closed for line in server.lines], client.state)


@pytest.mark.parametrize("mode", MODES)
def test_a_resume_gives_protocol_and_authorization_state(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the line is held, the next login names the session, and gives back its latest authorization state."""
    server = ScriptedServer()

    async def scenario(_client: RelayClient) -> None:
        for told in ("state-1", "state-2", ""):
            server.reports("signalwire.authorization.state", authorization_state=told)
        await turns()
        await dropped_and_back(server)

    hold(mode, server.client(), scenario, monkeypatch)
    first, second = server.sent("signalwire.connect")

    assert (("protocol" in first, "authorization_state" in first), ("protocol-1", "state-2")) == (
        (False, False),
        (second["protocol"], second["authorization_state"]),
    )


@pytest.mark.parametrize("mode", MODES)
def test_a_dropped_line_fails_pending_requests_at_once(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the line is held, what is in flight when it drops need not wait for its time limit."""
    server = ScriptedServer()
    failures: list[BaseException] = []

    async def scenario(client: RelayClient) -> None:
        asking = asyncio.create_task(client.execute("any.thing", {}))
        await server.expects("any.thing")
        server.lines[0].drop()
        await turns()
        failures.extend(await asyncio.gather(asking, return_exceptions=True))  # type: ignore[arg-type]  # it has failed

    hold(mode, server.client(), scenario, monkeypatch)

    assert [ConnectionLostError] == [type(failure) for failure in failures]


@pytest.mark.parametrize("mode", MODES)
def test_calls_and_their_handlers_survive_a_reconnect(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the line is held, a handler goes on with its call after the session was taken up again."""
    server = ScriptedServer()
    client = server.client("office")
    ended: list[str] = []

    @client.on_call
    async def handler(call: Call) -> None:
        await call.wait_for_answered()
        await call.hangup()
        ended.append(call.state)

    async def scenario(_client: RelayClient) -> None:
        server.offers()
        await turns()
        await dropped_and_back(server)
        server.state("answered")
        server.replies_to(await command(server, "calling.end"))
        await turns()

    hold(mode, client, scenario, monkeypatch)

    assert ["ending"] == ended


@pytest.mark.parametrize(("restart", "asked"), [(True, ("", "")), (False, ("protocol-1", "state-1"))])
@in_virtual_time
async def test_restart_starts_fresh_and_nothing_else_does(*, restart: bool, asked: tuple[str, str]) -> None:
    """After `signalwire.disconnect` with `restart` the next login names no session; without, it names the one before."""
    async with scripted() as (_client, server):
        server.reports("signalwire.authorization.state", authorization_state="state-1")
        server.asks("signalwire.disconnect", {"restart": restart}, "asked")
        await turns()
        await dropped_and_back(server)
        login = server.sent("signalwire.connect")[1]

        assert (asked, {}) == (
            (login.get("protocol", ""), login.get("authorization_state", "")),
            server.replies["asked"]["result"],
        )


@pytest.mark.parametrize("fresh", [False, True])
@in_virtual_time
async def test_contexts_added_by_receive_are_restored_on_every_new_session(*, fresh: bool) -> None:
    """What `receive` has added, and `unreceive` has not taken away, is in every login from then on."""
    async with scripted("office") as (client, server):
        for number, contexts in enumerate((["sales"], ["support", "office"]), 1):
            adding = asyncio.create_task(client.receive(contexts))
            server.replies_to(await command(server, "signalwire.receive", number))
            await adding
        removing = asyncio.create_task(client.unreceive(["support"]))
        server.replies_to(await command(server, "signalwire.unreceive"))
        await removing
        await dropped_and_back(server, fresh=fresh)
        await dropped_and_back(server, fresh=fresh)

        assert [["office"], ["office", "sales"], ["office", "sales"]] == [
            login["contexts"] for login in server.sent("signalwire.connect")
        ]


@in_virtual_time
async def test_contexts_that_the_server_refused_are_not_restored() -> None:
    """A context that the server would not give is not asked for again."""
    async with scripted("office") as (client, server):
        adding = asyncio.gather(client.receive(["sales"]), return_exceptions=True)
        server.replies_to(await server.expects("signalwire.receive"), 403)
        await adding
        await dropped_and_back(server)

        assert ["office"] == server.sent("signalwire.connect")[1]["contexts"]


@in_virtual_time
async def test_a_client_connected_again_names_its_session_and_its_contexts() -> None:
    """After a disconnect and a connect the earlier protocol is given, although calls of before are lost."""
    server = ScriptedServer()
    client = server.client("office")
    for _ in range(2):
        async with client:
            await turns()
    second = server.sent("signalwire.connect")[1]

    assert ("protocol-1", ["office"]) == (second["protocol"], second["contexts"])


@in_virtual_time
async def test_a_connect_beside_another_is_one_login() -> None:
    """Two tasks that connect the same client at once open one line."""
    server = ScriptedServer()
    client = server.client()
    await asyncio.gather(client.connect(), client.connect())
    await client.connect()
    await client.disconnect()

    assert (1, 1) == (len(server.lines), len(server.sent("signalwire.connect")))


@pytest.mark.parametrize("told", [{}, {"timestamp": 1.5}, {"timestamp": 7, "payload": {"a": [None]}, "more": 1}])
@in_virtual_time
async def test_a_server_ping_is_answered_with_its_timestamp_and_payload(told: dict[str, object]) -> None:
    """The reply to a ping echoes what it carries, and nothing else."""
    async with scripted() as (_client, server):
        server.asks("signalwire.ping", told, "ping-1")
        await turns()

        assert {key: told[key] for key in ("timestamp", "payload") if key in told} == server.replies["ping-1"]["result"]


@in_virtual_time
async def test_an_unknown_server_request_is_answered_with_method_not_found() -> None:
    """The server is told that callfsm does not know what it asks; the line stays up."""
    async with scripted() as (client, server):
        server.asks("signalwire.learnt_tomorrow", {}, "asked")
        await turns()

        assert (-32601, "online") == (server.replies["asked"]["error"]["code"], client.state)


@in_virtual_time
async def test_there_is_no_limit_of_connections_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `RELAY_MAX_CONNECTIONS` a process may hold as many lines as it likes."""
    monkeypatch.delenv("RELAY_MAX_CONNECTIONS", raising=False)
    board = Board()
    clients = [board.client() for _ in range(20)]
    await asyncio.gather(*(client.connect() for client in clients))
    states = {client.state for client in clients}
    await asyncio.gather(*(client.disconnect() for client in clients))
    await board.close()

    assert {"online"} == states


@in_virtual_time
async def test_the_limit_of_connections_is_honoured_when_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `RELAY_MAX_CONNECTIONS` one client more raises RuntimeError, until another has disconnected."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    server = ScriptedServer()
    one, other = server.client(), server.client()
    async with one:
        with pytest.raises(RuntimeError, match="connection limit"):
            await other.connect()
    async with other:
        assert ("closed", "online") == (one.state, other.state)


@in_virtual_time
async def test_a_refused_connect_leaves_nothing_and_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a refused connect the line is closed, the client is closed, and another one may take its place."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    server = ScriptedServer()
    server.logins = [REFUSED]
    one, other = server.client(), server.client()
    with pytest.raises(AuthenticationError):
        await one.connect()
    left = (one.state, server.lines[0].closed)
    async with other:
        assert (("closed", True), "online") == (left, other.state)


@pytest.mark.parametrize("host", ["relay.example", "192.0.2.1", "10.0.0.1:80", "localhost.example"])
def test_a_plain_line_goes_to_a_loopback_address_only(host: str) -> None:
    """`tls=False` for any other host is a ValueError, before anything is opened."""
    with pytest.raises(ValueError, match=host):
        ScriptedServer().client(host=host, tls=False)


@pytest.mark.parametrize(("more", "url"), [({}, "wss://"), ({"tls": False}, "ws://")])
@in_virtual_time
async def test_a_line_is_encrypted_unless_asked_otherwise(more: dict[str, bool], url: str) -> None:
    """Without being asked for a plain line, also one to this machine is encrypted."""
    server = ScriptedServer()
    urls: list[str] = []

    async def connector(url: str) -> object:
        urls.append(url)
        return await server.connector(url)

    async with server.client(host="127.0.0.1:8080", connector=connector, **more):
        assert [f"{url}127.0.0.1:8080"] == urls


@in_virtual_time
async def test_inbound_calls_are_taken_on_the_new_line() -> None:
    """After a reconnect the same handler gets the calls."""
    async with scripted() as (client, server):
        client.on_call(does_nothing)
        await dropped_and_back(server)
        await reopened(server, 2)
        server.offers()
        await within(1, turns())

        assert ["call-1"] == [call.call_id for call in client.calls]
