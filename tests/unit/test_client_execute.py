"""`callfsm.client`: commands of any name, their replies, and contexts."""

import asyncio
from typing import Any

import pytest
from clock import in_virtual_time, now, turns
from memory import Frame, joined
from scripted import ScriptedServer, scripted

from callfsm import RelayError, RequestTimeoutError


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
        server.replies_to(await server.expects("signalwire.ping"))
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
async def test_one_context(name: str) -> None:
    """A context by itself is no list of contexts; nothing is sent."""
    async with joined() as (client, board):
        with pytest.raises(ValueError, match=rf"^{name}\(contexts='sales'\): must be a list of texts$"):
            await getattr(client, name)("sales")

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
