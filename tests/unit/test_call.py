"""`callfsm.call`: its state, its numbers and its listeners."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns
from memory import talking
from scripted import TTS, answered, offered, scripted

from callfsm import (
    Call,
    PlayEvent,
    RelayEvent,
)

PLAY = "calling.call.play"


@in_virtual_time
async def test_repr() -> None:
    """A call shows its id, state and direction."""
    async with offered() as (call, _server):
        assert repr(call) == "<Call id=call-1 state=created direction=inbound>"


@in_virtual_time
async def test_ringing_is_created() -> None:
    """A call that is reported ringing is created, and ringing until it is answered."""
    async with offered() as (call, server):
        seen: list[tuple[str, bool]] = [(call.state, call.ringing)]
        for word in ("ringing", "answered"):
            server.state(word)
            await turns()
            seen.append((call.state, call.ringing))

        assert [("created", False), ("created", True), ("answered", False)] == seen


@in_virtual_time
async def test_state_never_goes_back() -> None:
    """A report of a state that is behind moves nothing."""
    async with answered() as (call, server):
        server.state("ending")
        server.state("answered")
        server.state("created")
        server.state("no such state")
        await turns()

        assert call.state == "ending"


@in_virtual_time
async def test_answered_when_answer_returns() -> None:
    """A program may go on as soon as `answer` has returned."""
    async with offered() as (call, server):
        answering = asyncio.create_task(call.answer())
        server.replies_to(await server.expects("calling.answer"))
        await answering

        assert call.state == "answered"


@pytest.mark.parametrize("sides", [("from_number", "to_number"), ("from", "to")])
@in_virtual_time
async def test_numbers(sides: tuple[str, str]) -> None:
    """The numbers are found under either spelling."""
    told = {sides[0]: "sip:a@example.com", sides[1]: "+15550100002"}
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers(device={"type": "sip", "params": told})
        await turns()

        assert ("sip:a@example.com", "+15550100002") == (calls[0].from_number, calls[0].to_number)


@pytest.mark.parametrize("device", [None, {}, {"params": None}, {"params": {"from_number": 7}}])
@in_virtual_time
async def test_no_number(device: object) -> None:
    """A number that was not told is empty."""
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers(device=device)
        await turns()

        assert ("", "") == (calls[0].from_number, calls[0].to_number)


@in_virtual_time
async def test_listener() -> None:
    """A listener hears typed events, the running states too."""
    async with answered() as (call, server):
        heard: list[RelayEvent] = []
        call.on(PLAY, heard.append)
        playing = asyncio.create_task(call.play([TTS], control_id="c"))
        server.replies_to(await server.expects("calling.play"))
        await playing
        for state in ("playing", "paused", "finished"):
            server.operation("play", "c", state=state)
        await turns()

        assert [(PlayEvent, "playing"), (PlayEvent, "paused"), (PlayEvent, "finished")] == [
            (type(event), event.params["state"]) for event in heard
        ]


@in_virtual_time
async def test_timestamp() -> None:
    """An event carries the envelope's timestamp."""
    async with offered() as (call, server):
        heard: list[float] = []
        call.on("calling.call.state", lambda event: heard.append(event.timestamp))
        server.state("ringing")
        await turns()

        assert [1.5] == heard


@in_virtual_time
async def test_listener_sees_the_new_state() -> None:
    """When a listener hears of a state, the call is in it."""
    async with offered() as (call, server):
        seen: list[str] = []
        call.on("calling.call.state", lambda _event: seen.append(call.state))
        for word in ("answered", "ending", "ended"):
            server.state(word)
        await turns()

        assert ["answered", "ending", "ended"] == seen


@in_virtual_time
async def test_off() -> None:
    """A listener that was taken away hears nothing more."""
    async with offered() as (call, server):
        heard: list[RelayEvent] = []
        call.on("calling.call.state", heard.append)
        call.on("calling.call.state", heard.append)
        call.off("calling.call.state")
        server.state("ringing")
        await turns()

        assert heard == []


@in_virtual_time
async def test_slow_listener_delays_nobody() -> None:
    """A coroutine listener that takes its time delays neither the call nor its commands."""
    async with talking() as (call, caller, _board):

        async def slow(_event: RelayEvent) -> None:
            await asyncio.sleep(100)

        call.on(PLAY, slow)
        await (await call.play_tts("hello")).wait()
        await call.hangup()
        await caller.is_over()

        assert now() < 1
        await asyncio.sleep(300)
