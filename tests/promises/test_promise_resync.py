"""What is promised of calls when the line was away: what was missed is made known, and nothing is held for ever."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns, until, within
from memory import does_nothing, joined
from operations import began
from probing import Delays, dropped_and_back, probes
from scripted import TTS, ScriptedServer, answered, offered, scripted

from callfsm import Call, CallEndedError, CallStateEvent, GapEvent, RelayEvent


async def probed(server: ScriptedServer, code: object) -> float:
    """Reply to the probe that comes after a resume; when it came."""
    await until(lambda: bool(probes(server)))
    server.replies_to(probes(server)[-1], code)
    await turns()
    return now()


@in_virtual_time
async def test_after_a_resume_each_held_call_is_probed() -> None:
    """Every call that is held is asked about once, with a command that changes nothing, in a realm never used."""
    async with scripted() as (client, server):
        client.on_call(does_nothing)
        for call_id in ("call-1", "call-2"):
            server.offers(call_id)
        await turns()
        await dropped_and_back(server)
        told = [(each["method"], each["params"]) for each in probes(server)]

        assert [
            ("calling.clear_digit_bindings", {"node_id": "node-1", "call_id": each, "realm": "callfsm-probe"})
            for each in ("call-1", "call-2")
        ] == told


@pytest.mark.parametrize("code", [404, 410, "404", "410"])
@in_virtual_time
async def test_a_call_that_the_server_no_longer_knows_is_lost_within_five_seconds(code: object) -> None:
    """A 404 or 410 to the probe ends the call with the reason lost; its waits end."""
    async with offered() as (call, server):
        await dropped_and_back(server)
        back = now()
        waiting = asyncio.create_task(call.wait_for_ended())
        await probed(server, code)
        event = await within(5, waiting)

        assert ("ended", "lost", True) == (event.params["call_state"], call.end_reason, now() - back <= 5)


@in_virtual_time
async def test_everything_in_a_lost_call_settles() -> None:
    """A call that was lost leaves nobody waiting: actions, hopes and events end, and it is held no longer."""
    async with answered() as (call, server):
        completed: list[RelayEvent] = []
        play = await began(server, "calling.play", call.play([TTS], on_completed=completed.append))
        record = await began(server, "calling.record", call.record())
        waits = [
            asyncio.create_task(each)
            for each in (play.wait(), record.wait(), call.wait_for_ending(), call.wait_for("calling.call.refer"))
        ]
        await turns()
        await dropped_and_back(server)
        await probed(server, 404)
        results = await within(5, asyncio.gather(*waits, return_exceptions=True))

        assert (["PlayEvent", "RecordEvent", "CallStateEvent", "CallEndedError"], 1, []) == (
            [type(each).__name__ for each in results],
            len(completed),
            call.actions,
        )


@in_virtual_time
async def test_a_call_that_the_server_still_knows_goes_on() -> None:
    """A probe that is accepted leaves the call, and what runs in it, as it was."""
    async with answered() as (call, server):
        play = await began(server, "calling.play", call.play([TTS], control_id="c"))
        await dropped_and_back(server)
        await probed(server, 200)
        before = (call.state, play.completed)
        server.operation("play", "c", state="finished")
        await within(1, play.wait())

        assert ("answered", False) == before


@pytest.mark.parametrize("code", [500, 400, "503"])
@in_virtual_time
async def test_a_probe_that_fails_otherwise_ends_no_call(code: object) -> None:
    """Only a server that says it does not know the call has lost it."""
    async with answered() as (call, server):
        await dropped_and_back(server)
        await probed(server, code)

        assert "answered" == call.state


@in_virtual_time
async def test_a_probe_without_a_reply_ends_no_call_and_no_line() -> None:
    """A probe that is not answered is asked again at the next occasion; the line is kept while it lives."""
    async with answered() as (call, server):
        await dropped_and_back(server)
        for _ in range(15):
            await asyncio.sleep(1)
            server.asks("signalwire.ping", {})

        assert ("answered", 2) == (call.state, len(server.lines))


@in_virtual_time
async def test_listeners_of_a_call_get_a_gap_event_with_the_time_away() -> None:
    """Each call tells its listeners that events may have been missed, and for how long."""
    async with offered(randomness=Delays()) as (call, server):
        heard: list[GapEvent] = []
        call.on(GapEvent, heard.append)
        server.opens = [ConnectionRefusedError()] * 2
        await dropped_and_back(server)
        await turns()

        assert [("call-1", 7.0)] == [(event.call_id, round(event.seconds, 3)) for event in heard]


@in_virtual_time
async def test_a_gap_can_be_waited_for() -> None:
    """A handler may wait for the gap like for any event."""
    async with offered(randomness=Delays()) as (call, server):
        waiting = asyncio.create_task(call.wait_for(GapEvent))
        await turns()
        await dropped_and_back(server)

        assert 1.0 == (await within(1, waiting)).seconds


@in_virtual_time
async def test_without_a_gap_there_is_no_gap_event() -> None:
    """A call that comes on a line that never drops hears of none."""
    async with offered() as (call, server):
        heard: list[RelayEvent] = []
        call.on(GapEvent, heard.append)
        server.state("answered")
        await turns()

        assert [] == heard


@in_virtual_time
async def test_the_gap_is_told_before_the_call_is_lost() -> None:
    """A listener learns of the gap first, and then of what was missed."""
    async with offered() as (call, server):
        heard: list[str] = []
        call.on(RelayEvent, lambda event: heard.append(event.event_type))
        await dropped_and_back(server)
        before = list(heard)
        await probed(server, 404)

        assert ["gap"] == before


@in_virtual_time
async def test_after_a_fresh_session_all_held_calls_are_lost() -> None:
    """A server that has begun another session knows no call of the one before: each ends as lost, unasked."""
    async with scripted() as (client, server):
        client.on_call(does_nothing)
        for call_id in ("call-1", "call-2"):
            server.offers(call_id)
        await turns()
        calls = client.calls
        await dropped_and_back(server, fresh=True)

        assert ([("ended", "lost")] * 2, [], []) == (
            [(call.state, call.end_reason) for call in calls],
            client.calls,
            probes(server),
        )


@in_virtual_time
async def test_after_a_restart_all_held_calls_are_lost() -> None:
    """A server that asks for a fresh session has given up the calls of the one before."""
    async with offered() as (call, server):
        server.asks("signalwire.disconnect", {"restart": True})
        await turns()
        await dropped_and_back(server, fresh=True)

        assert ("ended", "lost") == (call.state, call.end_reason)


@in_virtual_time
async def test_the_waits_of_calls_lost_with_their_session_end() -> None:
    """What waits in a lost call is told, like in any call that has ended."""
    async with answered() as (call, server):
        play = await began(server, "calling.play", call.play([TTS]))
        hoping = asyncio.create_task(call.wait_for("calling.call.refer"))
        await turns()
        await dropped_and_back(server, fresh=True)
        with pytest.raises(CallEndedError, match="lost"):
            await within(5, hoping)

        assert "hung_up" == (await within(5, play.wait())).params["state"]


@in_virtual_time
async def test_a_handler_of_a_lost_call_comes_to_its_end() -> None:
    """A handler that waits for the end of its call is told, whichever way it was lost."""
    async with scripted() as (client, server):
        reasons: list[str] = []

        @client.on_call
        async def handler(call: Call) -> None:
            event = await call.wait_for_ended()
            assert isinstance(event, CallStateEvent)
            reasons.append(event.end_reason)

        server.offers()
        await turns()
        await dropped_and_back(server)
        await probed(server, 410)
        server.offers("call-2")
        await turns()
        await dropped_and_back(server, fresh=True)

        assert ["lost", "lost"] == reasons


@in_virtual_time
async def test_a_call_that_ended_while_the_line_was_away_is_not_held_for_ever() -> None:
    """With a server that keeps what was missed, or one that has forgotten the call, its end is known within 5 seconds."""
    async with joined() as (client, board):
        client.on_call(does_nothing)
        caller = board.call("office")
        await turns()
        (call,) = client.calls
        board.lines[0].drop()
        await caller.hangs_up()
        await call.wait_for_ended(timeout=5)

        assert ("ended", []) == (call.state, client.calls)


@in_virtual_time
async def test_an_ending_call_whose_end_was_missed_is_probed_too() -> None:
    """A call whose hang-up was under way when the line dropped is found to be gone."""
    async with answered() as (call, server):
        server.state("ending")
        await turns()
        await dropped_and_back(server)
        await probed(server, 404)
        event = await within(5, call.wait_for_ended())

        assert "ended" == event.params["call_state"]


@in_virtual_time
async def test_a_call_of_which_nothing_is_heard_for_long_is_asked_about() -> None:
    """Also on a line that never dropped, a call whose end was missed is found to be gone within ten minutes."""
    async with answered() as (call, server):
        while not probes(server):
            server.asks("signalwire.ping", {})
            await asyncio.sleep(5)
        asked = now()
        server.replies_to(probes(server)[-1], 404)
        await within(5, call.wait_for_ended())

        assert (True, "lost", 1) == (60 <= asked <= 600, call.end_reason, len(server.lines))
