"""What tasks wait for, told by the lines of the program that they stand in."""

from __future__ import annotations

import asyncio
import linecache
import os
import sysconfig
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from types import FrameType
from typing import Any, Final

from callfsm.call import Call
from callfsm.handling import TASK

_HERE: Final = str(Path(__file__).resolve().parent.parent) + os.sep
_EXAMPLES: Final = f"{_HERE}examples{os.sep}"
_PYTHON: Final = sysconfig.get_path("stdlib") + os.sep
_PACKAGES: Final = tuple(sysconfig.get_path(name) + os.sep for name in ("purelib", "platlib"))
_SOCKETS: Final = tuple(f"{path}websockets{os.sep}" for path in _PACKAGES)


def waits(tasks: Iterable[asyncio.Task[Any]]) -> list[str]:
    """One line for each task that stands in the program's code: its name, and the line that it waits in.

    Tasks that stand in nothing but callfsm and Python itself are counted in a last line.
    """
    lines, others = [], 0
    for name, task in sorted(((named(task), task) for task in tasks), key=itemgetter(0)):
        place = waits_in(task)
        lines += [f"{name} waits in {place}"] * bool(place)
        others += not place
    return lines + [f"and {others} of callfsm's own"] * bool(others)


def named(task: asyncio.Task[Any]) -> str:
    """A task's name; that of a handler's with the call that it is at work on."""
    name = task.get_name()
    held = (value for frame in frames(task.get_coro()) for value in frame.f_locals.values())
    call = next((value for value in held if isinstance(value, Call)), None) if name == TASK else None
    return f"{name} {call.call_id}" if call is not None else name


def waits_in(task: asyncio.Task[Any]) -> str:
    """The innermost line of the program that a task waits in; ``""`` when it stands in none."""
    programs = [frame for frame in frames(task.get_coro()) if is_programs(frame)]
    # What the program has installed is less telling than what it is itself.
    own = [frame for frame in programs if not frame.f_code.co_filename.startswith(_PACKAGES)]
    chosen = own or programs
    return told_frame(chosen[-1]) if chosen else ""


def frames(coroutine: Any) -> Iterator[FrameType]:
    """The frames that a suspended coroutine stands in, the outermost first."""
    while coroutine is not None:
        for kind in ("cr", "gi", "ag"):
            frame = getattr(coroutine, f"{kind}_frame", None)
            if frame is not None:
                yield frame
                coroutine = getattr(coroutine, f"{kind}_yieldfrom" if kind == "gi" else f"{kind}_await")
                break
        else:
            return


def told_frame(frame: FrameType, line: int | None = None) -> str:
    """Where a frame stands: file, line, and what is written there."""
    path, number = frame.f_code.co_filename, line or frame.f_lineno
    return f"{_shown(path)}:{number}: {linecache.getline(path, number).strip()}"


def is_programs(frame: FrameType) -> bool:
    """Whether a frame is neither callfsm's nor Python's own."""
    path = frame.f_code.co_filename
    if path.startswith((_HERE, *_SOCKETS)):
        return path.startswith(_EXAMPLES)
    return path.startswith(_PACKAGES) or not path.startswith((_PYTHON, "<"))


def _shown(path: str) -> str:
    return path.removeprefix(str(Path.cwd()) + os.sep)
