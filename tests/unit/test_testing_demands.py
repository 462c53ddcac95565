"""What is demanded of a flow: invariants by their names, errors that are declared, and what counts as an excuse."""

from __future__ import annotations

import asyncio

import pytest

from callfsm import IllegalCommandError, RelayError
from callfsm.testing import FlowError, MemoryRelay, in_virtual_time, keeps
from callfsm.testing.invariants import Demands
from callfsm.testing.seen import Trouble
from callfsm.testing.watching import Watch


@in_virtual_time
async def test_unknown_name() -> None:
    """A name that is none is refused before anything is watched."""
    async with MemoryRelay() as relay:
        with pytest.raises(ValueError, match="'happiness': must be one of"):
            async with keeps(relay, "happiness"):
                pytest.fail("it was entered")

    assert [] == relay.joins


@in_virtual_time
async def test_nothing_is_left() -> None:
    """After `keeps`, whoever looked on looks on no more, also when the test has failed."""
    factory = asyncio.get_running_loop().get_task_factory()
    async with MemoryRelay() as relay:
        with pytest.raises(LookupError):
            async with keeps(relay):
                raise LookupError("the test's own")

    assert ([], factory) == (relay.joins, asyncio.get_running_loop().get_task_factory())


@pytest.mark.parametrize(
    ("error", "hurt", "raises", "excused"),
    [
        (RelayError(500, "no"), False, (), False),
        (RelayError(500, "no"), True, (), True),
        (LookupError(), True, (), False),
        (LookupError(), False, (LookupError,), True),
        (KeyError(), False, (LookupError,), True),
        (None, True, (LookupError,), False),
    ],
)
@in_virtual_time
async def test_excuses(
    error: BaseException | None,
    hurt: bool,  # noqa: FBT001  # one of two states
    raises: tuple[type[BaseException], ...],
    excused: bool,  # noqa: FBT001  # one of two outcomes
) -> None:
    """An exception is excused that was declared, or by which a program is told of what a network has done to it."""
    async with MemoryRelay() as relay:
        relay.meddling.hurt = hurt
        trouble = Trouble("no undeclared exception", "seen", "", error)

        assert excused is Demands(raises=raises).excuse(Watch(relay), trouble)


@in_virtual_time
async def test_no_excuse() -> None:
    """An illegal command is the program's own fault, whatever the network does."""
    async with MemoryRelay() as relay:
        relay.meddling.hurt = True
        error = IllegalCommandError("play", "call 1", "created", why="not answered", permitted=())

        assert not Demands().excuse(Watch(relay), Trouble("no undeclared exception", "seen", "", error))


def test_message() -> None:
    """The error tells the first trouble, and the sentence that it breaks."""
    error = FlowError([Trouble("call ends", "nobody has hung up"), Trouble("goodbye heard", "cut off")])

    assert str(error).startswith("call ends: nobody has hung up\nEvery call ends: ")
