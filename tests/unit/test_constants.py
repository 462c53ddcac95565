"""`callfsm.constants` against the published words of RELAY."""

import json
from pathlib import Path
from typing import Any

import pytest

from callfsm import constants

PUBLISHED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "constants.json").read_text())


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_constant(name: str) -> None:
    """Each published constant has its published value; tuples are told as lists."""
    value = getattr(constants, name)

    assert PUBLISHED[name] == (list(value) if isinstance(value, tuple) else value)


def test_no_other_constants() -> None:
    """Nothing but the published words lives in the module, so that deep imports find what they know."""
    own = {name for name in vars(constants) if name.isupper()}

    assert set(PUBLISHED) == own
