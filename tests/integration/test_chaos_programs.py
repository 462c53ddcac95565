"""The programs of `tests/chaos`, for as long as a test may take."""

import subprocess
import sys
from pathlib import Path

CHAOS = Path(__file__).parents[1] / "chaos"


def complaints(name: str, *arguments: str) -> tuple[int, str]:
    """How a program ends, and what it complains of."""
    command = [sys.executable, "-W", "error", str(CHAOS / name), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    return ended.returncode, ended.stderr


def test_a_hundred_faulty_reconnects_leave_no_task_and_no_descriptor() -> None:
    """However often a line fails, and however, nothing of it is left; the call on it goes on."""
    assert (0, "") == complaints("reconnects.py", "--times", "100")


def test_calls_of_every_kind_under_faults_of_every_kind_come_to_rest() -> None:
    """When the faults stop, every call has ended on both sides, every handler has returned, and nothing is left."""
    assert (0, "") == complaints("load.py", "--seconds", "5")
