"""Credentials stand in nothing that a program may show: reprs, errors, records of observers, copies."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from dataclasses import fields
from typing import Any

import pytest
from clock import in_virtual_time, turns, until, within
from memory import Line
from scripted import ScriptedServer, scripted

from callfsm import AuthenticationError, Call, ConnectionEvent, ConnectionLostError, RelayClient, RelayError
from callfsm.core.request import Request
from callfsm.observing import Transition
from callfsm.transport import Receiver

CREDENTIALS: dict[str, Any] = {"project": "SECRET-project", "token": "SECRET-token", "jwt_token": "SECRET-jwt"}
ECHOES = [*CREDENTIALS.values(), "SECRET-state"]

pytestmark = pytest.mark.usefixtures("silent_log")


def whole(error: BaseException) -> str:
    """Everything that an error shows: its text, its facts, and every error behind it."""
    shown = "".join(traceback.format_exception(error))
    seen: BaseException | None = error
    while seen is not None:
        shown += f"{seen!r} {seen.args!r} {vars(seen)!r}"
        seen = seen.__cause__ or seen.__context__
    return shown + repr(pickle.loads(pickle.dumps(error)))  # noqa: S301  # of our own making


def known(client: RelayClient) -> list[object]:
    """What belongs to a client and might be shown."""
    session = client._session
    return [client, client._settings, session, session.connection, client._pump, client._supervisor, client.statistics]


@in_virtual_time
async def test_reprs() -> None:
    """No object of a client that is connected shows a credential."""
    async with scripted(**CREDENTIALS) as (client, server):
        server.reports("signalwire.authorization.state", authorization_state="SECRET-state")
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers()
        await turns()
        request = client._session.request("calling.play", {})
        shown = "".join(f"{each!r} {each!s}" for each in [*known(client), *calls, *vars(client).values(), request])

        assert ("SECRET-state", 1, 0) == (
            client._session.connection.authorization_state,
            len(calls),
            shown.count("SECRET"),
        )


@pytest.mark.parametrize("code", [-32002, -32603, -1])
@pytest.mark.parametrize("secret", ECHOES[:3])
@in_virtual_time
async def test_refused_login(secret: str, code: int) -> None:
    """A server that puts the credentials into its refusal puts them into no error."""
    server = ScriptedServer()
    server.logins = [{"error": {"code": code, "message": f"we do not know {secret}"}}]
    with pytest.raises(RelayError, match=r"we do not know \*\*\*") as caught:
        await server.client(**CREDENTIALS).connect()

    assert "SECRET" not in whole(caught.value)


@pytest.mark.parametrize("secret", ECHOES)
@in_virtual_time
async def test_refused_command(secret: str) -> None:
    """A server that puts a credential into the refusal of a command puts it into no error, as a code or as an error."""
    async with scripted(**CREDENTIALS) as (client, server):
        server.reports("signalwire.authorization.state", authorization_state="SECRET-state")
        await turns()
        shown = ""
        for reply in (
            {"result": {"code": "500", "message": f"not {secret}"}},
            {"error": {"code": -32000, "message": f"not {secret}"}},
            {"error": f"not {secret}"},
            {"error": {"message": {"detail": f"not {secret}"}}},
        ):
            task = client._pump.tasks.spawn(client.execute("calling.play", {}), "test")
            request = await server.expects("calling.play")
            server.tells({"jsonrpc": "2.0", "id": request["id"], **reply})
            with pytest.raises(RelayError) as caught:
                await within(5, task)
            shown += whole(caught.value)

        assert ("***" in shown, "SECRET" in shown) == (True, False)


class Parting(Line):
    """A line whose server has something to say when it closes it."""

    async def run(self, receive: Receiver) -> None:
        """Hand over what arrives, and tell how it was closed."""
        await super().run(receive)
        raise ConnectionLostError("received 1008 (policy violation) SECRET-token, SECRET-state; then sent 1008")


class PartingServer(ScriptedServer):
    """A server that puts credentials into the reason for which it closes a line."""

    async def connector(self, _url: str) -> Line:
        """Open a line to this server."""
        self.lines.append(Parting(self._hear))
        return self.lines[-1]


@in_virtual_time
async def test_closed_with_a_reason(caplog: pytest.LogCaptureFixture) -> None:
    """A server that puts credentials into the reason for which it closes puts them into no event, error or line."""
    server = PartingServer()
    client = server.client(**CREDENTIALS)
    told: list[ConnectionEvent] = []
    client.on("connection", told.append)
    with caplog.at_level(logging.DEBUG):
        async with client:
            server.reports("signalwire.authorization.state", authorization_state="SECRET-state")
            await turns()
            asked = client._pump.tasks.spawn(client.execute("calling.play", {}), "test")
            await server.expects("calling.play")
            server.lines[-1].drop()
            with pytest.raises(ConnectionLostError) as caught:
                await asked
            await until(lambda: client.state == "online")
    shown = repr(told) + whole(caught.value) + caplog.text

    assert (True, 0) == ("1008" in repr(told), shown.count("SECRET"))


@in_virtual_time
async def test_given_up() -> None:
    """When the credentials were refused too often, the error of `run` holds none."""
    server = ScriptedServer()
    server.logins = [{"error": {"code": -32002, "message": "SECRET-token?"}}] * 3
    with pytest.raises(AuthenticationError) as caught:
        await server.client(**CREDENTIALS)._serve()

    assert "SECRET" not in whole(caught.value)


@pytest.mark.parametrize(
    "given", [{"project": "SECRET-project"}, {"token": "SECRET-token"}, {**CREDENTIALS, "host": "a/b"}]
)
def test_errors_of_arguments(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that cannot be made says what is missing, and shows nothing of what was given."""
    for name in ("PROJECT_ID", "API_TOKEN", "JWT_TOKEN"):
        monkeypatch.delenv(f"SIGNALWIRE_{name}", raising=False)
    more: dict[str, Any] = given
    with pytest.raises(ValueError, match=r"required|Invalid host") as caught:
        RelayClient(**more)

    assert "SECRET" not in repr(caught.value.args)


@in_virtual_time
async def test_observed() -> None:
    """Observers, and whoever reads the statistics, are told no credential."""
    told: list[Transition] = []
    server = ScriptedServer()
    client = server.client(**CREDENTIALS)
    client.observe(told.append)
    server.logins = [{"error": {"code": -32603, "message": "SECRET-token?"}}]
    with pytest.raises(RelayError):
        await client.connect()
    async with client:
        server.reports("signalwire.authorization.state", authorization_state="SECRET-state")
        server.offers()
        await turns()

    kinds = {type(getattr(client.statistics, each.name)) for each in fields(client.statistics)}
    assert (True, False, {int}) == (len(told) > 3, "SECRET" in repr(told), kinds)


@pytest.mark.parametrize("take", [pickle.dumps, copy.copy, copy.deepcopy])
def test_no_copies(take: Any) -> None:
    """A client can be neither pickled nor copied: its credentials would go where nobody looks after them."""
    client = RelayClient(**CREDENTIALS)

    with pytest.raises(TypeError, match="cannot be copied or pickled"):
        take(client)


@in_virtual_time
async def test_debug_log_of_the_socket_library(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever level a program sets for the library's logger, its frames are not written."""
    logger = logging.getLogger("callfsm.websockets")
    with caplog.at_level(logging.DEBUG, "callfsm.websockets"):
        logger.debug("> TEXT %s", '{"token":"SECRET-to"}')
        logger.info("connection SECRET")
        logger.warning("odd")

    assert ["odd"] == [record.getMessage() for record in caplog.records]


@in_virtual_time
async def test_commands_show_no_numbers(caplog: pytest.LogCaptureFixture) -> None:
    """A request in flight is not written, with the numbers and digits that it holds, when it is not answered."""
    with caplog.at_level(logging.DEBUG):
        async with scripted(**CREDENTIALS) as (client, server):
            task = client._pump.tasks.spawn(client.execute("calling.dial", {"to_number": "15550100009"}), "test")
            await server.expects("calling.dial")
            with pytest.raises(RelayError) as caught:
                await task

    assert (0, 0) == (caplog.text.count("15550100009"), whole(caught.value).count("15550100009"))


def test_requests_show_no_params() -> None:
    """A request, which asyncio's debugging may show, shows nothing of what it holds."""
    assert "15550100009" not in repr(Request("calling.dial", {"to_number": "15550100009"}))
