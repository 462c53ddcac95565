"""What is promised to handlers that outlive their call: every wait ends, and commands are settled here."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest
from clock import in_virtual_time, now, turns, within
from kinds import KINDS, running
from memory import joined
from methods import BEFORE_THE_ANSWER, COMMANDS, given
from operations import began
from scripted import TTS, answered, offered, scripted

from callfsm import Action, Call, CallEndedError, RelayEvent, RequestTimeoutError
from callfsm.builders import phone

Waiting = Callable[[Call], Coroutine[Any, Any, Any]]

HOPELESS: Final[dict[str, Waiting]] = {
    "answered": lambda call: call.wait_for_answered(),
    "ringing": lambda call: call.wait_for_ringing(),
    "an event": lambda call: call.wait_for("calling.call.play"),
    "an event with a predicate": lambda call: call.wait_for(RelayEvent, lambda _event: False),
}
REACHED: Final[dict[str, Waiting]] = {
    "ended": lambda call: call.wait_for_ended(),
    "ending": lambda call: call.wait_for_ending(),
}


@pytest.mark.parametrize("wait", HOPELESS)
@in_virtual_time
async def test_a_wait_that_can_no_longer_come_true_ends_with_the_call(wait: str) -> None:
    """A wait without a time limit raises CallEndedError the moment its call ends, with the reason."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(HOPELESS[wait](call))
        await turns()
        server.state("ended", end_reason="busy")
        with pytest.raises(CallEndedError) as caught:
            await within(0.01, waiting)

        assert "busy" == caught.value.end_reason


@pytest.mark.parametrize("wait", HOPELESS)
@in_virtual_time
async def test_a_wait_that_begins_after_the_end_raises_at_once(wait: str) -> None:
    """A handler that comes too late is told at once as well."""
    async with offered() as (call, server):
        server.state("ended", end_reason="busy")
        await turns()
        with pytest.raises(CallEndedError):
            await within(0.01, HOPELESS[wait](call))


@pytest.mark.parametrize("wait", REACHED)
@in_virtual_time
async def test_a_wait_for_the_end_comes_true_with_the_end(wait: str) -> None:
    """Whoever waits for the end is told when it is there, also when the call goes straight to it."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(REACHED[wait](call))
        await turns()
        server.state("ended", end_reason="busy")
        event = await within(0.01, waiting)

        assert ("ended", "busy") == (event.params["call_state"], call.end_reason)


@pytest.mark.parametrize("wait", REACHED)
@in_virtual_time
async def test_a_wait_for_an_end_that_was_is_over_at_once(wait: str) -> None:
    """A handler that comes after the end need not wait for it."""
    async with offered() as (call, server):
        server.state("ended")
        await turns()
        event = await within(0.01, REACHED[wait](call))

        assert "ended" == event.params["call_state"]


@pytest.mark.parametrize("kind", KINDS)
@in_virtual_time
async def test_a_wait_for_an_action_ends_with_the_call(kind: str) -> None:
    """Each kind of action ends with its call, at the latest two seconds after; `on_completed` is called once."""
    async with running(kind) as (action, server, completed):
        waiting = asyncio.create_task(action.wait())
        await turns()
        server.state("ended")
        event = await within(2.1, waiting)

        assert (True, [event], []) == (action.completed, completed, action.call.actions)


@in_virtual_time
async def test_a_command_whose_call_ends_before_the_reply_ends_within_its_time_limit() -> None:
    """A command in flight when the call ends does not wait for ever: it has its own time limit."""
    async with answered() as (call, server):
        holding = asyncio.create_task(call.hold())
        await server.expects("calling.hold")
        server.state("ended")
        with pytest.raises(RequestTimeoutError):
            await holding

        assert 10.0 == now()


@in_virtual_time
async def test_an_action_whose_call_ends_before_the_reply_is_settled() -> None:
    """A play that was asked for as the call ended gives back an action that has ended, when the server says gone."""
    async with answered() as (call, server):
        playing = asyncio.create_task(call.play([TTS]))
        request = await server.expects("calling.play")
        server.state("ended")
        server.replies_to(request, 410)
        action = await playing

        assert (True, []) == (action.completed, call.actions)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in BEFORE_THE_ANSWER])
@in_virtual_time
async def test_every_command_of_an_ended_call_is_settled_here(name: str) -> None:
    """On an ended call each command sends nothing, raises nothing, and returns ``{}`` or an action that has ended."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()
        result = await within(0.01, getattr(call, name)(**given(name)))
        is_settled = result.completed if isinstance(result, Action) else result == {}

        assert (True, True) == (is_settled, server.silent)


@pytest.mark.parametrize("name", BEFORE_THE_ANSWER)
@in_virtual_time
async def test_answering_or_passing_an_ended_call_is_settled_here(name: str) -> None:
    """A caller who gave up before the answer is ordinary telephony."""
    async with offered() as (call, server):
        server.state("ended")
        await turns()

        assert ({}, True) == (await within(0.01, getattr(call, name)()), server.silent)


@in_virtual_time
async def test_on_completed_is_called_for_an_operation_on_an_ended_call() -> None:
    """An action that is begun too late completes like any other: once, with a terminal event."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()
        completed: list[RelayEvent] = []
        action = await call.play([TTS], on_completed=completed.append)

        assert ([await action.wait()], "hung_up") == (completed, completed[0].params["state"])


@in_virtual_time
async def test_commands_of_an_ended_call_are_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    """The log tells of a command that came too late."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()
        await call.hold()

        assert 1 == caplog.text.count("asked after end")


@in_virtual_time
async def test_a_play_of_a_call_that_ended_can_be_stopped() -> None:
    """A command of an action that ended with its call sends nothing and returns ``{}``."""
    async with answered() as (call, server):
        action = await began(server, "calling.play", call.play([TTS]))
        server.state("ended")
        await turns()

        assert ({}, {}, True) == (await action.stop(), await action.volume(1.0), server.silent)


@in_virtual_time
async def test_a_handler_that_does_not_end_keeps_no_call() -> None:
    """A call that has ended is held no longer, whatever its handler goes on doing."""
    async with scripted() as (client, server):
        gate = asyncio.Event()

        @client.on_call
        async def handler(_call: Call) -> None:
            await gate.wait()

        server.offers()
        await turns()
        before = len(client.calls)
        server.state("ended")
        await turns()

        assert (1, []) == (before, client.calls)
        gate.set()


@in_virtual_time
async def test_a_bridge_of_an_ended_call_is_settled_here() -> None:
    """A bridge that is asked for too late sends nothing."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()

        assert ({}, True) == (await call.connect([[phone("+15550100009")]]), server.silent)


@in_virtual_time
async def test_a_spinning_handler_is_stopped_at_the_thousandth_command() -> None:
    """The 1,000th command in a row on an ended call raises CallEndedError, and ends the handler."""
    async with scripted() as (client, server):
        counts: list[int] = []

        @client.on_call
        async def handler(call: Call) -> None:
            await call.wait_for_ended()
            for count in range(1, 5_000):
                counts.append(count)
                await call.hold()

        server.offers()
        server.state("ended")
        await turns(3_000)

        assert (1_000, True) == (counts[-1], server.silent)


@in_virtual_time
async def test_a_handler_that_swallows_the_error_goes_on_getting_it() -> None:
    """Every command after the thousandth raises as well."""
    async with scripted() as (client, server):
        refused: list[int] = []

        @client.on_call
        async def handler(call: Call) -> None:
            await call.wait_for_ended()
            for count in range(1, 1_011):
                try:
                    await call.play_tts("hello")
                except CallEndedError:
                    refused.append(count)

        server.offers()
        server.state("ended")
        await turns(3_000)

        assert list(range(1_000, 1_011)) == refused


@in_virtual_time
async def test_a_spinning_handler_does_not_starve_the_event_loop() -> None:
    """While one handler spins on an ended call, another call is answered without delay."""
    async with joined() as (client, board):

        @client.on_call
        async def handler(call: Call) -> None:
            if len(client.calls) > 1:
                await call.answer()
                await call.hangup()
                return
            await call.wait_for_ended()
            for _ in range(900):
                await call.hold()

        first = board.call("office")
        await turns()
        hanging_up = asyncio.create_task(first.hangs_up())
        await within(1, board.call("office").is_over())
        await hanging_up
        await turns(2_000)

        assert ["calling.answer", "calling.end"] == board.methods()
