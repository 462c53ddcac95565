"""What `check_flow` finds, one mistake after the other, each told by the name of what it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from greetings import greets, says
from hypothesis import settings
from hypothesis import strategies as st

from callfsm import Call, PlayEvent
from callfsm.testing import Act, FlowError, Script, check_flow, trial, watching

Flow = Callable[[Call], Coroutine[Any, Any, None]]

BRIEFLY = settings(database=None, derandomize=True, max_examples=40)


def invariant(flow: Flow, **options: Any) -> str:
    """The invariant that a flow breaks."""
    with pytest.raises(FlowError) as caught:
        check_flow(flow, settings=BRIEFLY, **options)
    return caught.value.troubles[0].invariant


async def plays_before_the_answer(call: Call) -> None:
    """Ask for what the state forbids."""
    await call.play_tts("Hello")


async def raises_in_a_listener(call: Call) -> None:
    """Let a listener raise."""
    call.on(PlayEvent, lambda event: 1 / len(event.params.get("nothing", "")))
    await greets(call)


async def raises_in_a_task(call: Call) -> None:
    """Let a task raise that nobody waits for."""

    async def fails() -> None:
        raise LookupError("nobody sees this")

    task = asyncio.create_task(fails())
    await greets(call)
    assert task.done()


async def leaves_a_task(call: Call) -> None:
    """Begin what never ends."""
    task = asyncio.create_task(asyncio.Event().wait())
    await greets(call)
    assert not task.done()


async def never_answers(_call: Call) -> None:
    """Let it ring, and return."""


async def waits_for_nothing(call: Call) -> None:
    """Answer, and wait in silence."""
    await call.answer()
    await call.wait_for_ended()


async def waits_for_itself(call: Call) -> None:
    """Answer, and go on for ever."""
    await call.answer()
    await asyncio.Event().wait()


async def asks(call: Call) -> Any:
    """Answer and ask for a key."""
    await call.answer()
    prompt = await call.prompt_tts("Press 1 please", {"digits": {"max": 1}})
    return await prompt.wait()


async def ignores_what_is_pressed(call: Call) -> None:
    """Ask, and do the same whatever comes."""
    await asks(call)
    await says(call, "Thank you")
    await call.hangup()


async def thinks_for_long(call: Call) -> None:
    """Ask, look at the answer, and let the caller wait in silence."""
    event = await asks(call)
    await asyncio.sleep(40.0 if event.digits else 50.0)
    await says(call, "Thank you")
    await call.hangup()


async def hangs_up_after_a_transfer(call: Call) -> None:
    """Hand over, and hang up."""
    await call.answer()
    await call.transfer("sip:desk@example.com")
    await call.hangup()


async def spins_in_place(call: Call) -> None:
    """Wait for the end without letting time pass."""
    await call.answer()
    while call.state == "answered":
        await asyncio.gather(asyncio.sleep(0))


@pytest.mark.parametrize(
    ("flow", "broken"),
    [
        (plays_before_the_answer, "no illegal command"),
        (raises_in_a_listener, "no undeclared exception"),
        (raises_in_a_task, "no undeclared exception"),
        (leaves_a_task, "nothing left open"),
        (never_answers, "call ends"),
        (waits_for_nothing, "call ends"),
        (waits_for_itself, "handler returns"),
        (ignores_what_is_pressed, "prompt looked at"),
        (thinks_for_long, "prompt followed by a decision"),
        (hangs_up_after_a_transfer, "transfer left alone"),
        (spins_in_place, "handler returns"),
    ],
)
def test_found(flow: Flow, broken: str) -> None:
    """What is wrong with a flow is told by the name of what it breaks."""
    options = {"callers": st.just(Script((Act("hangs_up"),)))} if flow is waits_for_itself else {}

    assert broken == invariant(flow, **options)


async def asks_for_ever(call: Call) -> None:
    """Ask at once again, whatever comes of it; while the call is ending no turn of the event loop comes between."""
    await call.answer()
    while True:
        try:
            said = await call.play_tts("Hello")
            await said.wait()
        except Exception:  # noqa: BLE001, S110  # the mistake of which this is about
            pass


async def never_waits(call: Call) -> None:
    """Say the same again and again, before it has been said."""
    await call.answer()
    while call.state == "answered":
        await call.play_tts("Hello")
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("flow", [asks_for_ever, never_waits])
def test_spinning(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that never stops asking is told of, instead of hanging the test and filling the memory."""
    for module in (trial, watching):
        monkeypatch.setattr(module, "MOST_COMMANDS", 200)
    callers = st.just(Script((Act("is_answered"), Act("hangs_up"))))
    told = ("no illegal command", "few commands after the end", "no undeclared exception")

    assert "handler returns" == invariant(flow, callers=callers if flow is asks_for_ever else None, without=told)


def test_spinning_in_a_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a task of a program's that does so."""
    for module in (trial, watching):
        monkeypatch.setattr(module, "MOST_COMMANDS", 200)

    async def speaks(call: Call) -> None:
        while call.state == "answered":
            await call.play_tts("Hello")
            await asyncio.sleep(0.01)

    async def begins(call: Call) -> None:
        await call.answer()
        task = asyncio.create_task(speaks(call))
        await call.wait_for_ended()
        task.cancel()

    assert "handler returns" == invariant(begins, without=("no illegal command", "no undeclared exception"))
