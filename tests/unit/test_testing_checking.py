"""`check_flow`: what it finds, what it lets pass, and how it can be told to look."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from greetings import greets, says
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import Flaky

from callfsm import Call, IllegalCommandError, RelayClient
from callfsm.testing import Act, FlowError, Network, NetworkAct, Script, Story, check_flow

Flow = Callable[[Call], Coroutine[Any, Any, None]]

BRIEFLY = settings(database=None, derandomize=True, max_examples=40)
NOBODY_ELSE = st.just(Network())
OTHER = "+15550100099"


def found(flow: Flow | RelayClient, **options: Any) -> FlowError:
    """What is wrong with a flow."""
    with pytest.raises(FlowError) as caught:
        check_flow(flow, **({"settings": BRIEFLY} | options))
    return caught.value


def invariant(flow: Flow | RelayClient, **options: Any) -> str:
    """The invariant that a flow breaks."""
    return found(flow, **options).troubles[0].invariant


async def never_answers(_call: Call) -> None:
    """Let it ring, and return."""


async def waits_for_nothing(call: Call) -> None:
    """Answer, and wait in silence."""
    await call.answer()
    await call.wait_for_ended()


async def asks(call: Call) -> Any:
    """Answer and ask for a key."""
    await call.answer()
    prompt = await call.prompt_tts("Press 1 please", {"digits": {"max": 1}})
    return await prompt.wait()


async def ignores_what_is_pressed(call: Call) -> None:
    """Ask, and do the same whatever comes."""
    await asks(call)
    await says(call, "Thank you")
    await call.hangup()


@pytest.mark.parametrize(
    ("flow", "name"), [(ignores_what_is_pressed, "prompt looked at"), (waits_for_nothing, "call ends")]
)
def test_switched_off(flow: Flow, name: str) -> None:
    """An invariant that does not count is not looked for."""
    assert check_flow(flow, without=(name,), settings=BRIEFLY).stories > 40


def test_unknown_invariant() -> None:
    """An invariant that there is not is refused, and the error has those that there are."""
    with pytest.raises(ValueError, match="'happiness': must be one of no illegal command, few commands"):
        check_flow(greets, without=("happiness",))


def test_declared_exceptions() -> None:
    """What a handler may raise is declared; everything else is told, with the exception as the cause."""

    async def fails(call: Call) -> None:
        await greets(call)
        raise LookupError("no such account")

    failure = found(fails, raises=(ZeroDivisionError,))

    assert "no undeclared exception" == failure.troubles[0].invariant
    assert isinstance(failure.__cause__, LookupError)
    assert check_flow(fails, raises=(LookupError,), settings=BRIEFLY).stories > 40


def test_declared_illegal_commands() -> None:
    """An illegal command counts as declared where its error is."""

    async def plays_and_goes_on(call: Call) -> None:
        try:
            await call.play_tts("Hello")
        except IllegalCommandError:
            await greets(call)

    assert "no illegal command" == invariant(plays_and_goes_on)
    assert check_flow(plays_and_goes_on, raises=(IllegalCommandError,), settings=BRIEFLY).stories > 40


def test_network_is_an_excuse() -> None:
    """What the network does to a command is no fault of a program which is told so by an exception."""
    refuses = st.just(Network((NetworkAct("replies", (500, "calling.play")),)))

    assert 40 == check_flow(greets, networks=refuses, settings=BRIEFLY).stories


def test_patience() -> None:
    """How long somebody is kept waiting at most is settable."""

    async def holds(call: Call) -> None:
        await call.answer()
        await asyncio.sleep(100)
        await call.hangup()

    assert check_flow(holds, returns_within=200.0, settings=BRIEFLY).stories > 40
    assert "call ends" == invariant(holds, returns_within=200.0, patience=60.0)


def test_returns_within() -> None:
    """How long a handler may go on after its call is settable."""

    async def writes_a_report(call: Call) -> None:
        await greets(call)
        await asyncio.sleep(90)

    assert "handler returns" == invariant(writes_a_report)
    assert check_flow(writes_a_report, returns_within=120.0, settings=BRIEFLY).stories > 40


def test_people_talk_and_hang_up() -> None:
    """People who talk to each other hang up one day; a program that waits for it keeps nobody."""

    async def connects(call: Call) -> None:
        await call.answer()
        await call.connect([[{"type": "phone", "params": {"to_number": "+15550100021", "from_number": "+1555"}}]])
        await call.wait_for_ended()

    nobody_answers = ("call ends",)

    assert check_flow(connects, settings=BRIEFLY, without=nobody_answers).stories > 40


def test_client() -> None:
    """A client is called in its own context, and is as before when it is over."""
    client = RelayClient("project", "token", contexts=["sales"])
    client.on_call(never_answers)
    failure = found(client)

    assert 'relay.call("sales")' in str(failure)
    assert ("project", "offline", ["sales"]) == (client.project, client.state, client.contexts)


def test_context() -> None:
    """A handler is called in the context that is told."""
    assert 'relay.call("billing")' in str(found(never_answers, context="billing"))


calls_taken: list[str] = []


async def takes_three(call: Call) -> None:
    """Break after three calls, if it remembers those of earlier runs."""
    calls_taken.append(call.call_id)
    assert len(calls_taken) < 3
    await greets(call)


def test_programs_begin_anew() -> None:
    """Each run begins with what the program remembered at first, and so does whatever comes after."""
    assert check_flow(takes_three, settings=BRIEFLY).stories > 40
    assert [] == calls_taken


def test_before() -> None:
    """What is remembered elsewhere can be put back before each run."""
    elsewhere = iter(range(1_000))
    state = {"calls": elsewhere}

    async def counts(call: Call) -> None:
        assert next(state["calls"]) < 2
        await greets(call)

    def anew() -> None:
        state["calls"] = iter(range(1_000))

    assert check_flow(counts, before=anew, settings=BRIEFLY).stories > 40


def test_flaky() -> None:
    """A program that does something else each time is told of as such, with a hint."""
    elsewhere = iter([True])

    async def fails_once(call: Call) -> None:
        await greets(call)
        assert call.to_number != OTHER or not next(elsewhere, False)

    callers = st.just(Script((Act("is_answered"),), to=OTHER))
    with pytest.raises(Flaky) as caught:
        check_flow(fails_once, callers=callers, networks=NOBODY_ELSE, settings=BRIEFLY)

    assert "check_flow(..., before=...)" in "".join(caught.value.__notes__)


def test_same_seed() -> None:
    """The same seed tries the same stories."""
    tried: list[list[str]] = []

    async def notes(call: Call) -> None:
        tried[-1].append(call.from_number)
        await greets(call)

    for _ in range(2):
        tried.append([])
        check_flow(notes, seed=5, before=lambda: None, max_examples=30, settings=settings(database=None))

    assert tried[0] == tried[1]


def test_max_examples() -> None:
    """As many stories are drawn as were asked for."""
    drawn = check_flow(greets, callers=st.builds(Script), networks=NOBODY_ELSE, max_examples=7, settings=BRIEFLY)

    assert drawn.stories <= 8


def test_in_a_running_loop() -> None:
    """Within a coroutine it says that it needs a plain function."""

    async def test() -> None:
        check_flow(greets)

    with pytest.raises(RuntimeError, match="call it from a plain function"):
        asyncio.run(test())


@settings(max_examples=3, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["Hello", "Good morning"]))
def test_within_a_property(text: str) -> None:
    """It can be used within a property of one's own."""

    async def greets_with(call: Call) -> None:
        await call.answer()
        await says(call, text)
        await call.hangup()

    check_flow(greets_with, max_examples=5)

    assert "call ends" == invariant(never_answers)


def test_kept() -> None:
    """A story that went wrong is kept in the database of Hypothesis, tried first, and forgotten when it goes well."""
    database = InMemoryExampleDatabase()
    kept = settings(database=database, derandomize=False, max_examples=100)
    broken = True

    async def keeps_one_waiting(call: Call) -> None:
        await greets(call)
        if broken and call.to_number == OTHER:
            await asyncio.Event().wait()

    callers = st.just(Script((Act("is_answered"),), to=OTHER))
    found(keeps_one_waiting, callers=callers, settings=kept)
    kept_stories = sum(map(len, database.data.values()))
    again = found(keeps_one_waiting, callers=st.just(Script()), networks=NOBODY_ELSE, settings=kept)
    broken = False
    check_flow(keeps_one_waiting, callers=st.just(Script()), networks=NOBODY_ELSE, settings=kept)

    assert (1, OTHER) == (kept_stories, again.story.callers[0].to if again.story else "")
    assert 0 == sum(map(len, database.data.values()))


def test_story_of_a_failure() -> None:
    """A failure has its story as a value, as short as it can be, and the test."""
    failure = found(never_answers)

    assert Story() == failure.story
    assert "async def test_call_ends(relay):" in failure.test
