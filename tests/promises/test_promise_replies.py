"""What is promised of replies: whom a 404 or a 410 concerns, and whom a reply that never comes."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns, within
from operations import began, playing
from probing import PROBE, command, commands
from scripted import TTS, answered, offered, scripted

from callfsm import RelayError, RelayEvent, RequestTimeoutError


@pytest.mark.parametrize("code", [404, 410, "404", "410"])
@pytest.mark.parametrize(
    ("name", "method"), [("answer", "calling.answer"), ("pass_", "calling.pass"), ("hangup", "calling.end")]
)
@in_virtual_time
async def test_gone_to_answer_hangup_or_pass_ends_the_call(name: str, method: str, code: object) -> None:
    """A 404 or 410 to a command that can only be about the call returns ``{}`` and ends the call."""
    async with offered() as (call, server):
        asking = asyncio.create_task(getattr(call, name)())
        server.replies_to(await server.expects(method), code)

        assert ({}, "ended", "gone") == (await asking, call.state, call.end_reason)


@in_virtual_time
async def test_410_to_any_command_ends_the_call() -> None:
    """A 410 says that the call is gone, whatever was asked; its waits end."""
    async with answered() as (call, server):
        waiting = asyncio.create_task(call.wait_for_ended())
        holding = asyncio.create_task(call.hold())
        server.replies_to(await server.expects("calling.hold"), 410)

        assert ({}, "ended", "gone") == (
            await holding,
            (await within(1, waiting)).params["call_state"],
            call.end_reason,
        )


@in_virtual_time
async def test_410_to_a_play_settles_it_and_ends_the_call() -> None:
    """A play on a call that is gone is an action that has ended; `on_completed` was called."""
    async with answered() as (call, server):
        completed: list[RelayEvent] = []
        starting = asyncio.create_task(call.play([TTS], on_completed=completed.append))
        server.replies_to(await server.expects("calling.play"), 410)
        action = await starting

        assert (True, 1, "ended") == (action.completed, len(completed), call.state)


@in_virtual_time
async def test_404_to_another_command_settles_that_command_alone_and_the_call_is_probed() -> None:
    """A 404 may be about a queue or a conference: the command returns ``{}``, and the call is asked about harmlessly."""
    async with answered() as (call, server):
        leaving = asyncio.create_task(call.queue_leave("support"))
        server.replies_to(await server.expects("calling.queue.leave"), 404)
        result = await leaving
        probe = await server.expects(PROBE)
        server.replies_to(probe)
        await turns()

        assert ({}, "answered", "callfsm-probe") == (result, call.state, probe["params"]["realm"])


@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_a_call_that_its_probe_does_not_find_ends(code: int) -> None:
    """When the probe finds no call either, it is over: everything in it settles."""
    async with answered() as (call, server):
        action = await began(server, "calling.play", call.play([TTS]))
        leaving = asyncio.create_task(call.queue_leave("support"))
        server.replies_to(await server.expects("calling.queue.leave"), 404)
        await leaving
        server.replies_to(await server.expects(PROBE), code)
        await within(1, action.wait())

        assert ("ended", "gone", []) == (call.state, call.end_reason, call.actions)


@in_virtual_time
async def test_404_to_a_stop_settles_its_operation_alone() -> None:
    """A 404 to a command of an action is about the action first; the call goes on."""
    async with playing() as (action, server):
        stopping = asyncio.create_task(action.stop())
        server.replies_to(await server.expects("calling.play.stop"), 404)
        result = await stopping
        server.replies_to(await server.expects(PROBE))
        await turns()

        assert ({}, "answered") == (result, action.call.state)


@pytest.mark.parametrize("code", [400, 409, 500, "503"])
@in_virtual_time
async def test_any_other_refusal_raises_and_moves_nothing(code: object) -> None:
    """A refusal raises RelayError with the server's code; the call goes on as it was."""
    async with answered() as (call, server):
        holding = asyncio.create_task(call.hold())
        server.replies_to(await server.expects("calling.hold"), code)
        with pytest.raises(RelayError) as caught:
            await holding

        assert (int(str(code)), "answered", True) == (caught.value.code, call.state, server.silent)


@in_virtual_time
async def test_a_refused_play_is_no_action_of_the_call() -> None:
    """A play that the server refuses raises, is forgotten, and completes nobody."""
    async with answered() as (call, server):
        completed: list[RelayEvent] = []
        starting = asyncio.create_task(call.play([TTS], on_completed=completed.append))
        server.replies_to(await server.expects("calling.play"), 500)
        with pytest.raises(RelayError):
            await starting

        assert ([], []) == (completed, call.actions)


@in_virtual_time
async def test_an_empty_result_is_no_gone_call() -> None:
    """A result without a code is a success: the call goes on."""
    async with answered() as (call, server):
        holding = asyncio.create_task(call.hold())
        server.tells({"jsonrpc": "2.0", "id": (await server.expects("calling.hold"))["id"], "result": {}})

        assert ({}, "answered") == (await holding, call.state)


@in_virtual_time
async def test_one_command_without_a_reply_harms_nobody_else() -> None:
    """While one command goes without a reply, others get theirs at once, on the same line."""
    async with scripted() as (client, server):
        slow = asyncio.create_task(client.execute("slow.one", {}))
        await server.expects("slow.one")
        for number in range(1, 10):
            other = asyncio.create_task(client.execute("other.one", {}))
            server.replies_to(await command(server, "other.one", number))
            await other
            await asyncio.sleep(1)
        with pytest.raises(RequestTimeoutError) as caught:
            await slow

        assert ("slow.one", 10.0, 10.0, 1, "online") == (
            caught.value.method,
            caught.value.seconds,
            now(),
            len(server.lines),
            client.state,
        )


@in_virtual_time
async def test_a_command_without_a_reply_is_not_sent_again() -> None:
    """A command that has timed out may have run: it is sent once, also when the line drops afterwards."""
    async with scripted() as (client, server):
        slow = asyncio.create_task(client.execute("slow.one", {}))
        with pytest.raises(RequestTimeoutError):
            await slow
        server.lines[0].drop()
        await asyncio.sleep(10)

        assert (1, "online") == (len(commands(server)), client.state)


@in_virtual_time
async def test_a_late_reply_harms_nobody() -> None:
    """A reply after the time limit belongs to nobody; the next command gets its own."""
    async with scripted() as (client, server):
        slow = asyncio.create_task(client.execute("slow.one", {}))
        request = await server.expects("slow.one")
        with pytest.raises(RequestTimeoutError):
            await slow
        other = asyncio.create_task(client.execute("other.one", {}))
        server.replies_to(request, message="too late")
        server.replies_to(await command(server, "other.one"), message="in time")

        assert "in time" == (await other)["message"]


@in_virtual_time
async def test_a_play_without_a_reply_may_still_be_reported() -> None:
    """A play whose command timed out may have run: its reports are still heard, and it ends with its call."""
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS], control_id="c"))
        with pytest.raises(RequestTimeoutError):
            await starting
        (action,) = call.actions
        server.state("ended")

        assert "hung_up" == (await within(1, action.wait())).params["state"]


@in_virtual_time
async def test_a_report_that_overtakes_the_reply_completes_the_action() -> None:
    """A play whose end is reported before the reply to its command is over when the method returns, whatever the reply."""
    async with answered() as (call, server):
        completed: list[RelayEvent] = []
        starting = asyncio.create_task(call.play([TTS], control_id="c", on_completed=completed.append))
        request = await server.expects("calling.play")
        server.operation("play", "c", state="finished")
        server.replies_to(request, 500)
        action = await starting

        assert (True, 1) == (action.completed, len(completed))


@in_virtual_time
async def test_replies_in_another_order_reach_their_own_commands() -> None:
    """Replies may come in any order."""
    async with answered() as (call, server):
        asking = [asyncio.create_task(call.user_event(event=str(number))) for number in range(3)]
        requests = [await server.expects("calling.user_event") for _ in asking]
        for request in reversed(requests):
            server.replies_to(request, told=request["params"]["event"])

        assert ["0", "1", "2"] == [reply["told"] for reply in await asyncio.gather(*asking)]


@in_virtual_time
async def test_a_slow_command_of_one_call_holds_up_no_other_command_of_it() -> None:
    """One call's commands do not wait for each other's replies."""
    async with answered() as (call, server):
        slow = asyncio.create_task(call.hold())
        await server.expects("calling.hold")
        action = await began(server, "calling.play", call.play([TTS]))
        with pytest.raises(RequestTimeoutError):
            await slow

        assert ("requested", "answered") == (action.state, call.state)


def test_a_request_timeout_is_a_relay_error() -> None:
    """A program that catches RelayError catches a missing reply; the official word stands in the text."""
    error = RequestTimeoutError("calling.play", 10)

    assert (True, True) == (isinstance(error, RelayError), "timeout" in str(error))
