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
    desk.ask(leg, "calling.play_and_collect", control_id="e", play=[TTS], collect={"digits": {"max": 1}})
    leg.begin_speaking()
    leg.finish_speaking("sales")

    assert (results(desk), desk.phone.reports("e"), len(leg.open_operations)) == ([], ["playing"], 3)


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
