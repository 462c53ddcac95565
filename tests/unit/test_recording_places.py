"""`callfsm.recordings.places`: a recording that nobody would find is refused at once."""

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from clock import in_virtual_time, run
from recorded import menu, record

from callfsm import RelayClient
from callfsm.recorder import Recorder
from callfsm.recordings.writing import Writer
from callfsm.testing.relay import MemoryRelay


def client(journal: Any) -> RelayClient:
    """A client that records."""
    return RelayClient("project", "a-token", journal=journal)


@pytest.mark.parametrize("journal", [5, True, b"x", ["calls.jsonl"]])
def test_no_path(journal: object) -> None:
    """What is neither a path nor a recorder is refused, by name."""
    with pytest.raises(TypeError, match=r"journal=.*: a path or a Recorder"):
        client(journal)


@pytest.mark.parametrize("make", [client, Recorder])
@pytest.mark.parametrize(
    ("journal", "error", "told"),
    [
        ("", ValueError, "names a file"),
        ("calls\0.jsonl", ValueError, "names a file"),
        ("no-such-folder/calls.jsonl", FileNotFoundError, "make it first: 'no-such-folder'"),
        (".", IsADirectoryError, "this is a folder: '.'"),
    ],
)
def test_no_file(make: Callable[[str], object], journal: str, error: type[Exception], told: str) -> None:
    """A path that names no file, or one in a folder that is not there, is refused before any call is up."""
    with pytest.raises(error, match=told):
        make(journal)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"max_bytes": 0}, ValueError),
        ({"keep": -1}, ValueError),
        ({"max_bytes": "x"}, TypeError),
        ({"max_bytes": 1.5}, TypeError),
        ({"keep": True}, TypeError),
    ],
)
def test_sizes(tmp_path: Path, options: dict[str, Any], error: type[Exception]) -> None:
    """A size that is none is refused."""
    with pytest.raises(error, match="must be"):
        Recorder(tmp_path / "calls.jsonl", **options)


def test_bytes_in_a_path_object(tmp_path: Path) -> None:
    """A path object that tells bytes is none of ours."""

    class InBytes:
        def __fspath__(self) -> bytes:
            return os.fsencode(tmp_path / "calls.jsonl")

    with pytest.raises(TypeError, match=r"a str or a pathlib\.Path"):
        Recorder(InBytes())  # type: ignore[arg-type]  # that is the mistake


def test_zero_in_a_path(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the system says of a path is told in the log, and ends no thread."""
    made: Writer[str] = Writer(f"{tmp_path}/a\0b", "".join, lambda: "header\n", str, len)
    made.put("line\n", 5)
    made.close()

    assert "embedded null" in caplog.text


def test_one_file_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two clients of a process cannot record into one file, whatever they call it."""
    monkeypatch.chdir(tmp_path)
    first = client("calls.jsonl")
    with pytest.raises(ValueError, match=r"another client records into .*calls\.jsonl: give each"):
        client(tmp_path / "." / "calls.jsonl")

    other = client(tmp_path / "other.jsonl")
    kept = other.journal
    with pytest.raises(ValueError, match="another client"):
        other.journal = "calls.jsonl"

    assert (True, True) == (first.journal is not None, kept is other.journal)


def test_file_of_before(tmp_path: Path) -> None:
    """A file is free when its client has another one, or none, or is gone."""
    path = tmp_path / "calls.jsonl"
    first = client(path)
    first.journal = None
    second = client(path)
    second.journal = path
    second.journal = tmp_path / "other.jsonl"
    gc.disable()
    try:
        client(path)
        assert client(path).journal is not None
    finally:
        gc.enable()


@in_virtual_time
async def test_file_of_a_disconnected_client(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file is free when its client is disconnected; one that comes back to it later is told of in the log."""
    path = tmp_path / "calls.jsonl"
    async with MemoryRelay() as relay:
        first = await relay.serves(menu, journal=path)
        await first.disconnect()
        second = relay.client("other", journal=path)
        told_before = "another client records" in caplog.text
        await first.connect()

    assert second.journal is not None
    assert (told_before, "another client records" in caplog.text) == (False, True)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_fork(tmp_path: Path) -> None:
    """What waits when a program forks is written once, by the parent."""
    path = tmp_path / "calls.jsonl"
    program = (
        "import os, sys; from callfsm.recordings.writing import Writer\n"
        "writer = Writer(sys.argv[1], ''.join, lambda: 'header\\n', str, len)\n"
        "with writer._writing:\n"
        "    writer.put('line\\n', 5)\n"
        "    child = os.fork()\n"
        "if child:\n"
        "    os.waitpid(child, 0)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program, str(path)], check=True, timeout=60)

    assert "header\nline\n" == path.read_text()


def test_same_file_again(tmp_path: Path) -> None:
    """One client after another may record into one file."""
    path = record(record(tmp_path / "calls.jsonl"))

    assert 2 == path.read_text().count('{"recording"')


def test_recorder_that_is_kept(tmp_path: Path) -> None:
    """A recorder that is given to one client after another keeps its file."""
    recorder = Recorder(tmp_path / "calls.jsonl")

    async def connect() -> None:
        async with MemoryRelay() as relay:
            await relay.serves(menu, journal=recorder)
            recorder.detach()

    run(connect())
    run(connect())

    assert (tmp_path / "calls.jsonl").stat().st_size > 0
