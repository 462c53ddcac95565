"""`callfsm.client`: inbound calls and their handlers."""

import asyncio
import logging

import pytest
from clock import in_virtual_time, turns, within
from memory import Frame, does_nothing, joined
from scripted import ScriptedServer, scripted

from callfsm import Call


async def declined(server: ScriptedServer) -> Frame:
    """The params of the hang-up that declines a call, which the server accepts."""
    request = await server.expects("calling.end")
    server.replies_to(request)
    server.state("ended")
    params: Frame = request["params"]
    return params


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
async def test_handler_raises_after_transfer() -> None:
    """A call that has been transferred is not hung up when its handler raises."""
    async with scripted() as (client, server):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.transfer("https://instructions.example/")
            raise RuntimeError("of the program's making")

        server.offers()
        server.replies_to(await server.expects("calling.transfer"))
        await turns()

        assert server.silent


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
        client.on_call(does_nothing)
        first = board.call("office")
        await turns()
        reason = await board.call("office").is_over()

        assert ("busy", "created", True) == (reason, first.state, "max_active_calls reached" in caplog.text)
        await first.hangs_up()


@in_virtual_time
async def test_capacity_is_free_again() -> None:
    """After a call has ended, the next one is taken."""
    async with joined(max_active_calls=1) as (client, board):
        client.on_call(does_nothing)
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
