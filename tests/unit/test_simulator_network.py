"""The people around a simulated server: those who are called, and those who are forgotten."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest
from clock import now as time
from clock import run
from simulator_office import Office, on_the_phone
from simulator_wire import PHONE, to

from callfsm.simulator import Caller, Network, NotHeardError


def dial(office: Office, number: str = PHONE) -> None:
    """The program calls somebody."""
    office.phone.ask("calling.dial", tag="t", devices=[to(number)])


def test_time_runs_faster() -> None:
    """With a speed, simulated seconds pass in less of the loop's time."""

    async def play() -> None:
        office = Office(speed=10)
        await office.answered().stays_silent(20)

        assert round(time(), 2) == 2
        await office.network.close()

    run(play())


@pytest.mark.parametrize("speed", [0, -1.0, math.nan, math.inf])
def test_a_speed_must_be_positive(speed: float) -> None:
    """Time cannot stand still, nor be over at once."""
    with pytest.raises(ValueError, match=f"speed={speed!r}"):
        Network(speed=speed)


def test_somebody_who_was_called_follows_a_script() -> None:
    """The script begins when they have picked up."""

    async def script(office: Office) -> None:
        async def then(callee: Caller) -> None:
            await callee.hears("hello")
            await callee.hangs_up()

        office.network.answers(PHONE, after=2, then=then)
        dial(office)
        await asyncio.sleep(3)
        (callee,) = office.network.callers.values()
        office.says(callee, "Hello")
        await callee.is_over()

        assert office.phone.states(callee.call_id) == ["created", "ringing", "answered", "ending", "ended"]

    on_the_phone(script)


def test_a_script_that_fails_is_not_silent() -> None:
    """What goes wrong in a script of somebody who was called is kept."""

    async def script(office: Office) -> None:
        async def then(callee: Caller) -> None:
            await callee.hears("something else", timeout=1)

        office.network.answers(PHONE, then=then)
        dial(office)
        await asyncio.sleep(10)

        assert [type(failure) for failure in office.network.failures] == [NotHeardError]

    on_the_phone(script)


def test_a_script_of_a_call_that_is_given_up_never_begins() -> None:
    """Nobody speaks to a phone that has stopped ringing."""

    async def script(office: Office) -> None:
        begun: list[Caller] = []

        async def then(callee: Caller) -> None:
            begun.append(callee)

        office.network.answers(PHONE, after=50, then=then)
        dial(office)
        await asyncio.sleep(60)

        assert (begun, office.network.failures) == ([], [])

    on_the_phone(script)


def test_a_script_is_stopped_on_closing() -> None:
    """Closing leaves no task."""

    async def play() -> None:
        office = Office()

        async def then(callee: Caller) -> None:
            await callee.is_over(timeout=1_000)

        office.network.answers(PHONE, then=then)
        dial(office)
        await asyncio.sleep(5)
        await office.network.close()

        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(play())


@pytest.mark.parametrize(("manner", "reason"), [("busy", "busy"), ("declines", "decline"), ("no_answer", "noAnswer")])
def test_somebody_does_not_pick_up(manner: str, reason: str) -> None:
    """Busy, declining and absent people each fail the dial in their way."""

    async def script(office: Office) -> None:
        manners = {
            "busy": office.network.busy,
            "declines": office.network.declines,
            "no_answer": office.network.no_answer,
        }
        manners[manner](PHONE)
        dial(office)
        await asyncio.sleep(40)

        assert office.phone.events("calling.call.dial")[-1]["reason"] == reason

    on_the_phone(script)


def test_people_of_calls_long_past_are_forgotten() -> None:
    """So many people are remembered, and those in a call always."""

    async def script(office: Office) -> None:
        first = office.answered()
        for _ in range(5):
            await office.answered().hangs_up()
        last = office.answered()

        assert [first.call_id, last.call_id] == list(office.network.callers)

    on_the_phone(script, max_past_calls=2)


def test_people_in_a_call_are_never_forgotten() -> None:
    """However few people are remembered, those in a call are."""

    async def script(office: Office) -> None:
        callers = [office.answered() for _ in range(3)]

        assert [caller.call_id for caller in callers] == list(office.network.callers)

    on_the_phone(script, max_past_calls=1)


def test_a_fault_of_the_simulator_is_not_silent() -> None:
    """What goes wrong when something is due is kept, and told to the loop."""

    async def play() -> None:
        told: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
        office = Office()
        office.network.exchange.clock.later(1, lambda: 1 // 0)
        await asyncio.sleep(2)

        assert ([ZeroDivisionError], 1) == ([type(failure) for failure in office.network.failures], len(told))

    run(play())
