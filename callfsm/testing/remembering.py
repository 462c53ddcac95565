"""What a program remembers from one call to the next, so that each run of a test can begin as the first one did.

It is found by following the handlers: the globals of their module and of others of the same program, closures, what
methods are bound to; in them lists, dicts, sets, queues, locks, clients, and objects of the program's own classes. What
lives elsewhere, in a database or within another library, is not found.
"""

from __future__ import annotations

import asyncio
import collections
import functools
import random
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any, Final, NamedTuple

from msgspec import Struct

_CONTAINERS: Final = (CellType, dict, list, tuple, set, frozenset, collections.deque)
_OURS: Final = "callfsm"
_WAITING: Final = asyncio.__name__


class _Kept(NamedTuple):
    """One thing, as it was."""

    thing: Any
    contents: Any
    put_back: Callable[[Any, Any], None]


class Memory:
    """Everything that a program remembers now.

    Args:
        roots: The handlers of the program.

    Attributes:
        found: Everything that was found, by its `id`.
        code: The code of the program's functions.
        texts: The strings that it remembers.
    """

    def __init__(self, *roots: object) -> None:
        self._places = {place for root in roots for place in _places(_module(root))}
        self.found: dict[int, Any] = {}
        self.code: list[CodeType] = []
        self.texts: set[str] = set()
        self._kept: list[_Kept] = []
        ahead: list[Any] = list(roots)
        while ahead:
            thing = ahead.pop()
            if isinstance(thing, str):
                self.texts.add(thing)
            elif id(thing) not in self.found:
                self.found[id(thing)] = thing
                ahead += self._parts(thing)

    def put_back(self) -> None:
        """Let everything be as it was when this was made."""
        for kept in self._kept:
            kept.put_back(kept.thing, kept.contents)

    def _parts(self, thing: Any) -> Iterable[Any]:
        if isinstance(thing, FunctionType):
            return self._parts_of_function(thing)
        if isinstance(thing, MethodType):
            return (thing.__self__, thing.__func__)
        if isinstance(thing, functools.partial):
            return (thing.func, *thing.args, *thing.keywords.values())
        return self._parts_of_container(thing) if isinstance(thing, _CONTAINERS) else self._parts_of_object(thing)

    def _parts_of_function(self, function: FunctionType) -> Iterable[Any]:
        if not self._is_programs(function):
            return ()
        self.code.append(function.__code__)
        return (function.__globals__, *(function.__closure__ or ()), *(function.__defaults__ or ()), vars(function))

    def _parts_of_container(self, thing: Any) -> Iterable[Any]:
        if isinstance(thing, CellType):
            contents = _cell_contents(thing)
            self._keep(thing, contents, _fill_cell)
            return contents
        if isinstance(thing, dict):
            self._keep(thing, dict(thing), _refill_dict)
            if "__builtins__" in thing:  # The names in a module are no words of the program's.
                return tuple(value for name, value in thing.items() if not name.startswith("__"))
            return (*thing, *thing.values())
        if isinstance(thing, list):
            self._keep(thing, list(thing), _refill_list)
        elif isinstance(thing, set | collections.deque):
            self._keep(thing, type(thing)(thing), _refill)
        return tuple(thing)

    def _parts_of_object(self, thing: Any) -> Iterable[Any]:
        kind = type(thing)
        if isinstance(thing, asyncio.AbstractEventLoop):
            return ()  # One of an earlier run, of which a client knows the time.
        if isinstance(thing, type):
            if not self._is_programs(thing):
                return ()
            told = {name: value for name, value in vars(thing).items() if not name.startswith("__")}
            self._keep(thing, told, _refill_class)
            return told.values()
        if isinstance(thing, random.Random) and not isinstance(thing, random.SystemRandom):
            self._keep(thing, thing.getstate(), random.Random.setstate)
        # A client is of the program too; what callfsm itself has in its modules is not.
        if not (kind.__module__.startswith((_WAITING, f"{_OURS}.")) or self._is_programs(kind)):
            return ()
        if (
            getattr(thing, "_loop", None) is not None
            and kind.__module__.startswith(_WAITING)
            and thing._loop.is_closed()
        ):
            thing._loop = None  # A lock that was waited for on an earlier loop can be used on no other one.
        slots = [name for each in kind.__mro__ for name in getattr(each, "__slots__", ()) if hasattr(thing, name)]
        told = {name: getattr(thing, name) for name in slots if not name.startswith("__")}
        if told:
            self._keep(thing, told, _refill_slots)
        return (kind, *told.values(), *([vars(thing)] if hasattr(thing, "__dict__") else []))

    def _keep(self, thing: Any, contents: Any, put_back: Callable[[Any, Any], None]) -> None:
        self._kept.append(_Kept(thing, contents, put_back))

    def _is_programs(self, thing: Any) -> bool:
        module = _module(thing)
        return module.split(".")[0] != _OURS and not self._places.isdisjoint(_places(module))


def _module(thing: object) -> str:
    while isinstance(thing, functools.partial):
        thing = thing.func
    return str(getattr(thing, "__module__", None) or type(thing).__module__)


@functools.cache
def _places(module: str) -> frozenset[str]:
    # A program is a package, or the modules of one folder.
    path = getattr(sys.modules.get(module), "__file__", None)
    return frozenset({module.split(".", maxsplit=1)[0], *([str(Path(path).parent)] if path else [])})


def _cell_contents(cell: CellType) -> tuple[Any, ...]:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return ()  # Nothing has been assigned yet.


def _fill_cell(cell: CellType, contents: tuple[Any, ...]) -> None:
    if contents:
        cell.cell_contents = contents[0]
    elif _cell_contents(cell):
        del cell.cell_contents


def _refill_dict(thing: dict[Any, Any], contents: dict[Any, Any]) -> None:
    if len(thing) != len(contents) or any(thing.get(key, thing) is not value for key, value in contents.items()):
        thing.clear()
        thing.update(contents)


def _refill_list(thing: list[Any], contents: list[Any]) -> None:
    thing[:] = contents


def _refill(thing: Any, contents: Any) -> None:
    thing.clear()
    (thing.extend if isinstance(thing, collections.deque) else thing.update)(contents)


def _refill_class(thing: Any, contents: dict[str, Any]) -> None:
    present = {name: value for name, value in vars(thing).items() if not name.startswith("__")}
    for name in present.keys() - contents.keys():
        delattr(thing, name)
    for name, value in contents.items():
        if present.get(name, thing) is not value:
            setattr(thing, name, value)


def _refill_slots(thing: Any, contents: dict[str, Any]) -> None:
    for name, value in contents.items():
        if getattr(thing, name, thing) is not value:
            # Each has a way of its own around what is frozen; a frozen structure never differs.
            (setattr if isinstance(thing, Struct) else object.__setattr__)(thing, name, value)
