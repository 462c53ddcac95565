"""The examples that take calls, against every caller that `check_flow` can think of."""

import pytest
from kit_examples import example

from callfsm.testing import check_flow


@pytest.mark.parametrize(
    "name", ["agent", "conference", "fax", "hotline", "ivr", "payment", "receptionist", "voicemail"]
)
def test_every_caller(name: str) -> None:
    """Whatever callers and the network do, the example keeps what `check_flow` holds it to."""
    checked = check_flow(example(name).client, max_examples=60)

    assert checked.stories >= 60
