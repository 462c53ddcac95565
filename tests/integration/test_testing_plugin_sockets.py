"""A test with the fixture `relay` over real sockets, unchanged."""

import pytest

import callfsm.testing.plugin  # noqa: F401  # a run within this process forgets what it has imported, but not this

pytest_plugins = ["pytester"]

TESTS = """
import asyncio
import pytest
from callfsm.testing.relay import SocketRelay

async def asks(call):
    await call.answer()
    prompt = await call.prompt_tts("Press 1 for sales", {"digits": {"max": 1}})
    event = await prompt.wait()
    await (await call.play_tts(f"You pressed {event.digits}")).wait()
    await call.hangup()

async def waits(call):
    await call.answer()
    await asyncio.Event().wait()

@pytest.fixture
async def office(relay):
    return await relay.serves(asks)

async def test_menu(relay, office):
    caller = relay.call("office")
    await caller.hears("press 1")
    await caller.press("1")
    await caller.hears("you pressed 1")
    await caller.is_over()

async def test_waits(relay):
    await relay.serves(waits)
    await relay.call("office").is_over(100_000)

async def test_transport(relay):
    assert isinstance(relay, SocketRelay)
"""


def run(pytester: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run the tests over sockets."""
    pytester.makepyfile(TESTS)
    return pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "--callfsm-transport=socket", "--callfsm-speed=100", *options
    )


def test_unchanged(pytester: pytest.Pytester) -> None:
    """A test passes over a socket as it does in memory."""
    assert {"passed": 2, "deselected": 1} == run(pytester, "-k", "menu or transport").parseoutcomes()


def test_coverage(pytester: pytest.Pytester) -> None:
    """What was taken over a socket counts."""
    run(pytester, "-k", "menu", "--callfsm-cov").stdout.fnmatch_lines(["call * 4/4 100 % *", "play_and_collect *"])


def test_time_limit(pytester: pytest.Pytester) -> None:
    """A test that takes longer than it may fails, and tells what everybody waits for."""
    run(pytester, "-k", "waits", "--callfsm-time-limit=50").stdout.fnmatch_lines(
        [
            "50 simulated seconds have passed: the test waits for ever",
            "  callfsm on_call * waits in test_time_limit.py:14: await asyncio.Event().wait()",
            "  test_waits waits in test_time_limit.py:29: *is_over(100_000)",
            "*- calls -*",
            "*rings office*",
        ]
    )
