"""`callfsm.testing.coverage_plugin`: coverage of the machines over a whole test run."""

import json

import pytest

import callfsm.testing.coverage_plugin  # a run within this process forgets what it has imported, but not this
import callfsm.testing.plugin  # noqa: F401  # a run within this process forgets what it has imported, but not this
from callfsm.testing.coverage import MachineCoverage
from callfsm.testing.relay import Relay

pytest_plugins = ["pytester"]

TESTS = """
import asyncio
import os
import pytest
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.virtual_time import run

async def greets(call):
    await call.answer()
    await (await call.play_tts("Welcome")).wait()
    await call.hangup()

async def passes(call):
    await call.pass_()

@pytest.mark.parametrize("flow", [greets, passes])
async def test_it(relay, flow):
    await relay.serves(flow)
    await relay.call("office").stays_silent(10)

def test_of_its_own():
    async def main():
        async with MemoryRelay() as relay:
            await relay.serves(greets)
            await relay.call("office").is_over()
    run(main())
"""


def run(pytester: pytest.Pytester, *options: str, source: str = TESTS) -> pytest.RunResult:
    """Run the tests in this process."""
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *options)


def saved(pytester: pytest.Pytester, name: str = "coverage.json") -> MachineCoverage:
    """The coverage that was written."""
    return MachineCoverage.from_json(pytester.path.joinpath(name).read_text())


def test_table(pytester: pytest.Pytester) -> None:
    """``--callfsm-cov`` shows the table, and what no call has taken."""
    run(pytester, "--callfsm-cov").stdout.fnmatch_lines(
        [
            "*= coverage of the machines =*",
            "machine *states *transitions *guards *pairs",
            "call * 4/4 100 % *",
            "play *",
            "never taken by a call:",
            "  created: ask [[]not_hanging_up]: hangup",
        ]
    )


def test_not_asked_for(pytester: pytest.Pytester) -> None:
    """Without an option nothing is shown."""
    run(pytester).stdout.no_fnmatch_line("*coverage of the machines*")


def test_ini(pytester: pytest.Pytester) -> None:
    """The ini file may ask for it."""
    pytester.makeini("[pytest]\ncallfsm_cov = true\n")

    run(pytester).stdout.fnmatch_lines(["*= coverage of the machines =*"])


def test_every_relay(pytester: pytest.Pytester) -> None:
    """Every relay counts: of the fixture, and those that a test has made itself."""
    run(pytester, "--callfsm-cov-json", "deep/coverage.json")
    taken = {(step.trigger, step.source): times for step, times in saved(pytester, "deep/coverage.json").taken.items()}

    assert (2, 1) == (taken["answer_accepted", "created"], taken["pass_accepted", "created"])


def test_diagram_of_coverage(pytester: pytest.Pytester) -> None:
    """The picture of the call's machine is written, with how often each edge was taken."""
    run(pytester, "--callfsm-cov-diagram", "call.mmd")

    assert "reply · answer_accepted \N{MULTIPLICATION SIGN}2" in pytester.path.joinpath("call.mmd").read_text()


def test_workers(pytester: pytest.Pytester) -> None:
    """What several workers have taken adds up to what one would have."""
    pytester.makepyfile(TESTS)
    alone = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--callfsm-cov", "--callfsm-cov-json=one.json")
    spread = pytester.runpytest_subprocess(
        "-p", "no:cacheprovider", "-n2", "--callfsm-cov", "--callfsm-cov-json=two.json"
    )

    assert ({"passed": 3}, {"passed": 3}) == (alone.parseoutcomes(), spread.parseoutcomes())
    assert saved(pytester, "one.json") == saved(pytester, "two.json")
    assert [line for line in alone.outlines if line.startswith("call ")] == [
        line for line in spread.outlines if line.startswith("call ")
    ]


def test_worker_that_dies(pytester: pytest.Pytester) -> None:
    """A worker that has died has told nothing, and that is said."""
    pytester.makepyfile("import os\n\nasync def test_it(relay):\n    os._exit(3)\n")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-n1", "--max-worker-restart=0", "--callfsm-cov")

    result.stdout.fnmatch_lines(["what 1 workers took is missing: they ended before they told"])


def test_too_little(pytester: pytest.Pytester) -> None:
    """Too little coverage of the call's machine fails a run whose tests have passed, and a line says so."""
    result = run(pytester, "--callfsm-cov-fail-under=90")

    assert pytest.ExitCode.TESTS_FAILED == result.ret
    result.stdout.fnmatch_lines(
        [
            "FAIL callfsm: */98 transitions of the call machine (* %) were taken; --callfsm-cov-fail-under asks for 90 %",
            "*3 passed*",
        ]
    )


def test_too_little_with_workers(pytester: pytest.Pytester) -> None:
    """So it does with workers, once."""
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-n2", "--callfsm-cov-fail-under=90")

    assert pytest.ExitCode.TESTS_FAILED == result.ret
    assert 1 == sum(line.startswith("FAIL callfsm:") for line in result.outlines)


def test_enough(pytester: pytest.Pytester) -> None:
    """Enough of it says nothing."""
    result = run(pytester, "--callfsm-cov-fail-under=5")

    assert pytest.ExitCode.OK == result.ret
    result.stdout.no_fnmatch_line("*FAIL callfsm*")


def test_failed_anyway(pytester: pytest.Pytester) -> None:
    """A run that has gone wrong otherwise keeps its own exit status."""
    result = run(pytester, "--callfsm-cov-fail-under=90", source="import nothing_of_the_kind\n")

    assert pytest.ExitCode.INTERRUPTED == result.ret


def test_only_collected(pytester: pytest.Pytester) -> None:
    """Where no test was run, none was too little."""
    assert pytest.ExitCode.OK == run(pytester, "--callfsm-cov-fail-under=90", "--collect-only").ret


def test_no_number(pytester: pytest.Pytester) -> None:
    """A limit that is no number is told at once."""
    pytester.makeini("[pytest]\ncallfsm_cov_fail_under = most\n")
    result = run(pytester)

    assert pytest.ExitCode.USAGE_ERROR == result.ret
    result.stderr.fnmatch_lines(["*callfsm_cov_fail_under = 'most': must be a number*"])


def test_nobody_looks_on_afterwards(pytester: pytest.Pytester) -> None:
    """When a run is over, nobody looks at relays any more."""
    before = list(Relay.watchers)
    run(pytester, "--callfsm-cov")

    assert before == Relay.watchers


def test_json_is_json(pytester: pytest.Pytester) -> None:
    """The file can be read by anything that reads JSON."""
    run(pytester, "--callfsm-cov-json", "coverage.json")

    assert 1 == json.loads(pytester.path.joinpath("coverage.json").read_text())["format"]
