"""A test with the fixture `relay` over real sockets, unchanged."""

import pytest

import callfsm.testing.plugin  # noqa: F401  # a run within this process forgets what it has imported, but not this

pytest_plugins = ["pytester"]

TESTS = """
import asyncio
import pytest
from callfsm import RelayError
from callfsm.testing import SocketRelay

TASKS = []

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

async def test_network(relay, office):
    relay.replies(500, "calling.play_and_collect")
    relay.allows(RelayError)
    await relay.call("office").is_over()

async def test_network_heals(relay, office):
    relay.delays(0.5)
    relay.loses("calling.call.play", times=1_000)
    relay.duplicates("calling.call.collect")
    relay.heals()
    caller = relay.call("office")
    await caller.hears("press 1")
    relay.drops_connection()
    await caller.press("1")
    await caller.hears("you pressed 1", timeout=1_000)
    await caller.is_over()

async def test_texts(relay):
    client = relay.client("office")

    @client.on_message
    async def echoes(message):
        await client.send_message(
            to_number=message.from_number, from_number=message.to_number, body=f"You wrote: {message.body}"
        )

    await relay.serves(client)
    relay.message("office", "Hi", from_="+15550100077")
    text = await relay.receives_text("+15550100077", "you wrote")
    assert text.body == "You wrote: Hi"

async def test_left(relay):
    TASKS.append(asyncio.create_task(asyncio.Event().wait()))

async def test_unseen(relay):
    async def fails():
        raise ValueError("it broke")

    asyncio.create_task(fails())
    await asyncio.sleep(0.01)

async def test_forgotten(relay, office):
    relay.call("office").hears("never said at all")

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
    """A test passes over a socket as it does in memory: conversations, what the network does, text messages."""
    assert {"passed": 5, "deselected": 4} == run(
        pytester, "-k", "not waits and not left and not unseen and not forgotten"
    ).parseoutcomes()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("left", "*AssertionError: still running: *"),
        ("unseen", "*AssertionError: left unseen: *ValueError('it broke')*"),
        ("forgotten", "*AssertionError: left unseen: *'Caller.hears' was never awaited*"),
    ],
)
def test_what_remains(pytester: pytest.Pytester, name: str, told: str) -> None:
    """What is left over fails a test over a socket as it does in memory."""
    run(pytester, "-k", name).stdout.fnmatch_lines([told])


def test_coverage(pytester: pytest.Pytester) -> None:
    """What was taken over a socket counts."""
    run(pytester, "-k", "menu", "--callfsm-cov").stdout.fnmatch_lines(["call * 4/4 100 % *", "play_and_collect *"])


def test_time_limit(pytester: pytest.Pytester) -> None:
    """A test that takes longer than it may fails, and tells what everybody waits for."""
    run(pytester, "-k", "waits", "--callfsm-time-limit=50").stdout.fnmatch_lines(
        [
            "50 simulated seconds have passed: the test waits for ever",
            "  callfsm on_call * waits in test_time_limit.py:17: await asyncio.Event().wait()",
            "  test_waits waits in test_time_limit.py:76: *is_over(100_000)",
            "*- calls -*",
            "*rings office*",
        ]
    )
