"""`callfsm.call`: commands that are legal, or illegal and never sent."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from memory import joined, talking
from scripted import TTS, answered, offered

from callfsm import (
    Call,
    IllegalCommandError,
)
from callfsm.builders import phone


@in_virtual_time
async def test_hangup() -> None:
    """A hang-up sends its reason, and the call is ending when it returns."""
    async with answered() as (call, server):
        hanging_up = asyncio.create_task(call.hangup("busy"))
        request = await server.expects("calling.end")
        server.replies_to(request)

        assert ("busy", "200", "ending") == (request["params"]["reason"], (await hanging_up)["code"], call.state)


@in_virtual_time
async def test_nonsense() -> None:
    """A reason that there is not is refused with a list of those there are; nothing is sent."""
    async with answered() as (call, server):
        with pytest.raises(ValueError, match="hangup, cancel, busy, noAnswer, decline, error"):
            await call.hangup("nonsense")
        await turns()

        assert (True, "answered") == (server.silent, call.state)


@in_virtual_time
async def test_second_hangup() -> None:
    """A hang-up while another is in flight sends nothing and gets the reply of the first."""
    async with answered() as (call, server):
        first, second = (asyncio.create_task(call.hangup()) for _ in range(2))
        server.replies_to(await server.expects("calling.end"), message="the first")
        replies = [await first, await second]

        assert (True, ["the first", "the first"]) == (server.silent, [reply["message"] for reply in replies])


@in_virtual_time
async def test_hangup_of_ending_call() -> None:
    """A hang-up on a call that is ending sends nothing and gets the reply of the first."""
    async with answered() as (call, server):
        first = asyncio.create_task(call.hangup())
        server.replies_to(await server.expects("calling.end"), message="the first")
        await first

        assert ("the first", True) == ((await call.hangup())["message"], server.silent)


@in_virtual_time
async def test_hangup_of_a_call_that_the_caller_ended() -> None:
    """A hang-up on a call that the other side has ended sends nothing and returns ``{}``."""
    async with talking() as (call, caller, board):
        await caller.hangs_up()
        await turns()

        assert ({}, ["calling.answer"]) == (await call.hangup(), board.methods())


@in_virtual_time
async def test_hangup_that_crosses_the_end() -> None:
    """A hang-up whose call ends before the reply comes is as good as any."""
    async with answered() as (call, server):
        hanging_up = asyncio.create_task(call.hangup())
        request = await server.expects("calling.end")
        server.state("ended", end_reason="hangup")
        server.replies_to(request, 410)

        assert ({}, "hangup") == (await hanging_up, call.end_reason)


@in_virtual_time
async def test_hangup_refused() -> None:
    """A hang-up that the server refuses raises, and the next one is sent."""
    async with answered() as (call, server):
        refused = asyncio.create_task(call.hangup())
        server.replies_to(await server.expects("calling.end"), 500)
        with pytest.raises(Exception, match="RELAY error 500"):
            await refused
        again = asyncio.create_task(call.hangup())
        server.replies_to(await server.expects("calling.end"))
        await again

        assert call.state == "ending"


@in_virtual_time
async def test_answer_twice() -> None:
    """A second answer is illegal, and nothing is sent."""
    async with talking() as (call, caller, board):
        with pytest.raises(IllegalCommandError) as caught:
            await call.answer()

        assert ("answer", "answered", ["calling.answer"]) == (
            caught.value.command,
            caught.value.state,
            board.methods(),
        )
        await caller.hangs_up()


@in_virtual_time
async def test_answer_twice_at_once() -> None:
    """A second answer while the first is in flight is illegal, and nothing is sent."""
    async with offered() as (call, server):
        first = asyncio.create_task(call.answer())
        request = await server.expects("calling.answer")
        with pytest.raises(IllegalCommandError, match="being answered"):
            await call.answer()
        server.replies_to(request)
        await first

        assert server.silent


@in_virtual_time
async def test_answer_outbound() -> None:
    """An outbound call cannot be answered by the program, and nothing is sent."""
    async with joined() as (client, board):
        call = await client.dial([[phone("+15550100009", "+15550100001")]])
        with pytest.raises(IllegalCommandError):
            await call.answer()

        assert ["calling.dial"] == board.methods()
        await call.hangup()
        await call.wait_for_ended()


@in_virtual_time
async def test_play_before_answer() -> None:
    """Media before the answer is illegal, the error tells the way, and nothing is sent."""
    async with joined() as (client, board):
        calls: list[Call] = []
        client.on_call(calls.append)
        caller = board.call("office")
        await turns()
        with pytest.raises(IllegalCommandError, match="need an answered call") as caught:
            await calls[0].play([TTS])

        permitted = caught.value.permitted

        assert ([], ("answer", "pass_", "hangup"), False) == (board.methods(), permitted[:3], "play" in permitted)
        await caller.hangs_up()


@in_virtual_time
async def test_early_media() -> None:
    """A client with early_media lets media out before the answer."""
    async with offered(early_media=True) as (call, server):
        playing = asyncio.create_task(call.play([TTS]))
        server.replies_to(await server.expects("calling.play"))

        assert (await playing).state == "requested"
