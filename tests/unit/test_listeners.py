"""`callfsm.listeners`: each hears its events one at a time, in order, and delays nobody else."""

import asyncio
import logging
from collections import Counter
from functools import partial
from typing import Any

import pytest
from clock import in_virtual_time, turns

from callfsm.event import RelayEvent, parse_event
from callfsm.listeners import BACKLOG, HARD_LIMIT, Dropped, Listeners, lasting
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


def state_event(number: int) -> RelayEvent:
    """A report of a call's state that carries a number."""
    return event(number, "calling.call.state")


async def overrun(board: Listeners, *events: RelayEvent) -> list[int]:
    """The numbers that a listener hears which was busy while all these came."""
    heard: list[int] = []
    gate = asyncio.Event()

    async def slow(each: RelayEvent) -> None:
        await gate.wait()
        heard.append(number(each))

    board.add(RelayEvent, slow)
    for each in events:
        board.hear(each)
    gate.set()
    await turns(4 * len(events))
    return heard


@in_virtual_time
async def test_states_are_kept() -> None:
    """Of too many events the oldest reports of progress are dropped; states are kept, and the order is."""
    progress = [event(1_000 + each) for each in range(BACKLOG)]
    heard = await overrun(listeners(), event(0), state_event(1), event(2), *progress, state_event(3))

    assert [0, 1, *range(1_002, 1_000 + BACKLOG), 3] == heard


@pytest.mark.parametrize(
    ("kind", "params", "expected"),
    [
        ("calling.call.play", {"state": "playing"}, False),
        ("calling.call.play", {"state": "finished"}, True),
        ("calling.call.record", {"state": "paused"}, False),
        ("calling.call.collect", {"result": {"type": "digit", "params": {"digits": "1"}}}, True),
        ("calling.call.collect", {"result": {"type": "speech"}, "final": False}, False),
        ("calling.call.detect", {"detect": {"type": "machine", "params": {"event": "MACHINE"}}}, True),
        ("calling.call.connect", {"connect_state": "connected"}, True),
        ("calling.call.state", {"call_state": "ended"}, True),
        ("messaging.state", {"message_state": "sent"}, True),
        ("connection", {}, True),
        ("gap", {}, True),
        ("calling.ai.partial_result", {}, False),
        ("never.heard.of", {"state": "finished"}, False),
    ],
)
def test_what_lasts(kind: str, params: dict[str, Any], expected: bool) -> None:  # noqa: FBT001  a column of the table
    """States and final reports are never dropped; progress, and what nobody knows, may be."""
    assert expected == lasting(parse_event({"event_type": kind, "params": params}))


@in_virtual_time
async def test_nothing_grows_for_ever() -> None:
    """A server that repeats a state without end makes no listener's backlog grow without end."""
    repeated = [state_event(each) for each in range(HARD_LIMIT + 3)]
    heard = await overrun(listeners(), *repeated)

    assert [0, *range(3, HARD_LIMIT + 3)] == heard


@in_virtual_time
async def test_dropped_are_counted() -> None:
    """What was dropped is counted."""
    counts: Counter[type] = Counter()
    await overrun(Listeners(Tasks(), counts), *(event(each) for each in range(BACKLOG + 5)))

    assert 4 == counts[Dropped]
