"""The command line, as a person and as a program use it."""

import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from callfsm.cli import app
from callfsm.core.diagram import files
from callfsm.core.tables import TABLES
from callfsm.simulator import connection_file

CALLFSM = [sys.executable, "-m", "callfsm"]


@pytest.fixture(autouse=True)
def silent_again() -> Iterator[None]:
    """A command that configures the log does so for its process; here that goes on."""
    yield
    log = logging.getLogger("callfsm")
    for handler in [each for each in log.handlers if each.get_name() == "callfsm"]:
        log.removeHandler(handler)
    log.setLevel(logging.NOTSET)


def invoke(*words: str) -> tuple[int, str, str]:
    """Run one command in this process: its status, and what it printed."""
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.stdout, result.stderr


def one_json(*words: str) -> dict[str, Any]:
    """Run one command that prints one line of JSON."""
    reply: dict[str, Any] = json.loads(invoke(*words)[1])
    return reply


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


def started(*words: str, until: str) -> subprocess.Popen[str]:
    """Start the command in a process of its own, and read until it has said something."""
    process = subprocess.Popen([*CALLFSM, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if until in line:
            return process
    pytest.fail("".join(lines))


@pytest.fixture
def running(port: int) -> Iterator[int]:
    """`callfsm run` with the IVR example and a simulator of its own; its port."""
    words = ("run", "examples/ivr.py", "--simulate", "--port", str(port))
    process = started(*words, until="→ online")
    yield port
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=30)
    assert 0 == process.returncode, told


def test_another_shell_acts_the_caller(running: int) -> None:
    """Ring, listen, press, wait, look: the whole of a call from another process, in JSON."""
    caller = ("caller", "--port", str(running))
    call_id = one_json(*caller, "ring", "--context", "ivr", "--from", "+15550100077")["call_id"]

    assert one_json(*caller, "hear", call_id, "Press 1 for sales")["ok"]
    assert one_json(*caller, "press", call_id, "1")["ok"]
    assert "ended" == one_json(*caller, "wait", call_id)["state"]
    assert "1" == one_json(*caller, "status", call_id)["pressed"]
    assert [call_id] == [each["call_id"] for each in one_json(*caller, "calls")["calls"]]
    assert 0 == one_json(*caller, "statistics")["statistics"]["unexpected_frames"]
    assert "calling.answer" in [entry["name"] for entry in one_json(*caller, "journal", call_id)["entries"]]
    assert 'play_and_collect "Welcome' in invoke(*caller, "ladder", call_id)[1]


def test_program_with_a_server_of_its_own(port: int, tmp_path: Path) -> None:
    """A program that names server and credentials, and runs its client itself, is run against the simulator, once."""
    (tmp_path / "quickstart.py").write_text(
        "from callfsm import RelayClient\n"
        "client = RelayClient(project='mine', token='secret', host='example.signalwire.com')\n"
        "client.run()\n"
    )
    process = started("run", str(tmp_path / "quickstart.py"), "--simulate", "--port", str(port), until="→ online")
    process.send_signal(signal.SIGTERM)
    told, _ = process.communicate(timeout=30)

    assert 0 == process.returncode, told
    assert "closed → connecting" not in told


def test_caller_speaks_and_hangs_up(running: int) -> None:
    """A caller may speak, and may hang up at any moment."""
    caller = ("caller", "--port", str(running))
    call_id = one_json(*caller, "ring", "--context", "ivr", "--to", "+15550100088")["call_id"]
    one_json(*caller, "wait", call_id, "--for", "answered")

    assert one_json(*caller, "say", call_id, "hello")["ok"]
    assert "hangup" == one_json(*caller, "hangup", call_id)["end_reason"]


def test_callees_are_set_from_another_shell(running: int) -> None:
    """Numbers that are dialled can be made to answer, to be busy, to decline, or to ring out."""
    caller = ("caller", "--port", str(running))

    for how in ("answers", "busy", "declines", "no-answer"):
        assert {"ok": True} == one_json(*caller, how, "+15550100099")


def test_refusals_of_the_caller_are_json_too(running: int) -> None:
    """What cannot be done is told in JSON, with a status that is not 0."""
    caller = ("caller", "--port", str(running))
    for words in (("press", "no-such-call", "1"), ("ladder", "no-such-call")):
        status, told, _ = invoke(*caller, *words)

        assert 1 == status
        assert not json.loads(told)["ok"]
        assert "no-such-call" in json.loads(told)["error"]


def test_caller_without_simulator(port: int) -> None:
    """Without a simulator the caller is told so."""
    status, told, _ = invoke("caller", "--port", str(port), "calls")

    assert 1 == status
    assert "no simulator is running" in json.loads(told)["error"]


def test_simulate_tells_how_to_point_a_client_at_it(port: int) -> None:
    """`simulate` prints the environment of a client, and ends with status 0 when it is stopped."""
    process = started("simulate", "--port", str(port), until="RELAY simulator at wss://127.0.0.1")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(5)]
    process.send_signal(signal.SIGTERM)

    assert 0 == process.wait(30)
    names = [line.split()[1].split("=")[0] for line in lines[:4]]
    assert ["SIGNALWIRE_PROJECT_ID", "SIGNALWIRE_API_TOKEN", "SIGNALWIRE_SPACE", "SIGNALWIRE_RELAY_CA_FILE"] == names
    assert f"callfsm caller --port {port} ring" in lines[4]
    process.stdout.close()


def test_port_in_use(port: int) -> None:
    """A port that is taken is told in one line, with the mend."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        for words in (("simulate", "--port", str(port)), ("run", "examples/ivr.py", "--simulate", "--port", str(port))):
            status, _, told = invoke(*words)

            assert 1 == status
            assert f"port {port} on 127.0.0.1 is taken" in told
            assert 1 == len(told.strip().splitlines())


def test_folder_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for tokens that others can read is told in one line, with the mend."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    connection_file(1).parent.chmod(0o755)
    for words in (("simulate", "--port", "0"), ("run", "examples/ivr.py", "--simulate", "--port", "0")):
        status, _, told = invoke(*words)

        assert (1, 1) == (status, len(told.strip().splitlines()))
        assert "can be read by others; remove it" in told


def test_simulator_stays_on_this_machine() -> None:
    """An address that is not loopback needs a word more."""
    status, _, told = invoke("simulate", "--host", "0.0.0.0")  # noqa: S104  # it must be refused

    assert 1 == status
    assert "--allow-remote" in told


def test_missing_program() -> None:
    """A program that is not there is told in one line."""
    status, _, told = invoke("run", "no_such_program:client")

    assert (1, 1) == (status, len(told.strip().splitlines()))
    assert "no_such_program" in told


def test_wrong_credentials(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that are refused three times end the program, with one line that says what to check."""
    process = started("simulate", "--port", str(port), "--no-tls", until="call it with")
    monkeypatch.setenv("SIGNALWIRE_PROJECT_ID", "nobody")
    monkeypatch.setenv("SIGNALWIRE_API_TOKEN", "wrong")
    program = Path(__file__).parent / "plain_program.py"
    done = subprocess.run(
        [*CALLFSM, "run", f"{program}:client"],
        env={**os.environ, "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    process.terminate()
    process.communicate(timeout=30)

    assert 1 == done.returncode
    assert "check SIGNALWIRE_PROJECT_ID and SIGNALWIRE_API_TOKEN" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("form", ["mermaid", "dot", "markdown"])
def test_diagram_prints(form: str) -> None:
    """A machine is printed in each format."""
    status, told, _ = invoke("diagram", "call", "--format", form)

    assert 0 == status
    assert "hangup_accepted" in told


def test_diagram_writes_the_project_folder(tmp_path: Path) -> None:
    """Without names, `-o` writes what stands in `diagrams/`."""
    invoke("diagram", "-o", str(tmp_path / "new"))

    assert files() == {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "new").iterdir()}


def test_diagram_writes_one(tmp_path: Path) -> None:
    """With names, `-o` writes those only."""
    invoke("diagram", "call", "play", "--format", "dot", "-o", str(tmp_path))

    assert {"call.dot", "play.dot"} == {path.name for path in tmp_path.iterdir()}


def test_states_shows_every_state() -> None:
    """`states` has a column for every state and a row for every trigger."""
    status, told, _ = invoke("states", "call")

    assert 0 == status
    assert all(word in told for word in (*TABLES["call"].states, "lost", "pass_"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("diagram", "nothing"), "there are call, play"),
        (("states", "nothing"), "there are call, play"),
        (("diagram", "--format", "crayon"), "there are mermaid, dot, markdown"),
    ],
)
def test_unknown_words_are_answered_with_the_known(words: tuple[str, ...], told: str) -> None:
    """A machine or format that does not exist is answered with those that do."""
    status, _, error = invoke(*words)

    assert 1 == status
    assert told in error


def test_diagram_cannot_write(tmp_path: Path) -> None:
    """A folder that cannot be written is told."""
    (tmp_path / "file").write_text("")
    status, _, told = invoke("diagram", "-o", str(tmp_path / "file"))

    assert 1 == status
    assert "cannot write to" in told


def test_demo_whose_reader_leaves() -> None:
    """A reader who has seen enough ends the demonstration, without a traceback."""
    process = subprocess.Popen([*CALLFSM, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()

    assert 1 == process.wait(60)
    assert "" == process.stderr.read()
    process.stderr.close()


def test_demo_needs_nothing_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proxy nor the settings of a real account get in the way of the demonstration."""
    unwanted = {"HTTPS_PROXY": "http://127.0.0.1:9", "SIGNALWIRE_JWT_TOKEN": "x", "RELAY_MAX_CONNECTIONS": "1"}
    for name, value in unwanted.items():
        monkeypatch.setenv(name, value)

    status, told, _ = invoke("demo")

    assert 0 == status, told
    assert unwanted == {name: os.environ[name] for name in unwanted}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("simulate", "--port", "99999"), "--port"),
        (("run", "x", "--port", "-1"), "--port"),
        (("simulate", "--speed", "0"), "speed"),
        (("simulate", "--speed", "nan"), "speed"),
    ],
)
def test_numbers_out_of_range(words: tuple[str, ...], name: str) -> None:
    """A port that cannot be, or a time that stands still, is refused by name."""
    status, told, error = invoke(*words)

    assert 0 != status
    assert name in told + error
