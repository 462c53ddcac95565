"""`callfsm.log`: silent by default, and what the environment and `configure` make of it."""

import json
import logging
import subprocess
import sys

import pytest

from callfsm import log
from callfsm.listeners import call_contained

pytestmark = pytest.mark.usefixtures("silent_log")


def output(program: str, **environment: str) -> tuple[str, str]:
    """What a program of its own process writes to standard output and standard error."""
    ran = subprocess.run(  # this interpreter, and a program of this file
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    return ran.stdout, ran.stderr


FAILS = """
from callfsm import RelayClient
from callfsm.log import logger
client = RelayClient("project-1", "token-1")
logger.warning("line", what="something")
"""


def test_silent() -> None:
    """A program that configures nothing sees nothing, on neither stream."""
    assert output(FAILS) == ("", "")


@pytest.mark.parametrize(
    ("variables", "written"),
    [
        ({"SIGNALWIRE_LOG_LEVEL": "info"}, True),
        ({"SIGNALWIRE_LOG_LEVEL": "ERROR"}, False),
        ({"SIGNALWIRE_LOG_LEVEL": "no such level"}, True),
        ({"SIGNALWIRE_LOG_FORMAT": "json"}, True),
        ({"SIGNALWIRE_LOG_MODE": "stderr"}, True),
        ({"SIGNALWIRE_LOG_MODE": "off", "SIGNALWIRE_LOG_LEVEL": "debug"}, False),
        ({"SIGNALWIRE_LOG_MODE": "auto"}, False),
        ({"SIGNALWIRE_LOG_MODE": "default"}, False),
    ],
)
def test_environment(variables: dict[str, str], *, written: bool) -> None:
    """The variables of the official SDK turn the log on; it goes to standard error and nowhere else."""
    stdout, stderr = output(FAILS, **variables)

    assert ("", written) == (stdout, "something" in stderr)


def test_configured_twice(capsys: pytest.CaptureFixture[str]) -> None:
    """Configured again, the log writes each line once."""
    log.configure()
    log.configure("warning")
    log.logger.warning("line", what="something")

    assert 1 == capsys.readouterr().err.count("something")


def test_unknown_level() -> None:
    """A level that there is not is the caller's error."""
    with pytest.raises(ValueError, match="log level 'loud': must be one of debug"):
        log.configure("loud")


@pytest.mark.parametrize(
    ("variables", "level"),
    [
        ({}, logging.NOTSET),
        ({"SIGNALWIRE_LOG_LEVEL": "Debug"}, logging.DEBUG),
        ({"SIGNALWIRE_LOG_LEVEL": "no such level"}, logging.INFO),
        ({"SIGNALWIRE_LOG_MODE": "stderr"}, logging.INFO),
        ({"SIGNALWIRE_LOG_MODE": "off", "SIGNALWIRE_LOG_LEVEL": "debug"}, logging.NOTSET),
    ],
)
def test_level(variables: dict[str, str], level: int) -> None:
    """The level is the one that the variable names, or info."""
    logging.getLogger("callfsm").setLevel(logging.NOTSET)
    log.configure_from_environment(variables)

    assert level == logging.getLogger("callfsm").level


def test_engine_level_of_the_program() -> None:
    """A level that the program has set for the engine's own log is left alone."""
    program = (
        "import logging; logging.getLogger('transitions').setLevel(10); import callfsm; "
        "print(logging.getLogger('transitions').level)"
    )

    assert output(program) == ("10\n", "")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form for machines each line is one object, with every field."""
    log.configure(form="json")
    log.logger.warning("line", what='a "b"\nc', seconds=1.5)
    told = json.loads(capsys.readouterr().err)

    assert {"level": "warning", "event": "line", "what": 'a "b"\nc', "seconds": 1.5} == {
        key: value for key, value in told.items() if key != "time"
    }


def test_json_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form for machines a traceback is a field of the same line."""
    log.configure(form="json")
    call_contained(lambda: 1 // 0)
    told = json.loads(capsys.readouterr().err)

    assert "ZeroDivisionError" in told["traceback"]


def test_json_of_other_records(capsys: pytest.CaptureFixture[str]) -> None:
    """In the form for machines, what the socket library says under the same logger is an object too."""
    log.configure(form="json")
    logging.getLogger("callfsm.websockets").warning("odd %s", "thing")

    assert json.loads(capsys.readouterr().err)["event"] == "odd thing"
