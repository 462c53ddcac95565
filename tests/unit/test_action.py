"""`callfsm.action`: running operations, as the program holds them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from clock import in_virtual_time, now, turns
from memory import ADDRESS, TTS, Frame, ScriptedServer, answered, scripted, talking

from callfsm import (
    Action,
    Call,
    CollectAction,
    ConnectionLostError,
    IllegalCommandError,
    PlayAction,
    RecordAction,
    RecordEvent,
    RelayError,
    RelayEvent,
    StandaloneCollectAction,
)
from callfsm.simulator import Settings

DIGITS = {"digits": {"max": 4}}
FOREVER = {"type": "silence", "params": {"duration": 600}}


async def began(server: ScriptedServer, method: str, starting: Any) -> Any:
    """What a command gives back once the server has accepted it."""
    task = asyncio.create_task(starting)
    server.replies_to(await server.expects(method))
    return await task


@asynccontextmanager
async def playing(**more: Any) -> AsyncIterator[tuple[PlayAction, ScriptedServer]]:
    """A play of a scripted server that has begun under the control id ``c``."""
    async with answered() as (call, server):
        action = await began(server, "calling.play", call.play([TTS], control_id="c", **more))
        server.operation("play", "c", state="playing")
        await turns()
        yield action, server


@asynccontextmanager
async def prompting() -> AsyncIterator[tuple[CollectAction, ScriptedServer]]:
    """A prompt of a scripted server that has begun under the control id ``c``."""
    async with answered() as (call, server):
        yield (
            await began(server, "calling.play_and_collect", call.play_and_collect([TTS], DIGITS, control_id="c")),
            server,
        )


@asynccontextmanager
async def collecting(**more: Any) -> AsyncIterator[tuple[StandaloneCollectAction, ScriptedServer]]:
    """A collect of a scripted server that has begun under the control id ``c``."""
    async with answered() as (call, server):
        yield await began(server, "calling.collect", call.collect(digits={"max": 1}, control_id="c", **more)), server


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


@in_virtual_time
async def test_remote_hangup() -> None:
    """With a play, a record and a collect open, a remote hang-up ends all three, and the call owns nothing."""
    async with talking() as (call, caller, board):
        seen: list[str] = []
        actions: list[Action] = [
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
async def test_address_of_the_recording(late: bool) -> None:
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
