"""What a run in virtual time does about garbage, and about coroutines that nobody has awaited."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

YOUNG: Final = 20_000
"""How many new objects there may be before garbage is looked for."""
_FORGOTTEN: Final = "was never awaited"


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Look for garbage seldom: hours of telephony in a moment make much that is quickly gone."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(before[0], YOUNG), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def noticing_forgotten(notice: Callable[[str], object]) -> Iterator[None]:
    """Tell of every coroutine that was made and not awaited, which Python only warns of.

    Args:
        notice: Told of each, in Python's own words.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("always", f"coroutine .* {_FORGOTTEN}", RuntimeWarning)
        shown = warnings.showwarning

        def show(message: Warning | str, *details: Any, **more: Any) -> None:
            if str(message).endswith(_FORGOTTEN):
                notice(str(message))
            else:
                shown(message, *details, **more)

        warnings.showwarning = show
        yield
