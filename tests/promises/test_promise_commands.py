"""What is promised of commands: what the machine forbids is not sent, and what is sent is what was said."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
from clock import in_virtual_time, turns
from dials import accepted, dialling, wins
from methods import COMMANDS, given
from operations import began, playing
from scripted import TTS, answered, offered, scripted

from callfsm import Call, CallEndedError, IllegalCommandError, PlayAction, RecordAction

REASONS: Final = ("hangup", "cancel", "busy", "noAnswer", "decline", "error")
NEED_MEDIA: Final = (
    "play",
    "record",
    "collect",
    "play_and_collect",
    "detect",
    "tap",
    "stream",
    "pay",
    "ai",
    "hold",
    "echo",
)
NEED_NO_MEDIA: Final = (
    "connect",
    "transfer",
    "refer",
    "user_event",
    "disconnect",
    "bind_digit",
    "queue_enter",
    "pass_",
)


@pytest.mark.parametrize("reason", REASONS)
@in_virtual_time
async def test_each_hangup_reason_goes_out_as_it_is(reason: str) -> None:
    """Every reason that RELAY knows reaches the wire."""
    async with answered() as (call, server):
        hanging_up = asyncio.create_task(call.hangup(reason))
        request = await server.expects("calling.end")
        server.replies_to(request)
        await hanging_up

        assert reason == request["params"]["reason"]


@pytest.mark.parametrize("reason", ["", "HANGUP", "no_answer", "lost", None, 1, ["busy"]])
@in_virtual_time
async def test_any_other_hangup_reason_is_a_value_error_that_lists_them(reason: Any) -> None:
    """A reason that RELAY does not know raises, with the list of those it knows, and nothing is sent."""
    async with answered() as (call, server):
        with pytest.raises(ValueError, match=", ".join(REASONS)):
            await call.hangup(reason)
        await turns()

        assert (True, "answered") == (server.silent, call.state)


@in_virtual_time
async def test_hangup_twice_is_one_frame_and_one_reply() -> None:
    """A second hang-up, while the first is in flight and after it, sends nothing and gets the first one's reply."""
    async with answered() as (call, server):
        first, second = (asyncio.create_task(call.hangup()) for _ in range(2))
        server.replies_to(await server.expects("calling.end"), message="the first")
        replies = [await first, await second, await call.hangup("busy")]
        server.state("ended")
        await turns()
        replies.append(await call.hangup())

        assert (["the first"] * 4, True) == ([reply["message"] for reply in replies], server.silent)


@pytest.mark.parametrize("word", ["ending", "ended"])
@in_virtual_time
async def test_hangup_of_a_call_that_the_other_side_ends_sends_nothing(word: str) -> None:
    """A hang-up on a call that is ending or has ended sends nothing and returns ``{}``."""
    async with answered() as (call, server):
        server.state(word)
        await turns()

        assert ({}, True) == (await call.hangup(), server.silent)


async def second_answer(call: Call) -> None:
    """Answer a call that has been answered."""
    await call.answer()


async def late_pass(call: Call) -> None:
    """Pass a call that has been answered."""
    await call.pass_()


@pytest.mark.parametrize("command", [second_answer, late_pass])
@in_virtual_time
async def test_answering_or_passing_an_answered_call_is_illegal(command: Callable[[Call], Awaitable[None]]) -> None:
    """Answer and pass_ are for calls that nobody has answered; nothing is sent, and no state moves."""
    async with answered() as (call, server):
        with pytest.raises(IllegalCommandError):
            await command(call)
        await turns()

        assert (True, "answered") == (server.silent, call.state)


@in_virtual_time
async def test_answering_an_outbound_call_is_illegal() -> None:
    """An outbound call is answered by the other side; nothing is sent."""
    async with scripted() as (client, server):
        dial = dialling(client)
        tag = await accepted(server)
        server.state("created", "leg-1", tag=tag, direction="outbound")
        await turns()
        (leg,) = client.calls
        with pytest.raises(IllegalCommandError, match="only an inbound call"):
            await leg.answer()

        assert server.silent
        wins(server, tag)
        await dial


@pytest.mark.parametrize("name", NEED_MEDIA)
@in_virtual_time
async def test_a_media_command_before_the_answer_is_illegal(name: str) -> None:
    """A command that needs media is refused while the call is created, and nothing is sent."""
    async with offered() as (call, server):
        with pytest.raises(IllegalCommandError, match="need an answered call"):
            await getattr(call, name)(**given(name))
        await turns()

        assert (True, []) == (server.silent, call.actions)


@pytest.mark.parametrize("name", NEED_MEDIA)
@in_virtual_time
async def test_with_early_media_a_media_command_goes_out_before_the_answer(name: str) -> None:
    """`RelayClient(early_media=True)` lets it out."""
    async with offered(early_media=True) as (call, server):
        asking = asyncio.create_task(getattr(call, name)(**given(name)))
        server.replies_to(await server.expects(COMMANDS[name]["wire_method"]))
        await asking

        assert "created" == call.state


@pytest.mark.parametrize("name", NEED_NO_MEDIA)
@in_virtual_time
async def test_a_routing_command_goes_out_before_the_answer(name: str) -> None:
    """A command that needs no media needs no answered call."""
    async with offered() as (call, server):
        asking = asyncio.create_task(getattr(call, name)(**given(name)))
        server.replies_to(await server.expects(COMMANDS[name]["wire_method"]))

        assert "200" == (await asking)["code"]


@in_virtual_time
async def test_a_pause_of_a_finished_play_is_illegal() -> None:
    """What has finished cannot be paused; nothing is sent, and the error tells what could have been asked."""
    async with playing() as (action, server):
        server.operation("play", "c", state="finished")
        await turns()
        with pytest.raises(IllegalCommandError) as caught:
            await action.pause()

        assert (("pause", "finished", ("stop",)), True) == (
            (caught.value.command, caught.value.state, caught.value.permitted),
            server.silent,
        )


@in_virtual_time
async def test_an_illegal_command_harms_nothing() -> None:
    """After a refused command the call goes on, and the next legal command goes out."""
    async with offered() as (call, server):
        with pytest.raises(IllegalCommandError):
            await call.play([TTS])
        answering = asyncio.create_task(call.answer())
        server.replies_to(await server.expects("calling.answer"))
        await answering
        action = await began(server, "calling.play", call.play([TTS]))

        assert ("answered", PlayAction) == (call.state, type(action))


@in_virtual_time
async def test_the_thousandth_command_on_an_ended_call_raises() -> None:
    """999 commands on an ended call are ordinary telephony; number 1,000 raises CallEndedError."""
    async with answered() as (call, server):
        server.state("ended", end_reason="hangup")
        await turns()
        before = [await call.hold() for _ in range(999)]
        with pytest.raises(CallEndedError, match="spinning") as caught:
            await call.hold()

        assert ([{}] * 999, "hangup", True) == (before, caught.value.end_reason, server.silent)


@pytest.mark.parametrize(
    ("name", "argument"), [("play", "node_id"), ("play", "call_id"), ("play", "play"), ("connect", "control_id")]
)
@in_virtual_time
async def test_an_extra_argument_that_would_overwrite_another_is_a_value_error(name: str, argument: str) -> None:
    """Extra keyword arguments may not take the place of the address, the control id or a named argument."""
    async with answered() as (call, server):
        with pytest.raises(ValueError, match=argument):
            await getattr(call, name)(**given(name), **{argument: "other"})
        await turns()

        assert (True, []) == (server.silent, call.actions)


@in_virtual_time
async def test_an_extra_argument_reaches_the_wire() -> None:
    """An argument that callfsm does not know goes out as it is."""
    async with answered() as (call, server):
        playing = asyncio.create_task(call.play([TTS], learnt_tomorrow={"a": [1, None]}))
        request = await server.expects("calling.play")
        server.replies_to(request)
        await playing

        assert {"a": [1, None]} == request["params"]["learnt_tomorrow"]


@in_virtual_time
async def test_a_control_id_in_use_is_a_value_error() -> None:
    """A control id is refused while its operation runs, whatever kind the second one is; the first one goes on."""
    async with playing() as (action, server):
        with pytest.raises(ValueError, match="'c' is taken by a play"):
            await action.call.record(control_id="c")
        await turns()
        server.operation("play", "c", state="finished")

        assert ("finished", True) == ((await action.wait()).params["state"], server.silent)


@in_virtual_time
async def test_a_control_id_is_free_again_when_its_operation_is_over() -> None:
    """A reused control id belongs to the new operation, and the old one keeps its result."""
    async with playing() as (first, server):
        server.operation("play", "c", state="finished")
        await first.wait()
        second = await began(server, "calling.record", first.call.record(control_id="c"))
        server.operation("record", "c", state="finished", url="https://files.example/1.mp3")

        assert (RecordAction, "calling.call.record", "calling.call.play") == (
            type(second),
            (await second.wait()).event_type,
            (await first.wait()).event_type,
        )


@in_virtual_time
async def test_an_empty_control_id_counts_as_not_given() -> None:
    """Two plays with an empty control id are two plays, each under an id of its own."""
    async with answered() as (call, server):
        actions = [await began(server, "calling.play", call.play([TTS], control_id="")) for _ in range(2)]

        assert (2, True) == (len({action.control_id for action in actions}), all(each.control_id for each in actions))
