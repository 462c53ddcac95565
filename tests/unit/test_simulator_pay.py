"""Payments of the simulator."""

from typing import Any

import pytest
from simulator_wire import Desk, Frame

from callfsm.simulator.leg import Leg
from callfsm.simulator.operations.cards import brand, masked

VISA = "4242424242424242"
URL = "https://connector.example.test/pay"


def pay(desk: Desk, **params: Any) -> Leg:
    """An answered call in which a payment is taken."""
    leg = desk.answered()
    told = {"payment_connector_url": URL, "postal_code": "false"} | params
    assert desk.ask(leg, "calling.pay", control_id="p", **told)["code"] == "200"
    return leg


def keys(leg: Leg, *pressed: str) -> None:
    """Press keys, one answer after the other."""
    for answer in pressed:
        for key in answer:
            leg.press(key)


def progress(desk: Desk) -> list[str]:
    """What was asked for, in order."""
    return [event["for"] for event in desk.phone.events("calling.call.pay") if "for" in event]


def result(desk: Desk) -> Frame:
    """What has come of it."""
    return desk.phone.events("calling.call.pay")[-1]


def test_a_payment() -> None:
    """Card, date and code are asked for by spoken prompts; the result tells the card with its digits masked."""
    desk = Desk()
    leg = pay(desk)
    desk.clock.pass_(4)
    keys(leg, f"{VISA}#", "1229", "123#")
    desk.clock.pass_(10)

    names = ("state", "result", "payment_card_number", "payment_card_type", "payment_card_security_code")
    assert ["finished", "success", "************4242", "visa", "***"] == [result(desk)[name] for name in names]
    assert ["payment-card-number", "expiration-date", "security-code", "payment-processing", "payment-completed"] == (
        progress(desk)
    )
    assert "Please enter your card number, then press pound." == leg.ear.heard()[0]


def test_a_postcode_may_be_asked_for() -> None:
    """When the postcode is wanted it is asked for last, and told."""
    desk = Desk()
    leg = pay(desk, postal_code="true", security_code="false", min_postal_code_length="5")
    keys(leg, f"{VISA}#", "1229", "12345#")
    desk.clock.pass_(10)

    assert ("success", "12345") == (result(desk)["result"], result(desk)["payment_card_postal_code"])


def test_a_postcode_may_be_known() -> None:
    """A postcode that was given is not asked for, and told."""
    desk = Desk()
    leg = pay(desk, postal_code="54321", security_code="false")
    keys(leg, f"{VISA}#", "1229")
    desk.clock.pass_(10)

    assert ("success", "54321") == (result(desk)["result"], result(desk)["payment_card_postal_code"])
    assert "postal-code" not in progress(desk)


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        (["1234#"], "invalid-card-number"),
        (["6011111111111117#"], "invalid-card-type"),
        ([f"{VISA}#", "1329"], "invalid-date"),
        ([f"{VISA}#", "1229", "12#"], "invalid-security-code"),
        ([f"{VISA}#", "1229", "123#", "1#"], "invalid-postal-code"),
        (["#"], "timeout"),
    ],
)
def test_a_wrong_answer_is_asked_for_again(answers: list[str], fault: str) -> None:
    """Each fault is told with the next attempt."""
    desk = Desk()
    leg = pay(desk, max_attempts="2", postal_code="true", min_postal_code_length="3")
    keys(leg, *answers)

    asked = desk.phone.events("calling.call.pay")[-1]
    assert (fault, "2") == (asked["error_type"], asked["attempt"])


def test_too_many_wrong_answers_end_it() -> None:
    """After max_attempts there is no more asking."""
    desk = Desk()
    leg = pay(desk, max_attempts="2")
    keys(leg, "1#", "2#", "3#")

    assert ("too-many-failed-attempts", 2) == (result(desk)["result"], len(progress(desk)))


def test_a_caller_who_does_nothing_has_failed() -> None:
    """When no key comes within the timeout after the prompt, the attempt is over."""
    desk = Desk()
    pay(desk, timeout="2")
    desk.clock.pass_(4.8)
    before = len(desk.phone.events("calling.call.pay"))
    desk.clock.pass_(0.2)

    assert (1, "too-many-failed-attempts") == (before, result(desk)["result"])


def test_a_pause_ends_the_digits() -> None:
    """Digits that are followed by no other within the timeout are the answer."""
    desk = Desk()
    leg = pay(desk)
    keys(leg, VISA)
    desk.clock.pass_(6)

    assert ["payment-card-number", "expiration-date"] == progress(desk)


def test_a_star_interrupts_it() -> None:
    """A caller who presses star wants no more of it; later keys are not listened to."""
    desk = Desk()
    leg = pay(desk)
    keys(leg, "4*1")

    assert "caller-interrupted-with-star" == result(desk)["result"]


def test_keys_between_the_questions_do_not_matter() -> None:
    """While the payment is being made, keys are nobody's answer."""
    desk = Desk()
    leg = pay(desk, security_code="false")
    keys(leg, f"{VISA}#", "1229", "*")
    desk.clock.pass_(10)

    assert "success" == result(desk)["result"]


def test_a_declined_card() -> None:
    """A card that is declined is told twice: as progress, and in the result."""
    desk = Desk()
    leg = pay(desk, security_code="false")
    keys(leg, "4000000000000002#", "1229")
    desk.clock.pass_(10)

    assert ("payment-failed", "payment-connector-error", "card-declined") == (
        progress(desk)[-1],
        result(desk)["result"],
        result(desk)["payment_error"],
    )


def test_a_payment_can_be_stopped() -> None:
    """The result tells that it was the program."""
    desk = Desk()
    leg = pay(desk)
    reply = desk.ask(leg, "calling.pay.stop", control_id="p")

    assert ("200", "relay-pay-stop") == (reply["code"], result(desk)["result"])


def test_a_caller_who_hangs_up_is_told() -> None:
    """The result comes while the call is ending, and nothing is left open."""
    desk = Desk()
    leg = pay(desk)
    leg.person_hangs_up()
    desk.clock.pass_(1)

    assert ("caller-hung-up", 0) == (result(desk)["result"], desk.exchange.statistics.operations_open)


def test_prompts_can_be_replaced() -> None:
    """A prompt of the program's own is heard in the place of the usual one, as phrases or as media."""
    desk = Desk()
    media = [{"type": "tts", "params": {"text": "And the date"}}]
    prompts = [
        {
            "for": "payment-card-number",
            "actions": [{"type": "Say", "phrase": "Your card"}, {"type": "Say", "phrase": "Now"}],
        },
        {"for": "expiration-date", "play": media},
    ]
    leg = pay(desk, prompts=prompts)
    desk.clock.pass_(1)
    keys(leg, f"{VISA}#")
    desk.clock.pass_(1)

    assert ["Your card", "Now", "And the date"] == leg.ear.heard()


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"payment_connector_url": URL, "prompts": ["hello"]},
        {"payment_connector_url": URL, "prompts": [{"for": "payment-card-number", "play": [{"type": "cat"}]}]},
        {"payment_connector_url": URL, "timeout": "soon"},
    ],
)
def test_wrong_params_are_refused(params: dict[str, Any]) -> None:
    """They get 400, and nothing is asked."""
    desk = Desk()
    reply = desk.ask(desk.answered(), "calling.pay", control_id="p", **params)

    assert ("400", []) == (reply["code"], progress(desk))


def test_one_payment_at_a_time() -> None:
    """A second one is a conflict, and nobody's fault."""
    desk = Desk()
    reply = desk.ask(pay(desk), "calling.pay", control_id="q", payment_connector_url=URL)

    assert ("409", []) == (reply["code"], desk.unexpected)


def test_the_state_beside_the_result_can_be_left_out() -> None:
    """As the wire's description has it, the last report has a result only."""
    desk = Desk(states_in_results=False)
    leg = pay(desk)
    desk.ask(leg, "calling.pay.stop", control_id="p")

    assert "state" not in result(desk)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (VISA, "visa"),
        ("378282246310005", "amex"),
        ("5555555555554444", "mastercard"),
        ("4242424242424243", ""),
        ("", ""),
    ],
)
def test_brands(number: str, name: str) -> None:
    """A number that adds up has a brand; one that does not has none."""
    assert name == brand(number)


def test_an_amex_has_four_digits_of_code() -> None:
    """The security code is as long as the brand wants it."""
    desk = Desk()
    leg = pay(desk)
    keys(leg, "378282246310005#", "1229", "1234")
    desk.clock.pass_(10)

    assert ("success", masked("1234", 0)) == (result(desk)["result"], result(desk)["payment_card_security_code"])
