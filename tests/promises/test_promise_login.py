"""What is promised of logins: one that is ignored, late or closed half way leaks nothing, and cannot harm the next."""

import asyncio
import json
from collections.abc import Callable

import pytest
from clock import in_virtual_time, now, turns, until
from memory import Frame, Line, does_nothing
from probing import Delays
from scripted import ScriptedServer, reopened, scripted

from callfsm import AuthenticationError, Call, ConnectionLostError, RelayClient, RelayError, RequestTimeoutError

REFUSED = {"error": {"code": -32002, "message": "Authentication failed"}}


class Talkative(Line):
    """A line that has something to say while it closes."""

    def __init__(self, hears: Callable[[str], None], last_words: Callable[[], str]) -> None:
        super().__init__(hears)
        self.last_words = last_words

    async def close(self) -> None:
        """Say it, and take a second to close."""
        if not self.closed:
            self.push(self.last_words())
            await asyncio.sleep(1)
        self.drop()


def login(server: ScriptedServer, number: int) -> Frame:
    """The login of number so many."""
    return [request for request in server.requests if request["method"] == "signalwire.connect"][number - 1]


def accepts(server: ScriptedServer, request: Frame, protocol: str = "protocol-1") -> None:
    """Accept a login on the latest line, whichever it came on."""
    server.tells({"jsonrpc": "2.0", "id": request["id"], "result": {"protocol": protocol}})


async def ignored_once(server: ScriptedServer, client: RelayClient) -> None:
    """Let the line drop, the next login be ignored and given up, and the one after it be under way."""
    server.accepts_logins = False
    server.lines[0].drop()
    await reopened(server, 3)

    assert ("authenticating", 3) == (client.state, len(server.lines))


@in_virtual_time
async def test_an_ignored_login_is_given_up_after_ten_seconds_and_leaves_nothing() -> None:
    """A connect whose login is ignored raises RequestTimeoutError; its line is closed."""
    server = ScriptedServer()
    server.accepts_logins = False
    client = server.client()
    with pytest.raises(RequestTimeoutError, match=r"signalwire\.connect"):
        await client.connect()

    assert (10.0, True, "closed") == (now(), server.lines[0].closed, client.state)


@in_virtual_time
async def test_after_an_ignored_login_the_same_client_can_be_connected() -> None:
    """What one attempt came to does not stand in the way of the next."""
    server = ScriptedServer()
    server.accepts_logins = False
    client = server.client()
    with pytest.raises(RequestTimeoutError):
        await client.connect()
    server.accepts_logins = True
    async with client:
        assert ("online", [True, False]) == (client.state, [line.closed for line in server.lines])


@in_virtual_time
async def test_a_late_acceptance_of_an_earlier_login_is_no_login() -> None:
    """While the next login is under way, the reply to the one that was given up moves nothing."""
    async with scripted(randomness=Delays()) as (client, server):
        await ignored_once(server, client)
        accepts(server, login(server, 2), "protocol-late")
        await turns()
        late = (client.state, client.relay_protocol)
        accepts(server, login(server, 3))
        await turns()

        assert (("authenticating", "protocol-1"), "online") == (late, client.state)


@in_virtual_time
async def test_a_late_refusal_of_an_earlier_login_does_not_count() -> None:
    """While the next login is under way, refusals of the one that was given up refuse nothing."""
    async with scripted(randomness=Delays()) as (client, server):
        await ignored_once(server, client)
        for _ in range(3):
            server.tells({"jsonrpc": "2.0", "id": login(server, 2)["id"], **REFUSED})
        await turns()
        late = client.state
        accepts(server, login(server, 3))
        await turns()

        assert ("authenticating", "online") == (late, client.state)


@in_virtual_time
async def test_a_late_reply_to_an_earlier_login_harms_no_session_that_is_up() -> None:
    """After the next login was accepted, the late reply neither moves the session nor loses its calls."""
    async with scripted(randomness=Delays()) as (client, server):
        client.on_call(does_nothing)
        server.offers()
        await turns()
        (call,) = client.calls
        server.logins = [{"ignored": True}]
        server.lines[0].drop()
        await reopened(server, 3)
        accepts(server, login(server, 2), "protocol-late")
        server.tells({"jsonrpc": "2.0", "id": login(server, 2)["id"], **REFUSED})
        await turns()

        assert ("created", "online", 3) == (call.state, client.state, len(server.lines))


@pytest.mark.parametrize("what", ["acceptance", "refusal", "event", "nonsense"])
@in_virtual_time
async def test_what_a_line_says_while_it_closes_belongs_to_nobody(what: str) -> None:
    """A line that was given up and goes on talking cannot speak for the next one."""
    server = ScriptedServer()
    server.accepts_logins = False

    def last_words() -> str:
        told: dict[str, Frame] = {
            "acceptance": {"id": server.requests[-1]["id"], "result": {"protocol": "late"}},
            "refusal": {"id": server.requests[-1]["id"], **REFUSED},
            "event": server.event("calling.call.receive", call_id="call-9", call_state="created"),
        }
        return json.dumps({"jsonrpc": "2.0", **told[what]}) if what in told else "nonsense"

    async def connector(_url: str) -> Line:
        server.lines.append(Talkative(server._hear, last_words))
        return server.lines[-1]

    client = server.client(connector=connector)
    with pytest.raises(RequestTimeoutError):
        await client.connect()

    assert ("closed", "", {}) == (client.state, client.relay_protocol, server.replies)


@in_virtual_time
async def test_a_call_that_a_closing_line_offers_is_handled_by_nobody() -> None:
    """What is offered while a disconnect closes the line makes no call, and starts no handler."""
    server = ScriptedServer()
    seen: list[Call] = []

    def offer() -> str:
        told = {"call_id": "call-9", "node_id": "node-1", "call_state": "created", "direction": "inbound"}
        return json.dumps(server.event("calling.call.receive", **told))

    async def connector(_url: str) -> Line:
        server.lines.append(Talkative(server._hear, offer))
        return server.lines[-1]

    client = server.client(connector=connector)
    client.on_call(seen.append)
    async with client:
        await turns()

    assert ([], [], "closed") == (seen, client.calls, client.state)


@pytest.mark.parametrize("moment", ["before the reply", "after the reply"])
@in_virtual_time
async def test_a_login_closed_half_way_is_tried_again(moment: str) -> None:
    """A line that closes while the login is under way, or right after it, is replaced by another."""
    async with scripted(randomness=Delays()) as (client, server):
        server.accepts_logins = moment == "after the reply"
        server.lines[0].drop()
        await until(lambda: len(server.lines) == 2)
        if moment == "before the reply":
            await turns()
        server.lines[1].drop()
        server.accepts_logins = True
        await reopened(server, 3)

        assert ("online", [True, True, False]) == (client.state, [line.closed for line in server.lines])


@in_virtual_time
async def test_a_connect_whose_line_closes_half_way_raises_and_leaves_nothing() -> None:
    """A connect whose line is closed during the login raises ConnectionLostError, and can be repeated."""
    server = ScriptedServer()
    server.accepts_logins = False
    client = server.client()
    connecting = asyncio.create_task(client.connect())
    await turns()
    server.lines[0].drop()
    with pytest.raises(ConnectionLostError):
        await connecting
    left = client.state
    server.accepts_logins = True
    async with client:
        assert ("closed", "online") == (left, client.state)


@pytest.mark.parametrize("how", ["disconnect", "cancel"])
@pytest.mark.parametrize("where", ["opening", "authenticating"])
@in_virtual_time
async def test_a_connect_that_the_program_gives_up_leaves_nothing(where: str, how: str) -> None:
    """A connect that is cancelled or disconnected half way closes its line, and the client can be connected."""
    server = ScriptedServer()
    server.accepts_logins = False

    async def connector(url: str) -> Line:
        await asyncio.sleep(5 if where == "opening" else 0)
        return await server.connector(url)

    client = server.client(connector=connector)
    connecting = asyncio.create_task(client.connect())
    await asyncio.sleep(1)
    await (client.disconnect() if how == "disconnect" else asyncio.sleep(0))
    connecting.cancel()
    await asyncio.wait({connecting})
    await asyncio.sleep(10)
    left = (client.state, [line.closed for line in server.lines])
    server.accepts_logins = True
    async with client:
        assert ("closed", all(left[1]), "online") == (left[0], True, client.state)


@pytest.mark.parametrize(
    "reply", [{}, {"result": None}, {"result": []}, {"error": None}, {"error": {"code": "x"}}, {"result": 1}]
)
@in_virtual_time
async def test_an_odd_reply_to_the_login_ends_in_a_session_or_in_an_error(reply: Frame) -> None:
    """Whatever the server replies, the connect is over: it is online, or it has raised and left nothing."""
    server = ScriptedServer()
    server.logins = [reply]
    client = server.client()
    failures = [each for each in await asyncio.gather(client.connect(), return_exceptions=True) if each]
    states = {"online"} if not failures else {"closed"}
    is_told = all(isinstance(each, RelayError) for each in failures)
    await client.disconnect()

    assert (True, True, "closed") == (states <= {"online", "closed"}, is_told, client.state)


@in_virtual_time
async def test_a_thousand_faulty_logins_leave_no_task_and_no_line() -> None:
    """Logins that are ignored and logins that fail by turns: after a thousand, one line is open, and no task more."""
    async with scripted(randomness=Delays(0)) as (client, server):
        await turns()
        before = len(asyncio.all_tasks())
        failures: list[Frame] = [{"error": {"code": -32603, "message": "internal error"}}, {"error": "broken"}]
        server.logins = [{"ignored": True}, *failures * 5, *failures * 4, failures[0]] * 50
        server.lines[0].drop()
        await reopened(server, 1_002)
        await turns()
        left = [line for line in server.lines if not line.closed]

        assert (before, 1, "online") == (len(asyncio.all_tasks()), len(left), client.state)


@in_virtual_time
async def test_a_refused_connect_can_be_mended() -> None:
    """With other credentials the same client can be connected after all."""
    server = ScriptedServer()
    server.logins = [REFUSED]
    client = server.client(token="wrong")
    with pytest.raises(AuthenticationError):
        await client.connect()
    client.token = "right"  # noqa: S105  # credentials of a simulator are no secret
    async with client:
        assert ["wrong", "right"] == [login["authentication"]["token"] for login in server.sent("signalwire.connect")]
