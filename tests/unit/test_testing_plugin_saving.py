"""`callfsm.testing.failing`: ladders that are saved, and what is told of a relay outside of pytest."""

import pytest

import callfsm.testing.plugin  # noqa: F401  # a run within this process forgets what it has imported, but not this
from callfsm import Call
from callfsm.testing.failing import told
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.virtual_time import in_virtual_time

pytest_plugins = ["pytester"]

FLOWS = """
import pytest

async def greets(call):
    await call.answer()
    await (await call.play_tts("Welcome")).wait()
    await call.hangup()
"""


def test_saved(pytester: pytest.Pytester) -> None:
    """The ladders of each test that failed are saved in a file that is named for it, all calls included."""
    source = """
async def test_good(relay): ...

class TestOffice:
    @pytest.mark.parametrize("calls", [7])
    async def test_it(self, relay, calls):
        await relay.serves(greets)
        for _ in range(calls):
            await relay.call("office").is_over()
        assert False
"""
    pytester.makepyfile(FLOWS + source)
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "--callfsm-ladders", "deep/ladders")
    saved = {path.name: path.read_text() for path in pytester.path.joinpath("deep", "ladders").iterdir()}

    assert ["test_saved.py-TestOffice-test_it[7].txt"] == list(saved)
    assert 7 == saved["test_saved.py-TestOffice-test_it[7].txt"].count("rings office")


def test_expected_failure_not_saved(pytester: pytest.Pytester) -> None:
    """A failure that was expected is not saved."""
    pytester.makepyfile("import pytest\n\n@pytest.mark.xfail\nasync def test_it(relay):\n    assert False\n")
    pytester.runpytest_inprocess("-p", "no:cacheprovider", "--callfsm-ladders", "ladders")

    assert not pytester.path.joinpath("ladders").exists()


async def breaks(_call: Call) -> None:
    """A flow that fails."""
    raise KeyError("menu")


@in_virtual_time
async def test_told_at_any_time() -> None:
    """What has happened on a relay can be told while it runs, without any failure of a test."""
    async with MemoryRelay() as relay:
        await relay.serves(breaks)
        caller = relay.call("office")
        await caller.is_over()
        text = told(relay, width=80)
        relay.allows(KeyError)

    assert text.startswith("the handler of <Call")
    assert f"call {caller.call_id}\n{relay.ladder(caller.call_id, 80)}" in text
