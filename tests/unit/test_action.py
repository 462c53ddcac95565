"""`callfsm.action`: waiting for running operations, and being called when they have ended."""

import asyncio
import logging

import pytest
from clock import in_virtual_time, now, turns
from memory import talking
from operations import began, playing
from scripted import TTS, answered

from callfsm import (
    RelayEvent,
)


@in_virtual_time
async def test_ends_by_itself() -> None:
    """A play ends by itself: the wait returns its last event."""
    async with talking() as (call, caller, _board):
        action = await call.play_tts("hello")
        before = (action.is_done, action.completed, action.result, call.actions)
        event = await action.wait()

        assert (False, False, None, [action]) == before
        assert (True, True, event, "finished", []) == (
            action.is_done,
            action.completed,
            action.result,
            event.params["state"],
            call.actions,
        )
        await caller.hangs_up()


@in_virtual_time
async def test_repr() -> None:
    """An action shows its control id and state."""
    async with playing() as (action, _server):
        assert ("<PlayAction control_id=c state=playing>", "c") == (repr(action), action.control_id)


@in_virtual_time
async def test_control_id_is_made() -> None:
    """Without a control id, or with an empty one, a new one is made."""
    async with answered() as (call, server):
        actions = [await began(server, "calling.play", call.play([TTS], control_id=given)) for given in (None, "")]

        assert (True, 36, 36) == (
            actions[0].control_id != actions[1].control_id,
            *(len(action.control_id) for action in actions),
        )


@in_virtual_time
async def test_of_the_program() -> None:
    """A program may note something of its own on an action."""
    async with playing() as (action, _server):
        vars(action)["purpose"] = "greeting"

        assert "greeting" == getattr(action, "purpose", None)


@in_virtual_time
async def test_many_wait() -> None:
    """Any number of tasks may wait for one action."""
    async with playing() as (action, server):
        waits = [asyncio.create_task(action.wait()) for _ in range(3)]
        await turns()
        server.operation("play", "c", state="finished")

        events = await asyncio.gather(*waits)

        assert [action.result] * 3 == events


@in_virtual_time
async def test_wait_times_out() -> None:
    """A wait that times out leaves the action and later waits alone."""
    async with playing() as (action, server):
        with pytest.raises(asyncio.TimeoutError):
            await action.wait(timeout=3)
        later = asyncio.create_task(action.wait())
        await turns()
        server.operation("play", "c", state="finished")

        assert ("finished", 3.0) == ((await later).params["state"], now())


@in_virtual_time
async def test_wait_for_times_out() -> None:
    """Also asyncio's own time limit on a wait harms nothing."""
    async with playing() as (action, server):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(action.wait(), 3)
        later = asyncio.create_task(action.wait())
        await turns()
        before = action.is_done
        server.operation("play", "c", state="finished")

        assert (False, "finished") == (before, (await later).params["state"])


@in_virtual_time
async def test_cancelled_wait() -> None:
    """A wait that is cancelled leaves the action and the other waits alone."""
    async with playing() as (action, server):
        cancelled, patient = (asyncio.create_task(action.wait()) for _ in range(2))
        await turns()
        cancelled.cancel()
        await asyncio.wait({cancelled})
        server.operation("play", "c", state="finished")

        assert (await patient).params["state"] == "finished"


@in_virtual_time
async def test_on_completed() -> None:
    """A function is called once, with the last event, and not for running states."""
    seen: list[RelayEvent] = []
    async with playing(on_completed=seen.append) as (action, server):
        for state in ("paused", "playing", "finished", "finished"):
            server.operation("play", "c", state=state)
        await turns()

        assert [action.result] == seen


@in_virtual_time
async def test_asynchronous_on_completed() -> None:
    """A coroutine function runs as a task, once."""
    seen: list[RelayEvent] = []

    async def completed(event: RelayEvent) -> None:
        await asyncio.sleep(1)
        seen.append(event)

    async with playing(on_completed=completed) as (action, server):
        server.operation("play", "c", state="finished")
        await action.wait()
        before = list(seen)
        await asyncio.sleep(2)

        assert ([], [action.result]) == (before, seen)


@in_virtual_time
async def test_on_completed_raises(caplog: pytest.LogCaptureFixture) -> None:
    """What on_completed raises is logged, and the wait returns all the same."""

    def fails(_event: RelayEvent) -> None:
        raise RuntimeError("of the program's making")

    async with playing(on_completed=fails) as (action, server):
        with caplog.at_level(logging.ERROR, "callfsm"):
            server.operation("play", "c", state="finished")
            await action.wait()

        assert "handler raised" in caplog.text


@in_virtual_time
async def test_asynchronous_on_completed_raises(caplog: pytest.LogCaptureFixture) -> None:
    """What an asynchronous on_completed raises is logged."""

    async def fails(_event: RelayEvent) -> None:
        raise RuntimeError("of the program's making")

    async with playing(on_completed=fails) as (_action, server):
        server.operation("play", "c", state="finished")
        await turns()

        assert "handler raised" in caplog.text


@in_virtual_time
async def test_completed_before_listeners() -> None:
    """When a listener hears the last event, the action has ended and on_completed was called."""
    seen: list[object] = []
    async with playing(on_completed=lambda _event: seen.append("completed")) as (action, server):
        action.call.on("calling.call.play", lambda _event: seen.append(action.is_done))
        server.operation("play", "c", state="finished")
        await turns()

        assert ["completed", True] == seen
