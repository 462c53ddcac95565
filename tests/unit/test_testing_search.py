"""What `check_flow` is run with, and how deep it looks."""

from __future__ import annotations

import random
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callfsm import Call, RelayClient
from callfsm.testing import FlowError, Story, callers, check_flow, stories
from callfsm.testing.vocabulary import Vocabulary

BRIEFLY = settings(database=None, derandomize=True, max_examples=40)


def found(flow: Any, **options: Any) -> FlowError:
    """What is wrong with a flow."""
    with pytest.raises(FlowError) as caught:
        check_flow(flow, settings=BRIEFLY, **options)
    return caught.value


async def asks(call: Call, text: str, most: int = 1) -> str:
    """Ask for keys."""
    prompt = await call.prompt_tts(text, {"digits": {"max": most, "terminators": "#"}, "initial_timeout": 5.0})
    return str((await prompt.wait()).digits)


async def pays(call: Call) -> None:
    """Three menus, one after the other; who says nothing in the last one is left on the line."""
    await call.answer()
    first = await asks(call, "For billing press 3, for anything else press 5.")
    second = first == "3" and await asks(call, "To pay an invoice press 8, to hear your balance press 6.")
    if second == "8" and not await asks(call, "Enter the amount in dollars, then press hash.", 5):
        return
    await call.hangup()


async def throws_a_coin(call: Call) -> None:
    """Fail by chance."""
    await call.answer()
    if random.random() < 0.3:  # noqa: S311  # a program's own chance
        raise ValueError("tails")
    await call.hangup()


async def leaves(call: Call) -> None:
    """End the whole program."""
    await call.answer()
    sys.exit(3)


async def forgets_to_wait(call: Call) -> None:
    """Make a coroutine, and forget to await it."""
    await call.answer()
    call.play_tts("Goodbye")  # type: ignore[unused-coroutine]  # the mistake of which this is about
    await call.hangup()


async def hangs_up(call: Call) -> None:
    """Answer and hang up."""
    await call.answer()
    await call.hangup()


@pytest.mark.parametrize("seed", range(3))
def test_third_menu(seed: int) -> None:
    """Silence in the third menu of a flow is tried, whatever the seed."""
    failure = found(pays, seed=seed)

    assert "call ends" == failure.troubles[0].invariant
    assert ["press", "press"] == [act.does for act in failure.story.callers[0].acts if act.does == "press"]  # type: ignore[union-attr]


def test_chance() -> None:
    """What a program does by chance it does again, in the test that is printed too."""
    failures = [found(throws_a_coin) for _ in range(2)]

    assert failures[0].test == failures[1].test
    assert "        random.seed(" in failures[0].test


def test_chance_is_put_back() -> None:
    """The chance of whoever calls `check_flow` goes on as if nothing had happened."""
    random.seed(5)
    expected = random.random()  # noqa: S311  # the same chance
    random.seed(5)
    check_flow(hangs_up, settings=BRIEFLY)

    assert expected == random.random()  # noqa: S311  # the same chance


def test_no_chance() -> None:
    """Of a program that leaves nothing to chance no test sets it."""
    assert "random" not in found(pays).test


def test_exit() -> None:
    """A handler that ends the interpreter is told of, and ends nothing."""
    failure = found(leaves)

    assert "raised SystemExit(3)" in failure.troubles[0].seen


def test_forgotten_await() -> None:
    """A command that was not awaited is told of."""
    failure = found(forgets_to_wait)

    assert "no undeclared exception" == failure.troubles[0].invariant
    assert "was never awaited" in failure.troubles[0].seen


def test_one_of_each() -> None:
    """One exception, and one name, need no tuple."""

    async def fails(call: Call) -> None:
        await hangs_up(call)
        raise LookupError("no such account")

    assert check_flow(fails, raises=LookupError, without="call ends", settings=BRIEFLY).stories > 40


@pytest.mark.parametrize("program", [None, 3, "flow"])
def test_no_program(program: Any) -> None:
    """What is neither a handler nor a client is refused."""
    with pytest.raises(TypeError, match="must be a handler of calls, or a client with handlers"):
        check_flow(program)


def test_no_handler() -> None:
    """A client without handlers is refused: everything would pass."""
    with pytest.raises(ValueError, match="has no handler"):
        check_flow(RelayClient("project", "token", contexts=["office"]))


def test_nobody_is_reached() -> None:
    """A client whose context nobody calls is refused, too."""
    client = RelayClient("project", "token", contexts=["office"])
    client.on_call(hangs_up)

    with pytest.raises(ValueError, match="no call to 'elsewhere' has reached a handler"):
        check_flow(client, context="elsewhere", settings=BRIEFLY)


@pytest.mark.parametrize(
    ("strategy", "begins"),
    [(callers(), "Script("), (stories(Vocabulary(numbers=("+15550100021",), texts=(("office", "Hi"),))), "Story(")],
)
def test_printed_values(strategy: st.SearchStrategy[object], begins: str) -> None:
    """A property that fails prints what was drawn as a value that can be made again."""

    @settings(database=None, max_examples=30, derandomize=True, print_blob=False)
    @given(drawn=strategy)
    def fails(drawn: object) -> None:
        assert isinstance(drawn, Story) and not drawn.network.acts, "it has failed"  # noqa: PT018  # either fails

    with pytest.raises(AssertionError) as caught:
        fails()
    printed = "\n".join(caught.value.__notes__)

    assert f"drawn={begins}" in printed.replace("\n", "").replace(" ", "")
    assert "lambda" not in printed
    assert "_network" not in printed
