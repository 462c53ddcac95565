"""Where a recording is written: what is refused at once, because nobody would find the recording later."""

from __future__ import annotations

import errno
import gc
import os
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from callfsm.log import logger


def checked_place(path: object) -> Path:
    """The file that a path names.

    Raises:
        TypeError: It is no path.
        ValueError: It names no file.
        FileNotFoundError: The folder of the file is not there.
        IsADirectoryError: It is a folder itself.
    """
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    if not isinstance(name, str):
        raise TypeError(f"{path!r}: the path of a recording is a str or a pathlib.Path")
    if not name or "\0" in name:
        raise ValueError(f"{path!r}: the path of a recording names a file")
    place = Path(name)
    if place.is_dir():
        raise IsADirectoryError(errno.EISDIR, "A recording is a file, and this is a folder", name)
    if not place.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder to record in; make it first", str(place.parent))
    return place


def checked_size(name: str, value: object, least: int) -> int:
    """A number of bytes or files.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is less than the least.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name}={value!r}: must be a whole number")
    if value < least:
        raise ValueError(f"{name}={value!r}: must be {least} or greater")
    return value


class Claim:
    """The right to write a file, which one recorder of a process has at a time.

    Args:
        place: The file.
    """

    def __init__(self, place: Path) -> None:
        self._name = os.path.realpath(place)

    def take(self) -> None:
        """Have it from now on.

        Raises:
            ValueError: Another has it.
        """
        if not self._taken():
            # It may be held by one that nobody holds any longer.
            gc.collect()
            if not self._taken():
                raise ValueError(f"another client records into {self._name}: give each a file of its own")

    def take_again(self) -> None:
        """Have it from now on; when another has got it meanwhile, that is told of in the log."""
        if not self._taken():
            told = "another client records into this file too: it cannot be replayed"
            logger.error("recording", what=told, path=self._name)

    def leave(self) -> None:
        """Leave it to others."""
        if _CLAIMS.get(self._name) is self:
            del _CLAIMS[self._name]

    def _taken(self) -> bool:
        return _CLAIMS.setdefault(self._name, self) is self


_CLAIMS: Final[WeakValueDictionary[str, Claim]] = WeakValueDictionary()
