"""The invariants, one by one, held against calls of which it is known how they go; and `keeps`, which does so in a test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from callfsm import Call, CollectEvent, RelayError
from callfsm.simulator import Caller
from callfsm.testing import FlowError, MemoryRelay, in_virtual_time, keeps
from callfsm.testing.invariants import DECISION_SECONDS, MOST_AFTER_END

Flow = Callable[[Call], Coroutine[Any, Any, None]]
Acts = Callable[[Caller], Coroutine[Any, Any, object]]


async def waits(caller: Caller) -> None:
    """Wait until the call is over."""
    await caller.is_over(10_000)


async def presses(caller: Caller) -> None:
    """Answer a prompt, and wait."""
    await caller.hears("press 1")
    await caller.press("1")
    await waits(caller)


async def leaves(caller: Caller) -> None:
    """Hang up in the middle of the first text."""
    await caller.hears("press")
    await caller.hangs_up()


async def broken(flow: Flow, acts: Acts = waits, **demands: Any) -> list[str]:
    """Which invariants a flow breaks with such a caller."""
    try:
        async with MemoryRelay() as relay, keeps(relay, **demands):
            await relay.serves(flow)
            await acts(relay.call("office"))
    except FlowError as error:
        return list(dict.fromkeys(trouble.invariant for trouble in error.troubles))
    return []


async def leaves_a_message(caller: Caller) -> None:
    """Say something, and wait."""
    await caller.is_answered()
    await caller.says("It is about my order.")
    await caller.press("#")
    await waits(caller)


async def asks(call: Call) -> CollectEvent:
    """Answer, and ask for a key."""
    await call.answer()
    prompt = await call.prompt_tts("Please press 1", {"digits": {"max": 1}, "initial_timeout": 5.0})
    event = await prompt.wait()
    assert isinstance(event, CollectEvent), "a prompt comes to a collect event"
    return event


@pytest.mark.parametrize(
    ("asked", "told"), [(MOST_AFTER_END, []), (MOST_AFTER_END + 1, ["few commands after the end"])]
)
@in_virtual_time
async def test_few_commands_after_the_end(asked: int, told: list[str]) -> None:
    """So many commands after the end are an oversight; more are a loop."""

    async def goes_on(call: Call) -> None:
        await call.answer()
        await call.hangup()
        await call.wait_for_ended()
        for _ in range(asked):
            await call.play_tts("Hello?")

    assert told == await broken(goes_on)


@in_virtual_time
async def test_hang_ups_after_the_end() -> None:
    """Whoever hangs up once too often does no harm."""

    async def hangs_up(call: Call) -> None:
        await call.answer()
        for _ in range(MOST_AFTER_END + 2):
            await call.hangup()
        await call.wait_for_ended()
        for _ in range(MOST_AFTER_END + 2):
            await call.hangup()

    assert [] == await broken(hangs_up)


@in_virtual_time
async def test_conflict() -> None:
    """What the server refuses as a conflict was no legal command, though the program has let it pass."""

    async def plays(call: Call) -> None:
        await call.answer()
        with pytest.raises(RelayError):
            await call.play_tts("Hello")
        await call.hangup()

    async def unkindly(relay: MemoryRelay) -> None:
        async with keeps(relay):
            await relay.serves(plays)
            # Not `relay.replies`, which is a network's fault.
            relay.meddling.replies(409, "calling.play")
            await relay.call("office").is_over()
            relay.meddling.hurt = False

    async with MemoryRelay() as relay:
        with pytest.raises(FlowError, match="the server refused a command: 409"):
            await unkindly(relay)


@pytest.mark.parametrize(
    ("seconds", "told"), [(DECISION_SECONDS - 1, []), (DECISION_SECONDS + 1, ["prompt followed by a decision"])]
)
@in_virtual_time
async def test_decision(seconds: float, told: list[str]) -> None:
    """After a prompt something follows within so many seconds."""

    async def thinks(call: Call) -> None:
        event = await asks(call)
        await asyncio.sleep(seconds if event.digits else 0)
        await call.hangup()

    assert told == await broken(thinks, presses)


@pytest.mark.parametrize(
    ("acts", "told"), [(waits, ["prompt looked at"]), (presses, ["prompt looked at"]), (leaves, [])]
)
@in_virtual_time
async def test_prompt_looked_at(acts: Acts, told: list[str]) -> None:
    """An answer, or none, is looked at; what a caller would have answered who has left, nobody can tell."""

    async def looks_away(call: Call) -> None:
        await asks(call)
        await call.hangup()

    assert told == await broken(looks_away, acts)


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        (lambda event: event.digits, []),
        (lambda event: event.result, []),
        (lambda event: event.params, []),
        (lambda event: event.call_id, ["prompt looked at"]),
        (repr, []),
    ],
)
@in_virtual_time
async def test_ways_to_look(looks: Callable[[Any], object], told: list[str]) -> None:
    """Any of what tells the answer counts, and showing all of it; what tells only which call it is does not."""

    async def looks_at(call: Call) -> None:
        looks(await asks(call))
        await call.hangup()

    assert told == await broken(looks_at, presses)


@pytest.mark.parametrize(("waits_for_it", "told"), [(True, []), (False, ["goodbye heard"])])
@in_virtual_time
async def test_goodbye(waits_for_it: bool, told: list[str]) -> None:  # noqa: FBT001  # one of two programs
    """The program hangs up when it has been heard."""

    async def says_goodbye(call: Call) -> None:
        await call.answer()
        said = await call.play_tts("Thank you for calling. Goodbye.")
        if waits_for_it:
            await said.wait()
        await call.hangup()

    assert told == await broken(says_goodbye)


@pytest.mark.parametrize(("keeps_it", "told"), [(True, []), (False, ["recording kept"])])
@in_virtual_time
async def test_recording(keeps_it: bool, told: list[str]) -> None:  # noqa: FBT001  # one of two programs
    """Somebody looks at the address of a recording."""

    async def records(call: Call) -> None:
        await call.answer()
        recording = await call.record({"terminators": "#"})
        event = await recording.wait()
        if keeps_it:
            assert event.url
        await call.hangup()

    assert told == await broken(records, leaves_a_message)


@in_virtual_time
async def test_recording_put_away() -> None:
    """Whoever puts the event of a recording away may look at it later."""
    put_away: list[object] = []

    async def records(call: Call) -> None:
        await call.answer()
        recording = await call.record({"terminators": "#"})
        put_away.append(await recording.wait())
        await call.hangup()

    assert [] == await broken(records, leaves_a_message)


@in_virtual_time
async def test_transfer() -> None:
    """A call that was handed over is left alone."""

    async def hands_over(call: Call) -> None:
        await call.answer()
        await call.transfer("sip:desk@example.com")
        await call.hangup()

    assert "transfer left alone" in await broken(hands_over, leaves_later)


async def leaves_later(caller: Caller) -> None:
    """Hang up after a while."""
    await caller.stays_silent(30)
    await caller.hangs_up()


@in_virtual_time
async def test_rank() -> None:
    """Of several that are broken, the one that tells most comes first."""

    async def does_all_wrong(call: Call) -> None:
        await asks(call)
        await asyncio.sleep(1)
        await call.play_tts("Goodbye then, and thank you")
        await call.hangup()
        raise LookupError("no such account")

    assert ["no undeclared exception", "goodbye heard", "prompt looked at"] == await broken(does_all_wrong, presses)


@in_virtual_time
async def test_named() -> None:
    """`keeps` holds a test against those invariants only that are named."""

    async def looks_away(call: Call) -> None:
        await asks(call)
        await call.play_tts("Goodbye then, and thank you")
        await call.hangup()

    async def looked_at(relay: MemoryRelay) -> None:
        async with keeps(relay, "prompt looked at"):
            await relay.serves(looks_away)
            await presses(relay.call("office"))

    async with MemoryRelay() as relay:
        with pytest.raises(FlowError) as caught:
            await looked_at(relay)

    assert ["prompt looked at"] == [trouble.invariant for trouble in caught.value.troubles]


@in_virtual_time
async def test_declared() -> None:
    """What may be raised fails neither the invariant nor the relay."""

    async def fails(call: Call) -> None:
        await call.answer()
        await call.hangup()
        raise LookupError("no such account")

    assert [] == await broken(fails, raises=(LookupError,))
