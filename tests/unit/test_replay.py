"""`callfsm.replay` and `callfsm.reading`: whole recordings, cut ones, and those of other writers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recorded import record

from callfsm import RelayClient
from callfsm.reading import RecordingError
from callfsm.replay import replay


def retold(path: Path, alter: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Path:
    """The recording with each line altered, or left out, and written as another writer might."""
    lines = [alter(json.loads(line)) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines if line is not None))
    return path


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A recording of two calls."""
    return record(tmp_path / "calls.jsonl", calls=2)


def test_as_recorded(recording: Path) -> None:
    """A recording comes out as it was recorded, and what was in it is counted."""
    done = replay([recording])

    assert (True, 2, []) == (done.ok, done.calls, done.notes)
    assert len(recording.read_text().splitlines()) == done.lines


def test_same_every_time(recording: Path) -> None:
    """A replay is the same each time, to the last word of its divergence."""
    recording.write_text(recording.read_text().replace('"trigger":"ended"', '"trigger":"gone"', 1))

    assert replay([recording]).divergence[1:] == replay([recording]).divergence[1:]  # type: ignore[index]  # it diverges


def test_written_by_somebody_else(recording: Path) -> None:
    """Spaces, another order of the keys, and commands that are not named make no difference."""

    def alter(line: dict[str, Any]) -> dict[str, Any]:
        line.pop("command", None) if line.get("kind") == "out" else None
        return dict(sorted(line.items(), reverse=True)) if "kind" in line else line

    assert replay([retold(recording, alter)]).ok


@pytest.mark.parametrize("cut", [1, 20, 90])
def test_cut_off(recording: Path, cut: int) -> None:
    """A last line that was cut off is left out, with a word."""
    recording.write_bytes(recording.read_bytes()[:-cut])
    done = replay([recording])

    assert (True, cut != 1) == (done.ok, any("cut off" in note for note in done.notes))


def test_two_runs(recording: Path) -> None:
    """A program that crashed and was started again goes on in the same file: each run by itself."""
    recording.write_bytes(recording.read_bytes()[:-30])
    record(recording)
    done = replay([recording])

    assert (True, 3) == (done.ok, done.calls)
    assert any("a new run follows" in note for note in done.notes)


def test_rotated(tmp_path: Path) -> None:
    """The files of a recording that has rotated are replayed as one."""
    path = record(tmp_path / "calls.jsonl", calls=8, max_bytes=20_000, keep=50)
    files = sorted(tmp_path.glob("calls.jsonl.*"), key=lambda each: int(each.suffix[1:]), reverse=True)
    done = replay([*files, path])

    assert len(files) > 2
    assert (True, 8) == (done.ok, done.calls)


def test_beginning_missing(tmp_path: Path) -> None:
    """A file that goes on where another ended cannot be replayed by itself."""
    path = record(tmp_path / "calls.jsonl", calls=8, max_bytes=20_000)

    with pytest.raises(RecordingError, match="goes on where another ended"):
        replay([path])


def test_files_in_any_order(tmp_path: Path) -> None:
    """The files of a rotated recording may be given as a shell tells them: the newest one first."""
    path = record(tmp_path / "calls.jsonl", calls=8, max_bytes=20_000, keep=50)
    done = replay([path, *sorted(tmp_path.glob("calls.jsonl.*"))])

    assert (True, 8) == (done.ok, done.calls)


def test_file_missing_between(tmp_path: Path) -> None:
    """Where a file may be missing, that is said beside the divergence."""
    path = record(tmp_path / "calls.jsonl", calls=8, max_bytes=20_000, keep=50)
    first = max(tmp_path.glob("calls.jsonl.*"), key=lambda each: int(each.suffix[1:]))
    done = replay([first, path])

    assert done.divergence is not None
    assert ["calls.jsonl goes on where another file ended; so it looks when one between is missing"] == done.notes


def test_file_of_another_client(tmp_path: Path) -> None:
    """A file goes on where the last one of its own client ended, and nowhere else."""
    whole = record(tmp_path / "whole.jsonl")
    rest = record(tmp_path / "rest.jsonl", calls=8, max_bytes=20_000)

    with pytest.raises(RecordingError, match="none of those given"):
        replay([whole, rest])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text + "\n\n",
        lambda text: text + "\0" * 4096,
        lambda text: text.replace("\n", "\n\n"),
    ],
    ids=["carriage returns", "byte order mark", "empty lines at the end", "zeros at the end", "empty lines"],
)
def test_padding(recording: Path, spoil: Callable[[str], str]) -> None:
    """What an editor, another system or a power cut leaves beside the lines makes no difference."""
    recording.write_text(spoil(recording.read_text()), newline="")
    done = replay([recording])

    assert (True, 2, []) == (done.ok, done.calls, done.notes)


@pytest.mark.parametrize("kept", [3, 60])
def test_damaged_line(recording: Path, kept: int) -> None:
    """A line that is damaged in the middle of a recording is named, and no other fault is made of it."""
    lines = recording.read_text().splitlines(keepends=True)
    lines[20] = lines[20][:kept] + "\n"
    recording.write_text("".join(lines))
    done = replay([recording])

    assert (None, "calls.jsonl:21: 1 line is missing here, and what follows depends on that") == (
        done.divergence,
        done.ends_early,
    )
    assert ["calls.jsonl:21: damaged, and cannot be read"] == done.notes


def test_lines_missing(recording: Path) -> None:
    """Where lines were dropped the replay stops, and says so."""
    lines = recording.read_text().splitlines(keepends=True)
    lines[20:25] = ['{"t":1.0,"w":1.0,"kind":"dropped","lines":5}\n']
    recording.write_text("".join(lines))
    done = replay([recording])

    assert (False, None) == (done.ok, done.divergence)
    assert "5 lines are missing" in done.ends_early


@pytest.mark.parametrize("kind", ["in", "out", "transition"])
def test_line_left_out(recording: Path, kind: str) -> None:
    """A line that is taken out of a recording is missed."""
    lines = recording.read_text().splitlines(keepends=True)
    place = [place for place, line in enumerate(lines) if f'"kind":"{kind}"' in line][5]
    recording.write_text("".join(lines[:place] + lines[place + 1 :]))

    assert replay([recording]).divergence is not None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("hello\n", "not the first line"),
        ('{"recording": 2}\n', "format 2 is not known"),
        ("[1]\n", "not the first line"),
        ('{"recording": true}\n', "not the first line"),
    ],
)
def test_no_recording(tmp_path: Path, text: str, why: str) -> None:
    """A file that is no recording is refused."""
    path = tmp_path / "calls.jsonl"
    path.write_text(text)

    with pytest.raises(RecordingError, match=why):
        replay([path])


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "refused", "machine": "call", "call_id": "x", "command": "play"},
        {"kind": "out", "frame": {"id": "1", "result": {}}},
        {"kind": "transition", "machine": "play", "subject": "play 1", "call_id": "simulated-7", "speaker": "ask"},
        {"kind": "transition", "machine": "call", "call_id": "simulated-7", "speaker": "ask", "trigger": "gone"},
        {"kind": "refused", "machine": "call", "call_id": "simulated-7", "command": "nonsense"},
        {"kind": "transition", "machine": "dial", "subject": "dial x", "speaker": "clock", "trigger": "abandoned"},
        {"kind": "transition", "machine": "connection", "speaker": "line", "trigger": "nonsense"},
        {"kind": "asked after end", "machine": "call", "call_id": "x", "command": "play"},
        {"kind": "replied", "id": "nobody's", "outcome": "lost"},
        {"kind": "stale"},
        {"kind": "nonsense"},
        {},
    ],
)
def test_line_put_in(recording: Path, line: dict[str, Any]) -> None:
    """A line that tells of something which cannot have happened is found."""
    lines = recording.read_text().splitlines(keepends=True)
    place = next(place for place, each in enumerate(lines) if '"trigger":"ended"' in each) + 1
    lines.insert(place, json.dumps({"t": 1.0, "w": 1.0, **line}) + "\n")
    recording.write_text("".join(lines))
    parted = replay([recording]).divergence

    assert parted is not None
    assert place + 1 == parted.line.number


def test_no_journal(tmp_path: Path) -> None:
    """A client without a journal is watched by nobody."""
    client = RelayClient("project", "a-token", contexts=["office"])

    assert ([], [], []) == (client._pump.watchers, client._pump.arrivals, client._pump.performed)
    assert client.journal is None
    assert [] == list(tmp_path.iterdir())
