"""Ten mistakes that people make: `check_flow` finds each of them, and nothing in the flow as it should be."""

from importlib import import_module
from typing import Any

import pytest

from callfsm.testing import FlowError, check_flow

# flow: how the report of it begins
FOUND = {
    "answers_twice": "no illegal command",
    "loses_recording": "recording kept",
    "losing_leg": "nothing left open",
    "shared_lock": "call ends",
    "silent_caller": "call ends",
    "speaks_after_transfer": "no illegal command",
    "spins": "few commands after the end",
    "swallowed_error": "call ends",
    "unheard_goodbye": "goodbye heard",
    "waits_for_ever": "handler returns",
}


def flow(name: str, which: str) -> Any:
    """One of the two handlers of a flow."""
    return getattr(import_module(f"flows.{name}"), which)


@pytest.mark.parametrize("name", FOUND)
def test_mistake_is_found(name: str) -> None:
    """With default settings the mistake is found, and told by its name, with a ladder and a test to paste."""
    with pytest.raises(FlowError) as caught:
        check_flow(flow(name, "buggy"), seed=1)
    text = str(caught.value)

    assert text.startswith(FOUND[name])
    assert "async def test_" in text
    assert "relay.call(" in text


@pytest.mark.parametrize("name", FOUND)
def test_nothing_is_found_in_the_corrected_flow(name: str) -> None:
    """The same flow as it should be passes; the whole search takes ten seconds and more, so this one is shorter."""
    assert check_flow(flow(name, "corrected"), seed=1, max_examples=40).stories >= 40
