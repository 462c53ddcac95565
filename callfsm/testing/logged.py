"""Exceptions of listeners and of handlers of text messages: nobody waits for these, so only the log is told of them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any, Final

LOGGER: Final = logging.getLogger("callfsm")


class LoggedErrors(logging.Handler):
    """Takes what listeners and handlers of messages have raised.

    Args:
        tell: Told what has raised what, and the exception.
    """

    def __init__(self, tell: Callable[[str, BaseException], object]) -> None:
        super().__init__(logging.ERROR)
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Note the exception that is being logged."""
        told: dict[str, Any] = getattr(record, "callfsm", {})
        error = sys.exc_info()[1]
        # What the handler of a call has raised is known already.
        if error is not None and told.get("event") == "handler raised" and "call" not in told:
            self._tell(f"{told.get('handler')} raised {error!r}", error)
