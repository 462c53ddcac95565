"""Playing: batches of steps against one client, made by chance or kept from a failure."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable
from typing import Final

from clock import run, turns

from callfsm import RelayError
from fuzz.drafts import Draft
from fuzz.hostility import Hostile, Hostility
from fuzz.oracle import BrokenError, Figures, Oracle
from fuzz.rule import read
from fuzz.spoiling import SPOILERS
from fuzz.world import World

Step = Hostile | int | float
"""A message; what the program asks, by number; or seconds that pass, if only as long as tasks need to go on."""

BATCH: Final = 300
BATCHES: Final = 10
"""Batches in the life of one client."""
_BETWEEN_GOOD_CALLS: Final = 60
_BETWEEN_SWEEPS: Final = 50


class FailedError(AssertionError):
    """A batch has broken the oracle's sentence.

    Attributes:
        why: Which part of it.
        batch: The number of the batch.
        steps: The steps of the batch, up to the failure.
    """

    def __init__(self, broken: BrokenError, batch: int, steps: list[Step]) -> None:
        super().__init__(str(broken))
        self.why = broken.why
        self.batch = batch
        self.steps = steps


async def _batch(oracle: Oracle, batch: int, steps: Iterable[Step]) -> None:
    taken: list[Step] = []
    try:
        await oracle.world.populate(batch)
        for number, step in enumerate(steps):
            taken.append(step)
            await _take(oracle, number, step)
        await oracle.good_call()
        await oracle.clear()
    except BrokenError as broken:
        raise FailedError(broken, batch, taken) from broken


async def _take(oracle: Oracle, number: int, step: Step) -> None:
    if isinstance(step, float):
        await asyncio.sleep(step)
        await turns(2)
    elif isinstance(step, int):
        oracle.world.asks(step)
    else:
        oracle.hears(step)
        oracle.world.look_around()
    if number % _BETWEEN_SWEEPS == 0:
        oracle.sweep()
    if number % _BETWEEN_GOOD_CALLS == _BETWEEN_GOOD_CALLS - 1:
        await oracle.good_call()


async def play(
    world: World, batches: Iterable[tuple[int, Callable[[World], Iterable[Step]]]], figures: Figures, level: int
) -> None:
    """Play batches against one client, which is online whatever its login came with.

    Raises:
        FailedError: The oracle's sentence does not hold.
    """
    with Oracle(world, figures, level=level) as oracle:
        await _connect(world)
        async with world.client:
            await turns()
            oracle.remember()
            for batch, steps in batches:
                await _batch(oracle, batch, steps(world))


async def _connect(world: World) -> None:
    try:
        await world.client.connect()
    except RelayError as error:
        raise FailedError(BrokenError("the login failed", error), 0, []) from error


def by_chance(chance: random.Random, count: int) -> Callable[[World], Iterable[Step]]:
    """So many hostile messages, and now and then something that the program asks, or time that passes."""

    def steps(world: World) -> Iterable[Step]:
        hostility = Hostility(chance, world.aims)
        for _ in range(count):
            yield hostility.message()
            dice = chance.random()
            if dice < 0.1:
                yield chance.getrandbits(32)
            elif dice < 0.104:
                yield chance.choice((0.1, 1.0, 3.0, 11.0))
            elif dice < 0.35:
                yield 0.0

    return steps


def seeded(seed: str) -> random.Random:
    """The source of chance of this seed."""
    return random.Random(seed)


def life(seed: str, frames: int, figures: Figures, level: int, *, noise: int = 20) -> None:
    """The life of one client whose log is at this level: so many hostile messages, in batches.

    Before its login is accepted there are as many more as ``noise`` tells, and what it is accepted with is hostile.

    Raises:
        FailedError: The oracle's sentence does not hold.
    """
    chance = seeded(seed)
    counts = [min(BATCH, frames - begun) for begun in range(0, frames, BATCH)]
    world = World()
    if noise:
        _make_login_hostile(world, chance, noise)
    run(play(world, ((batch, by_chance(chance, count)) for batch, count in enumerate(counts)), figures, level))


def _make_login_hostile(world: World, chance: random.Random, noise: int) -> None:
    # Only a reply to the login itself can say that it has failed, and there is no aim at that.
    hostility = Hostility(chance, world.aims)
    world.server.noise = [hostility.message().message for _ in range(noise)]
    draft = Draft({"protocol": "protocol-1", "identity": "identity-1", "authorization": {"scope": []}})
    chance.choice(SPOILERS)(draft, chance, world.aims())
    login = draft.text()
    if read(f'{{"id": "login", "result": {login}}}') is not None:
        world.server.login = login


def again(batch: int, steps: list[Step], level: int = logging.WARNING) -> str:
    """Play one batch by itself: what it breaks, or ``""``."""
    try:
        run(play(World(), [(batch, lambda _world: steps)], Figures(), level))
    except FailedError as failed:
        return failed.why
    return ""
