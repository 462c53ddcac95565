"""Digits and speech taken by the simulator, with and without a prompt."""

from typing import Any

import pytest
from simulator_wire import TTS, Desk, Frame

from callfsm.simulator.leg import Leg


def collect(desk: Desk, **params: Any) -> Leg:
    """An answered call in which input is collected."""
    leg = desk.answered()
    desk.ask(leg, "calling.collect", control_id="c", **params)
    return leg


def prompt(desk: Desk, **params: Any) -> Leg:
    """An answered call in which a prompt is played and the answer collected."""
    leg = desk.answered()
    desk.ask(leg, "calling.play_and_collect", control_id="c", play=[TTS], collect=params)
    return leg


def results(desk: Desk) -> list[Frame]:
    """The results that were reported."""
    return [event["result"] for event in desk.phone.events("calling.call.collect", control_id="c")]


def digits(pressed: str, terminator: str = "") -> Frame:
    """A result of digits."""
    return {"type": "digit", "params": {"digits": pressed, "terminator": terminator}}


def test_so_many_digits_are_a_result() -> None:
    """When max digits have been pressed, they are the result, and nothing else is listened to."""
    desk = Desk()
    leg = collect(desk, digits={"max": 2})
    for key in "123":
        leg.press(key)

    assert (results(desk), desk.exchange.statistics.operations_open) == ([digits("12")], 0)


def test_a_terminator_ends_the_digits() -> None:
    """A terminator is told apart from the digits before it."""
    desk = Desk()
    leg = collect(desk, digits={"max": 9, "terminators": "#*"})
    for key in "12*":
        leg.press(key)

    assert results(desk) == [digits("12", "*")]


def test_a_pause_ends_the_digits() -> None:
    """Digits that are followed by no other within digit_timeout are the result."""
    desk = Desk()
    leg = collect(desk, digits={"max": 9, "digit_timeout": 2})
    for key in "12":
        leg.press(key)
        desk.clock.pass_(1.9)
    before = results(desk)
    desk.clock.pass_(0.2)

    assert (before, results(desk)) == ([], [digits("12")])


def test_too_few_digits_do_not_match() -> None:
    """With min, fewer digits are no match."""
    desk = Desk()
    leg = prompt(desk, digits={"max": 4, "min": 2, "terminators": "#"})
    leg.press("1")
    leg.press("#")

    assert results(desk) == [{"type": "no_match"}]


def test_speech_is_a_result_after_silence() -> None:
    """What was said is the result once end_silence_timeout has passed, however many utterances it was."""
    desk = Desk()
    leg = collect(desk, speech={"end_silence_timeout": 1})
    for words in ("sales", "please"):
        leg.begin_speaking()
        desk.clock.pass_(3)
        leg.finish_speaking(words)
        desk.clock.pass_(0.9)
    before = results(desk)
    desk.clock.pass_(0.2)

    assert ([], [{"type": "speech", "params": {"text": "sales please", "confidence": 92.5}}]) == (before, results(desk))


def test_speech_may_be_limited() -> None:
    """Somebody who does not stop speaking is cut off after speech_timeout; nothing was understood."""
    desk = Desk()
    leg = collect(desk, speech={"speech_timeout": 10})
    leg.begin_speaking()
    desk.clock.pass_(11)

    assert results(desk) == [{"type": "no_match"}]


def test_input_of_the_other_kind_is_not_heard() -> None:
    """Digits are nothing to a collect of speech, and speech is nothing to a collect of digits."""
    desk = Desk()
    leg = collect(desk, speech={})
    leg.press("1")
    desk.ask(leg, "calling.collect", control_id="d", digits={"max": 1})
    leg.begin_speaking()

    assert (results(desk), len(leg.open_operations)) == ([], 2)


def test_no_limit_runs_before_the_timers_are_started() -> None:
    """A collect waits for ever, until its input timers are started by command."""
    desk = Desk()
    leg = collect(desk, digits={"max": 1}, initial_timeout=4)
    desk.clock.pass_(100)
    before = results(desk)
    desk.ask(leg, "calling.collect.start_input_timers", control_id="c")
    desk.clock.pass_(4.1)

    assert (before, results(desk)) == ([], [{"type": "no_input"}])


def test_the_timers_may_start_at_once() -> None:
    """With start_input_timers, silence for four seconds is no input."""
    desk = Desk()
    collect(desk, digits={"max": 1}, start_input_timers=True)
    desk.clock.pass_(4.1)

    assert results(desk) == [{"type": "no_input"}]


def test_the_first_input_stops_the_initial_limit() -> None:
    """Once a key was pressed, only the gap between keys is limited."""
    desk = Desk()
    leg = collect(desk, digits={"max": 9}, initial_timeout=2, start_input_timers=True)
    desk.clock.pass_(1.9)
    leg.press("1")
    desk.clock.pass_(4.9)
    desk.ask(leg, "calling.collect.start_input_timers", control_id="c")

    assert results(desk) == []


def test_a_stopped_collect_finishes_without_a_result() -> None:
    """The result of a stopped collect is of type finished."""
    desk = Desk()
    leg = collect(desk, digits={"max": 1})

    reply = desk.ask(leg, "calling.collect.stop", control_id="c")

    assert (reply["code"], results(desk)) == ("200", [{"type": "finished"}])


def test_partial_results() -> None:
    """Partial results are told as such, and the last one as final."""
    desk = Desk()
    leg = collect(desk, digits={"max": 3}, partial_results=True)
    for key in "123":
        leg.press(key)

    told = [
        (event["state"], event["final"], event["result"]["params"]["digits"])
        for event in desk.phone.events("calling.call.collect")
    ]
    assert told == [("collecting", False, "1"), ("collecting", False, "12"), ("finished", True, "123")]


def test_partial_results_keep_the_kind_of_a_failure() -> None:
    """No state stands beside no_input, which would hide what it is."""
    desk = Desk()
    collect(desk, digits={"max": 3}, partial_results=True, start_input_timers=True)
    desk.clock.pass_(5)

    (event,) = desk.phone.events("calling.call.collect")
    assert (event["result"], event["final"], "state" in event) == ({"type": "no_input"}, True, False)


def test_a_continuous_collect_goes_on() -> None:
    """Each result is final and the collect goes on, with its limits, until it is stopped."""
    desk = Desk()
    leg = collect(desk, digits={"max": 1}, continuous=True, start_input_timers=True)
    leg.press("1")
    leg.press("2")
    desk.clock.pass_(4.1)
    desk.ask(leg, "calling.collect.stop", control_id="c")

    told = [(event["result"]["type"], event["state"]) for event in desk.phone.events("calling.call.collect")]
    assert told == [("digit", "collecting")] * 2 + [("no_input", "collecting"), ("finished", "finished")]


def test_the_start_of_input_is_told_when_wanted() -> None:
    """With send_start_of_input, the first key is told before the result."""
    desk = Desk()
    leg = collect(desk, digits={"max": 2}, send_start_of_input=True, partial_results=True)
    leg.press("1")
    leg.press("2")

    assert [result["type"] for result in results(desk)] == ["start_of_input", "digit", "digit"]


def test_a_collect_says_nothing_when_its_call_ends() -> None:
    """By itself the server reports no end of a collect that the hang-up ended."""
    desk = Desk()
    collect(desk, digits={"max": 1}, start_input_timers=True).person_hangs_up()
    desk.clock.pass_(10)

    assert (results(desk), desk.exchange.statistics.operations_open) == ([], 0)


@pytest.mark.parametrize("begin", [collect, prompt])
def test_a_collect_may_report_its_end(begin: Any) -> None:
    """When so set, a result of type finished comes while the call is ending."""
    desk = Desk(last_reports=frozenset({"collect", "play_and_collect"}))
    begin(desk, digits={"max": 1}).person_hangs_up()

    assert results(desk) == [{"type": "finished"}]


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
