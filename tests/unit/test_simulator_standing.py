"""Hold, denoise, echo, digits sent and user events of the simulator."""

import pytest
from simulator_wire import Desk


def test_hold_and_unhold() -> None:
    """Each is told once; what is so already is a conflict and nobody's fault."""
    desk = Desk()
    leg = desk.answered()
    asked = ("unhold", "hold", "hold", "unhold", "unhold")
    codes = [desk.ask(leg, f"calling.{method}")["code"] for method in asked]

    told = [event["state"] for event in desk.phone.events("calling.call.hold")]
    assert (["409", "200", "409", "200", "409"], ["hold", "unhold"], []) == (codes, told, desk.unexpected)


def test_denoise_and_its_stop() -> None:
    """Noise reduction is told as true and false; what is so already is a conflict."""
    desk = Desk()
    leg = desk.answered()
    asked = ("denoise.stop", "denoise", "denoise", "denoise.stop")
    codes = [desk.ask(leg, f"calling.{method}")["code"] for method in asked]

    told = [event["denoised"] for event in desk.phone.events("calling.call.denoise")]
    assert (["409", "200", "409", "200"], [True, False], []) == (codes, told, desk.unexpected)


@pytest.mark.parametrize("method", ["hold", "unhold", "denoise", "denoise.stop", "leave_room"])
def test_a_call_that_is_over_stands_nowhere(method: str) -> None:
    """A call that has ended gets 410."""
    desk = Desk()
    leg = desk.answered()
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert "410" == desk.ask(leg, f"calling.{method}")["code"]


def test_an_echo() -> None:
    """The caller hears what they say, until the time is up."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.echo", timeout=10)
    leg.finish_speaking("hello")
    leg.press("1")
    leg.begin_speaking()
    desk.clock.pass_(10)
    leg.finish_speaking("is anybody there?")

    told = [event["state"] for event in desk.phone.events("calling.call.echo")]
    assert (["echoing", "finished"], ["hello"]) == (told, leg.ear.heard())


@pytest.mark.parametrize(("timeout", "seconds"), [(1, 5), (500, 120), (0, 60)])
def test_the_length_of_an_echo_is_limited(timeout: float, seconds: float) -> None:
    """A length is brought between 5 and 120 s; 60 s is usual."""
    desk = Desk()
    desk.ask(desk.answered(), "calling.echo", timeout=timeout)
    desk.clock.pass_(seconds - 0.1)
    before = len(desk.phone.events("calling.call.echo"))
    desk.clock.pass_(0.2)

    assert (1, 2) == (before, len(desk.phone.events("calling.call.echo")))


def test_one_echo_at_a_time() -> None:
    """A second one is a conflict; the first ends with its call, without a word."""
    desk = Desk()
    leg = desk.answered()
    codes = [desk.ask(leg, "calling.echo")["code"] for _ in range(2)]
    leg.person_hangs_up()
    desk.clock.pass_(100)

    assert (["200", "409"], 1) == (codes, len(desk.phone.events("calling.call.echo")))


def test_digits_are_sent_over_and_over() -> None:
    """Each sending is told to be finished."""
    desk = Desk()
    leg = desk.answered()
    for control_id in "ab":
        desk.ask(leg, "calling.send_digits", control_id=control_id, digits="1")
        desk.clock.pass_(1)

    told = [event["control_id"] for event in desk.phone.events("calling.call.send_digits", state="finished")]
    assert ["a", "b"] == told


def test_a_user_event() -> None:
    """What is told comes back as an event of the call; it cannot pretend to be about another."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.user_event", event={"topic": "order_ready", "call_id": "another"})

    (told,) = desk.phone.events("calling.user_event")
    assert ("order_ready", leg.call_id) == (told["topic"], told["call_id"])
