"""`callfsm.call`: commands on calls that have ended or are gone, and what calls can do with others."""

import asyncio
import logging

import pytest
from clock import in_virtual_time, turns
from memory import joined, talking
from scripted import TTS, answered, offered

from callfsm import (
    Call,
    CallEndedError,
    RelayEvent,
)
from callfsm.builders import phone


@in_virtual_time
async def test_play_on_ended_call(caplog: pytest.LogCaptureFixture) -> None:
    """A play on a call that has ended sends nothing: the action has ended, and a warning is logged."""
    async with talking() as (call, caller, board):
        ended: list[RelayEvent] = []
        await caller.hangs_up()
        await turns()
        action = await call.play([TTS], on_completed=ended.append)
        event = await action.wait()

        assert (True, "hung_up", [event], ["calling.answer"], 1) == (
            action.is_done,
            event.params["state"],
            ended,
            board.methods(),
            caplog.text.count("asked after end"),
        )


@in_virtual_time
async def test_command_on_ended_call() -> None:
    """A command on a call that has ended sends nothing and returns ``{}``."""
    async with talking() as (call, caller, board):
        await caller.hangs_up()
        await turns()

        assert ([{}, {}], ["calling.answer"]) == (
            [await call.disconnect(), await call.send_digits("1")],
            board.methods(),
        )


@in_virtual_time
async def test_spinning_handler() -> None:
    """A handler that goes on asking of an ended call lets others run, and is stopped at the thousandth command."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()
        ran: list[int] = []

        async def other() -> None:
            while not spinning.done():
                ran.append(1)
                await asyncio.sleep(0)

        async def spin() -> int:
            for count in range(1, 2_000):
                try:
                    await call.play([TTS])
                except CallEndedError:
                    return count
            return 0

        spinning = asyncio.create_task(spin())
        await other()

        assert (1_000, True) == (await spinning, len(ran) > 900)


@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_gone(code: int) -> None:
    """A command on a call that the server does not know returns ``{}``, and the call has ended."""
    async with offered() as (call, server):
        answering = asyncio.create_task(call.answer())
        server.replies_to(await server.expects("calling.answer"), code)

        assert ({}, "ended", "gone") == (await answering, call.state, call.end_reason)


@in_virtual_time
async def test_unknown_bridge() -> None:
    """A 404 that may be about something else settles its command alone; the call is probed."""
    async with answered() as (call, server):
        leaving = asyncio.create_task(call.disconnect())
        server.replies_to(await server.expects("calling.disconnect"), 404)
        result = await leaving
        probe = await server.expects("calling.clear_digit_bindings")
        server.replies_to(probe)
        await turns()

        assert ({}, "answered", "callfsm-probe") == (result, call.state, probe["params"]["realm"])


@in_virtual_time
async def test_probe_finds_nothing() -> None:
    """A call that the probe does not find has ended."""
    async with answered() as (call, server):
        leaving = asyncio.create_task(call.disconnect())
        server.replies_to(await server.expects("calling.disconnect"), 404)
        await leaving
        server.replies_to(await server.expects("calling.clear_digit_bindings"), 404)
        event = await call.wait_for_ended(timeout=1)

        assert event.params["end_reason"] == "gone"


@in_virtual_time
async def test_pass() -> None:
    """A call that is passed is over here, and offered to somebody else."""
    async with joined() as (client, board), board.client("office") as other:
        seen: list[tuple[str, Call]] = []
        client.on_call(lambda call: seen.append(("first", call)))
        other.on_call(lambda call: seen.append(("other", call)))
        caller = board.call("office")
        await turns()
        await seen[0][1].pass_()
        await turns()

        assert ([("ended", "passed"), ("created", "")], {"first", "other"}) == (
            [(call.state, call.end_reason) for _, call in seen],
            {who for who, _ in seen},
        )
        await caller.hangs_up()


@in_virtual_time
async def test_end_reason() -> None:
    """A call tells why it has ended."""
    async with talking() as (call, caller, _board):
        before = call.end_reason
        await caller.hangs_up("noAnswer")
        await turns()

        assert ["", "noAnswer"] == [before, call.end_reason]


@in_virtual_time
async def test_bridge() -> None:
    """A call is joined to another party, and parted from it; both legs stay up."""
    async with talking() as (call, caller, board):
        states: list[str] = []
        call.on("calling.call.connect", lambda event: states.append(event.params["connect_state"]))
        board.answers("+15550109999", after=0.5)
        await call.connect([[phone("+15550109999", "+15550100001")]])
        await call.wait_for("calling.call.connect", lambda event: event.params["connect_state"] == "connected", 5)
        await call.disconnect()
        await turns()

        assert (["connecting", "connected", "disconnected"], "answered") == (states, call.state)
        await caller.hangs_up()


@in_virtual_time
async def test_digits_are_sent() -> None:
    """Tones are followed by their event."""
    async with talking() as (call, caller, _board):
        sent = asyncio.create_task(call.wait_for("calling.call.send_digits", timeout=5))
        await call.send_digits("12w3", control_id="tones-1")

        assert ("finished", "tones-1") == ((await sent).params["state"], (await sent).params["control_id"])
        await caller.hangs_up()


@in_virtual_time
async def test_repeated_reports(caplog: pytest.LogCaptureFixture) -> None:
    """Stale reports move nothing, and the first of them is logged as a warning."""
    async with answered() as (call, server):
        with caplog.at_level(logging.WARNING, "callfsm"):
            for _ in range(5):
                server.state("answered")
            await turns()

        assert ("answered", 1) == (call.state, caplog.text.count("stale report"))
