"""How a fault is written down: one function each, whose docstring tells what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from stories.story import Fault

if TYPE_CHECKING:
    from stories.scene import Scene

Happens = Callable[["Scene", Fault], None]

FAULTS: Final[dict[str, Happens]] = {}
"""Every kind of fault, by its name."""

LINE_FAULTS: Final[set[str]] = set()
"""Those after which a line is gone, and with it whatever was on its way."""


def fault(happens: Happens) -> Happens:
    """Enter a fault in the table under its own name."""
    FAULTS[happens.__name__] = happens
    return happens


def line_fault(happens: Happens) -> Happens:
    """Enter a fault of the line."""
    LINE_FAULTS.add(happens.__name__)
    return fault(happens)
