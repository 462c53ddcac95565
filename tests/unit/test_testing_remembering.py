"""What a program remembers is found by following its handlers, and put back as it was."""

from __future__ import annotations

import asyncio
import functools
import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from callfsm import Call, RelayClient
from callfsm.testing import run
from callfsm.testing.remembering import Memory


@dataclass
class Desk:
    """Somebody's desk."""

    waiting: list[str] = field(default_factory=list)
    served: int = 0


class Narrow:
    """Something with slots."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = 3


class Shop:
    """A class that counts in itself."""

    opened = 0
    names: tuple[str, ...] = ()

    async def handle(self, call: Call) -> None:
        """Handle a call."""


inbox: list[str] = []
table: dict[str, Any] = {"1": [1], "2": {"a"}}
desks = (Desk(), Desk())
narrow = Narrow()
shop = Shop()
lines: deque[str] = deque(["first"], maxlen=3)
seen: set[str] = set()
counts: Counter[str] = Counter()
chance = random.Random(7)  # noqa: S311  # the same in every run
lock = asyncio.Lock()
total = 0


def spoil() -> None:
    """Change everything that can be changed."""
    global total  # noqa: PLW0603  # programs have such things
    total += 1
    inbox.append("a message")
    table["1"].append(2)
    table["2"].clear()
    table["3"] = 3
    desks[0].waiting.append("somebody")
    desks[1].served = 9
    narrow.left = 0
    Shop.opened += 1
    Shop.names = ("x",)
    lines.append("second")
    seen.add("x")
    counts["x"] += 1


def state() -> Any:
    """Everything that was changed, as a value."""
    return (
        total,
        list(inbox),
        [list(table), list(table["1"]), set(table["2"])],
        [(list(desk.waiting), desk.served) for desk in desks],
        narrow.left,
        (Shop.opened, Shop.names),
        list(lines),
        set(seen),
        dict(counts),
    )


async def handler(_call: Call) -> None:
    """Handle a call, with everything that is there."""
    spoil()


def test_put_back() -> None:
    """Everything that a handler can reach is as it was: globals, tables, objects, classes, counters, slots."""
    memory, before = Memory(handler), state()
    spoil()
    spoiled = state()
    memory.put_back()

    assert spoiled != before
    assert before == state()


def test_same_objects() -> None:
    """What is put back is the same object as before: nobody is left holding another one."""
    memory, mine = Memory(handler), inbox
    inbox.append("a message")
    memory.put_back()

    assert mine is inbox
    assert [] == mine


def test_chance() -> None:
    """A generator of random numbers goes on from where it was."""
    memory = Memory(handler)
    first = chance.random()
    memory.put_back()

    assert first == chance.random()


def test_locks() -> None:
    """A lock that somebody has left locked is open again."""

    async def locks() -> None:
        await lock.acquire()

    memory = Memory(handler)
    run(locks())
    memory.put_back()

    assert not lock.locked()


def test_locks_of_other_loops() -> None:
    """A lock that was waited for on a loop that is closed can be waited for on the next one."""

    async def contends() -> None:
        async with lock:
            waits = asyncio.create_task(lock.acquire())
            await asyncio.sleep(1)
        await waits
        lock.release()

    run(contends())
    Memory(handler)
    run(contends())

    assert not lock.locked()


def counting() -> tuple[Callable[[Call], Any], Callable[[], int]]:
    """A handler that counts in a closure, and the count."""
    count = 0

    async def counts_calls(_call: Call) -> None:
        nonlocal count
        count += 1

    return counts_calls, lambda: count


def test_closures() -> None:
    """What a closure holds is put back."""
    counts_calls, count = counting()
    memory = Memory(counts_calls)
    asyncio.run(counts_calls(None))  # type: ignore[arg-type]  # it does not look at the call
    before = count()
    memory.put_back()

    assert (1, 0) == (before, count())


@pytest.mark.parametrize("root", [handler, functools.partial(handler), shop.handle, Shop().handle])
def test_ways_to_the_module(root: object) -> None:
    """A function, a method, or either with arguments, leads to what its module remembers."""
    assert id(inbox) in Memory(root).found


def test_clients() -> None:
    """A client of the program is as it was before it was used: nothing of one run is left for the next."""
    client = RelayClient("project", "token", contexts=["office"])

    async def with_client(_call: Call) -> None:
        client.contexts.append("sales")

    memory = Memory(with_client)
    client.contexts.append("sales")
    memory.put_back()

    assert ["office"] == client.contexts


def test_texts_and_code() -> None:
    """The strings of a program and its functions' code are found; the names in its modules are no strings of it."""
    memory = Memory(handler)

    assert {"first", "1", "2"} <= memory.texts
    assert "inbox" not in memory.texts
    assert spoil.__code__ in memory.code
    assert asyncio.sleep.__code__ not in memory.code
