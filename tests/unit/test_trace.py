"""Recordings made readable: lines, calls, the story of a call, and how it is drawn."""

import io
from pathlib import Path
from typing import Any

import pytest
from handwritten import CALL, HEADER, Writing, hangs_up, menu, rings
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from callfsm.ladder import ladder_text
from callfsm.simulator.journal import CALLER_ACTS, CALLER_HEARS
from callfsm.trace.calls import calls, one_call
from callfsm.trace.drawing import entries, sequence
from callfsm.trace.page import page
from callfsm.trace.reading import RecordingError, lines
from callfsm.trace.story import Step, story
from callfsm.trace.table import table
from callfsm.trace.walking import counts, walk


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A recording of one call with a menu."""
    return menu().save(tmp_path / "calls.jsonl")


def test_lines(recording: Path) -> None:
    """Every line but the first is read, with its times."""
    found = list(lines([recording]))

    assert (len(menu().lines) - 1, "in", 100.0, 1_800_000_100.0) == (
        len(found),
        found[0].kind,
        found[0].time,
        found[0].wall,
    )


def test_a_line_that_is_half_written(recording: Path) -> None:
    """The last line of a program that was killed is left out."""
    whole = len(list(lines([recording])))
    with recording.open("a") as file:
        file.write('{"t": 1, "kind": "in", "fr')

    assert whole == len(list(lines([recording])))


@given(st.lists(st.one_of(st.text(), st.just("[]"), st.just('{"kind": 3}'), st.just("[" * 5_000))))
def test_lines_of_anything(tmp_path_factory: pytest.TempPathFactory, written: list[str]) -> None:
    """Whatever stands in a recording is read or left out."""
    path = tmp_path_factory.mktemp("any") / "calls.jsonl"
    text = "\n".join(['{"recording": 1}', *(each.replace("\n", " ") for each in written)])
    path.write_text(text, encoding="utf-8", errors="replace")

    assert calls([path]) is not None


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "is no recording"),
        ("hello\n", "is no recording"),
        ('{"recording": 2}\n', "is a recording of format 2; this version reads format 1"),
    ],
)
def test_no_recording(tmp_path: Path, written: str, told: str) -> None:
    """A file that is no recording, or one of another format, is told to be that."""
    path = tmp_path / "odd"
    path.write_text(written)

    with pytest.raises(RecordingError, match=told):
        calls([path])


def test_rotated_files(tmp_path: Path) -> None:
    """A recording in several files is read as one."""
    first, second = Writing(), Writing()
    rings(first)
    second.lines[0] |= {"continues": True}
    second.now = 103.0
    hangs_up(second)
    found = calls([first.save(tmp_path / "1"), second.save(tmp_path / "2")])

    assert ["hangup"] == [call.end_reason for call in found.values()]


def test_summary(recording: Path) -> None:
    """A call is told with its ends, its times, its operations, and what is worth a look."""
    call = calls([recording])["call-1"]

    assert ("inbound", "office", "+1555*****03", "+1555*****01") == (
        call.direction,
        call.context,
        call.from_number,
        call.to_number,
    )
    assert (3.05, "hangup", True) == (round(call.lasted, 6), call.end_reason, call.ended)
    assert ({"play_and_collect": 1, "play": 1}, {"refused": 1}, set()) == (
        dict(call.operations),
        dict(call.findings),
        call.open_operations,
    )


def test_open_operations(tmp_path: Path) -> None:
    """What has not ended with its call is told."""
    writing = Writing()
    rings(writing)
    writing.asks("calling.record", control_id="record-1", **CALL)
    hangs_up(writing)
    (call,) = calls([writing.save(tmp_path / "x")]).values()

    assert {"record record-1"} == call.open_operations


def test_refusals_of_the_server(tmp_path: Path) -> None:
    """A command that the server refuses is a finding."""
    writing = Writing()
    rings(writing)
    writing.asks("calling.play", "409", "Call is busy", control_id="play-1", **CALL)
    (call,) = calls([writing.save(tmp_path / "x")]).values()

    assert {"refused by the server": 1} == dict(call.findings)


@pytest.mark.parametrize(
    ("command", "times", "findings"),
    [("play", 9, {}), ("play", 10, {"asked after end": 1}), ("play", None, {}), ("hangup", 10, {})],
)
def test_commands_after_the_end(tmp_path: Path, command: str, times: object, findings: dict[str, int]) -> None:
    """A few commands after the end are ordinary, and so is hanging up what has hung up; a handler that spins is not."""
    writing = Writing()
    rings(writing)
    about = {"machine": "call", "subject": "call call-1", "call_id": "call-1"}
    writing.tells("asked after end", **about, command=command, times=times)
    path = writing.save(tmp_path / "x")
    (call,) = calls([path]).values()

    assert (findings, bool(findings)) == (dict(call.findings), bool(story([path], "call-1")[-1].finding))


def test_one_call(tmp_path: Path) -> None:
    """A call is found by its id, or by how that begins when no other does."""
    writing = Writing()
    rings(writing, "abc-1")
    rings(writing, "abd-2")
    path = writing.save(tmp_path / "x")

    assert ["abc-1", "abd-2"] == [one_call([path], wanted).call_id for wanted in ("abc", "abd-2")]
    with pytest.raises(RecordingError, match="2 calls have ids that begin with 'ab'"):
        one_call([path], "ab")
    with pytest.raises(RecordingError, match="there is no call 'x' among the 2"):
        one_call([path], "x")


def told(steps: list[Step]) -> list[str]:
    """The labels of the steps."""
    return [step.label for step in steps]


def test_story(recording: Path) -> None:
    """A call's story has its frames in order, without what only says that something has come."""
    assert [
        "receive created",
        "answer",
        "200 answer",
        'play_and_collect "Welcome to Acme"',
        "200 play_and_collect",
        "play playing",
        'collect digit "1"',
        'play "https://x/y"',
        "200 play",
        "play playing",
        "refused resume of play while playing",
        "call ending (hangup)",
        "call ended (hangup)",
    ] == told(story([recording], "call-1"))


def test_a_call_begins_as_created(recording: Path) -> None:
    """From its offer on a call is in its first state, before anything has moved it."""
    steps = story([recording], "call-1")

    assert {"call call-1": ("call", "created")} == steps[0].after


def test_what_the_caller_does(recording: Path) -> None:
    """What the caller did and heard is taken from what the server reports of it."""
    assert [
        (CALLER_ACTS, "rings office"),
        (CALLER_HEARS, 'hears "Welcome to Acme"'),
        (CALLER_ACTS, "presses 1"),
        (CALLER_HEARS, 'hears "https://x/y"'),
        (CALLER_ACTS, "hangs up"),
    ] == [step.caller for step in story([recording], "call-1") if step.caller[0]]


def test_moves_belong_to_their_frame(recording: Path) -> None:
    """A transition belongs to the frame that caused it."""
    steps = story([recording], "call-1")
    moved = {step.label: [(move.machine, move.dest) for move in step.moves] for step in steps if step.moves}

    assert ([("call", "created"), ("call", "answered")], [("call", "ended"), ("play", "hung_up")]) == (
        moved["200 answer"],
        moved["call ended (hangup)"],
    )


def test_what_is_open_after_each_step(recording: Path) -> None:
    """Each step knows the state of the call and of what runs in it; what is over is gone one step later."""
    after = [dict(step.after) for step in story([recording], "call-1")]

    assert [
        {"call call-1": ("call", "answered"), "play_and_collect menu-1": ("play_and_collect", "playing")},
        {"call call-1": ("call", "answered"), "play_and_collect menu-1": ("play_and_collect", "finished")},
        {"call call-1": ("call", "answered"), "play play-1": ("play", "requested")},
    ] == after[5:8]


def test_the_line_is_part_of_the_story(tmp_path: Path) -> None:
    """What happens to the connection while a call is up belongs to its story; what happens after it does not."""
    writing = Writing()
    rings(writing)
    line = ("connection", "connection", "line")
    writing.moves(*line, "dropped", "online", "waiting", "")
    writing.now += 1
    hangs_up(writing)
    writing.moves(*line, "closed", "waiting", "closed", "")
    steps = story([writing.save(tmp_path / "x")], "call-1")

    assert ["line: dropped"] == [step.label for step in steps if step.label.startswith("line")]


def test_a_dial_is_part_of_the_story(tmp_path: Path) -> None:
    """The dial that a call came of belongs to its story, and another dial does not."""
    writing = Writing()
    writing.asks("calling.dial", tag="tag-1", devices=[])
    writing.asks("calling.dial", tag="tag-2", devices=[])
    writing.reports("calling.call.state", tag="tag-1", call_state="created", direction="outbound", **CALL)
    writing.reports("calling.call.state", tag="tag-1", call_state="answered", direction="outbound", **CALL)
    steps = story([writing.save(tmp_path / "x")], "call-1")

    assert ['dial "tag-1"', "200 dial", "call created", "call answered"] == told(steps)


LADDER = """\
         app                           RELAY                        caller
    0.00 │                               │◀─────────────── rings office ─│
    0.00 │◀──────────── receive created ─│                               │
    0.00 │─ answer ─────────────────────▶│                               │
         · call: created → answered (reply: answer_accepted)"""


def test_ladder(recording: Path) -> None:
    """In a terminal the story is a ladder, with the moves between its rungs."""
    drawn = ladder_text(entries(story([recording], "call-1")), 74)

    assert LADDER.splitlines() == drawn.splitlines()[:5]


@pytest.mark.parametrize("width", [40, 74, 120])
def test_ladder_is_as_wide_as_asked(recording: Path, width: int) -> None:
    """No line of it is wider than the terminal."""
    drawn = ladder_text(entries(story([recording], "call-1")), width)

    assert max(len(line) for line in drawn.splitlines()) <= width


def test_sequence(recording: Path) -> None:
    """As a Mermaid sequence diagram it has the frames as arrows, and what moved as notes."""
    lines_ = sequence(story([recording], "call-1")).splitlines()

    assert ("sequenceDiagram", True, True) == (
        lines_[0],
        "    caller->>relay: 2.00 presses 1" in lines_,
        "    Note over app: call · created → answered (reply · answer_accepted)" in lines_,
    )


WILD = "\x1b[2J\u202e\n[bold]</script>;#"


def hostile() -> Writing:
    """A call with something wild wherever the wire has a word."""
    writing = Writing()
    rings(writing, "call-1", WILD)
    writing.asks("calling.play", "409", WILD, control_id=WILD, play=[{"type": "tts", "params": {"text": WILD}}], **CALL)
    writing.reports(WILD, state=WILD, **CALL)
    writing.tells("stale", machine="call", subject="call call-1", call_id="call-1", word=WILD, state=WILD, times=1)
    writing.tells(WILD, call_id="call-1", why=WILD)
    writing.moves(WILD, WILD, WILD, WILD, WILD, WILD, "call-1")
    hangs_up(writing, reason=WILD)
    return writing


def test_hostile_words_are_text(tmp_path: Path) -> None:
    """What came over the wire can neither command a terminal nor end a line, in no form."""
    path = hostile().save(tmp_path / "x")
    steps = story([path], "call-1")
    console = Console(file=io.StringIO(), width=200)
    console.print(table(calls([path]).values()))
    assert isinstance(console.file, io.StringIO)
    written = [ladder_text(entries(steps), 100), sequence(steps), console.file.getvalue()]

    assert [True] * 3 == [all(line.isprintable() for line in text.splitlines()) for text in written]
    assert "[bold]" in written[2]


def test_table(recording: Path) -> None:
    """The calls are rows of a table."""
    console = Console(file=io.StringIO(), width=200)
    console.print(table(calls([recording]).values()))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()

    assert [] == [
        word
        for word in ("1 call", "call-1", "+1555*****03", "3.0 s", "hangup", "play_and_collect, play", "refused")
        if word not in shown
    ]


def test_ids_are_as_short_as_tells_them_apart(tmp_path: Path) -> None:
    """On a terminal an id is cut to what tells it from the others, and so is enough to name the call."""
    writing = Writing()
    ids = ("5b1c0000-aaaa-1111", "5b1c0000-aaab-2222", "77e01234-cccc-3333")
    for call_id in ids:
        rings(writing, call_id)
    path = writing.save(tmp_path / "x")
    cells = table(calls([path]).values(), 100).columns[0].cells
    shown = [str(cell) for cell in cells]

    assert (["5b1c0000-aaaa", "5b1c0000-aaab", "77e01234"], list(ids)) == (
        shown,
        [one_call([path], short).call_id for short in shown],
    )


@pytest.mark.parametrize("width", [80, 100, 160])
def test_table_fits(recording: Path, width: int) -> None:
    """However narrow the terminal is, every column has its words."""
    console = Console(file=io.StringIO(), width=width)
    console.print(table(calls([recording]).values(), width))
    assert isinstance(console.file, io.StringIO)
    shown = console.file.getvalue()

    assert [] == [word for word in ("call-1", "+1555*****03", "+1555*****01", "hangup", "refused") if word not in shown]
    assert max(len(line) for line in shown.splitlines()) <= width


def test_calls_of_several_days(tmp_path: Path) -> None:
    """Days are told where they differ."""
    writing = Writing()
    rings(writing, "call-1")
    writing.now += 100_000
    rings(writing, "call-2")
    cells = table(calls([writing.save(tmp_path / "x")]).values()).columns[2].cells

    assert ["2027-01-15 08:01:40", "2027-01-16 11:48:20"] == [str(cell) for cell in cells]


def test_table_of_calls_that_are_up(tmp_path: Path) -> None:
    """A call that has not ended is shown with where it stands."""
    writing = Writing()
    rings(writing)
    console = Console(file=io.StringIO(), width=200)
    console.print(table(calls([writing.save(tmp_path / "x")]).values()))
    assert isinstance(console.file, io.StringIO)

    assert "still answered" in console.file.getvalue()


def test_counts(recording: Path) -> None:
    """A whole recording is laid over a picture as how often each edge was taken."""
    found = counts([recording])

    assert (1, {}) == (
        found["call"]["counts"]["created", "answer_accepted", "answered"],
        dict(found["record"]["counts"]),
    )


def test_walk(recording: Path) -> None:
    """A call is laid over a picture as the way that it took, and where it ended up."""
    found = walk([recording], "call-1")

    assert {
        "path": [
            ("created", "answer_accepted", "answered"),
            ("answered", "ending", "ending"),
            ("ending", "ended", "ended"),
        ],
        "current": "ended",
    } == found["call"]


def test_walks_of_other_versions(tmp_path: Path) -> None:
    """Machines, states and steps that are not known here are left out."""
    writing = Writing()
    rings(writing)
    writing.moves("call", "call call-1", "report", "sneezed", "answered", "asleep", "call-1")
    writing.moves("dream", "dream 1", "report", "sneezed", "answered", "asleep", "call-1")
    path = writing.save(tmp_path / "x")
    found: dict[str, Any] = walk([path], "call-1")

    assert ({"path": [("created", "answer_accepted", "answered")]}, True) == (
        found["call"],
        "counts" in counts([path])["call"],
    )
    assert "dream" not in found


def test_walk_of_a_call_that_has_not_moved(tmp_path: Path) -> None:
    """A call that rings and is not answered yet is marked where it stands."""
    writing = Writing()
    writing.reports("calling.call.receive", call_state="created", direction="inbound", context="office", **CALL)

    assert {"call": {"current": "created"}} == walk([writing.save(tmp_path / "x")], "call-1")


def test_far_leg_of_a_bridge(tmp_path: Path) -> None:
    """A leg that the client holds no call of stands where the server last reported it to be."""
    writing = Writing()
    rings(writing)
    for state in ("created", "ringing", "answered", "ended"):
        known = {"call_id": "leg-2", "node_id": "node-1", "direction": "outbound"}
        writing.reports("calling.call.state", call_state=state, **known)
    found = calls([writing.save(tmp_path / "x")])

    assert [("answered", False), ("ended", True)] == [(call.stands, call.ended) for call in found.values()]


def test_a_report_does_not_overrule_a_machine(tmp_path: Path) -> None:
    """Where a machine of the client's stands is told by its transitions, and by nothing else."""
    writing = Writing()
    rings(writing)
    writing.reports("calling.call.state", call_state="created", **CALL)

    assert "answered" == calls([writing.save(tmp_path / "x")])["call-1"].stands


@pytest.mark.parametrize("wall", [1e18, -1e18, 1e300, 10**400, float("nan"), float("inf")])
def test_no_such_day(tmp_path: Path, wall: float) -> None:
    """A line whose time is on no calendar is shown all the same."""
    writing = Writing()
    rings(writing)
    for line in writing.lines[1:]:
        line["w"] = wall
    path = writing.save(tmp_path / "x")
    console = Console(file=io.StringIO(), width=100)
    console.print(table(calls([path]).values()))

    assert "1970-01-01" in page(one_call([path], "call-1"), story([path], "call-1"))


def test_header() -> None:
    """What is written by hand here is of the format that is read."""
    assert 1 == HEADER["recording"]
