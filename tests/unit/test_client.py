"""`callfsm.client`: how a client is made, connects, and connects again."""

import asyncio

import pytest
from clock import in_virtual_time, until
from memory import does_nothing
from scripted import ScriptedServer, scripted

from callfsm import RelayClient
from callfsm.constants import AGENT_STRING, PROTOCOL_VERSION


def test_made_without_a_loop() -> None:
    """A client can be made where no event loop runs."""
    client = RelayClient("project-1", "token-1", host="space.example")

    assert ("space.example", "offline", "") == (client.host, client.state, client.relay_protocol)


def test_credentials_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client without credentials is refused when it is made."""
    for name in ("SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "SIGNALWIRE_JWT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ValueError, match="project is required"):
        RelayClient()


def test_host_is_checked() -> None:
    """A host that is none is refused when it is given, and when it is set."""
    client = RelayClient("project-1", "token-1")
    with pytest.raises(ValueError, match="Invalid host"):
        client.host = "a/b"

    assert client.host == "relay.signalwire.com"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("project", "other"),
        ("token", "other"),
        ("jwt_token", "other"),
        ("host", "other.example"),
        ("contexts", ["a", "b"]),
    ],
)
def test_settable(name: str, value: object) -> None:
    """What a client was made with can be set afterwards."""
    client = RelayClient("project-1", "token-1", "jwt-1", "space.example", ["office"])
    setattr(client, name, value)

    assert value == getattr(client, name)


def test_protocol_is_not_settable() -> None:
    """The session's name is the server's to give."""
    with pytest.raises(AttributeError):
        RelayClient("project-1", "token-1").relay_protocol = "mine"  # type: ignore[misc]  # that is the point


def test_repr() -> None:
    """A client shows its host and state, and no credentials."""
    client = RelayClient("project-1", "token-1", "jwt-1", "space.example")

    assert repr(client) == "<RelayClient host=space.example state=offline calls=0>"


def test_on_call_gives_the_handler_back() -> None:
    """As a decorator, `on_call` leaves the function as it is."""
    assert RelayClient("project-1", "token-1").on_call(does_nothing) is does_nothing


@in_virtual_time
async def test_login() -> None:
    """A connect sends one login with everything that the server wants to know."""
    async with scripted("office", "support") as (client, server):
        (login,) = server.sent("signalwire.connect")

        assert login == {
            "version": PROTOCOL_VERSION,
            "agent": AGENT_STRING,
            "event_acks": True,
            "authentication": {"project": client.project, "token": client.token},
            "contexts": ["office", "support"],
        }


@in_virtual_time
async def test_login_with_jwt() -> None:
    """A JWT goes alone, also when there is a project."""
    async with scripted(jwt_token="jwt-1") as (_client, server):  # of no server
        (login,) = server.sent("signalwire.connect")

        assert login["authentication"] == {"jwt_token": "jwt-1"}


@in_virtual_time
async def test_settings_count_at_the_next_login() -> None:
    """What is set before a connect is what it says."""
    server = ScriptedServer()
    client = server.client("office")
    client.project, client.token, client.contexts = "p", "t", ["support"]
    async with client:
        (login,) = server.sent("signalwire.connect")

        assert ({"project": "p", "token": "t"}, ["support"]) == (login["authentication"], login["contexts"])


@pytest.mark.parametrize("name", ["project", "token", "jwt_token"])
@in_virtual_time
async def test_set_to_what_is_no_text(name: str) -> None:
    """A credential that is no text is refused where it is set: no login could be told, and no line of the log hidden."""
    client = ScriptedServer().client()
    with pytest.raises(TypeError, match=f"^{name} must be a text, not int$"):
        setattr(client, name, 5)


@in_virtual_time
async def test_one_context_is_no_list() -> None:
    """A context by itself is refused where it is set: its letters would be taken for contexts."""
    client = ScriptedServer().client("office")
    with pytest.raises(ValueError, match="must be a list of texts"):
        client.contexts = "sales"  # type: ignore[assignment]  # that is what is wrong with it

    assert ["office"] == client.contexts


@in_virtual_time
async def test_async_with() -> None:
    """``async with`` gives the client itself, online, and closes it at the end."""
    client = ScriptedServer().client()
    async with client as same:
        states = [same is client, client.state]

    assert [True, "online", "closed"] == [*states, client.state]


@in_virtual_time
async def test_connect_twice() -> None:
    """A second connect while the first one holds does nothing."""
    async with scripted() as (client, server):
        await client.connect()

        assert len(server.lines) == 1


@in_virtual_time
async def test_connect_twice_at_once() -> None:
    """Two tasks that connect at once share one line."""
    server = ScriptedServer()
    client = server.client()
    await asyncio.gather(client.connect(), client.connect())

    assert ("online", 1) == (client.state, len(server.lines))
    await client.disconnect()


@in_virtual_time
async def test_connect_after_refusals() -> None:
    """A client that has given up, as its credentials were refused, can be connected with better ones."""
    async with scripted() as (client, server):
        refusal = {"error": {"code": -32002, "message": "Authentication failed"}}
        server.logins = [refusal] * 3
        server.lines[0].drop()
        await until(lambda: client.state == "refused")
        client.token = "better"  # noqa: S105  # of no server
        await client.connect()

        assert ("online", "better") == (client.state, server.sent("signalwire.connect")[-1]["authentication"]["token"])


@in_virtual_time
async def test_disconnect_twice() -> None:
    """A second disconnect does nothing."""
    async with scripted() as (client, _server):
        await client.disconnect()
        await client.disconnect()

        assert client.state == "closed"


@in_virtual_time
async def test_connect_again() -> None:
    """After a disconnect the client can be connected again, and asks for its earlier session."""
    server = ScriptedServer()
    client = server.client()
    async with client:
        pass
    server.protocol = "protocol-2"
    async with client:
        first, second = server.sent("signalwire.connect")

        assert (None, "protocol-1") == (first.get("protocol"), second.get("protocol"))


@in_virtual_time
async def test_protocol_outlives_disconnect() -> None:
    """The session's name is kept over a disconnect."""
    async with scripted() as (client, _server):
        pass

    assert client.relay_protocol == "protocol-1"


@in_virtual_time
async def test_connection_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client beyond RELAY_MAX_CONNECTIONS is refused until another has disconnected."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    async with scripted() as (_first, server):
        second = server.client()
        with pytest.raises(RuntimeError, match="connection limit"):
            await second.connect()
    async with second:
        assert second.state == "online"


@in_virtual_time
async def test_failed_connect_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that could not connect takes no place."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    server = ScriptedServer()
    server.opens = [ConnectionRefusedError("nobody listens")]
    with pytest.raises(ConnectionRefusedError):
        await server.client().connect()
    async with server.client() as client:
        assert client.state == "online"
