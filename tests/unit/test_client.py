"""`callfsm.client`: the connection as the program sees it, commands, contexts and inbound calls."""

import asyncio
import logging
from typing import Any

import pytest
from clock import in_virtual_time, now, turns, within
from memory import Board, Frame, ScriptedServer, joined, scripted

from callfsm import Call, ConnectionLostError, RelayClient, RelayError, RequestTimeoutError
from callfsm.client import GRACE_SECONDS
from callfsm.constants import AGENT_STRING, PROTOCOL_VERSION


async def declined(server: ScriptedServer) -> Frame:
    """The params of the hang-up that declines a call, which the server accepts."""
    request = await server.expects("calling.end")
    server.replies_to(request)
    server.state("ended")
    params: Frame = request["params"]
    return params


async def nothing(_call: Call) -> None:
    """A handler that returns at once."""


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
    assert RelayClient("project-1", "token-1").on_call(nothing) is nothing


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


@in_virtual_time
async def test_execute() -> None:
    """A command of any name is sent as it is, and its whole result comes back."""
    async with scripted() as (client, server):
        asking = asyncio.create_task(client.execute("any.thing", {"a": [1, None]}))
        request = await server.expects("any.thing")
        server.replies_to(request, 201, more=True)

        assert ({"a": [1, None]}, {"code": 201, "message": "said so", "more": True}) == (
            request["params"],
            await asking,
        )


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"result": {"x": 1}}, {"x": 1}),
        ({"result": {"code": "200"}}, {"code": "200"}),
        ({"result": {"code": 299}}, {"code": 299}),
        ({"result": "done"}, {"raw": "done"}),
        ({"result": None}, {"raw": None}),
        ({"result": {}}, {}),
    ],
)
@in_virtual_time
async def test_results(reply: Frame, expected: Frame) -> None:
    """A result without a code, with one from 200 to 299, or that is no object, is a success."""
    async with scripted() as (client, server):
        asking = asyncio.create_task(client.execute("any.thing", {}))
        server.tells({"id": (await server.expects("any.thing"))["id"], **reply})

        assert expected == await asking


@pytest.mark.parametrize(
    ("reply", "code", "message"),
    [
        ({"result": {"code": "400", "message": "bad"}}, 400, "bad"),
        ({"result": {"code": 404, "message": "unknown"}}, 404, "unknown"),
        ({"result": {"code": "410", "message": "gone"}}, 410, "gone"),
        ({"result": {"code": "2000"}}, 2000, "Unknown error"),
        ({"result": {"code": "odd", "message": "odd"}}, -1, "odd"),
        ({"error": {"code": -32600, "message": "invalid"}}, -32600, "invalid"),
        ({"error": "broken"}, -1, "broken"),
    ],
)
@in_virtual_time
async def test_refusals(reply: Frame, code: int, message: str) -> None:
    """Any other reply raises, with the server's code and message."""
    async with scripted() as (client, server):
        asking = asyncio.create_task(client.execute("any.thing", {}))
        server.tells({"id": (await server.expects("any.thing"))["id"], **reply})
        with pytest.raises(RelayError) as caught:
            await asking

        assert (code, message) == (caught.value.code, caught.value.message)


@in_virtual_time
async def test_no_reply() -> None:
    """Without a reply a command times out after ten seconds, and nothing else is touched."""
    async with scripted() as (client, server):
        slow = asyncio.create_task(client.execute("slow.one", {}))
        await server.expects("slow.one")
        with pytest.raises(RequestTimeoutError, match=r"Request timeout for slow.one: no reply within 10 s"):
            await slow
        other = asyncio.create_task(client.execute("other.one", {}))
        server.replies_to(await server.expects("other.one"))

        assert ("200", 10.0, "online", 1) == ((await other)["code"], now(), client.state, len(server.lines))


@in_virtual_time
async def test_late_reply() -> None:
    """A reply after the time limit is ignored."""
    async with scripted() as (client, server):
        slow = asyncio.create_task(client.execute("slow.one", {}))
        request = await server.expects("slow.one")
        with pytest.raises(RequestTimeoutError):
            await slow
        server.replies_to(request)
        await turns()

        assert client.state == "online"


@in_virtual_time
async def test_cancelled_command_harms_nobody() -> None:
    """A command whose task is cancelled leaves the others waiting for their replies."""
    async with scripted() as (client, server):
        cancelled = asyncio.create_task(client.execute("one.thing", {}))
        patient = asyncio.create_task(client.execute("other.thing", {}))
        first, second = await server.expects("one.thing"), await server.expects("other.thing")
        cancelled.cancel()
        await asyncio.wait({cancelled})
        server.replies_to(first)
        server.replies_to(second)

        assert (await patient)["code"] == "200"


@in_virtual_time
async def test_queued_before_the_line_is_up() -> None:
    """A command before the first connect waits for it, and goes out after the login."""
    server = ScriptedServer()
    client = server.client()
    early = asyncio.create_task(client.execute("any.thing", {}))
    await turns()
    async with client:
        server.replies_to(await server.expects("any.thing"))
        await early

        assert ["signalwire.connect", "any.thing"] == [request["method"] for request in server.requests]


@in_virtual_time
async def test_queue_full() -> None:
    """The 501st command that waits for the line is refused; the others are sent."""
    server = ScriptedServer()
    client = server.client()
    waiting = [asyncio.create_task(client.execute("any.thing", {})) for _ in range(500)]
    await turns(2)
    with pytest.raises(RelayError, match="queue full"):
        await client.execute("any.thing", {})
    async with client:
        for _ in waiting:
            server.replies_to(await server.expects("any.thing"))

        assert len(await asyncio.gather(*waiting)) == 500


@in_virtual_time
async def test_queued_command_times_out() -> None:
    """A command that waits for the line for ten seconds times out, and is not sent afterwards."""
    server = ScriptedServer()
    client = server.client()
    with pytest.raises(RequestTimeoutError):
        await client.execute("any.thing", {})
    async with client:
        await turns()

        assert server.silent


@pytest.mark.parametrize(("value", "error"), [(object(), TypeError), (float("nan"), ValueError), ({1}, TypeError)])
@in_virtual_time
async def test_arguments_that_json_cannot_tell(value: object, error: type[Exception]) -> None:
    """Params that JSON cannot tell are the caller's error; nothing is sent."""
    async with scripted() as (client, server):
        with pytest.raises(error):
            await client.execute("any.thing", {"value": value})
        await turns()

        assert server.silent


@in_virtual_time
async def test_arguments_that_hold_themselves() -> None:
    """Params that hold themselves are the caller's error; nothing is sent."""
    circle: list[Any] = []
    circle.append(circle)
    async with scripted() as (client, server):
        with pytest.raises(ValueError, match="Circular"):
            await client.execute("any.thing", {"value": circle})
        await turns()

        assert server.silent


@in_virtual_time
async def test_receive_is_kept_over_sessions() -> None:
    """Contexts that are added are subscribed to again at every new login."""
    async with joined("office") as (client, board):
        await client.receive(["support", "office"])
        await client.disconnect()
        await client.connect()

        assert ["office", "support"] == board.frames("signalwire.connect")[-1]["contexts"]


@in_virtual_time
async def test_unreceive() -> None:
    """Contexts that are taken back are not subscribed to any more."""
    async with joined("office", "support") as (client, board):
        await client.unreceive(["support"])

        assert ([{"contexts": ["support"]}], ["office"]) == (
            board.frames("signalwire.unreceive"),
            client.contexts,
        )


@pytest.mark.parametrize("name", ["receive", "unreceive"])
@in_virtual_time
async def test_no_contexts(name: str) -> None:
    """Without contexts nothing is sent."""
    async with joined() as (client, board):
        await getattr(client, name)([])

        assert board.methods() == []


@pytest.mark.parametrize("name", ["receive", "unreceive"])
@in_virtual_time
async def test_contexts_refused(name: str) -> None:
    """When the server refuses, the contexts stay as they were."""
    async with scripted("office") as (client, server):
        asking = asyncio.create_task(getattr(client, name)(["office", "support"]))
        server.replies_to(await server.expects(f"signalwire.{name}"), 500)
        with pytest.raises(RelayError):
            await asking

        assert ["office"] == client.contexts


@in_virtual_time
async def test_inbound_call() -> None:
    """An inbound call comes to the handler with what the server has told of it."""
    async with scripted() as (client, server):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        server.offers(project_id="project-2", segment_id="segment-1", call_state="ringing")
        call = await within(1, calls.get())
        told = (call.call_id, call.node_id, call.project_id, call.segment_id, call.context, call.tag, call.direction)

        assert ("call-1", "node-1", "project-2", "segment-1", "office", "", "inbound") == told


@in_virtual_time
async def test_inbound_numbers() -> None:
    """The numbers stand in the device, and on the call itself."""
    async with scripted() as (client, server):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        server.offers()
        call = await within(1, calls.get())

        assert ("+15550100001", "+15550100002", "+15550100001") == (
            call.from_number,
            call.to_number,
            call.device["params"]["from_number"],
        )


@in_virtual_time
async def test_ringing_inbound_call() -> None:
    """A call that is offered ringing is created, and ringing."""
    async with scripted() as (client, server):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        server.offers(call_state="ringing")
        call = await within(1, calls.get())

        assert ("created", True) == (call.state, call.ringing)


@in_virtual_time
async def test_handlers_run_beside_each_other() -> None:
    """While one handler waits, the next call gets its own."""
    async with joined() as (client, board):
        seen: list[str] = []

        @client.on_call
        async def handler(call: Call) -> None:
            seen.append(call.call_id)
            await call.wait_for_ended()

        callers = [board.call("office"), board.call("office")]
        await turns()

        assert [caller.call_id for caller in callers] == seen
        await asyncio.gather(*(caller.hangs_up() for caller in callers))


@in_virtual_time
async def test_second_handler_replaces_the_first() -> None:
    """Of two handlers the one that was registered last gets the calls."""
    async with joined() as (client, board):
        seen: list[str] = []
        for name in ("first", "second"):

            @client.on_call
            async def handler(call: Call, name: str = name) -> None:
                seen.append(name)
                await call.hangup()

        await board.call("office").is_over()

        assert ["second"] == seen


@in_virtual_time
async def test_plain_handler() -> None:
    """A handler that is no coroutine function is called as well."""
    async with joined() as (client, board):
        seen: list[Call] = []
        client.on_call(seen.append)
        caller = board.call("office")
        await turns()

        assert [caller.call_id] == [call.call_id for call in seen]
        await caller.hangs_up()


@in_virtual_time
async def test_handler_raises(caplog: pytest.LogCaptureFixture) -> None:
    """When the handler raises, the error is logged and the call is hung up within a second, as an error."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.answer()
            raise RuntimeError("of the program's making")

        caller = board.call("office")
        with caplog.at_level(logging.ERROR, "callfsm"):
            reason = await caller.is_over(timeout=1)

        assert ("error", True) == (reason, "RuntimeError: of the program's making" in caplog.text)


@in_virtual_time
async def test_handler_raises_after_the_end() -> None:
    """When the handler raises after its call has ended, nothing is sent."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.wait_for_ended()
            raise RuntimeError("of the program's making")

        caller = board.call("office")
        await caller.hangs_up()
        await turns()

        assert board.methods() == []


@in_virtual_time
async def test_handler_raises_after_pass() -> None:
    """A call that has been passed is not hung up when its handler raises."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.pass_()
            raise RuntimeError("of the program's making")

        await board.call("office").is_over()
        await turns()

        assert ["calling.pass"] == board.methods()


@in_virtual_time
async def test_hanging_up_fails(caplog: pytest.LogCaptureFixture) -> None:
    """When the call of a handler that raised cannot be hung up, that is logged and goes no further."""
    async with scripted() as (client, server):

        @client.on_call
        async def handler(_call: Call) -> None:
            raise RuntimeError("of the program's making")

        server.offers()
        server.replies_to(await server.expects("calling.end"), 500)
        await turns()

        assert "hang-up failed" in caplog.text


@in_virtual_time
async def test_no_handler(caplog: pytest.LogCaptureFixture) -> None:
    """Without a handler an inbound call is declined, and the log says so."""
    async with scripted() as (client, server):
        server.offers()
        params = await declined(server)

        assert ("decline", True, []) == (params["reason"], "no on_call handler" in caplog.text, client.calls)


@in_virtual_time
async def test_over_capacity(caplog: pytest.LogCaptureFixture) -> None:
    """A call beyond max_active_calls is declined as busy, and the log says so."""
    async with joined(max_active_calls=1) as (client, board):
        client.on_call(nothing)
        first = board.call("office")
        await turns()
        reason = await board.call("office").is_over()

        assert ("busy", "created", True) == (reason, first.state, "max_active_calls reached" in caplog.text)
        await first.hangs_up()


@in_virtual_time
async def test_capacity_is_free_again() -> None:
    """After a call has ended, the next one is taken."""
    async with joined(max_active_calls=1) as (client, board):
        client.on_call(nothing)
        await board.call("office").hangs_up()
        await turns()
        second = board.call("office")
        await turns()

        assert ("created", 1) == (second.state, len(client.calls))
        await second.hangs_up()


@in_virtual_time
async def test_offer_sent_again() -> None:
    """An offer that is sent again starts no second handler."""
    async with scripted() as (client, server):
        seen: list[Call] = []
        client.on_call(seen.append)
        server.offers()
        server.offers()
        await turns()

        assert (1, seen) == (len(seen), client.calls)


@in_virtual_time
async def test_calls_are_forgotten() -> None:
    """A call that has ended is held no longer."""
    async with joined() as (client, board):
        client.on_call(nothing)
        caller = board.call("office")
        await turns()
        before = len(client.calls)
        await caller.hangs_up()
        await turns()

        assert [1, 0] == [before, len(client.calls)]


@in_virtual_time
async def test_events_of_one_call_leave_the_others_alone() -> None:
    """An event moves the call that it names and no other."""
    async with scripted() as (client, server):
        client.on_call(nothing)
        server.offers()
        server.offers("call-2")
        server.state("answered", "call-2")
        await turns()

        assert ["created", "answered"] == [call.state for call in client.calls]


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", '"text"', "null", "1", '{"id": "x"}', '{"id": "none", "result": {}}', '{"method": 1}', "{"],
)
@in_virtual_time
async def test_junk(text: str) -> None:
    """Whatever arrives, the line stays up."""
    async with scripted() as (client, server):
        server.tells(text)
        asking = asyncio.create_task(client.execute("any.thing", {}))
        server.replies_to(await server.expects("any.thing"))
        await asking

        assert ("online", 1) == (client.state, len(server.lines))


@pytest.mark.parametrize("params", [None, [], {}, {"event_type": ""}, {"event_type": "no.such", "params": None}])
@in_virtual_time
async def test_odd_events(params: object) -> None:
    """Every event is acknowledged, whatever it holds, and makes no call."""
    async with scripted() as (client, server):
        server.asks("signalwire.event", params, "odd")
        await turns()

        assert ({"jsonrpc": "2.0", "id": "odd", "result": {}}, []) == (server.replies["odd"], client.calls)


@in_virtual_time
async def test_event_of_unknown_call() -> None:
    """An event of a call that is not known makes none, and is acknowledged."""
    async with scripted() as (client, server):
        client.on_call(nothing)
        server.state("answered", "call-9")
        await turns()

        assert ([], 1) == (client.calls, len(server.replies))


@in_virtual_time
async def test_server_ping() -> None:
    """A ping is answered with what it carries."""
    async with scripted() as (_client, server):
        server.asks("signalwire.ping", {"timestamp": 1.5, "payload": "x", "more": 1}, "ping-1")
        await turns()

        assert server.replies["ping-1"]["result"] == {"timestamp": 1.5, "payload": "x"}


@in_virtual_time
async def test_unknown_server_method() -> None:
    """A request that nobody here knows is refused as JSON-RPC tells."""
    async with scripted() as (_client, server):
        server.asks("no.such", {}, "odd")
        await turns()

        assert server.replies["odd"]["error"]["code"] == -32601


@in_virtual_time
async def test_acknowledged_first() -> None:
    """An event is acknowledged before anything that the program does about it."""
    async with scripted() as (client, server):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.hangup()

        server.offers()
        request = await server.expects("calling.end")

        assert 1 == len(server.replies)
        server.replies_to(request)


@in_virtual_time
async def test_nothing_is_missing() -> None:
    """The simulator has every acknowledgement after a whole call."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.answer()
            await (await call.play_tts("hello")).wait()
            await call.hangup()

        await board.call("office").is_over()
        await turns()

        assert board.statistics.acknowledgements_missing == 0


@in_virtual_time
async def test_observers() -> None:
    """An observer is told of every transition, until it has had enough."""
    seen: list[tuple[str, str, str, str]] = []
    board = Board()
    client = board.client("office")
    enough = client.observe(lambda each: seen.append((each.machine, each.trigger, each.source, each.dest)))
    async with client:
        enough()
    await board.close()

    assert seen == [
        ("connection", "opening", "offline", "connecting"),
        ("connection", "opened", "connecting", "authenticating"),
        ("connection", "accepted", "authenticating", "online"),
    ]


@in_virtual_time
async def test_observed_call() -> None:
    """Transitions tell whose they are, who has spoken, and when."""
    async with joined() as (client, board):
        seen: list[tuple[str, str, str, float]] = []
        client.on_call(nothing)
        client.observe(lambda each: seen.append((each.call_id, each.speaker, each.dest, each.at)))
        caller = board.call("office")
        await caller.hangs_up()
        await turns()

        assert [(caller.call_id, "report", "ending", 0.0), (caller.call_id, "report", "ended", 0.05)] == seen


@in_virtual_time
async def test_observer_raises() -> None:
    """An observer that raises harms nobody."""
    async with joined() as (client, board):
        seen: list[str] = []
        client.observe(lambda _each: [][0])
        client.observe(lambda each: seen.append(each.dest))
        client.on_call(nothing)
        await board.call("office").hangs_up()
        await turns()

        assert ["ending", "ended"] == seen


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
        client.on_call(nothing)
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
