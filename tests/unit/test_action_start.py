"""`callfsm.action`: how operations begin, and what their reports come to."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from memory import Frame, talking
from operations import began, collecting, playing, prompting
from scripted import TTS, answered

from callfsm import (
    RelayError,
    RelayEvent,
)


@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_start_on_what_is_gone(code: int) -> None:
    """A play on a call that the server does not know gives an action that has ended, and on_completed is called."""
    seen: list[RelayEvent] = []
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS], on_completed=seen.append))
        server.replies_to(await server.expects("calling.play"), code)
        action = await starting

        assert (True, "gone", [await action.wait()], []) == (action.is_done, action.state, seen, call.actions)


@in_virtual_time
async def test_start_refused() -> None:
    """A play that the server refuses raises, leaves nothing behind, and on_completed is not called."""
    seen: list[RelayEvent] = []
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS], on_completed=seen.append))
        server.replies_to(await server.expects("calling.play"), 500, message="no")
        with pytest.raises(RelayError) as caught:
            await starting

        assert ((500, "no"), [], []) == ((caught.value.code, caught.value.message), seen, call.actions)


@pytest.mark.parametrize("kind", ["play", "record", "collect"])
@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_start_crosses_the_end(kind: str, code: int) -> None:
    """A command that crosses the end of its call gives an action that ends with the call, and raises nothing."""
    async with answered() as (call, server):
        arguments: Frame = {"media": [TTS]} if kind == "play" else {}
        starting = asyncio.create_task(getattr(call, kind)(**arguments))
        request = await server.expects(f"calling.{kind}")
        server.state("ending")
        server.replies_to(request, code)
        server.state("ended")
        action = await starting
        await action.wait(timeout=5)

        assert [] == call.actions


@in_virtual_time
async def test_control_id_in_use() -> None:
    """A control id that is in use is refused, nothing is sent, and the first operation goes on."""
    async with playing() as (action, server):
        with pytest.raises(ValueError, match="'c' is taken by a play that is running"):
            await action.call.record(control_id="c")
        server.operation("play", "c", state="finished")

        assert ("finished", True) == ((await action.wait()).params["state"], server.silent)


@in_virtual_time
async def test_control_id_used_again() -> None:
    """A control id may be used again once its operation has ended."""
    async with playing() as (first, server):
        server.operation("play", "c", state="finished")
        await first.wait()
        second = await began(server, "calling.play", first.call.play([TTS], control_id="c"))
        server.operation("play", "c", state="finished")

        assert (await second.wait()) is not first.result


@in_virtual_time
async def test_three_at_once() -> None:
    """Operations of one call end independently of each other, by their control ids."""
    async with answered() as (call, server):
        actions = [await began(server, "calling.play", call.play([TTS], control_id=each)) for each in "abc"]
        server.operation("play", "b", state="finished")
        await turns()

        assert ([False, True, False], [actions[0], actions[2]]) == ([each.is_done for each in actions], call.actions)


@in_virtual_time
async def test_report_overtakes_the_reply() -> None:
    """A last report that comes before the reply ends the operation, and the command returns the action."""
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS], control_id="c"))
        request = await server.expects("calling.play")
        server.operation("play", "c", state="playing")
        server.operation("play", "c", state="finished")
        await turns()
        server.replies_to(request)
        action = await starting

        assert (True, "finished") == (action.is_done, action.state)


@in_virtual_time
async def test_report_overtakes_a_refusal() -> None:
    """What has ended by a report has run, whatever the reply says: it does not raise."""
    seen: list[RelayEvent] = []
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS], control_id="c", on_completed=seen.append))
        request = await server.expects("calling.play")
        server.operation("play", "c", state="finished")
        await turns()
        server.replies_to(request, 500)

        assert [(await starting).result] == seen


@in_virtual_time
async def test_event_of_another_type() -> None:
    """An event with the control id that speaks of something else does not end the operation."""
    async with playing() as (action, server):
        server.operation("record", "c", state="finished")
        server.operation("play", "other", state="finished")
        await turns()

        assert action.is_done is False


@in_virtual_time
async def test_unknown_state() -> None:
    """A state that there is not moves nothing."""
    async with playing() as (action, server):
        server.operation("play", "c", state="no such state")
        server.operation("play", "c")
        await turns()

        assert action.state == "playing"


@in_virtual_time
async def test_prompt_outlives_its_play() -> None:
    """A prompt ends with the input, not with what is played."""
    async with prompting() as (action, server):
        server.operation("play", "c", state="finished")
        await turns()
        before = action.is_done
        server.operation("collect", "c", result={"type": "digit", "params": {"digits": "1"}})
        event = await action.wait()

        assert (False, "1") == (before, event.params["result"]["params"]["digits"])


@pytest.mark.parametrize(
    "told",
    [
        {"result": {"type": "start_of_input"}},
        {"result": {"type": "speech", "params": {"text": "one"}}, "final": False},
        {"state": "collecting"},
    ],
)
@in_virtual_time
async def test_collect_goes_on(told: Frame) -> None:
    """What is not final does not end a collect."""
    async with collecting() as (action, server):
        server.operation("collect", "c", **told)
        server.operation("play", "c", state="finished")
        await turns()

        assert action.is_done is False


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"result": {"type": "digit", "params": {"digits": "1"}}}, "finished"),
        ({"result": {"type": "digit"}, "final": True}, "finished"),
        ({"result": {"type": "no_input"}}, "no_input"),
        ({"result": {"type": "no_match"}}, "no_match"),
        ({"state": "no_input"}, "no_input"),
        ({"state": "finished"}, "finished"),
        ({"state": "error"}, "error"),
        ({"result": {"type": "error"}}, "error"),
    ],
)
@in_virtual_time
async def test_collect_ends(told: Frame, state: str) -> None:
    """A final result, or the state of the collector, ends a collect."""
    async with collecting() as (action, server):
        server.operation("collect", "c", **told)
        await action.wait()

        assert state == action.state


@in_virtual_time
async def test_continuous_collect() -> None:
    """A continuous collect gives each result to listeners, and ends with the collector."""
    async with collecting(continuous=True) as (action, server):
        heard: list[str] = []
        action.call.on("calling.call.collect", lambda event: heard.append(event.params["result"]["type"]))
        for kind in ("digit", "no_match", "digit"):
            server.operation("collect", "c", result={"type": kind}, final=True)
        await turns()
        before = action.is_done
        server.operation("collect", "c", result={"type": "finished"}, state="finished")
        await action.wait()

        assert (False, ["digit", "no_match", "digit", "finished"]) == (before, heard)


@in_virtual_time
async def test_digits_are_collected() -> None:
    """A caller's keys end a collect."""
    async with talking() as (call, caller, _board):
        action = await call.collect(digits={"max": 3})
        await caller.press("123")
        event = await action.wait(timeout=5)

        assert event.params["result"] == {"type": "digit", "params": {"digits": "123", "terminator": ""}}
        await caller.hangs_up()
