"""`callfsm.client`: whatever the server sends, and observers."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from memory import Board, does_nothing, joined
from scripted import scripted

from callfsm import Call, Transition


@in_virtual_time
async def test_calls_are_forgotten() -> None:
    """A call that has ended is held no longer."""
    async with joined() as (client, board):
        client.on_call(does_nothing)
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
        client.on_call(does_nothing)
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
        client.on_call(does_nothing)
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
        client.on_call(does_nothing)
        client.observe(lambda each: seen.append((each.call_id, each.speaker, each.dest, each.at)))
        caller = board.call("office")
        await caller.hangs_up()
        await turns()

        assert [(caller.call_id, "report", "ending", 0.0), (caller.call_id, "report", "ended", 0.05)] == seen


@in_virtual_time
async def test_observer_raises() -> None:
    """An observer that raises harms nobody."""

    def fails(_transition: Transition) -> None:
        raise RuntimeError("of the program's making")

    async with joined() as (client, board):
        seen: list[str] = []
        client.observe(fails)
        client.observe(lambda each: seen.append(each.dest))
        client.on_call(does_nothing)
        await board.call("office").hangs_up()
        await turns()

        assert ["ending", "ended"] == seen
