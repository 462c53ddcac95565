"""`callfsm.listeners`: each hears its events one at a time, in order, and delays nobody else."""

import asyncio
import logging
from collections import Counter
from functools import partial

import pytest
from clock import in_virtual_time, turns

from callfsm.event import RelayEvent, parse_event
from callfsm.listeners import BACKLOG, Listeners
from callfsm.tasks import Tasks

KIND = "calling.call.play"


def event(number: int = 0, kind: str = KIND) -> RelayEvent:
    """An event that carries a number."""
    return parse_event({"event_type": kind, "params": {"number": number}})


def listeners() -> Listeners:
    """Nobody listens yet."""
    return Listeners(Tasks(), Counter())


def _append(heard: list[str], name: str, _event: RelayEvent) -> None:
    heard.append(name)


def number(heard: RelayEvent) -> int:
    """The number that an event carries."""
    found: int = heard.params["number"]
    return found


@in_virtual_time
async def test_plain_function() -> None:
    """A plain function is called at once."""
    heard: list[int] = []
    board = listeners()
    board.add(KIND, lambda each: heard.append(number(each)))
    board.hear(event(1))

    assert [1] == heard


@in_virtual_time
async def test_order_of_registration() -> None:
    """Listeners hear an event in the order in which they came."""
    heard: list[str] = []
    board = listeners()
    for name in ("a", "b", "c"):
        board.add(KIND, partial(_append, heard, name))
    board.hear(event())

    assert ["a", "b", "c"] == heard


@in_virtual_time
async def test_type() -> None:
    """A listener hears no other type than the one it wants."""
    heard: list[str] = []
    board = listeners()
    board.add(KIND, lambda each: heard.append(each.event_type))
    board.hear(event(kind="calling.call.record"))

    assert heard == []


@in_virtual_time
async def test_coroutine_function_keeps_order() -> None:
    """A coroutine function hears the next event when it has done with the one before."""
    heard: list[str] = []

    async def slow(each: RelayEvent) -> None:
        heard.append(f"begins {number(each)}")
        await asyncio.sleep(1)
        heard.append(f"ends {number(each)}")

    board = listeners()
    board.add(KIND, slow)
    for each in (1, 2):
        board.hear(event(each))
    await asyncio.sleep(3)

    assert ["begins 1", "ends 1", "begins 2", "ends 2"] == heard


@in_virtual_time
async def test_slow_listener_delays_nobody() -> None:
    """While one listener is at work, the others hear everything at once."""
    heard: list[int] = []
    board = listeners()

    async def slow(_event: RelayEvent) -> None:
        await asyncio.sleep(60)

    board.add(KIND, slow)
    board.add(KIND, lambda each: heard.append(number(each)))
    for each in (1, 2, 3):
        board.hear(event(each))

    assert [1, 2, 3] == heard
    await asyncio.sleep(200)


@in_virtual_time
async def test_exception_is_contained(caplog: pytest.LogCaptureFixture) -> None:
    """What a listener raises is logged, and the next one hears the event all the same."""
    heard: list[int] = []
    board = listeners()

    def fails(_event: RelayEvent) -> None:
        raise RuntimeError("of the program's making")

    board.add(KIND, fails)
    board.add(KIND, lambda each: heard.append(number(each)))
    with caplog.at_level(logging.ERROR, "callfsm"):
        board.hear(event(1))

    assert ([1], 1) == (heard, caplog.text.count("RuntimeError: of the program's making"))


@in_virtual_time
async def test_exception_of_coroutine_function(caplog: pytest.LogCaptureFixture) -> None:
    """A coroutine function that raises is logged, and hears the next event."""
    heard: list[int] = []

    async def fails(each: RelayEvent) -> None:
        await asyncio.sleep(0)
        heard.append(number(each))
        raise RuntimeError("of the program's making")

    board = listeners()
    board.add(KIND, fails)
    with caplog.at_level(logging.ERROR, "callfsm"):
        for each in (1, 2):
            board.hear(event(each))
        await turns()

    assert ([1, 2], 2) == (heard, caplog.text.count("handler raised"))


@in_virtual_time
async def test_removed() -> None:
    """A listener that was removed hears nothing more; the others do."""
    heard: list[str] = []
    board = listeners()

    def first(_event: RelayEvent) -> None:
        heard.append("first")

    board.add(KIND, first)
    board.add(KIND, lambda _event: heard.append("second"))
    board.remove(KIND, first)
    board.hear(event())

    assert ["second"] == heard


@in_virtual_time
async def test_all_removed() -> None:
    """Without a handler, all listeners of the type are removed."""
    heard: list[int] = []
    board = listeners()
    board.add(KIND, lambda each: heard.append(number(each)))
    board.remove(KIND, None)
    board.hear(event())

    assert heard == []


@in_virtual_time
async def test_removed_while_hearing() -> None:
    """A listener may remove itself, and nobody misses the event."""
    heard: list[str] = []
    board = listeners()

    def once(_event: RelayEvent) -> None:
        board.remove(KIND, once)
        heard.append("once")

    board.add(KIND, once)
    board.add(KIND, lambda _event: heard.append("always"))
    for each in (1, 2):
        board.hear(event(each))

    assert ["once", "always", "always"] == heard


def test_unknown_removed() -> None:
    """Removing what was never added does nothing."""
    board = listeners()
    board.remove(KIND, print)
    board.remove(KIND, None)


@in_virtual_time
async def test_backlog(caplog: pytest.LogCaptureFixture) -> None:
    """Beyond a thousand events that wait for it, a listener loses the oldest, and the log says so once."""
    heard: list[int] = []

    async def slow(each: RelayEvent) -> None:
        await asyncio.sleep(1)
        heard.append(number(each))

    board = listeners()
    board.add(KIND, slow)
    with caplog.at_level(logging.WARNING, "callfsm"):
        for each in range(BACKLOG + 3):
            board.hear(event(each))
    await asyncio.sleep(BACKLOG + 10)

    assert ([0, 3], 1_001, 1) == (heard[:2], len(heard), caplog.text.count("listener too slow"))


@in_virtual_time
async def test_handler_that_is_sometimes_asynchronous() -> None:
    """A handler may give back something to await for one event and nothing for another."""
    heard: list[int] = []

    def mixed(each: RelayEvent) -> object:
        heard.append(number(each))
        return asyncio.sleep(1) if number(each) == 0 else None

    board = listeners()
    board.add(KIND, mixed)
    for each in (0, 1, 2):
        board.hear(event(each))
    await asyncio.sleep(3)

    assert [0, 1, 2] == heard


@in_virtual_time
async def test_callable_object(caplog: pytest.LogCaptureFixture) -> None:
    """A callable without a name of its own is logged by its class."""

    class Picky:
        def __call__(self, _event: RelayEvent) -> None:
            raise RuntimeError("no")

    board = listeners()
    board.add(KIND, Picky())
    with caplog.at_level(logging.ERROR, "callfsm"):
        board.hear(event())

    assert "handler='Picky'" in caplog.text
