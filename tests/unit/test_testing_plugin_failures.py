"""`callfsm.testing.failing`: what a test with `relay` that failed is told with."""

import pytest

import callfsm.testing.plugin  # noqa: F401  # a run within this process forgets what it has imported, but not this

pytest_plugins = ["pytester"]

FLOWS = """
import asyncio
import pytest

async def greets(call):
    await call.answer()
    await (await call.play_tts("Welcome")).wait()
    await call.hangup()

async def breaks(call):
    await call.answer()
    {}["menu"]

async def waits(call):
    await call.answer()
    await asyncio.Event().wait()

async def plays_too_early(call):
    await call.play_tts("Welcome")
"""


def run(pytester: pytest.Pytester, source: str, *options: str) -> pytest.RunResult:
    """Run one test that fails."""
    pytester.makepyfile(FLOWS + source)
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)

    assert {"failed": 1} == result.parseoutcomes()
    return result


WRONG = """
async def test_it(relay):
    await relay.serves(greets)
    await relay.call("office").hears("good evening")
"""


def test_ladder_of_a_failure(pytester: pytest.Pytester) -> None:
    """A test that failed shows the ladder of its call."""
    result = run(pytester, WRONG)

    result.stdout.fnmatch_lines(
        [
            '*CallOverError: the call ended (hangup) before "good evening" was heard; heard in it: "Welcome"',
            "*- calls -*",
            "call simulated-7",
            "*app*RELAY*caller*",
            "*rings office*",
            '*play "Welcome"*',
        ]
    )


def test_last_transitions(pytester: pytest.Pytester) -> None:
    """A test that failed shows what the machines did last."""
    result = run(pytester, WRONG)

    result.stdout.fnmatch_lines(
        [
            "the last transitions and refusals:",
            "  connection: line opening: offline -> connecting",
            "  call simulated-7: ask answer: stays created",
            "  call simulated-7: reply answer_accepted: created -> answered",
        ]
    )


def test_at_most_twenty(pytester: pytest.Pytester) -> None:
    """Of what the machines did, the last twenty things are shown."""
    source = """
async def test_it(relay):
    await relay.serves(greets)
    for _ in range(3):
        await relay.call("office").is_over()
    assert False
"""
    lines = run(pytester, source).outlines
    first = lines.index("the last transitions and refusals:") + 1

    assert (20, True) == (
        sum(line.startswith("  ") for line in lines[first : first + 25]),
        lines[first + 20][:1] != " ",
    )


def test_refusal(pytester: pytest.Pytester) -> None:
    """A command that was refused stands there with the reason."""
    source = """
async def test_it(relay):
    await relay.serves(plays_too_early)
    await relay.call("office").is_over()
"""

    run(pytester, source).stdout.fnmatch_lines(
        ["  call simulated-7: play was refused: media commands need an answered call*"]
    )


def test_refused_without_row(pytester: pytest.Pytester) -> None:
    """A command that no row takes in this state says so."""
    source = """
async def answers_twice(call):
    await call.answer()
    await call.answer()

async def test_it(relay):
    await relay.serves(answers_twice)
    await relay.call("office").is_over()
"""

    run(pytester, source).stdout.fnmatch_lines(
        ["  call simulated-7: answer was refused: no row takes it in this state"]
    )


def test_at_most_five(pytester: pytest.Pytester) -> None:
    """Five calls are drawn, and the others counted."""
    source = """
async def test_it(relay):
    await relay.serves(greets)
    for _ in range(7):
        await relay.call("office").is_over()
    assert False
"""
    lines = run(pytester, source).outlines

    assert (5, 1) == (sum(line.startswith("call simulated") for line in lines), lines.count("and 2 more calls"))


def test_named_call_first(pytester: pytest.Pytester) -> None:
    """The call that the failure is about is drawn first."""
    source = """
async def test_it(relay):
    await relay.serves(greets)
    callers = [relay.call("office") for _ in range(7)]
    await callers[6].hears("nothing of the kind")
"""
    result = run(pytester, source)
    drawn = [line.split()[1] for line in result.outlines if line.startswith("call simulated")]
    caller = next(line for line in result.outlines if line.startswith("self = <Caller"))

    assert caller.split()[3] == drawn[0]


def test_handler_raises(pytester: pytest.Pytester) -> None:
    """A handler that raises fails the test, by the line in which it did."""
    source = """
async def test_it(relay):
    await relay.serves(breaks)
    await relay.call("office").is_over()
"""

    run(pytester, source).stdout.fnmatch_lines(
        [
            '>*{}[[]"menu"]',
            "E*KeyError: 'menu'",
            "The above exception was the direct cause of the following exception:",
            "E*LeftOverError: the handler of <Call *> raised KeyError('menu')",
        ]
    )


def test_handler_raises_first(pytester: pytest.Pytester) -> None:
    """When a test fails because of what a handler raised, that is told as well."""
    source = """
async def test_it(relay):
    await relay.serves(breaks)
    await relay.call("office").hears("welcome")
"""

    run(pytester, source).stdout.fnmatch_lines(
        [
            "E*CallOverError: the call ended (error)*",
            "the handler of <Call *> raised KeyError('menu')",
            '  in test_handler_raises_first.py:11: {}[[]"menu"]',
        ]
    )


def test_every_handler_that_raises(pytester: pytest.Pytester) -> None:
    """Of several handlers that have raised, each is told, with its line and its call."""
    source = """
async def test_it(relay):
    await relay.serves(breaks)
    for _ in range(2):
        await relay.call("office").is_over()
"""
    lines = run(pytester, source).outlines

    assert 1 == lines.count('  in test_every_handler_that_raises.py:11: {}["menu"]')
    assert 2 == sum(line.startswith("call simulated") for line in lines)


def test_waiting_for_ever(pytester: pytest.Pytester) -> None:
    """A test in which everybody waits for ever fails, and tells what each task waits for."""
    source = """
async def test_it(relay):
    await relay.serves(waits)
    await relay.call("office").is_over(100_000)
"""

    run(pytester, source).stdout.fnmatch_lines(
        [
            "7200 seconds have passed: timers renew each other, and the test waits for ever",
            "  callfsm on_call simulated-7 waits in test_waiting_for_ever.py:15: await asyncio.Event().wait()",
            '  test_it waits in test_waiting_for_ever.py:22: await relay.call("office").is_over(100_000)',
            "  and * of callfsm's own",
            "call simulated-7",
        ]
    )


def test_nothing_will_happen(pytester: pytest.Pytester) -> None:
    """So does a test that waits for what nothing can bring about, at once."""
    source = """
async def test_it(relay):
    await asyncio.Event().wait()
"""

    run(pytester, source).stdout.fnmatch_lines(
        [
            "everybody waits and nothing will ever happen",
            "  test_it waits in test_nothing_will_happen.py:21: await asyncio.Event().wait()",
        ]
    )


def test_handler_left_over(pytester: pytest.Pytester) -> None:
    """A handler that does not return when everybody has hung up fails the test, by the line that it waits in."""
    source = """
async def test_it(relay):
    await relay.serves(waits)
    await relay.call("office").is_answered()
"""

    run(pytester, source).stdout.fnmatch_lines(
        [
            "E*LeftOverError: callfsm on_call simulated-7 was still running when everybody had hung up, in *.py:15: await*",
        ]
    )


def test_task_left_over(pytester: pytest.Pytester) -> None:
    """A task that the test has left running fails it, by its name."""
    source = """
async def test_it(relay):
    relay.task = asyncio.create_task(asyncio.sleep(100), name="mine")
"""
    result = run(pytester, source)

    result.stdout.fnmatch_lines(["E*AssertionError: still running: *name='mine'*"])
    result.stdout.no_fnmatch_line("*base_events.py*")


def test_no_calls(pytester: pytest.Pytester) -> None:
    """A test without a call has nothing to show of one."""
    result = run(pytester, "async def test_it(relay):\n    assert False\n")

    result.stdout.no_fnmatch_line("*RELAY*")


def test_without_relay(pytester: pytest.Pytester) -> None:
    """A test that does not use `relay` is told as ever."""
    result = run(pytester, "def test_it():\n    assert False\n")

    result.stdout.no_fnmatch_line("*- calls -*")
