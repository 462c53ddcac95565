"""What is promised of recordings and faxes: the address that comes after the call is not lost."""

import asyncio
from typing import Final

import pytest
from clock import in_virtual_time, now, turns, within
from kinds import KINDS, report, reports, running
from memory import talking
from operations import began
from probing import Delays, dropped_and_back
from scripted import ScriptedServer, answered

from callfsm import Call, RecordAction, RelayEvent
from callfsm.simulator import Settings

LINGERING: Final = [kind for kind in KINDS if KINDS[kind]["lingers"]]
URL: Final = "https://files.example/1.mp3"


async def recording(call: Call, server: ScriptedServer) -> RecordAction:
    """A recording of this call under the control id ``c``."""
    action: RecordAction = await began(server, "calling.record", call.record(control_id="c"))
    return action


def finished(server: ScriptedServer) -> None:
    """Report the end of the recording, with its address."""
    server.operation("record", "c", state="finished", url=URL)


@pytest.mark.parametrize("words", [("ending",), ("ending", "ended"), ("ended",)])
@in_virtual_time
async def test_a_recording_finished_after_the_hangup_began_has_its_address(words: tuple[str, ...]) -> None:
    """The last report of a recording is taken while the call is ending, and when it has ended."""
    async with answered() as (call, server):
        action = await recording(call, server)
        for word in words:
            server.state(word)
            await turns()
        finished(server)

        assert URL == (await within(0.01, action.wait())).params["url"]


@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.9])
@in_virtual_time
async def test_a_recording_finished_within_the_grace_after_ended_has_its_address(seconds: float) -> None:
    """For two seconds after the end of its call a recording is waited for, by who waits and by `on_completed`."""
    async with answered() as (call, server):
        completed: list[RelayEvent] = []
        action = await began(server, "calling.record", call.record(control_id="c", on_completed=completed.append))
        server.state("ended")
        await asyncio.sleep(seconds)
        finished(server)
        event = await within(0.01, action.wait())

        assert (URL, [event]) == (event.params["url"], completed)


@pytest.mark.parametrize("kind", LINGERING)
@in_virtual_time
async def test_what_leaves_something_behind_is_waited_for_after_ended(kind: str) -> None:
    """Recordings, faxes and transcriptions keep their last report when it comes after the end of the call."""
    async with running(kind) as (action, server, completed):
        server.state("ended")
        await asyncio.sleep(1)
        said = reports(kind, "settles")[0]
        await report(server, said)

        assert ([action.result], True) == (completed, said[1].items() <= completed[0].params.items())


@pytest.mark.parametrize("kind", LINGERING)
@in_virtual_time
async def test_what_never_finishes_is_given_up_after_the_grace(kind: str) -> None:
    """Without a last report the wait ends two seconds after the call, and the call is forgotten."""
    async with running(kind) as (action, server, completed):
        server.state("ended")
        event = await action.wait()

        assert (2.0, "hung_up", [event], []) == (now(), event.params["state"], completed, action.call.actions)


@in_virtual_time
async def test_the_wait_for_the_end_of_the_call_does_not_wait_for_the_recording() -> None:
    """`wait_for_ended` is over with the call, while its recording is still waited for."""
    async with answered() as (call, server):
        action = await recording(call, server)
        server.state("ended")
        await within(0.01, call.wait_for_ended())

        assert ("ended", False) == (call.state, action.completed)


@pytest.mark.parametrize("late", [False, True])
@in_virtual_time
async def test_the_recording_of_a_caller_who_hangs_up_has_its_address(*, late: bool) -> None:
    """Whether the server reports it before the end or after it."""
    async with talking(Settings(late_recordings=late)) as (call, caller, _board):
        action = await call.record()
        await caller.stays_silent(1)
        await caller.hangs_up()
        event = await action.wait()

        assert event.params["url"].startswith("https://")


@in_virtual_time
async def test_a_recording_finished_while_the_line_was_away_has_its_address() -> None:
    """A report that the server sends again when the line is back is as good as one in time."""
    async with answered(randomness=Delays()) as (call, server):
        action = await recording(call, server)
        server.state("ending")
        await turns()
        await dropped_and_back(server)
        server.state("ended")
        finished(server)

        assert URL == (await within(1, action.wait())).params["url"]


@in_virtual_time
async def test_a_recording_finished_after_ended_while_the_line_was_away_has_its_address() -> None:
    """The line drops between `ended` and the recording's report, and the server sends the report when it is back."""
    async with answered(randomness=Delays()) as (call, server):
        action = await recording(call, server)
        server.state("ended")
        await turns()
        await dropped_and_back(server)
        finished(server)

        assert URL == (await within(1, action.wait())).params["url"]


@in_virtual_time
async def test_the_grace_does_not_run_while_the_line_is_away() -> None:
    """Nothing can be reported while there is no line: the two seconds are counted when it is there."""
    async with answered(randomness=Delays()) as (call, server):
        action = await recording(call, server)
        server.opens = [ConnectionRefusedError()] * 2
        server.state("ended")
        await turns()
        await dropped_and_back(server)
        away = round(now(), 1)
        finished(server)

        assert (7.0, URL) == (away, (await within(1, action.wait())).params["url"])


@in_virtual_time
async def test_a_recording_whose_line_never_comes_back_is_given_up() -> None:
    """A line that stays away keeps nobody waiting: the wait ends when the client is closed at the latest."""
    async with answered() as (call, server):
        action = await recording(call, server)
        waiting = asyncio.create_task(action.wait())
        server.state("ended")
        await turns()
        server.opens = [ConnectionRefusedError()] * 100
        server.lines[0].drop()
        await asyncio.sleep(60)
    await asyncio.wait({waiting}, timeout=1)

    assert waiting.done()
    waiting.exception()
