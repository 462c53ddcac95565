"""What the options of the pytest plugin say, on the command line or in the ini file."""

from __future__ import annotations

import math

import pytest


def setting(config: pytest.Config, name: str) -> str:
    """What an option says; else its value of the ini file."""
    key = f"callfsm_{name.replace('-', '_')}"
    given = config.getoption(key)
    return str(config.getini(key) if given is None else given)


def number(config: pytest.Config, name: str) -> float:
    """What an option with a number says.

    Raises:
        UsageError: It is something else.
    """
    text = setting(config, name)
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):  # Nothing is less than nan: with it, no coverage would fall short.
        raise pytest.UsageError(f"callfsm_{name.replace('-', '_')} = {text!r}: must be a number")
    return found
