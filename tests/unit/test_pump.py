"""`callfsm.pump`: what the core wants is done in one order, in one write for each read."""

import asyncio
import json
from typing import Any

import pytest
from clock import in_virtual_time, now, turns
from memory import Line, joined
from scripted import TTS, ScriptedServer, answered, offered, scripted

from callfsm import Call, RelayClient, RelayEvent, Transition
from callfsm.core.model import Settings
from callfsm.core.session import Session
from callfsm.pump import Pump


class CountingLine(Line):
    """A line that keeps what was written, write by write."""

    writes: list[list[str]]

    def send(self, texts: list[str]) -> None:
        """Put texts on their way to the server."""
        self.writes.append([json.loads(text).get("method", "acknowledgement") for text in texts])
        super().send(texts)


async def counting(server: ScriptedServer) -> RelayClient:
    """A client whose line keeps its writes."""

    async def connector(_url: str) -> Line:
        line = CountingLine(server._hear)  # the same server behind another line
        line.writes = []
        server.lines.append(line)
        return line

    client = server.client(connector=connector)
    await client.connect()
    return client


def writes(server: ScriptedServer) -> list[list[str]]:
    """What was written since the login."""
    line = server.lines[-1]
    assert isinstance(line, CountingLine)
    return line.writes[1:]


@in_virtual_time
async def test_one_write_for_each_read() -> None:
    """All that a read of many frames causes leaves in one write, each acknowledgement before what follows from it."""
    server = ScriptedServer()
    client = await counting(server)
    offers = [
        server.event("calling.call.receive", call_id=f"call-{each}", node_id="n", call_state="created")
        for each in range(3)
    ]
    server.tells(*offers)
    await turns()
    await client.disconnect()

    assert [["acknowledgement", "calling.end"] * 3] == writes(server)


@in_virtual_time
async def test_nothing_is_written_for_nothing() -> None:
    """What causes no frame causes no write."""
    server = ScriptedServer()
    client = await counting(server)
    server.tells("junk", {"jsonrpc": "2.0", "id": "none", "result": {}})
    await turns()
    await client.disconnect()

    assert [] == writes(server)


@in_virtual_time
async def test_waits_before_listeners() -> None:
    """When listeners are told of an event, its waits have been settled."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for_answered())
        await turns()
        assert call._state_waits is not None
        (future,) = (entry[1] for entry in call._state_waits["answered"]._waiting)  # settled, not yet run
        seen: list[bool] = []
        call.on("calling.call.state", lambda _event: seen.append(future.done()))
        server.state("answered")
        await waiting

        assert [True] == seen


@in_virtual_time
async def test_forgotten_last() -> None:
    """The listener of a call's last event still finds it among the client's calls."""
    async with joined() as (client, board):
        seen: list[int] = []

        @client.on_call
        async def handler(call: Call) -> None:
            call.on("calling.call.state", lambda _event: seen.append(len(client.calls)))

        caller = board.call("office")
        await turns()
        await caller.hangs_up()
        await turns()

        assert ([1, 1], []) == (seen, client.calls)


@in_virtual_time
async def test_listener_commands() -> None:
    """A listener may ask something of the call while it hears."""
    async with answered() as (call, server):
        asked: list[asyncio.Task[Any]] = []
        call.on("calling.call.play", lambda _event: asked.append(asyncio.ensure_future(call.hangup())))
        playing = asyncio.create_task(call.play([TTS], control_id="c"))
        server.replies_to(await server.expects("calling.play"))
        await playing
        server.operation("play", "c", state="finished")
        server.replies_to(await server.expects("calling.end"))
        await asyncio.gather(*asked)

        assert call.state == "ending"


@in_virtual_time
async def test_handler_sees_the_call_as_it_was_offered() -> None:
    """A handler that starts after later frames have come still gets its call."""
    async with scripted() as (client, server):
        seen: list[str] = []

        @client.on_call
        async def handler(call: Call) -> None:
            seen.append(call.state)

        server.tells(
            server.event("calling.call.receive", call_id="call-1", node_id="n", call_state="created"),
            server.event("calling.call.state", call_id="call-1", node_id="n", call_state="ended"),
        )
        await turns()

        assert ["ended"] == seen


@in_virtual_time
async def test_awaitable_of_a_handler() -> None:
    """What a handler gives back is awaited, whatever kind of awaitable it is."""
    async with scripted() as (client, server):
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        client.on_call(lambda _call: future)
        server.offers()
        await turns()
        future.set_exception(RuntimeError("of the program's making"))

        assert (await server.expects("calling.end"))["params"]["reason"] == "error"


@in_virtual_time
async def test_on_completed_gives_back_a_future() -> None:
    """What on_completed gives back is awaited, and its exception is contained."""
    async with answered() as (call, server):
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        starting = asyncio.create_task(call.play([TTS], control_id="c", on_completed=lambda _event: future))
        server.replies_to(await server.expects("calling.play"))
        action = await starting
        server.operation("play", "c", state="finished")
        await action.wait()
        future.set_exception(RuntimeError("of the program's making"))
        await turns()

        assert action.completed


@in_virtual_time
async def test_transition() -> None:
    """Observers are told whose transition it was, who spoke, and when."""
    async with answered() as (call, server):
        seen: list[Transition] = []
        call._pump.observers.append(seen.append)  # what RelayClient.observe does
        starting = asyncio.create_task(call.play([TTS], control_id="c"))
        request = await server.expects("calling.play")
        await asyncio.sleep(1)
        server.operation("play", "c", state="playing")
        server.replies_to(request)
        await starting

        assert seen[-1] == Transition("play", "play c", "call-1", "report", "playing", "requested", "playing", now())


def test_quiet_at_once() -> None:
    """Without calls it is quiet at once."""
    pump = Pump(Session(Settings(), lambda: "id"), lambda: "id")

    @in_virtual_time
    async def main() -> None:
        await pump.quiet(10)

        assert now() == 0

    main()


@in_virtual_time
async def test_quiet_has_a_limit() -> None:
    """The wait for quiet ends after its time, calls or not."""
    async with offered() as (call, _server):
        await call._pump.quiet(10)  # what draining waits for

        assert now() == 10


@in_virtual_time
async def test_quiet_when_the_last_call_ends() -> None:
    """It is quiet as soon as the last call has ended."""
    async with offered() as (call, server):
        quiet = asyncio.create_task(call._pump.quiet(10))  # what draining waits for
        await asyncio.sleep(2)
        server.state("ended")
        await quiet

        assert now() == 2


@pytest.mark.parametrize("count", [1, 3])
@in_virtual_time
async def test_outcome_for_many(count: int) -> None:
    """Any number of tasks may wait for one reply, and one that is cancelled harms no other."""
    async with answered() as (call, server):
        hangups = [asyncio.create_task(call.hangup()) for _ in range(count + 1)]
        request = await server.expects("calling.end")
        hangups[0].cancel()
        await asyncio.wait({hangups[0]})
        server.replies_to(request, message="the first")

        assert ["the first"] * count == [reply["message"] for reply in await asyncio.gather(*hangups[1:])]


@in_virtual_time
async def test_events_keep_their_order() -> None:
    """A call's events reach a listener in the order of the wire."""
    async with answered() as (call, server):
        heard: list[str] = []

        async def listener(event: RelayEvent) -> None:
            await asyncio.sleep(0)
            heard.append(event.params["state"])

        call.on("calling.call.play", listener)
        states = [str(each) for each in range(50)]
        for state in states:
            server.operation("play", "c", state=state)
        await turns(200)

        assert states == heard
