"""`callfsm.process`: what a client shares with the process that it runs in."""

import asyncio
import os
import signal
import threading

import pytest
from clock import in_virtual_time, run, turns

from callfsm.process import ConnectionSlot, stop_signals


def taken(slot: ConnectionSlot) -> bool:
    """Whether a place can be had."""
    try:
        slot.take()
    except RuntimeError:
        return False
    return True


def test_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the variable, any number of clients may be connected."""
    monkeypatch.delenv("RELAY_MAX_CONNECTIONS", raising=False)
    slots = [ConnectionSlot() for _ in range(20)]

    assert [True] * 20 == [taken(slot) for slot in slots]


@pytest.mark.parametrize(("limit", "fit"), [("1", 1), ("2", 2), ("0", 1), ("many", 3), ("", 3)])
def test_limit(monkeypatch: pytest.MonkeyPatch, limit: str, fit: int) -> None:
    """The variable limits the clients, to one at least; what is no number does not."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", limit)
    slots = [ConnectionSlot() for _ in range(3)]

    assert fit == sum(taken(slot) for slot in slots)


def test_limit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error tells the limit, and how many are connected."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    first, second = ConnectionSlot(), ConnectionSlot()
    first.take()
    with pytest.raises(RuntimeError, match=r"connection limit: 1 clients .* RELAY_MAX_CONNECTIONS=1"):
        second.take()


def test_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that was given up can be taken by another."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    first, second = ConnectionSlot(), ConnectionSlot()
    first.take()
    first.free()

    assert taken(second)


def test_taken_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that has its place may take it again."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    slot = ConnectionSlot()
    slot.take()

    assert taken(slot)


def test_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that nobody holds any longer takes no place."""
    monkeypatch.setenv("RELAY_MAX_CONNECTIONS", "1")
    ConnectionSlot().take()

    assert taken(ConnectionSlot())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_sets_the_event(number: signal.Signals) -> None:
    """Either signal sets the event, and interrupts nothing."""

    async def main() -> bool:
        stop = asyncio.Event()
        with stop_signals(stop):
            os.kill(os.getpid(), number)
            await stop.wait()
        return stop.is_set()

    assert asyncio.run(main())


def test_second_signal() -> None:
    """A second signal cancels the task that waits."""

    async def main() -> None:
        stop = asyncio.Event()
        with stop_signals(stop):
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGTERM)
                await stop.wait()
                await turns()

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())


@in_virtual_time
async def test_handlers_are_taken_away() -> None:
    """Afterwards the signals mean what they meant before."""
    with stop_signals(asyncio.Event()):
        pass

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_other_thread() -> None:
    """In a thread other than the main one there are no signals, and the block runs all the same."""
    ran: list[bool] = []

    async def main() -> None:
        with stop_signals(asyncio.Event()):
            ran.append(True)

    thread = threading.Thread(target=run, args=(main(),))
    thread.start()
    thread.join()

    assert [True] == ran
