"""The example `payment`, tested with the kit."""

import pytest
from kit_examples import example

from callfsm.testing import Relay


@pytest.mark.parametrize(
    ("card", "outcome", "words"),
    [
        ("4111111111111111", "success", "your payment was made"),
        ("4000000000000002", "payment-connector-error", "your payment was not made"),
    ],
)
async def test_card(relay: Relay, card: str, outcome: str, words: str) -> None:
    """The caller types their card, and hears whether it was charged."""
    program = example("payment")
    await relay.serves(program.client)
    caller = relay.call("payments")
    for question, keys in (
        ("card number", card),
        ("expiration date", "1230"),
        ("security code", "123"),
        ("postcode, then press pound", "12345#"),
    ):
        await caller.hears(question)
        await caller.press(keys)
    await caller.hears(words)
    await caller.is_over()

    assert [outcome] == program.outcomes
