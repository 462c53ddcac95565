"""Scripted people on the simulator's phones, in memory and in virtual time."""

from __future__ import annotations

import asyncio

import pytest
from clock import now as time
from simulator_office import Office, on_the_phone
from simulator_wire import TTS

from callfsm.simulator import CallerError, CallOverError, NotHeardError


def test_words_are_heard_when_they_have_been_spoken() -> None:
    """The wait ends at the end of the words, not of the speech."""

    async def script(office: Office) -> None:
        caller = office.answered()
        office.says(caller, "Press one for sales")
        await caller.hears("press one")

        assert (round(time(), 2), caller.heard) == (0.54, ["Press one"])

    on_the_phone(script)


def test_words_that_are_spoken_later_are_waited_for() -> None:
    """It does not matter whether the speech has begun when the wait begins."""

    async def script(office: Office) -> None:
        caller = office.answered()
        hearing = asyncio.create_task(caller.hears("for sales"))
        await asyncio.sleep(5)
        office.says(caller, "Welcome", "Press one for sales")
        await hearing

        assert round(time(), 2) == round(5 + 7 * 0.06 + 19 * 0.06, 2)

    on_the_phone(script)


def test_words_that_are_not_spoken_are_missed() -> None:
    """After the time limit the error tells what was heard instead."""

    async def script(office: Office) -> None:
        caller = office.answered()
        office.says(caller, "Welcome to sales")
        await caller.hears("welcome")
        with pytest.raises(NotHeardError) as raised:
            await caller.hears("support", timeout=7)

        assert ('"support" was not heard within 7 s; heard instead: "to sales"', ["to sales"]) == (
            str(raised.value),
            raised.value.heard,
        )

    on_the_phone(script)


def test_nothing_at_all_may_be_heard() -> None:
    """The error says so when there was silence."""

    async def script(office: Office) -> None:
        with pytest.raises(NotHeardError, match="heard instead: nothing"):
            await office.answered().hears("hello", timeout=1)

    on_the_phone(script)


def test_the_call_may_end_before_the_words() -> None:
    """Whoever listens to a call that ends is told why it ended and what was heard in it."""

    async def script(office: Office) -> None:
        caller = office.answered()
        office.says(caller, "Welcome to sales")
        hearing = asyncio.create_task(caller.hears("sales"))
        await asyncio.sleep(0.42)
        office.ask(caller, "calling.end", reason="busy")
        with pytest.raises(CallOverError) as raised:
            await hearing

        told = 'the call ended (busy) before "sales" was heard; heard in it: "Welcome"'
        assert (told, "busy", caller) == (str(raised.value), raised.value.end_reason, raised.value.caller)

    on_the_phone(script)


def test_words_heard_before_the_end_were_heard() -> None:
    """A call that has ended may still be asked for what was spoken in it."""

    async def script(office: Office) -> None:
        caller = office.answered()
        office.says(caller, "Good bye")
        await asyncio.sleep(2)
        office.ask(caller, "calling.end")
        reason = await caller.is_over()
        await caller.hears("good bye")

        assert reason == "hangup"

    on_the_phone(script)


def test_keys_take_their_time() -> None:
    """There is a moment between one key and the next."""

    async def script(office: Office) -> None:
        caller = office.answered()
        office.ask(caller, "calling.collect", control_id="c", digits={"max": 9, "terminators": "#"})
        await caller.press("12#")

        assert (["digit"], "12#", 0.4) == (office.phone.reports("c"), caller.pressed, round(time(), 2))

    on_the_phone(script)


def test_keys_cannot_be_pressed_after_the_end() -> None:
    """A call that ends between two keys tells so."""

    async def script(office: Office) -> None:
        caller = office.answered()
        pressing = asyncio.create_task(caller.press("12"))
        await asyncio.sleep(0.1)
        office.ask(caller, "calling.end")
        with pytest.raises(CallOverError, match="before 2 was pressed; heard in it: nothing"):
            await pressing

        assert caller.pressed == "1"

    on_the_phone(script)


def test_speech_takes_its_time() -> None:
    """What is said is recognised at its end."""

    async def script(office: Office) -> None:
        caller = office.answered()
        office.ask(caller, "calling.collect", control_id="c", speech={"end_silence_timeout": 1})
        await caller.says("sales please")
        spoken = round(time(), 2)
        await caller.stays_silent(1.1)

        (event,) = office.phone.events("calling.call.collect")
        assert (0.72, "sales please") == (spoken, event["result"]["params"]["text"])

    on_the_phone(script)


def test_speech_may_be_cut_off_by_the_end() -> None:
    """What was not said to its end was not said."""

    async def script(office: Office) -> None:
        caller = office.answered()
        speaking = asyncio.create_task(caller.says("sales please"))
        await asyncio.sleep(0.1)
        office.ask(caller, "calling.end")
        with pytest.raises(CallOverError, match='before "sales please" was said'):
            await speaking

    on_the_phone(script)


def test_silence_ends_with_the_call() -> None:
    """Staying silent is no expectation: it ends early, and quietly, when the call does."""

    async def script(office: Office) -> None:
        caller = office.answered()
        silent = asyncio.create_task(caller.stays_silent(100))
        await asyncio.sleep(3)
        office.ask(caller, "calling.end")
        await silent

        assert round(time(), 2) == 3

    on_the_phone(script)


def test_hanging_up_waits_for_the_end() -> None:
    """After it the call has ended, with the caller's reason; a second time nothing happens."""

    async def script(office: Office) -> None:
        caller = office.answered()
        await caller.hangs_up("busy")
        await caller.hangs_up()

        assert (caller.state, caller.end_reason, repr(caller)) == ("ended", "busy", f"<Caller {caller.call_id} ended>")

    on_the_phone(script)


def test_waiting_for_the_answer() -> None:
    """The caller goes on as the call is answered."""

    async def script(office: Office) -> None:
        caller = office.network.call("desk")
        waiting = asyncio.create_task(caller.is_answered())
        await asyncio.sleep(2)
        office.ask(caller, "calling.answer")
        await waiting

        assert caller.state == "answered"

    on_the_phone(script)


def test_the_answer_may_not_come() -> None:
    """A call that is neither answered nor ended in time is told as such."""

    async def script(office: Office) -> None:
        with pytest.raises(CallerError, match="not answered within 5 s; it is created"):
            await office.network.call("desk").is_answered(timeout=5)

    on_the_phone(script)


def test_a_call_that_nobody_takes_is_over() -> None:
    """Waiting for the answer of a call that has ended fails at once."""

    async def script(office: Office) -> None:
        caller = office.network.call("nobody")
        with pytest.raises(CallOverError, match=r"the call ended \(noAnswer\) before it was answered"):
            await caller.is_answered()

    on_the_phone(script)


def test_the_end_may_not_come() -> None:
    """A call that does not end in time is told as such."""

    async def script(office: Office) -> None:
        with pytest.raises(CallerError, match="did not end within 5 s; it is answered"):
            await office.answered().is_over(timeout=5)

    on_the_phone(script)


def test_a_prompt_is_answered_in_the_middle() -> None:
    """A caller who knows what comes presses a key as soon as it has been named."""

    async def script(office: Office) -> None:
        caller = office.answered()
        office.ask(caller, "calling.play_and_collect", control_id="c", play=[TTS], collect={"digits": {"max": 1}})
        await caller.hears("press one")
        await caller.press("1")

        assert (["playing", "finished", "digit"], ["Press one"]) == (office.phone.reports("c"), caller.heard)

    on_the_phone(script)
