"""`callfsm.call`: waits for events and states, each of which ends."""

import asyncio
import logging
from typing import Any

import pytest
from clock import in_virtual_time, now, turns
from scripted import CALL_ID, answered, offered, scripted

from callfsm import (
    Call,
    CallEndedError,
    CallStateEvent,
    ConnectionLostError,
)

PLAY = "calling.call.play"


@in_virtual_time
async def test_wait_for() -> None:
    """`wait_for` gives the next event of a type, typed."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for("calling.call.state"))
        await turns()
        server.reports("calling.call.play", call_id=CALL_ID)
        server.state("ringing")
        event = await waiting

        assert (CallStateEvent, "ringing") == (type(event), event.params["call_state"])


@in_virtual_time
async def test_wait_for_with_predicate() -> None:
    """With a predicate, the wait goes on until an event fits."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(
            call.wait_for("calling.call.state", lambda event: event.params["call_state"] == "answered")
        )
        await turns()
        for word in ("ringing", "answered"):
            server.state(word)

        assert (await waiting).params["call_state"] == "answered"


@in_virtual_time
async def test_predicate_raises(caplog: pytest.LogCaptureFixture) -> None:
    """A predicate that raises fits nothing; the error is logged, and the other waits are not harmed."""
    async with offered() as (call, server):
        broken = asyncio.create_task(call.wait_for("calling.call.state", lambda event: event.params["none"], timeout=5))
        patient = asyncio.create_task(call.wait_for("calling.call.state"))
        await turns()
        server.state("ringing")
        with pytest.raises(asyncio.TimeoutError), caplog.at_level(logging.ERROR, "callfsm"):
            await broken

        assert (await patient).params["call_state"] == "ringing"


@in_virtual_time
async def test_wait_for_times_out() -> None:
    """A wait ends after its time, and can be made again."""
    async with offered() as (call, server):
        with pytest.raises(asyncio.TimeoutError):
            await call.wait_for("calling.call.state", timeout=3)
        again = asyncio.create_task(call.wait_for("calling.call.state"))
        await turns()
        server.state("ringing")
        await again

        assert now() == 3


@in_virtual_time
async def test_wait_for_what_cannot_come() -> None:
    """When the call ends, a wait for an event that has not come raises CallEndedError."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for(PLAY))
        await turns()
        server.state("ended", end_reason="busy")
        with pytest.raises(CallEndedError, match=r"busy.*no such event can come") as caught:
            await waiting

        assert (CALL_ID, "busy") == (caught.value.call_id, caught.value.end_reason)


@in_virtual_time
async def test_wait_for_after_the_end() -> None:
    """On a call that has ended, a wait for an event raises CallEndedError at once."""
    async with offered() as (call, server):
        server.state("ended")
        await turns()
        with pytest.raises(CallEndedError, match=r"no calling\.call\.play can come any more"):
            await call.wait_for(PLAY)


@in_virtual_time
async def test_last_event_is_waited_for() -> None:
    """A wait for the event that ends the call gets it."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(
            call.wait_for("calling.call.state", lambda event: event.params["call_state"] == "ended")
        )
        await turns()
        server.state("ended", end_reason="hangup")

        assert (await waiting).params["end_reason"] == "hangup"


@pytest.mark.parametrize("state", ["ringing", "answered", "ending", "ended"])
@in_virtual_time
async def test_wait_for_state(state: str) -> None:
    """A wait for a state returns when the call is in it, with the report."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(getattr(call, f"wait_for_{state}")())
        await turns()
        server.state(state, end_reason="hangup")

        assert (await waiting).params["call_state"] == state


@pytest.mark.parametrize(
    ("reached", "state", "told"),
    [
        ("ringing", "ringing", "ringing"),
        ("answered", "ringing", "answered"),
        ("answered", "answered", "answered"),
        ("ending", "ending", "ending"),
        ("ended", "ending", "ended"),
        ("ended", "ended", "ended"),
    ],
)
@in_virtual_time
async def test_state_was_reached(reached: str, state: str, told: str) -> None:
    """A wait for a state that the call is at, or past, returns at once, with the present state."""
    async with offered() as (call, server):
        server.state(reached)
        await turns()
        event = await getattr(call, f"wait_for_{state}")(timeout=0)

        assert ("calling.call.state", told) == (event.event_type, event.params["call_state"])


@in_virtual_time
async def test_answered_once_and_ended() -> None:
    """A wait for an answer that there was returns at once, also after the end."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()

        assert (await call.wait_for_answered()).params["call_state"] == "ended"


@pytest.mark.parametrize("state", ["ringing", "answered"])
@in_virtual_time
async def test_hopeless_wait(state: str) -> None:
    """A wait for a state that the call can no longer reach raises CallEndedError at once."""
    async with offered() as (call, server):
        server.state("ended", end_reason="busy")
        await turns()
        with pytest.raises(CallEndedError, match=f"busy.*it can no longer be {state}"):
            await getattr(call, f"wait_for_{state}")()


@pytest.mark.parametrize("state", ["ringing", "answered"])
@in_virtual_time
async def test_wait_becomes_hopeless(state: str) -> None:
    """A wait for a state raises CallEndedError as soon as the call cannot reach it any more."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(getattr(call, f"wait_for_{state}")())
        await turns()
        server.state("ending", end_reason="hangup")
        with pytest.raises(CallEndedError, match="hangup"):
            await waiting

        assert now() == 0


@pytest.mark.parametrize("state", ["ringing", "answered", "ending", "ended"])
@in_virtual_time
async def test_wait_for_state_times_out(state: str) -> None:
    """A wait that times out harms neither the others nor later ones."""
    async with offered() as (call, server):
        wait = getattr(call, f"wait_for_{state}")
        patient = asyncio.create_task(wait())
        with pytest.raises(asyncio.TimeoutError):
            await wait(timeout=1)
        later = asyncio.create_task(wait())
        await turns()
        server.state(state)

        assert [state, state] == [event.params["call_state"] for event in await asyncio.gather(patient, later)]


@in_virtual_time
async def test_cancelled_wait() -> None:
    """A wait that is cancelled harms neither the others nor later ones."""
    async with offered() as (call, server):
        cancelled, patient = (asyncio.create_task(call.wait_for_ended()) for _ in range(2))
        await turns()
        cancelled.cancel()
        await asyncio.wait({cancelled})
        server.state("ended")

        assert ["ended", "ended"] == [
            (await patient).params["call_state"],
            (await call.wait_for_ended()).params["call_state"],
        ]


@pytest.mark.parametrize(
    "wait",
    [
        lambda call: call.wait_for(PLAY),
        lambda call: call.wait_for_ended(),
        lambda call: call.wait_for_answered(),
        lambda call: call.wait_for_ringing(),
        lambda call: call.wait_for_ending(),
    ],
)
@in_virtual_time
async def test_disconnect_ends_waits(wait: Any) -> None:
    """When the program disconnects, every wait ends with ConnectionLostError, and none is cancelled."""
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers()
        await turns()
        waiting = asyncio.create_task(wait(calls[0]))
        await turns()
        await client.disconnect()
        with pytest.raises(ConnectionLostError, match="disconnected the client"):
            await waiting
