"""What is promised of handlers: each call has one, and none is left up by a handler that failed."""

import asyncio
import logging

import pytest
from clock import in_virtual_time, now, turns
from logs import lines
from memory import Frame, joined
from probing import command
from scripted import ScriptedServer, reopened, scripted

from callfsm import Call


async def declined(server: ScriptedServer, call_id: str = "call-1") -> Frame:
    """The params of the hang-up of a call, which the server carries out."""
    request = await server.expects("calling.end")
    server.replies_to(request)
    server.state("ended", call_id)
    params: Frame = request["params"]
    return params


async def raises(_call: Call) -> None:
    """A handler with a fault.

    Raises:
        RuntimeError: Always.
    """
    raise RuntimeError("of the program's making")


@in_virtual_time
async def test_the_call_of_a_raising_handler_is_hung_up_within_a_second() -> None:
    """A handler that raises leaves no caller waiting: the call is hung up with the reason error."""
    async with joined() as (client, board):
        client.on_call(raises)

        assert "error" == await board.call("office").is_over(timeout=1)


@in_virtual_time
async def test_the_answered_call_of_a_raising_handler_is_hung_up_within_a_second() -> None:
    """An answered call is hung up like any other when its handler raises in the middle of it."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.answer()
            await call.play_tts("hello")
            raise RuntimeError("of the program's making")

        assert "error" == await board.call("office").is_over(timeout=1)


@in_virtual_time
async def test_a_raising_handler_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """The log tells where the handler has raised, and for which call."""
    async with joined() as (client, board):
        client.on_call(raises)
        with caplog.at_level(logging.ERROR, "callfsm"):
            caller = board.call("office")
            await caller.is_over(timeout=1)
        (line,) = lines(caplog, "handler")
        traceback = "Traceback" in caplog.text and "RuntimeError: of the program's making" in caplog.text

        assert (True, True) == (caller.call_id in line, traceback)


@pytest.mark.parametrize(
    "failure", [asyncio.CancelledError(), KeyError("x"), TimeoutError(), ExceptionGroup("g", [KeyError()])]
)
@in_virtual_time
async def test_however_a_handler_fails_its_call_is_hung_up(failure: BaseException) -> None:
    """Also a cancellation, a timeout or a group of errors ends the call."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(_call: Call) -> None:
            raise failure

        assert "error" == await board.call("office").is_over(timeout=1)


@in_virtual_time
async def test_a_raising_plain_function_is_a_raising_handler() -> None:
    """A handler that is no coroutine function and raises has its call hung up too."""
    async with joined() as (client, board):

        @client.on_call
        def handler(_call: Call) -> None:
            raise RuntimeError("of the program's making")

        assert "error" == await board.call("office").is_over(timeout=1)


@in_virtual_time
async def test_a_passed_call_is_not_hung_up_when_its_handler_raises() -> None:
    """A call that has been passed belongs to others."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.pass_()
            raise RuntimeError("of the program's making")

        await board.call("office").is_over()
        await turns()

        assert ["calling.pass"] == board.methods()


@in_virtual_time
async def test_a_transferred_call_is_not_hung_up_when_its_handler_raises() -> None:
    """A call that has been transferred follows other instructions."""
    async with scripted() as (client, server):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.transfer("https://instructions.example/")
            raise RuntimeError("of the program's making")

        server.offers()
        server.replies_to(await server.expects("calling.transfer"))
        await turns()

        assert (True, "created") == (server.silent, client.calls[0].state)


@in_virtual_time
async def test_a_call_whose_transfer_was_refused_is_hung_up_when_its_handler_raises() -> None:
    """Only a transfer that the server has accepted hands the call over."""
    async with scripted() as (client, server):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.transfer("https://instructions.example/")

        server.offers()
        server.replies_to(await server.expects("calling.transfer"), 500)

        assert "error" == (await declined(server))["reason"]


@in_virtual_time
async def test_a_raising_handler_of_an_ended_call_sends_nothing() -> None:
    """What has ended needs no hanging up."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.wait_for_ended()
            raise RuntimeError("of the program's making")

        await board.call("office").hangs_up()
        await turns()

        assert [] == board.methods()


@in_virtual_time
async def test_a_raising_handler_harms_no_other_call() -> None:
    """While one handler raises, another goes on with its call."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.answer()
            if len(client.calls) > 1:
                raise RuntimeError("of the program's making")
            await (await call.play_tts("still here", volume=0)).wait()
            await call.hangup()

        first = board.call("office")
        await turns()
        reasons = [await board.call("office").is_over(timeout=1), await first.is_over()]

        assert (["error", "hangup"], ["still here"]) == (reasons, first.heard)


@in_virtual_time
async def test_a_call_is_hung_up_also_when_its_handler_raises_while_the_line_is_down() -> None:
    """The hang-up of a call whose handler has failed waits for the line."""
    async with scripted() as (client, server):
        gate = asyncio.Event()

        @client.on_call
        async def handler(_call: Call) -> None:
            await gate.wait()
            raise RuntimeError("of the program's making")

        server.offers()
        await turns()
        server.lines[0].drop()
        await turns()
        gate.set()
        await reopened(server, 2)
        methods = {request["method"]: request for request in server.requests}

        assert "error" == methods["calling.end"]["params"]["reason"]


@in_virtual_time
async def test_a_receive_sent_again_is_the_same_call_and_one_handler() -> None:
    """The server may offer a call twice, also after the line was away: the call object stays, its handler runs once."""
    async with scripted() as (client, server):
        seen: list[Call] = []
        client.on_call(seen.append)
        server.offers()
        server.state("ringing")
        server.offers()
        await turns()
        server.lines[0].drop()
        await reopened(server, 2)
        server.offers()
        await turns()

        assert (1, seen, True) == (len(seen), client.calls, seen[0].ringing)


@in_virtual_time
async def test_calls_are_answered_while_a_handler_blocks_on_a_command_without_a_reply() -> None:
    """A handler whose command gets no reply holds up nobody: the next call is answered at once."""
    async with scripted() as (client, server):

        @client.on_call
        async def handler(call: Call) -> None:
            await call.answer()

        server.offers()
        await server.expects("calling.answer")
        await asyncio.sleep(5)
        server.offers("call-2")
        request = await server.expects("calling.answer")
        server.replies_to(request)
        await turns()

        assert (5.0, ["created", "answered"]) == (now(), [call.state for call in client.calls])
        assert ("call-1", 10.0) == ((await command(server, "calling.end"))["params"]["call_id"], round(now()))
