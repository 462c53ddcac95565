"""Whether a program looks at what it is told: which attributes of an event it has read.

While a `Readings` is open, the classes that it is about note who reads an attribute of an object of theirs. What
callfsm reads itself does not count.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Sequence
from types import FrameType
from typing import Any, Final

_READS: Final = "__getattribute__"
_OWN: Final = "callfsm."
_DISPLAYED: Final = ("__repr__", "__eq__")


class Readings:
    """Which attributes of which objects the program has read.

    Args:
        classes: Whose objects are watched.
    """

    def __init__(self, *classes: type[Any]) -> None:
        self._classes: Sequence[type[Any]] = classes
        self._read: dict[int, tuple[weakref.ref[Any], set[str]]] = {}
        self._before: list[tuple[type[Any], Any]] = []

    def open(self) -> None:
        """Begin to note what is read."""
        for each in self._classes:
            self._before.append((each, vars(each).get(_READS)))
            setattr(each, _READS, self._noting(each.__getattribute__))

    def close(self) -> None:
        """Note no more."""
        while self._before:
            each, before = self._before.pop()
            if before is None:
                delattr(each, _READS)
            else:
                setattr(each, _READS, before)

    def follow(self, thing: object) -> set[str]:
        """The names of the attributes that will have been read of this one: a set that grows."""
        read: set[str] = set()
        self._read[id(thing)] = (weakref.ref(thing), read)
        return read

    def _noting(self, reads: Any) -> Any:
        def note(thing: object, name: str) -> Any:
            known = self._read.get(id(thing))
            if known is not None and known[0]() is thing and not _is_own(sys._getframe(1)):
                known[1].add(name)
            return reads(thing, name)

        return note


def _is_own(frame: FrameType | None) -> bool:
    # What shows a whole event, or compares two, is written by dataclasses in the event's own module.
    while frame is not None and frame.f_code.co_name in _DISPLAYED:
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__", "")).startswith(_OWN)
