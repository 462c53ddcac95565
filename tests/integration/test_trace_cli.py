"""``callfsm trace``, ``callfsm diagram`` with a recording, and the forms of the log of ``callfsm run``."""

import stat
from pathlib import Path

import pytest
from handwritten import menu
from typer.testing import CliRunner

from callfsm.cli import app
from callfsm.diagrams import FORMATS, SYSTEM, diagram


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """The path of a recording of one call."""
    return str(menu().save(tmp_path / "calls.jsonl"))


def invoke(*words: str) -> tuple[int, str, str]:
    """Run one command in this process: its status, and what it printed."""
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout, result.stderr


def test_calls(recording: str) -> None:
    """Without a call, the calls of the recording are listed."""
    status, told, _ = invoke("trace", recording)

    assert (0, True, True) == (status, "call-1" in told, "+1555*****03" in told)


@pytest.mark.parametrize("words", [("call-1",), ("call",), ("--call", "call-1")])
def test_ladder(recording: str, words: tuple[str, ...]) -> None:
    """With a call, or how its id begins, its ladder is drawn."""
    status, told, _ = invoke("trace", recording, *words)

    assert (0, True, True) == (status, "app" in told.splitlines()[0], "call: created → answered" in told)


def test_width(recording: str) -> None:
    """The ladder is as wide as asked."""
    _, told, _ = invoke("trace", recording, "call-1", "--width", "60")

    assert max(len(line) for line in told.splitlines()) <= 60


def test_sequence(recording: str) -> None:
    """A call can be had as a Mermaid sequence diagram."""
    status, told, _ = invoke("trace", recording, "call-1", "--format", "mermaid")

    assert (0, True) == (status, told.startswith("sequenceDiagram\n"))


def test_flow(recording: str) -> None:
    """The calls of a recording can be had as the flow that they went through."""
    status, told, _ = invoke("trace", recording, "--format", "flow")

    assert (0, True) == (status, "“Welcome to Acme”" in told)


def test_page(recording: str, tmp_path: Path) -> None:
    """A call can be had as a page."""
    status, told, _ = invoke("trace", recording, "call-1", "--html", str(tmp_path / "call.html"))

    assert (0, f"13 steps in {tmp_path / 'call.html'}") == (status, told.strip().replace("\n", ""))
    assert (tmp_path / "call.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_page_is_its_owners(recording: str, tmp_path: Path) -> None:
    """The page can be read by whoever can read the recording, and by nobody else."""
    invoke("trace", recording, "call-1", "--html", str(tmp_path / "call.html"))

    assert 0o600 == stat.S_IMODE((tmp_path / "call.html").stat().st_mode)


def test_page_over_the_recording(recording: str) -> None:
    """A recording is not overwritten by a page that is made of it."""
    before = Path(recording).read_bytes()
    status, _, error = invoke("trace", recording, "call-1", "--html", recording)

    assert (1, True, before) == (status, "is the recording itself" in error, Path(recording).read_bytes())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("call-2",), "there is no call 'call-2' among the 1 of this recording"),
        (("--format", "crayon"), "there is no format 'crayon'; there are ladder, mermaid, flow"),
        (("call-1", "--html", "/nowhere/at/all.html"), "No such file or directory"),
        (("--html", "all.html"), "--html shows one call: name it"),
        (("call-1", "--html", "x.html", "--format", "flow"), "leave out --format flow"),
        (("call-2", "--format", "flow"), "there is no call 'call-2'"),
    ],
)
def test_mistakes(recording: str, words: tuple[str, ...], told: str) -> None:
    """What cannot be done is told in one line."""
    status, _, error = invoke("trace", recording, *words)

    assert (1, 1, True) == (status, len(error.strip().splitlines()), told in error)


def test_no_recording(tmp_path: Path) -> None:
    """A file that is no recording is told to be none."""
    (tmp_path / "x").write_text("hello\n")

    status, _, error = invoke("trace", str(tmp_path / "x"))

    assert (1, True) == (status, "is no recording" in error)


@pytest.mark.parametrize("form", FORMATS)
def test_diagram_of_the_system(form: str) -> None:
    """The whole system is drawn in each form."""
    status, told, _ = invoke("diagram", "system", "--format", form)

    assert (0, diagram(SYSTEM, form).strip()) == (status, told.strip())


def test_diagram_with_a_state() -> None:
    """A state can be marked."""
    assert diagram("call", current="answered").strip() == invoke("diagram", "call", "--current", "answered")[1].strip()


def test_diagram_of_a_call(recording: str) -> None:
    """The way of a recorded call is drawn, with the state in which it ended up."""
    way = [("created", "answer_accepted", "answered"), ("answered", "ending", "ending"), ("ending", "ended", "ended")]
    _, told, _ = invoke("diagram", "call", "--path", recording, "--call", "call-1")

    assert diagram("call", current="ended", path=way).strip() == told.strip()


def test_diagram_of_a_recording(recording: str) -> None:
    """Without a call, how often each edge was taken is drawn."""
    _, told, _ = invoke("diagram", "call", "--path", recording)

    assert (True, True) == ("reply · answer_accepted ×1" in told, "×0" in told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--current", "answered"), "--current is a state of one machine: name it"),
        (("call", "--current", "asleep"), "the call machine has no state 'asleep'"),
        (("call", "--path", "/nowhere"), "No such file or directory"),
        (("call", "--call", "call-1"), "--call is a call of a recording: name that with --path"),
        (("system", "--path", "calls.jsonl"), "leave out --path, or name a machine"),
    ],
)
def test_mistakes_of_diagram(words: tuple[str, ...], told: str) -> None:
    """What cannot be drawn is told in one line."""
    status, _, error = invoke("diagram", *words)

    assert (1, True) == (status, told in error)


def test_diagram_of_rotated_files(tmp_path: Path) -> None:
    """All files of a recording that was rotated are laid over a picture."""
    files = []
    for day in (3, 4):
        writing = menu()
        writing.lines[0]["started"] = f"2026-01-0{day}T03:04:05.000+00:00"
        files += ["--path", str(writing.save(tmp_path / f"calls.{day}"))]
    status, told, _ = invoke("diagram", "call", *files)

    assert (0, True) == (status, "reply · answer_accepted ×2" in told)


def test_unknown_log_format() -> None:
    """A form of the log that there is not is told, with those that there are."""
    assert "there are console, json" in invoke("run", "x", "--log-format", "crayon")[2]
