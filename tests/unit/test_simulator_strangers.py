"""`callfsm.simulator.strangers`: clients that have not logged in are few, stay a short while, and say little."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from clock import in_virtual_time, now, until
from simulator_wire import Desk, Phone

from callfsm.simulator.strangers import CLOSE_SECONDS, LOGIN_SECONDS, MAX_LENGTH, MAX_WORDS, Strangers


class Guest(Phone):
    """A client of which somebody takes note."""

    def __init__(self, desk: Desk, strangers: Strangers) -> None:
        super().__init__(desk.exchange)
        self.aborted: list[float] = []
        strangers.meet(self.client, lambda: self.aborted.append(now()))


def met(strangers: Strangers) -> Callable[[], Guest]:
    """How clients come."""
    desk = Desk()
    return lambda: Guest(desk, strangers)


@in_virtual_time
async def test_time_limit() -> None:
    """Who has not logged in in time is shown out, and dropped if that takes too long."""
    guest = met(Strangers())()
    await until(lambda: guest.closed)
    closed = now()
    await until(lambda: bool(guest.aborted))

    assert (LOGIN_SECONDS, LOGIN_SECONDS + CLOSE_SECONDS) == (round(closed, 1), round(guest.aborted[0], 1))


@in_virtual_time
async def test_logged_in_in_time() -> None:
    """Who has logged in stays, whether it says anything more or not."""
    strangers = Strangers()
    come = met(strangers)
    talkative, silent = come(), come()
    for guest in (talkative, silent):
        guest.log_in()
    heard = [strangers.may_say(talkative.client, "x" * (MAX_LENGTH + 1)) for _ in range(2 * MAX_WORDS)]
    await asyncio.sleep(2 * LOGIN_SECONDS)

    assert ([True] * 2 * MAX_WORDS, False, False) == (heard, talkative.closed, silent.closed)


@in_virtual_time
async def test_limit() -> None:
    """No more are let in than the limit; who logs in, or goes, makes room."""
    strangers = Strangers(limit=3)
    come = met(strangers)
    full = [strangers.full]
    guests = [come() for _ in range(3)]
    full.append(strangers.full)
    guests[0].log_in()
    full.append(strangers.full)
    come()
    full.append(strangers.full)
    strangers.forget(guests[1].client)
    full.append(strangers.full)

    assert [False, True, False, True, False] == full


@in_virtual_time
async def test_one_too_many() -> None:
    """One that comes when there is no room is shown out at once, and not heard."""
    strangers = Strangers(limit=1)
    come = met(strangers)
    first, second = come(), come()

    assert (False, True, False) == (first.closed, second.closed, strangers.may_say(second.client, "{}"))


@in_virtual_time
async def test_few_words() -> None:
    """A stranger may try a few times to log in; then it is shown out."""
    strangers = Strangers()
    guest = met(strangers)()
    heard = [strangers.may_say(guest.client, "{}") for _ in range(MAX_WORDS + 2)]

    assert ([True] * MAX_WORDS + [False] * 2, True) == (heard, guest.closed)


@in_virtual_time
async def test_short_words() -> None:
    """A stranger who says something long is shown out, and not heard."""
    strangers = Strangers()
    guest = met(strangers)()

    assert (False, True) == (strangers.may_say(guest.client, "x" * (MAX_LENGTH + 1)), guest.closed)


@in_virtual_time
async def test_forgotten_twice() -> None:
    """Who has gone may be forgotten again, and leaves no time limit behind."""
    strangers = Strangers()
    guest = met(strangers)()
    for _ in range(2):
        strangers.forget(guest.client)
    await asyncio.sleep(2 * LOGIN_SECONDS)

    assert (False, []) == (guest.closed, guest.aborted)
