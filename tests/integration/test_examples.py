"""Each example program, as it stands, against the simulator: every call ends, and nothing is left open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import Any

import pytest
from clock import in_virtual_time, turns, until
from memory import PROJECT, TOKEN, Board

from callfsm.programs import examples_folder, load_module
from callfsm.simulator import Caller
from callfsm.simulator.person import Person


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples read their credentials from the environment, as programs do."""
    monkeypatch.setenv("SIGNALWIRE_PROJECT_ID", PROJECT)
    monkeypatch.setenv("SIGNALWIRE_API_TOKEN", TOKEN)


@asynccontextmanager
async def running(name: str) -> AsyncIterator[tuple[Any, Board]]:
    """An example program that is connected to a simulated network; everything must have ended well."""
    sys.modules.pop(name, None)
    program: ModuleType = load_module(str(examples_folder() / f"{name}.py"))
    board = Board()
    program.client.connector = board.connector
    async with program.client:
        yield program, board
        await until(lambda: not program.client.calls)
        sums = board.statistics
        refused = program.client.statistics.commands_refused
    await board.close()

    assert [] == board.failures
    assert [] == board.unexpected
    assert (0, 0, 0) == (sums.calls_live, sums.operations_open, refused)


@in_virtual_time
async def test_receptionist_bridges() -> None:
    """The receptionist connects the caller to the extension, and hangs up when they have talked."""

    async def talk(callee: Caller) -> None:
        await callee.stays_silent(5)
        await callee.hangs_up()

    async with running("receptionist") as (_program, board):
        board.answers("+15550100021", after=2.0, then=talk)
        caller = board.call("reception")
        await caller.hears("Please enter the extension")
        await caller.press("21")

        assert "hangup" == await caller.is_over()
        assert ["calling.answer", "calling.play_and_collect", "calling.connect", "calling.end"] == board.methods(
            caller.call_id
        )


@in_virtual_time
async def test_receptionist_transfers() -> None:
    """When nobody answers at the extension, the caller goes to the operator."""
    async with running("receptionist") as (_program, board):
        board.busy("+15550100022")
        caller = board.call("reception")
        await caller.hears("Please enter the extension")
        await caller.press("22")
        await caller.hears("I connect you to the operator")
        await until(lambda: "calling.transfer" in board.methods(caller.call_id))
        await caller.hangs_up()


@in_virtual_time
async def test_conference() -> None:
    """Two callers join the same conference, and are told of each other."""
    async with running("conference") as (program, board):
        first, second = board.call("meeting"), board.call("meeting")
        for caller in (first, second):
            await caller.hears("joining the weekly meeting")
        await until(lambda: program.log.count("participant-join") >= 2)
        await first.hangs_up()
        await turns()
        await second.hangs_up()


@in_virtual_time
async def test_hotline() -> None:
    """A caller waits in the queue, an agent takes them out of it, and they talk until one hangs up."""
    async with running("hotline") as (_program, board):
        caller = board.call("hotline")
        await caller.hears("You are number 1 in the queue")
        agent = board.call("agents")
        await agent.hears("Connecting you to the next caller")
        await until(lambda: "calling.connect" in board.methods(agent.call_id))
        await agent.stays_silent(5)
        await agent.hangs_up()
        await caller.stays_silent(5)
        await caller.hangs_up()


@in_virtual_time
async def test_fax() -> None:
    """A fax that comes in is kept."""
    async with running("fax") as (program, board):
        caller = board.call("fax")
        caller.sends_fax("https://example.com/order.pdf", pages=3)
        await caller.is_over()

        assert 1 == len(program.documents)


@in_virtual_time
async def test_reminder_asks_a_person() -> None:
    """A person is asked, and confirms."""

    async def confirms(callee: Caller) -> None:
        await callee.says("Hello?")
        await callee.hears("Press 1 to confirm")
        await callee.press("1")

    async with running("reminder") as (program, board):
        board.answers("+15550100031", after=1.0, then=confirms)

        assert "confirmed" == await program.remind("+15550100031")


@in_virtual_time
async def test_reminder_speaks_to_a_machine() -> None:
    """An answering machine is spoken to after its beep."""
    heard: list[str] = []

    async def records(callee: Caller) -> None:
        await callee.hears("call us back", timeout=60)
        heard.extend(callee.heard)

    async with running("reminder") as (program, board):
        board.answers(
            "+15550100032", after=1.0, then=records, person=Person(greeting="Nobody is in. Speak after the tone.")
        )

        assert "message left" == await program.remind("+15550100032")
        assert heard


@in_virtual_time
async def test_payment() -> None:
    """The caller types a card in, and hears that it was charged."""
    async with running("payment") as (program, board):
        caller = board.call("payments")
        for words, keys in (
            ("card number", "4111111111111111"),
            ("expiration date", "1230"),
            ("security code", "123"),
            ("postcode, then press pound", "12345#"),
        ):
            await caller.hears(words, timeout=60)
            await caller.press(keys)
        await caller.hears("your payment was made", timeout=60)
        await caller.is_over()

        assert ["success"] == program.outcomes


@in_virtual_time
async def test_agent() -> None:
    """The agent talks with the caller until they say goodbye."""
    async with running("agent") as (program, board):
        caller = board.call("agent")
        await caller.is_answered()
        await caller.stays_silent(3)
        await caller.says("What are your opening hours?")
        await caller.stays_silent(5)
        await caller.says("Thank you, goodbye.")
        await caller.is_over()

        assert ["What are your opening hours?", "Thank you, goodbye."] == program.heard


@in_virtual_time
async def test_texting() -> None:
    """A text is answered, and the answer arrives."""
    async with running("texting") as (program, board):
        board.message(to="+15550100001", from_="+15550100077", body="Hi", context="texts")
        await until(lambda: bool(program.deliveries))

        assert ["You wrote: Hi"] == [text.body for text in board.texts("+15550100077")]
        assert ["delivered"] == program.deliveries


@in_virtual_time
async def test_dialer_reports_each_number() -> None:
    """The dialer tells how each call went."""

    async def listens(callee: Caller) -> None:
        await callee.is_over()

    async with running("dialer") as (program, board):
        board.answers("+15550100041", then=listens)
        board.busy("+15550100042")
        outcomes = await asyncio.wait_for(program.campaign(["+15550100041", "+15550100042"]), 300)

        assert {"+15550100041": "reminded", "+15550100042": "busy"} == outcomes
