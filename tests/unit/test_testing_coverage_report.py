"""`callfsm.testing.coverage` and `callfsm.testing.coverage_report`: coverage as JSON, as a table, and as a picture."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callfsm import Call
from callfsm.testing.coverage import MachineCoverage
from callfsm.testing.coverage_report import never_taken, percent, table
from callfsm.testing.coverage_steps import STEPS, Step, Sum, steps
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.virtual_time import run


async def hangs_up(call: Call) -> None:
    """A flow."""
    await call.answer()
    await call.hangup()


def coverage_of_a_call() -> MachineCoverage:
    """What one call takes that is answered and hung up."""

    async def main() -> MachineCoverage:
        async with MemoryRelay() as relay:
            await relay.serves(hangs_up)
            await relay.call("office").is_over()
            return MachineCoverage.of(relay)

    return run(main())


def call_step(trigger: str, source: str) -> Step:
    """The step of a call that takes a trigger in a state."""
    return next(step for step in steps("call") if (step.trigger, step.source) == (trigger, source))


def every_step() -> st.SearchStrategy[Step]:
    """Any step of any machine."""
    return st.sampled_from(list(STEPS.values()))


def coverages() -> st.SearchStrategy[MachineCoverage]:
    """Any coverage."""
    counts = st.integers(1, 10**6)
    guards = [(step, guard) for step in STEPS.values() for guard in step.guards]
    pairs = [(one, other) for one in STEPS.values() for other in steps(one.machine) if one.dest == other.source]
    return st.builds(
        MachineCoverage,
        st.dictionaries(every_step(), counts),
        st.dictionaries(st.sampled_from(guards), counts),
        st.dictionaries(st.sampled_from(pairs), counts),
    )


@given(coverages())
def test_json(coverage: MachineCoverage) -> None:
    """What was written as JSON is read back as it was, as far as its machines count."""
    counting = set(coverage.machines)
    read = MachineCoverage.from_json(coverage.to_json())

    assert (coverage.taken, coverage.refused) == (read.taken, read.refused)
    assert {pair: times for pair, times in coverage.pairs.items() if pair[0].machine in counting} == read.pairs


@given(coverages(), coverages())
def test_sum_in_any_order(one: MachineCoverage, other: MachineCoverage) -> None:
    """It does not matter which worker tells first."""
    assert one + other == other + one


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"format": 0, "machines": {}}',
        '{"format": 1, "machines": {"call": {}}}',
        '{"format": 1, "machines": {"call": {"transitions": [{"trigger": "x", "from": "y", "to": "z"}], "pairs": []}}}',
        '{"format": 1, "machines": {"call": {"transitions": [], "pairs": [[0, 1, 1]]}}}',
    ],
)
def test_json_of_something_else(text: str) -> None:
    """What is no coverage is refused."""
    with pytest.raises(ValueError, match=r"."):
        MachineCoverage.from_json(text)


def test_json_for_readers() -> None:
    """The JSON has the sums and, for every row, how often it was taken and how often each guard refused."""
    data = json.loads(coverage_of_a_call().to_json())["machines"]["call"]

    assert {"reached": 7, "all": 98, "percent": 7.14} == data["summary"]["transitions"]
    assert {
        "who": "ask",
        "trigger": "answer",
        "from": "created",
        "to": "created",
        "taken": 1,
        "guards": {"inbound": 0, "undecided": 0},
    } == data["transitions"][0]


def test_table() -> None:
    """Each machine has a line with what was reached, of how much, and in percent."""
    coverage = coverage_of_a_call()
    lines = table(coverage.summary(machine) for machine in coverage.machines).splitlines()

    assert ["machine", "states", "transitions", "guards", "pairs"] == lines[0].split()
    assert ["call", "4/4", "100", "%", "7/98", "7", "%"] == lines[1].split()[:7]
    assert 1 == len({len(line) for line in lines})


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Sum(0, 4), "0 %"),
        (Sum(1, 4), "25 %"),
        (Sum(1, 10_000), "1 %"),
        (Sum(9_999, 10_000), "99 %"),
        (Sum(4, 4), "100 %"),
        (Sum(0, 0), "100 %"),
    ],
)
def test_percent(part: Sum, shown: str) -> None:
    """All is 100 %, nothing is 0 %, and nothing else is either."""
    assert shown == percent(part)


def test_never_taken() -> None:
    """What was not taken is told by state and speaker, with guards, and where it leads."""
    chosen = [call_step("hangup", "created"), call_step("gone", "created"), call_step("lost", "created")]

    assert """\
  created: ask [not_hanging_up]: hangup
  created: reply: gone -> ended
  created: line: lost -> ended""" == never_taken(chosen)


def test_report() -> None:
    """The report is the table, and below it what no call has taken."""
    coverage = coverage_of_a_call()
    told = coverage.report()

    assert told.startswith("machine")
    assert told.endswith(f"\n\nnever taken by a call:\n{never_taken(coverage.unvisited())}")
    assert all(len(line) <= 100 for line in told.splitlines())


def test_report_of_everything() -> None:
    """Where everything was taken, nothing is listed."""
    everything = MachineCoverage(taken=dict.fromkeys(steps("call"), 1))

    assert "never" not in everything.report()
    assert 100.0 == everything.summary().transitions.percent


def test_diagram() -> None:
    """The picture tells how often each edge was taken, and which were not."""
    drawn = coverage_of_a_call().diagram()
    times = "\N{MULTIPLICATION SIGN}"

    assert f"created --> answered : reply · answer_accepted {times}1<br/>report · answered {times}0\n" in drawn
    assert f"leave_room {times}0" in drawn


def test_diagram_of_another() -> None:
    """Any machine can be drawn; there is no picture of one that does not exist."""
    assert "stateDiagram" in MachineCoverage().diagram("play")
    with pytest.raises(ValueError, match="there is no machine 'lamp'"):
        MachineCoverage().diagram("lamp")
