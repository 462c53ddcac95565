"""Whether what a caller has keyed in can be part of a payment card."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

_BRANDS: Final = {
    "amex": re.compile(r"3[47]\d{13}"),
    "visa": re.compile(r"4\d{12}(\d{3})?"),
    "mastercard": re.compile(r"(5[1-5]|2[2-7])\d{14}"),
    "discover": re.compile(r"6(011|5\d\d)\d{12}"),
    "jcb": re.compile(r"35\d{14}"),
    "diners-club": re.compile(r"3(0[0-5]|[68]\d)\d{11}"),
    "maestro": re.compile(r"(5[06-9]|6\d)\d{10,17}"),
}
_EXPIRATION: Final = re.compile(r"(0[1-9]|1[0-2])\d{2}")


def brand(number: str) -> str:
    """The brand of a card number; ``""`` when it is none."""
    if not _luhn(number):
        return ""
    return next((name for name, pattern in _BRANDS.items() if pattern.fullmatch(number)), "")


def _luhn(number: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return bool(number) and sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def masked(digits: str, shown: int = 4) -> str:
    """The digits, but for the last ones, as stars."""
    return "*" * max(len(digits) - shown, 0) + digits[max(len(digits) - shown, 0) :]


class Ask(NamedTuple):
    """One thing that the caller is asked for."""

    name: str
    """As progress events tell it, in ``for``."""
    words: str
    most: int
    fault: Callable[[str, "Rules"], str]
    """Why an answer will not do, as an ``error_type``; ``""`` when it will."""


class Rules(NamedTuple):
    """What answers must keep to."""

    brands: tuple[str, ...]
    card: str
    """The card number that was given before, or ``""``."""
    least_postal_code: int


def _card_fault(number: str, rules: Rules) -> str:
    found = brand(number)
    if not found:
        return "invalid-card-number"
    return "" if found in rules.brands else "invalid-card-type"


def _expiration_fault(digits: str, _rules: Rules) -> str:
    return "" if _EXPIRATION.fullmatch(digits) else "invalid-date"


def _security_code_fault(digits: str, rules: Rules) -> str:
    return "" if len(digits) == (4 if brand(rules.card) == "amex" else 3) else "invalid-security-code"


def _postal_code_fault(digits: str, rules: Rules) -> str:
    return "" if len(digits) >= rules.least_postal_code else "invalid-postal-code"


CARD_NUMBER: Final = Ask("payment-card-number", "Please enter your card number, then press pound.", 19, _card_fault)
EXPIRATION: Final = Ask(
    "expiration-date", "Please enter the expiration date: two digits each for month and year.", 4, _expiration_fault
)
SECURITY_CODE: Final = Ask(
    "security-code", "Please enter the security code, then press pound.", 4, _security_code_fault
)
POSTAL_CODE: Final = Ask("postal-code", "Please enter your postcode, then press pound.", 10, _postal_code_fault)
