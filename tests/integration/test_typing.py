"""Types that help: checkers accept what programs write, and refuse what they get wrong, line by line."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

TYPING = Path(__file__).parents[1] / "typing"
ROOT = TYPING.parents[1]
BIN = Path(sys.executable).parent


def mypy_lines(file: Path) -> set[int]:
    """The lines that mypy complains of."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(line) for line in re.findall(rf"{file.name}:(\d+): error", done.stdout)}


def pyright_lines(file: Path) -> set[int]:
    """The lines that pyright complains of."""
    done = subprocess.run(
        [str(BIN / "basedpyright"), "--outputjson", "--pythonpath", sys.executable, str(file)],
        cwd=TYPING,
        capture_output=True,
        text=True,
        check=False,
    )
    told = json.loads(done.stdout)["generalDiagnostics"]
    return {each["range"]["start"]["line"] + 1 for each in told if each["severity"] == "error"}


def wrong_lines(file: Path) -> set[int]:
    """The lines that are marked as mistakes."""
    return {number for number, line in enumerate(file.read_text().splitlines(), 1) if line.endswith("# wrong")}


@pytest.mark.parametrize("checker", [mypy_lines, pyright_lines])
@pytest.mark.parametrize("name", ["typical.py", "mistakes.py"])
def test_checkers_agree(checker: object, name: str) -> None:
    """Every mistake is refused, and nothing else is."""
    assert callable(checker)
    assert wrong_lines(TYPING / name) == checker(TYPING / name)
