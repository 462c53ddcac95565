"""What a payment is told: parameters for the connector, prompts of one's own."""

from collections.abc import Sequence
from typing import Literal, Required, TypedDict

from callfsm.shapes.media import Media


class PayParameter(TypedDict):
    """A pair for the payment connector."""

    name: str
    value: str


class PayPromptAction(TypedDict):
    """Something to say, or the address of a file to play."""

    type: Literal["Say", "Play"]
    phrase: str


PayStep = Literal[
    "payment-card-number",
    "expiration-date",
    "security-code",
    "postal-code",
    "bank-routing-number",
    "bank-account-number",
    "payment-processing",
    "payment-completed",
    "payment-failed",
    "payment-canceled",
]
"""A step of a payment."""

PayPrompt = TypedDict(
    "PayPrompt",
    {
        "for": Required[PayStep],
        "card_type": str,
        "attempt": str,
        "require_matching_inputs": Literal["true", "false"],
        "error_type": str,
        "actions": Sequence[PayPromptAction],
        "play": Sequence[Media],
    },
    total=False,
)
"""What is heard at a step; cards, attempts and errors that it holds for are words separated by blanks.

``play`` takes the place of ``actions``.
"""
