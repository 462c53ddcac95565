"""`callfsm.testing.async_fixtures`: coroutine fixtures of a test with `relay`."""

import pytest

import callfsm.testing.plugin  # noqa: F401  # a run within this process forgets what it has imported, but not this

pytest_plugins = ["pytester"]

HEAD = """
import asyncio
import pytest
from callfsm.testing.virtual_time import VirtualTimeLoop

async def flow(call):
    await call.answer()
    await call.hangup()
"""


def run(pytester: pytest.Pytester, source: str) -> pytest.RunResult:
    """Run the tests of a file."""
    pytester.makepyfile(HEAD + source)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider")


def test_value(pytester: pytest.Pytester) -> None:
    """A test gets what its coroutine fixture returns, which has run in the test's own event loop."""
    source = """
@pytest.fixture
async def loop(relay):
    await relay.serves(flow)
    return asyncio.get_running_loop()

async def test_it(relay, loop):
    assert asyncio.get_running_loop() is loop
    assert isinstance(loop, VirtualTimeLoop)
    assert relay.clients
"""

    assert {"passed": 1} == run(pytester, source).parseoutcomes()


def test_of_each_other(pytester: pytest.Pytester) -> None:
    """Coroutine fixtures may use each other, each runs once, and they end in the opposite order."""
    source = """
done = []

@pytest.fixture
async def log():
    yield done
    done.append("log ends")

@pytest.fixture
async def first(log):
    log.append("first")
    yield 1
    log.append("first ends")

@pytest.fixture
async def second(first, log):
    log.append("second")
    yield first + 1
    log.append("second ends")

async def test_it(second, relay, first):
    assert (1, 2) == (first, second)
    assert ["first", "second"] == done

def test_afterwards():
    assert ["second ends", "first ends", "log ends"] == done[2:]
"""

    assert {"passed": 2} == run(pytester, source).parseoutcomes()


def test_ends_after_failure(pytester: pytest.Pytester) -> None:
    """What follows the ``yield`` runs also when the test has failed."""
    source = """
done = []

@pytest.fixture
async def log():
    yield
    done.append("ended")

async def test_it(relay, log):
    assert False

def test_afterwards():
    assert ["ended"] == done
"""

    assert {"failed": 1, "passed": 1} == run(pytester, source).parseoutcomes()


def test_used_by_name_only(pytester: pytest.Pytester) -> None:
    """A coroutine fixture that a test only names in a mark runs as well, and so does one for all tests."""
    source = """
done = []

@pytest.fixture
async def marked():
    done.append("marked")

@pytest.fixture(autouse=True)
def plain(): ...

@pytest.fixture
async def automatic(): ...

class TestIt:
    @pytest.fixture(autouse=True)
    async def automatic(self, relay):
        done.append("automatic")

    @pytest.mark.usefixtures("marked")
    async def test_it(self, relay):
        assert {"marked", "automatic"} == set(done)
"""

    assert {"passed": 1} == run(pytester, source).parseoutcomes()


def test_method(pytester: pytest.Pytester) -> None:
    """A fixture that is a method is called on the instance that the test is called on."""
    source = """
class TestIt:
    @pytest.fixture
    async def myself(self):
        return self

    async def test_it(self, relay, myself):
        assert self is myself
"""

    assert {"passed": 1} == run(pytester, source).parseoutcomes()


def test_fails(pytester: pytest.Pytester) -> None:
    """A coroutine fixture that raises fails the test, with the line."""
    source = """
@pytest.fixture
async def broken():
    raise KeyError("lamp")

async def test_it(relay, broken): ...
"""
    result = run(pytester, source)

    result.stdout.fnmatch_lines(['>*raise KeyError("lamp")', "*KeyError: 'lamp'"])


def test_yields_twice(pytester: pytest.Pytester) -> None:
    """A coroutine fixture that yields twice is told so."""
    source = """
@pytest.fixture
async def twice():
    yield 1
    yield 2

async def test_it(relay, twice): ...
"""
    result = run(pytester, source)

    result.stdout.fnmatch_lines(["*RuntimeError: the fixture twice yields more than once"])


def test_plain_one_uses_it(pytester: pytest.Pytester) -> None:
    """A plain fixture cannot use the value of a coroutine fixture, and the test says so."""
    source = """
@pytest.fixture
async def number():
    return 1

@pytest.fixture
def plain(number):
    return number + 1

async def test_it(relay, plain): ...
"""
    result = run(pytester, source)

    result.stdout.fnmatch_lines(["*the fixture 'plain' is a plain function and uses 'number', which is a coroutine:*"])


EARLIER = """
import asyncio
import functools

def made_plain(function):
    @functools.wraps(function)
    def plain(**arguments):
        return asyncio.run(function(**arguments))

    return plain
"""
"""How earlier versions of pytest-asyncio treat a fixture before anybody else sees it."""


def test_made_plain(pytester: pytest.Pytester) -> None:
    """A coroutine fixture that pytest-asyncio has made a plain function of runs in the test's event loop as well."""
    pytester.makepyfile(pytest_asyncio_as_it_was=EARLIER)
    source = """
from pytest_asyncio_as_it_was import made_plain

@pytest.fixture
@made_plain
async def loop(relay):
    return asyncio.get_running_loop()

async def test_it(relay, loop):
    assert asyncio.get_running_loop() is loop
"""

    assert {"passed": 1} == run(pytester, source).parseoutcomes()
