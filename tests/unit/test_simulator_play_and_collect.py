"""Prompts of the simulator, and the answers to them."""

from typing import Any

import pytest
from simulator_wire import TTS, Desk, Frame

from callfsm.simulator.leg import Leg


def prompt(desk: Desk, **params: Any) -> Leg:
    """An answered call in which a prompt is played and the answer collected."""
    leg = desk.answered()
    desk.ask(leg, "calling.play_and_collect", control_id="c", play=[TTS], collect=params)
    return leg


def results(desk: Desk) -> list[Frame]:
    """The results that were reported."""
    return [event["result"] for event in desk.phone.events("calling.call.collect", control_id="c")]


def test_a_prompt_and_its_answer() -> None:
    """The prompt is played to its end, then the answer is the result, all under one control id."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 1})
    desk.clock.pass_(2)
    leg.press("1")

    assert (["playing", "finished", "digit"], ["Press one for sales"]) == (desk.phone.reports("c"), leg.ear.heard())


@pytest.mark.parametrize("paused", [False, True])
def test_a_key_stops_the_prompt(paused: bool) -> None:  # noqa: FBT001  # a parameter of the test
    """A key that is pressed during the prompt, also while it is paused, stops it, and is input."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 2})
    desk.clock.pass_(0.6)
    if paused:
        desk.ask(leg, "calling.play_and_collect.pause", control_id="c")
    leg.press("1")
    desk.clock.pass_(1)
    leg.press("2")

    reports = [word for word in desk.phone.reports("c") if word != "paused"]
    assert (["playing", "finished", "digit"], ["Press one "]) == (reports, leg.ear.heard())


def test_speech_stops_the_prompt() -> None:
    """The prompt stops as somebody begins to speak, not when they have spoken."""
    desk = Desk()
    leg = prompt(desk, speech={})
    leg.begin_speaking()
    before = desk.phone.reports("c")
    leg.finish_speaking("sales")
    desk.clock.pass_(1.1)

    assert (before, desk.phone.reports("c")) == (["playing", "finished"], ["playing", "finished", "speech"])


def test_speech_that_began_before_the_prompt_is_input() -> None:
    """Somebody who is speaking as the prompt begins stops it with their last word."""
    desk = Desk()
    leg = desk.answered()
    leg.begin_speaking()
    desk.ask(leg, "calling.play_and_collect", control_id="c", play=[TTS], collect={"speech": {}})
    leg.finish_speaking("sales")
    desk.clock.pass_(1.1)

    assert desk.phone.reports("c") == ["playing", "finished", "speech"]


def test_a_key_is_nothing_to_a_prompt_for_speech() -> None:
    """Input of the other kind does not stop the prompt."""
    desk = Desk()
    leg = prompt(desk, speech={})
    leg.press("1")
    other = Desk()
    prompt(other, digits={"max": 1}).begin_speaking()

    assert (["playing"], ["playing"]) == (desk.phone.reports("c"), other.phone.reports("c"))


def test_the_wait_for_an_answer_begins_at_the_end_of_the_prompt() -> None:
    """Without an answer four seconds after the prompt there is no input."""
    desk = Desk()
    prompt(desk, digits={"max": 1})
    reports = []
    for seconds in (1.2 + 3.9, 0.2):
        desk.clock.pass_(seconds)
        reports.append(desk.phone.reports("c"))

    assert reports == [["playing", "finished"], ["playing", "finished", "no_input"]]


def test_a_prompt_is_controlled() -> None:
    """Pause, resume, volume and the input timers are all taken."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 1})
    methods = ("play_and_collect.pause", "play_and_collect.resume", "play_and_collect.volume")
    codes = [desk.ask(leg, f"calling.{method}", control_id="c", volume=3)["code"] for method in methods]
    codes.append(desk.ask(leg, "calling.collect.start_input_timers", control_id="c")["code"])

    assert (["200"] * 4, ["playing", "paused", "playing"]) == (codes, desk.phone.reports("c"))


@pytest.mark.parametrize(("seconds", "reports"), [(0.5, ["playing", "finished", "finished"]), (2, None)])
def test_a_prompt_is_stopped(seconds: float, reports: list[str] | None) -> None:
    """Stopping ends the prompt, if it still plays, and then the collect."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 1})
    desk.clock.pass_(seconds)
    desk.ask(leg, "calling.play_and_collect.stop", control_id="c")

    assert (reports or ["playing", "finished", "finished"]) == desk.phone.reports("c")


def test_prompts_come_one_at_a_time() -> None:
    """A second play_and_collect is a conflict, for which the client is not to blame."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 1})

    reply = desk.ask(leg, "calling.play_and_collect", control_id="d", play=[TTS], collect={"speech": {}})

    assert (reply["code"], desk.unexpected) == ("409", [])


def test_a_command_of_another_kind_is_not_found() -> None:
    """play.stop does not stop a play_and_collect."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 1})

    assert desk.ask(leg, "calling.play.stop", control_id="c")["code"] == "404"


def test_too_few_digits_do_not_match() -> None:
    """With min, fewer digits are no match."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 4, "min": 2, "terminators": "#"})
    leg.press("1")
    leg.press("#")

    assert results(desk) == [{"type": "no_match"}]
