"""What a test lets the network do: late, lost, repeated and refused frames, and names that no frame has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from callfsm import Call, PlayEvent, RelayError, RequestTimeoutError
from callfsm.testing import MemoryRelay, Relay, in_virtual_time
from callfsm.testing.virtual_time import turns


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Relay, Call]]:
    """A relay, and a call that has been answered."""
    calls: list[Call] = []

    async def answers(call: Call) -> None:
        await call.answer()
        calls.append(call)
        await call.wait_for_ended()

    async with MemoryRelay() as relay:
        await relay.serves(answers)
        await relay.call("office").is_answered()
        await turns()
        yield relay, calls[0]


@in_virtual_time
async def test_delays() -> None:
    """What the server says is late, until the network heals."""
    async with talking() as (relay, call):
        clock = relay.exchange.clock
        relay.delays(2.0, "reply")
        began = clock.now()
        await call.play_silence(1.0)
        late = clock.now() - began
        relay.heals()
        began = clock.now()
        await call.play_silence(1.0)

        assert (2.0, 0.0) == (round(late, 3), clock.now() - began)


@in_virtual_time
async def test_duplicates() -> None:
    """The next events of a type come twice."""
    async with talking() as (relay, call):
        relay.duplicates("calling.call.play")
        heard: list[str] = []
        call.on(PlayEvent, lambda event: heard.append(event.state))
        await (await call.play_silence(1.0)).wait()

        assert ["playing", "playing", "finished"] == heard


@in_virtual_time
async def test_loses() -> None:
    """The next commands of a method never arrive."""
    async with talking() as (relay, call):
        relay.loses("calling.play")
        with pytest.raises(RequestTimeoutError):
            await call.play_silence(1.0)
        await call.play_silence(1.0)

        assert ["calling.answer", "calling.play"] == relay.methods(call.call_id)


@in_virtual_time
async def test_replies() -> None:
    """The next commands of a method are refused with this code and message, so many times."""
    async with talking() as (relay, call):
        relay.replies(409, "calling.play", "not now", times=2)
        codes = []
        for _ in range(2):
            with pytest.raises(RelayError, match="not now") as caught:
                await call.play_silence(1.0)
            codes.append(caught.value.code)
        await call.play_silence(1.0)

        assert [409, 409] == codes


@pytest.mark.parametrize(
    ("act", "arguments", "told"),
    [
        ("delays", (1.0, "calling.play"), r"delays\('calling.play'\): must be the type of an event"),
        ("delays", (-1.0,), r"delays\(-1.0\): must not be less than 0"),
        ("delays", (float("nan"),), r"delays\(nan\): must not be less than 0"),
        ("duplicates", ("calling.play",), r"such as calling.call.play, or reply"),
        ("duplicates", ("play",), r"duplicates\('play'\): must be"),
        ("loses", ("play",), "must be the method of a command, such as calling.play, or the type of an event"),
        ("loses", ("calling.plya",), r"did you mean calling\.play\?"),
        ("loses", ("calling.play", 0), r"loses\(times=0\): must be 1 or more"),
        ("replies", (409, "play"), r"replies\('play'\): must be the method of a command, such as calling.play"),
        ("replies", (409, "calling.call.play"), "must be the method of a command"),
        ("replies", (409, "reply"), "must be the method of a command"),
        ("replies", (200, "calling.play"), r"replies\(200\): must be the code of a refusal"),
    ],
)
def test_never_met(act: str, arguments: tuple[Any, ...], told: str) -> None:
    """What no frame would ever meet is refused at once, and the error tells what would be met."""
    with pytest.raises(ValueError, match=told):
        getattr(MemoryRelay(), act)(*arguments)
