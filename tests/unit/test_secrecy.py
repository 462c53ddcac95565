"""`callfsm.secrecy`: which credentials are concealed, and in which values."""

from __future__ import annotations

import gc

import pytest
from holders import PLAIN, TOKEN, Holder
from hypothesis import given
from hypothesis import strategies as st

from callfsm import secrecy


@pytest.fixture
def holder() -> Holder:
    """Somebody whose credentials are concealed."""
    held = Holder(TOKEN, PLAIN, "short")
    secrecy.conceal(held)
    return held


def test_replaced_secrets(holder: Holder) -> None:
    """A credential that its holder has replaced is concealed still, and the new one at once."""
    hidden = []
    for number in range(2, 5):
        hidden.append(secrecy.hider()(f"{PLAIN} SECRET-token-{number - 1}"))
        holder.secrets = (f"SECRET-token-{number}",)

    assert ["*** ***"] * 3 == hidden


def test_secrets_are_not_kept_for_ever(holder: Holder) -> None:
    """Of many credentials that one holder had, the latest are remembered; those that it has now always are."""
    for number in range(100):
        holder.secrets = ("SECRET-first", f"SECRET-{number:05}")
        secrecy.secrets()

    held = {secret for secret in secrecy.secrets() if secret.startswith("SECRET-")}
    assert (True, True, True) == ({"SECRET-first", "SECRET-00099"} <= held, "SECRET-00000" not in held, len(held) < 20)


def test_another_holder_of_the_same(holder: Holder) -> None:
    """Who comes after one with the same credentials, at its very place, has its own remembered all the same."""
    secrecy.secrets()
    secrecy.conceal(holder)
    secrecy.secrets()
    holder.secrets = ("SECRET-later",)

    assert {TOKEN, PLAIN, "SECRET-later"} <= secrecy.secrets()


def test_secrets_end_with_their_holder() -> None:
    """With its holder, a credential is forgotten."""
    held = Holder("SECRET-of-nobody")
    secrecy.conceal(held)
    before = "SECRET-of-nobody" in secrecy.secrets()
    del held
    gc.collect()

    assert (True, False) == (before, "SECRET-of-nobody" in secrecy.secrets())


def test_secrets_that_cannot_be_spelt() -> None:
    """A credential that is no UTF-8, as an environment may hold it, is concealed like any other."""
    held = Holder("SECRET-\udcff-token")
    secrecy.conceal(held)

    assert secrecy.hider()(f"not {held.secrets[0]}") == "not ***"


@pytest.mark.usefixtures("holder")
def test_short_secrets() -> None:
    """What is shorter than a credential stays: to take it out of every word would leave no word to read."""
    assert secrecy.hider()("shortly") == "shortly"


@pytest.mark.parametrize("value", [None, 1, 1.5, True])
def test_numbers_stay(value: object) -> None:
    """A number of ours is shown as it is."""
    assert value is secrecy.hider()(value)


@pytest.mark.usefixtures("holder")
def test_other_objects() -> None:
    """Anything else is shown as its repr, without credentials."""
    assert secrecy.hider()([PLAIN]) == "['***']"


@pytest.mark.usefixtures("holder")
def test_long_values() -> None:
    """Of a value of megabytes the beginning and the end are shown, without credentials."""
    shown = str(secrecy.hider()(f"first {PLAIN}" + "x" * 10_000_000 + f"{PLAIN} last"))

    assert ("first ***", "*** last", 0, True) == (
        shown[:9],
        shown[-8:],
        shown.count("SECRET"),
        len(shown) < 2 * secrecy.LONGEST_SHOWN,
    )


def test_large_frames() -> None:
    """Of a frame of megabytes only the size is shown."""
    assert secrecy.hider(decoded=True)('{"x":"' + "x" * 1_000_000 + '"}') == "1000008 characters"


@pytest.mark.usefixtures("holder")
def test_frames_in_disguise() -> None:
    """In a frame, no way of writing a letter hides a credential."""
    spelt = "".join(f"\\u{ord(letter):04x}" for letter in PLAIN)

    assert secrecy.hider(decoded=True)(f'{{"x":"{spelt}"}}') == '{"x":"***"}'


@given(st.text())
def test_printable(text: str) -> None:
    """A text is printable afterwards, and unchanged when it was before."""
    shown = secrecy.printable(text)

    assert (True, True) == (shown.isprintable(), shown == text or not text.isprintable())
