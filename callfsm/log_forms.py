"""How a record of the log is written: for people, and for machines."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from typing import Any, Final

_EVENT: Final = 16
_MOVE: Final = 24
_SAID: Final = 24

# Anything else is written as Python writes it, so that no value can look like the next field.
_PLAIN: Final = re.compile(r"[\w.+*/@…-]+", re.ASCII)
_NAMED: Final = re.compile(r"[\w.+*/@-]+( [\w.+*/@-]+){0,4}", re.ASCII)

_RESET: Final = "\x1b[0m"
_DIM: Final = "\x1b[2m"
_BOLD: Final = "\x1b[1m"
_MOVED: Final = "\x1b[32m"
_LEVELS: Final = {
    "DEBUG": _DIM,
    "INFO": "\x1b[34m",
    "WARNING": "\x1b[33m",
    "ERROR": "\x1b[31m",
    "CRITICAL": "\x1b[1;31m",
}


class JsonFormatter(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        fields: dict[str, Any] = getattr(record, "callfsm", {"event": record.getMessage()})
        told = {"time": self.formatTime(record), "level": record.levelname.lower(), **fields}
        return json.dumps(told, default=str)


class ConsoleFormatter(logging.Formatter):
    """One aligned line a record; the lines of a traceback below it, indented.

    Args:
        coloured: Whether whoever reads it sees colours.
    """

    def __init__(self, *, coloured: bool = False) -> None:
        super().__init__()
        self._coloured = coloured

    def format(self, record: logging.LogRecord) -> str:
        """The record for people."""
        fields: Mapping[str, Any] = getattr(record, "callfsm", {"event": record.getMessage()})
        event = self._in(_BOLD, f"{fields['event']:<{_EVENT}}")
        level = self._in(_LEVELS.get(record.levelname, ""), f"{record.levelname:<7}")
        line = f"{self._in(_DIM, self.formatTime(record))} {level} {event} {self._told(fields)}".rstrip()
        return "\n".join([line, *(each for each in (record.exc_text, record.stack_info) if each)])

    def _told(self, fields: Mapping[str, Any]) -> str:
        if fields["event"] in ("transition", "heard") and "dest" in fields:
            move = self._in(_MOVED, f"{fields['source']} → {fields['dest']}".ljust(_MOVE))
            said = f"{fields['speaker']}: {fields['trigger']}".ljust(_SAID)
            return f"{move} {said} {_word(fields['subject'], _NAMED)}  after {fields['seconds']} s"
        rest = [(key, value) for key, value in fields.items() if key not in ("event", "traceback")]
        return " ".join(f"{self._in(_DIM, f'{key}=')}{_word(value)}" for key, value in rest)

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_RESET}" if self._coloured and colour else text


def _word(value: object, plain: re.Pattern[str] = _PLAIN) -> str:
    return value if isinstance(value, str) and plain.fullmatch(value) else repr(value)
