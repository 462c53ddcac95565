"""`callfsm.action`: how operations end, above all with their call."""

import asyncio
from typing import Any

import pytest
from clock import in_virtual_time, now, turns
from memory import talking
from operations import FOREVER, began
from scripted import TTS, answered, scripted

from callfsm import (
    Action,
    Call,
    CollectAction,
    ConnectionLostError,
    PlayAction,
    RecordAction,
    RecordEvent,
    RelayError,
    StandaloneCollectAction,
)
from callfsm.simulator import Settings


@in_virtual_time
async def test_remote_hangup() -> None:
    """With a play, a record and a collect open, a remote hang-up ends all three, and the call owns nothing."""
    async with talking() as (call, caller, board):
        seen: list[str] = []
        actions: list[Action[Any]] = [
            await call.play([FOREVER], on_completed=lambda _event: seen.append("play")),
            await call.record(on_completed=lambda _event: seen.append("record")),
            await call.collect(digits={"max": 4}, on_completed=lambda _event: seen.append("collect")),
        ]
        waits = [asyncio.create_task(action.wait()) for action in actions]
        await caller.hangs_up()
        events = await asyncio.wait_for(asyncio.gather(*waits), 5)

        assert ("hung_up", ["collect", "play", "record"], [], 0) == (
            events[0].params["state"],
            sorted(seen),
            call.actions,
            board.statistics.operations_open,
        )


@pytest.mark.parametrize("late", [False, True])
@in_virtual_time
async def test_address_of_the_recording(*, late: bool) -> None:
    """The recording of a caller who hangs up has its address, whether reported before the end or just after it."""
    async with talking(Settings(late_recordings=late)) as (call, caller, _board):
        action = await call.record()
        waiting = asyncio.create_task(action.wait(timeout=5))
        await caller.stays_silent(2)
        await caller.hangs_up()
        event = await waiting

        assert (RecordEvent, True, "finished", []) == (
            type(event),
            event.params["url"].startswith("https://"),
            event.params["state"],
            call.actions,
        )


@pytest.mark.parametrize(
    "words", [("ending", "finished", "ended"), ("ending", "ended", "finished"), ("ended", "finished")]
)
@in_virtual_time
async def test_order_of_last_reports(words: tuple[str, ...]) -> None:
    """A recording's last report is taken wherever it comes between `ending` and a little after `ended`."""
    async with answered() as (call, server):
        action = await began(server, "calling.record", call.record(control_id="c"))
        for word in words:
            if word == "finished":
                server.operation("record", "c", state="finished", url="https://files.example/1.mp3")
            else:
                server.state(word)
            await turns()

        assert (await action.wait(timeout=0)).params["url"] == "https://files.example/1.mp3"


@in_virtual_time
async def test_grace_is_over() -> None:
    """When no last report has come two seconds after the end, the recording has hung up."""
    async with answered() as (call, server):
        action = await began(server, "calling.record", call.record(control_id="c"))
        server.state("ended")
        event = await action.wait()

        assert ("hung_up", 2.0, []) == (event.params["state"], now(), call.actions)


@in_virtual_time
async def test_report_after_the_grace() -> None:
    """A last report that comes later still harms nobody."""
    async with answered() as (call, server):
        action = await began(server, "calling.record", call.record(control_id="c"))
        server.state("ended")
        event = await action.wait()
        server.operation("record", "c", state="finished", url="https://files.example/1.mp3")
        await turns()

        assert event is action.result


@in_virtual_time
async def test_disconnect_during_the_grace() -> None:
    """A client that is disconnected during the grace leaves no timer behind."""
    async with answered() as (call, server):
        action = await began(server, "calling.record", call.record(control_id="c"))
        server.state("ended")
        await turns()

    assert action.is_done


@in_virtual_time
async def test_disconnect_ends_waits() -> None:
    """When the program disconnects, a wait for an action ends with ConnectionLostError."""
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers(call_state="answered")
        await turns()
        action = await began(server, "calling.play", calls[0].play([TTS]))
        waiting = asyncio.create_task(action.wait())
        await turns()
        await client.disconnect()
        with pytest.raises(ConnectionLostError, match="disconnected the client"):
            await waiting


@in_virtual_time
async def test_no_reply_to_the_start() -> None:
    """A play without a reply raises, and still may be reported."""
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS], control_id="c"))
        await server.expects("calling.play")
        with pytest.raises(RelayError, match="no reply within 10 s"):
            await starting
        (action,) = call.actions
        server.operation("play", "c", state="finished")
        await action.wait()

        assert call.actions == []


@in_virtual_time
async def test_made_by_hand() -> None:
    """An action that no call has started cannot be asked for anything."""
    async with answered() as (call, server):
        action = PlayAction(call, "c")
        with pytest.raises(RuntimeError, match="was not started by a call"):
            await action.stop()

        assert ("", True) == (action.state, server.silent)


def test_classes() -> None:
    """What can be asked of an action is what its operation knows."""
    asks = ("stop", "pause", "resume", "volume", "start_input_timers")

    assert {
        PlayAction: asks[:4],
        RecordAction: asks[:3],
        CollectAction: asks,
        StandaloneCollectAction: ("stop", "start_input_timers"),
    } == {
        kind: tuple(ask for ask in asks if hasattr(kind, ask))
        for kind in (PlayAction, RecordAction, CollectAction, StandaloneCollectAction)
    }
