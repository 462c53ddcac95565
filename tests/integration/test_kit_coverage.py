"""The examples, tested with the kit: each of them is, and together those tests take all of the call machine."""

import subprocess
import sys
from pathlib import Path

from callfsm.programs import examples_folder

ROOT = Path(__file__).parents[2]


def test_every_example() -> None:
    """Every example has tests that are written with the kit."""
    tested = {path.stem.removeprefix("test_kit_") for path in (ROOT / "tests" / "kit").glob("test_*.py")}

    assert {path.stem for path in examples_folder().glob("*.py")} == tested - {"every_row", "every_caller"}


def test_every_transition() -> None:
    """The tests that are written with the kit take every transition of the call machine."""
    command = [sys.executable, "-m", "pytest", "tests/kit", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--callfsm-transport=memory", "--callfsm-cov", "--callfsm-cov-fail-under=100"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert 0 == done.returncode, done.stdout + done.stderr
