"""`callfsm.testing.plugin` and `pytest_callfsm`: how a test with the fixture `relay` is run."""

import pytest

import callfsm.testing.plugin  # noqa: F401  # a run within this process forgets what it has imported, but not this

pytest_plugins = ["pytester"]

FLOW = """
import asyncio
import pytest

async def flow(call):
    await call.answer()
    await (await call.play_tts("Welcome")).wait()
    await asyncio.sleep(3600)
    await call.hangup()

async def keeps(relay):
    caller = relay.call("office")
    await caller.hears("welcome")
    await caller.is_over(4000)
"""


def outcomes(pytester: pytest.Pytester, source: str, *options: str) -> dict[str, int]:
    """How the tests of a file come out."""
    pytester.makepyfile(FLOW + source)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options).parseoutcomes()


def test_coroutine(pytester: pytest.Pytester) -> None:
    """A coroutine test with `relay` runs in virtual time, inside it; the test imports nothing for that."""
    source = """
async def test_it(relay):
    await relay.serves(flow)
    await keeps(relay)
"""

    assert {"passed": 1} == outcomes(pytester, source)


def test_each_its_own(pytester: pytest.Pytester) -> None:
    """Every test has a relay of its own."""
    source = """
@pytest.mark.parametrize("number", [1, 2])
async def test_it(relay, number):
    assert not relay.clients
    await relay.serves(flow)
    await keeps(relay)
"""

    assert {"passed": 2} == outcomes(pytester, source)


def test_method(pytester: pytest.Pytester) -> None:
    """A coroutine test may be a method."""
    source = """
class TestOffice:
    async def test_it(self, relay):
        await relay.serves(flow)
        await keeps(relay)
"""

    assert {"passed": 1} == outcomes(pytester, source)


def test_skipping(pytester: pytest.Pytester) -> None:
    """A coroutine test may be skipped, or expected to fail, from within or by its mark."""
    source = """
async def test_within(relay):
    pytest.skip("not today")

@pytest.mark.skip
async def test_marked(relay): ...

@pytest.mark.xfail
async def test_expected(relay):
    assert False
"""

    assert {"skipped": 2, "xfailed": 1} == outcomes(pytester, source)


def test_plain(pytester: pytest.Pytester) -> None:
    """A plain test may use `relay` too, and runs it as it likes."""
    source = """
from callfsm.testing.virtual_time import run

def test_it(relay):
    async def main():
        async with relay:
            await relay.serves(flow)
            await keeps(relay)
    run(main())
"""

    assert {"passed": 1} == outcomes(pytester, source)


def test_others(pytester: pytest.Pytester) -> None:
    """A coroutine test without `relay` is left to whoever runs such tests; here that is nobody."""
    pytester.makepyfile("async def test_it():\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:anyio")

    assert "passed" not in result.parseoutcomes()


def test_relay_of_another(pytester: pytest.Pytester) -> None:
    """A project's own fixture of that name is its own affair."""
    pytester.makepyfile("""
        import pytest

        @pytest.fixture
        def relay():
            return 42

        def test_it(relay):
            assert 42 == relay
    """)

    assert {"passed": 1} == pytester.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes()


def test_relay_changed(pytester: pytest.Pytester) -> None:
    """A project may change what the fixture gives; the test runs as before."""
    source = """
@pytest.fixture
def relay(relay):
    relay.allows(KeyError)
    return relay

async def wrong(call):
    raise KeyError

async def test_it(relay):
    await relay.serves(wrong)
    await relay.call("office").is_over()
"""

    assert {"passed": 1} == outcomes(pytester, source)


ANOTHER_PLUGIN = """
import asyncio
import inspect
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    if inspect.iscoroutinefunction(pyfuncitem.obj):
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        asyncio.run(pyfuncitem.obj(**arguments))
        return True

@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    if inspect.iscoroutinefunction(fixturedef.func):
        function = fixturedef.func
        object.__setattr__(fixturedef, "func", lambda **arguments: asyncio.run(function(**arguments)))
    return (yield)

def pytest_configure(config):
    config.addinivalue_line("markers", "asyncio: run by this plugin")
"""
"""What plugins that run coroutine tests do."""


@pytest.mark.parametrize("mark", ["", "@pytest.mark.asyncio"])
def test_another_plugin(pytester: pytest.Pytester, mark: str) -> None:
    """A test with `relay` is run by this plugin also when another one would run every coroutine, marked or not."""
    pytester.makeconftest(ANOTHER_PLUGIN)
    source = f"""
@pytest.fixture
async def office(relay):
    return await relay.serves(flow)

{mark}
async def test_it(relay, office):
    await keeps(relay)
"""

    assert {"passed": 1} == outcomes(pytester, source)


def test_left_to_another_plugin(pytester: pytest.Pytester) -> None:
    """What does not use `relay` is run by the other plugin as ever."""
    pytester.makeconftest(ANOTHER_PLUGIN)
    source = """
@pytest.fixture
async def answer():
    return 42

async def test_it(answer):
    assert 42 == answer
    await asyncio.sleep(0)
"""

    assert {"passed": 1} == outcomes(pytester, source)


def test_switched_off(pytester: pytest.Pytester) -> None:
    """With ``-p no:callfsm`` nothing of it is there."""
    pytester.makepyfile("def test_it(relay):\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:callfsm")

    result.stdout.fnmatch_lines(["*fixture 'relay' not found*"])


def test_harmless(pytester: pytest.Pytester) -> None:
    """A test run without `relay` imports nothing of callfsm, and warns of nothing."""
    pytester.makepyfile("""
        import sys

        def test_it():
            assert [] == [name for name in sys.modules if name.partition(".")[0] in ("callfsm", "transitions")]
    """)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error")

    assert {"passed": 1} == result.parseoutcomes()


SEEDED = """
async def test_it(relay):
    with open("chance.txt", "a") as chance:
        print(relay.chance.random(), file=chance)
"""


def test_seed(pytester: pytest.Pytester) -> None:
    """Chance begins the same in every test with the same seed, and differently with another one."""
    for seed in ("1", "1", "2"):
        outcomes(pytester, SEEDED, "--callfsm-seed", seed)
    first, second, other = pytester.path.joinpath("chance.txt").read_text().splitlines()

    assert (True, False) == (first == second, first == other)


def test_seed_left_out(pytester: pytest.Pytester) -> None:
    """Without a seed, chance begins the same in every run."""
    outcomes(pytester, SEEDED)
    outcomes(pytester, SEEDED)
    first, second = pytester.path.joinpath("chance.txt").read_text().splitlines()

    assert first == second


def test_ini(pytester: pytest.Pytester) -> None:
    """Every option may stand in the ini file; the command line comes first."""
    pytester.makeini("[pytest]\ncallfsm_seed = 5\n")
    outcomes(pytester, SEEDED)
    outcomes(pytester, SEEDED, "--callfsm-seed=5")
    outcomes(pytester, SEEDED, "--callfsm-seed=6")
    first, second, other = pytester.path.joinpath("chance.txt").read_text().splitlines()

    assert (True, False) == (first == second, first == other)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("callfsm_speed = fast", "*callfsm_speed = 'fast': must be a number*"),
        ("callfsm_time_limit = nan", "*callfsm_time_limit = 'nan': must be a number*"),
        ("callfsm_seed = inf", "*callfsm_seed = 'inf': must be a number*"),
        ("callfsm_transport = pigeon", "*callfsm_transport = 'pigeon': must be memory or socket*"),
    ],
)
def test_ini_mistake(pytester: pytest.Pytester, line: str, told: str) -> None:
    """A value of the ini file that means nothing is told with the test that needs it."""
    pytester.makeini(f"[pytest]\n{line}\n")
    pytester.makepyfile("async def test_it(relay):\n    pass\n")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.stdout.fnmatch_lines([told])


def test_time_limit(pytester: pytest.Pytester) -> None:
    """A test may take so many virtual seconds, and no more."""
    source = """
async def test_it(relay):
    await relay.serves(flow)
    await asyncio.sleep(50)

async def test_too_long(relay):
    await relay.serves(flow)
    await asyncio.sleep(70)
"""

    assert {"passed": 1, "failed": 1} == outcomes(pytester, source, "--callfsm-time-limit=60")
