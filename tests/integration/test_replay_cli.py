"""`callfsm replay`, `callfsm check` and ``--journal``, as they are typed."""

import json
from pathlib import Path

import pytest
from flows import swallowed_error
from recorded import record
from test_as_test import has_no_account
from typer.testing import CliRunner

from callfsm.cli import app


def callfsm(*words: object) -> tuple[int, str]:
    """The exit status of a command, and what it has printed."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    return done.exit_code, done.output


def test_replay(tmp_path: Path) -> None:
    """A recording that comes out as it was recorded says so."""
    status, output = callfsm("replay", record(tmp_path / "calls.jsonl"))

    assert 0 == status
    assert output.endswith("1 calls; all as recorded\n")


def test_divergence(tmp_path: Path) -> None:
    """One that does not tells where, what was recorded, recomputed and heard, and draws the call around it."""
    path = record(tmp_path / "calls.jsonl")
    path.write_text(path.read_text().replace('"state":"playing"', '"state":"paused"', 1))
    status, output = callfsm("replay", path)

    assert 1 == status
    for word in ("calls.jsonl:", "recorded:", "recomputed:", "heard:", "play_paused", "RELAY", "play paused"):
        assert word in output


def test_as_test(tmp_path: Path) -> None:
    """A recorded call is written as a test."""
    path = record(tmp_path / "calls.jsonl")
    status, output = callfsm("replay", path, "--as-test", "simulated-7", "--handler", "office:greet")

    assert 0 == status
    assert "from office import greet\n" in output
    compile(output, "test.py", "exec")


def test_handler_left_out(tmp_path: Path) -> None:
    """A test that imports what was not named tells so, where it is no part of the test."""
    path = record(tmp_path / "calls.jsonl")
    result = CliRunner().invoke(app, ["replay", str(path), "--as-test", "simulated-7"])

    assert "from office import client\n" in result.stdout
    assert "office:client; --handler" in result.stderr


@pytest.mark.parametrize(
    "handler", ["office.py:greet", "examples/ivr.py:client", "a b:c", ":greet", "office:greet.twice", "import os", ""]
)
def test_handler_that_cannot_be_imported(tmp_path: Path, handler: str) -> None:
    """No test is written of a handler that Python cannot import; the mend is told."""
    path = record(tmp_path / "calls.jsonl")
    status, output = callfsm("replay", path, "--as-test", "simulated-7", "--handler", handler)

    assert (2, True) == (status, "such as office:greet for greet in office.py" in output)


def test_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    """Words of the wire are told as text: no terminal is coloured, and no reader turned round, by them."""
    path = record(tmp_path / "calls.jsonl")
    hostile = path.read_text().replace("simulated-7", "\\u001b[31m\\u202e\\ud800")
    path.write_text(hostile.replace('"state":"playing"', '"state":"paused\\u001b[31m"', 1))
    status, output = callfsm("replay", path)

    assert (1, True) == (status, "around that line" in output)
    assert [] == [each for each in output if not each.isprintable() and each != "\n"]


def test_check(tmp_path: Path) -> None:
    """A recording in which something was wrong has status 1, unless that kind does not count."""
    path = record(tmp_path / "calls.jsonl", swallowed_error.buggy, has_no_account)

    assert 1 == callfsm("check", path)[0]
    assert 0 == callfsm("check", path, "--ignore", "caller left alone")[0]
    assert 0 == callfsm("check", path, "--only", "illegal command")[0]
    assert "caller left alone" in callfsm("check", path)[1]


def test_check_json(tmp_path: Path) -> None:
    """Machines get one JSON object."""
    status, output = callfsm("check", "--json", record(tmp_path / "calls.jsonl"))

    assert (0, 1, []) == (status, json.loads(output)["calls"], json.loads(output)["findings"])


@pytest.mark.parametrize(
    "words",
    [
        ("replay", "nowhere.jsonl"),
        ("check", "nowhere.jsonl"),
        ("check", "nowhere.jsonl", "--only", "nonsense"),
        ("replay", "nowhere.jsonl", "--as-test", "x"),
    ],
)
def test_cannot(words: tuple[str, ...]) -> None:
    """What cannot be done is told in one line, with a status of its own: 1 is what was found."""
    status, output = callfsm(*words)

    assert (2, 1) == (status, len(output.splitlines()))


@pytest.mark.parametrize("command", ["replay", "check"])
def test_no_recording(tmp_path: Path, command: str) -> None:
    """A file that is no recording has the status of what cannot be read."""
    path = tmp_path / "calls.jsonl"
    path.write_text("nothing of the kind\n")

    assert 2 == callfsm(command, path)[0]


def test_demo(tmp_path: Path) -> None:
    """The demonstration records each of its programs; every recording replays, and nothing is found in it."""
    assert 0 == callfsm("demo", "--journal", tmp_path / "journals")[0]
    journals = sorted((tmp_path / "journals").iterdir())

    assert ["dialer.jsonl", "ivr.jsonl", "voicemail.jsonl"] == [path.name for path in journals]
    assert [(0, 0)] * 3 == [(callfsm("replay", path)[0], callfsm("check", path)[0]) for path in journals]


@pytest.mark.parametrize("below", ["", "journals"])
def test_demo_without_a_folder(tmp_path: Path, below: str) -> None:
    """What cannot be a folder for recordings is told in one line, before anything is shown."""
    taken = tmp_path / "taken"
    taken.write_text("mine\n")
    status, output = callfsm("demo", "--journal", taken / below)

    assert (1, 1, True) == (status, len(output.splitlines()), f"cannot write to {taken / below}" in output)
    assert "mine\n" == taken.read_text()
