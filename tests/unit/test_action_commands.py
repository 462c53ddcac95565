"""`callfsm.action`: what can be asked of a running operation."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from memory import Frame, talking
from operations import FOREVER, began, collecting, playing, prompting
from scripted import ADDRESS, answered

from callfsm import (
    IllegalCommandError,
    RelayError,
)


@pytest.mark.parametrize(
    ("name", "arguments", "method", "params"),
    [
        ("stop", {}, "calling.play.stop", {}),
        ("pause", {}, "calling.play.pause", {}),
        ("volume", {"volume": 2.5}, "calling.play.volume", {"volume": 2.5}),
    ],
)
@in_virtual_time
async def test_play_commands(name: str, arguments: Frame, method: str, params: Frame) -> None:
    """A command of a play carries the call's address, the control id and its own argument."""
    async with playing() as (action, server):
        asking = asyncio.create_task(getattr(action, name)(**arguments))
        request = await server.expects(method)
        server.replies_to(request)

        assert ("200", {**ADDRESS, "control_id": "c", **params}) == ((await asking)["code"], request["params"])


@in_virtual_time
async def test_pause_and_resume() -> None:
    """A play that was paused can be resumed, as soon as the pause has returned."""
    async with playing() as (action, server):
        await began(server, "calling.play.pause", action.pause())
        paused = action.state
        await began(server, "calling.play.resume", action.resume())

        assert ("paused", "playing") == (paused, action.state)


@pytest.mark.parametrize(
    ("name", "arguments", "method", "params"),
    [
        ("pause", {"behavior": "silence"}, "calling.record.pause", {"behavior": "silence"}),
        ("pause", {}, "calling.record.pause", {}),
        ("stop", {}, "calling.record.stop", {}),
    ],
)
@in_virtual_time
async def test_record_commands(name: str, arguments: Frame, method: str, params: Frame) -> None:
    """A command of a recording carries the call's address, the control id and its own argument."""
    async with answered() as (call, server):
        action = await began(server, "calling.record", call.record(control_id="c"))
        asking = asyncio.create_task(getattr(action, name)(**arguments))
        request = await server.expects(method)
        server.replies_to(request)
        await asking

        assert {**ADDRESS, "control_id": "c", **params} == request["params"]


@pytest.mark.parametrize(
    ("name", "arguments", "method"),
    [
        ("stop", {}, "calling.play_and_collect.stop"),
        ("volume", {"volume": -3.0}, "calling.play_and_collect.volume"),
        ("pause", {}, "calling.play_and_collect.pause"),
        ("start_input_timers", {}, "calling.collect.start_input_timers"),
    ],
)
@in_virtual_time
async def test_prompt_commands(name: str, arguments: Frame, method: str) -> None:
    """A prompt is controlled as a prompt, and its timers as those of a collect."""
    async with prompting() as (action, server):
        asking = asyncio.create_task(getattr(action, name)(**arguments))
        request = await server.expects(method)
        server.replies_to(request)
        await asking

        assert {**ADDRESS, "control_id": "c", **arguments} == request["params"]


@pytest.mark.parametrize("name", ["stop", "start_input_timers"])
@in_virtual_time
async def test_collect_commands(name: str) -> None:
    """A command of a collect carries the call's address and the control id."""
    async with collecting() as (action, server):
        asking = asyncio.create_task(getattr(action, name)())
        request = await server.expects(f"calling.collect.{name}")
        server.replies_to(request)
        await asking

        assert {**ADDRESS, "control_id": "c"} == request["params"]


@pytest.mark.parametrize("volume", [-40.5, 41])
@in_virtual_time
async def test_volume_out_of_range(volume: float) -> None:
    """A volume that is out of range is refused here, and nothing is sent."""
    async with playing() as (action, server):
        with pytest.raises(ValueError, match="-40 to 40"):
            await action.volume(volume)

        assert server.silent


@in_virtual_time
async def test_pause_of_finished_play() -> None:
    """A play that has ended cannot be paused, and nothing is sent."""
    async with talking() as (call, caller, board):
        action = await call.play_tts("hello")
        await action.wait()
        with pytest.raises(IllegalCommandError) as caught:
            await action.pause()

        assert ("pause", "finished", ["calling.answer", "calling.play"]) == (
            caught.value.command,
            caught.value.state,
            board.methods(),
        )
        await caller.hangs_up()


@in_virtual_time
async def test_resume_of_running_play() -> None:
    """A play that is not paused cannot be resumed, and the error tells what is allowed."""
    async with playing() as (action, server):
        with pytest.raises(IllegalCommandError) as caught:
            await action.resume()

        assert (("pause", "volume", "stop"), True) == (caught.value.permitted, server.silent)


@in_virtual_time
async def test_stop_of_finished_play() -> None:
    """Stopping what has ended sends nothing and returns ``{}``."""
    async with talking() as (call, caller, board):
        action = await call.play_tts("hello")
        await action.wait()

        assert ({}, ["calling.answer", "calling.play"]) == (await action.stop(), board.methods())
        await caller.hangs_up()


@in_virtual_time
async def test_stop() -> None:
    """A play that is stopped ends with its own last event."""
    async with talking() as (call, caller, _board):
        action = await call.play([FOREVER])
        await action.stop()
        event = await action.wait(timeout=1)

        assert event.params["state"] == "finished"
        await caller.hangs_up()


@in_virtual_time
async def test_control_after_the_end() -> None:
    """A command of an action whose call has ended sends nothing and returns ``{}``."""
    async with talking() as (call, caller, board):
        action = await call.play([FOREVER])
        await caller.hangs_up()
        await turns()

        assert ([{}, {}], ["calling.answer", "calling.play"]) == (
            [await action.pause(), await action.stop()],
            board.methods(),
        )


@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_control_of_what_is_gone(code: int) -> None:
    """A command about an operation that the server does not know returns ``{}``."""
    async with playing() as (action, server):
        stopping = asyncio.create_task(action.stop())
        server.replies_to(await server.expects("calling.play.stop"), code)

        assert await stopping == {}


@in_virtual_time
async def test_control_refused() -> None:
    """A command that the server refuses raises, and the operation goes on."""
    async with playing() as (action, server):
        pausing = asyncio.create_task(action.pause())
        server.replies_to(await server.expects("calling.play.pause"), 500)
        with pytest.raises(RelayError, match="500"):
            await pausing

        assert ("playing", False) == (action.state, action.is_done)
