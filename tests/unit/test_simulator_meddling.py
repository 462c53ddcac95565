"""`callfsm.simulator.meddling`: frames that are late, lost or sent twice, and commands that are refused."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns
from memory import talking

from callfsm import ConnectionLostError, PlayEvent, RelayError, RequestTimeoutError


@in_virtual_time
async def test_refused() -> None:
    """A command is refused with the code that is wanted, and not carried out; the next one is."""
    async with talking() as (call, caller, board):
        board.meddling.replies(409, "calling.play", "not now")
        with pytest.raises(RelayError, match="not now") as caught:
            await call.play_tts("Hello")
        await (await call.play_tts("Hello again")).wait()

        assert (409, ["Hello again"]) == (caught.value.code, caller.heard)


@in_virtual_time
async def test_refused_more_than_once() -> None:
    """A command is refused as often as is wanted."""
    async with talking() as (call, _caller, board):
        board.meddling.replies(500, "calling.play", times=2)
        for _ in range(2):
            with pytest.raises(RelayError, match=r"calling\.play is refused"):
                await call.play_tts("Hello")

        await call.play_tts("Hello")


@in_virtual_time
async def test_lost_command() -> None:
    """A command that gets lost has no reply, and is not carried out."""
    async with talking() as (call, caller, board):
        board.meddling.loses("calling.play")
        with pytest.raises(RequestTimeoutError):
            await call.play_tts("Hello")

        assert [] == caller.heard


@in_virtual_time
async def test_lost_reply() -> None:
    """A command whose reply gets lost is carried out."""
    async with talking() as (call, caller, board):
        board.meddling.loses("reply")
        with pytest.raises(RequestTimeoutError):
            await call.play_tts("Hello")

        assert ["Hello"] == caller.heard


@in_virtual_time
async def test_late() -> None:
    """What the server says is late, in order, until the network heals."""
    async with talking() as (call, _caller, board):
        heard: list[tuple[float, str]] = []
        begin = now()
        call.on(PlayEvent, lambda event: heard.append((round(now() - begin, 2), event.state)))
        board.meddling.delays(2.0)
        action = await call.play_silence(1.0)
        await action.wait()
        board.meddling.heals()
        await (await call.play_silence(1.0)).wait()

        assert [(2.0, "playing"), (3.0, "finished"), (3.0, "playing"), (4.0, "finished")] == heard


@in_virtual_time
async def test_late_by_name() -> None:
    """Only what is named is late."""
    async with talking() as (call, _caller, board):
        board.meddling.delays(5.0, "calling.call.play", times=1)
        begin = now()
        await call.play_silence(1.0)

        assert begin == now()


@in_virtual_time
async def test_twice() -> None:
    """An event arrives twice."""
    async with talking() as (call, _caller, board):
        heard: list[str] = []
        call.on(PlayEvent, lambda event: heard.append(event.state))
        board.meddling.duplicates("calling.call.play")
        await (await call.play_silence(1.0)).wait()

        assert ["playing", "playing", "finished"] == heard


@in_virtual_time
async def test_dropped_connection() -> None:
    """A connection that drops comes back, and the call goes on."""
    async with talking() as (call, _caller, board):
        waiting = asyncio.create_task(call.send_digits("1"))
        await turns(1)
        board.drops_connection()
        with pytest.raises(ConnectionLostError):
            await waiting
        await asyncio.sleep(2)

        assert ("answered", 1) == (call.state, len(board.exchange.legs))


@in_virtual_time
async def test_restart() -> None:
    """A server that restarts ends every call."""
    async with talking() as (call, caller, board):
        board.restarts()
        await call.wait_for_ended(timeout=5)

        assert ("lost", "error") == (call.end_reason, await caller.is_over())
