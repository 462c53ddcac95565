"""The page about testing: what it shows works as it stands, and its table of invariants is the kit's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import callfsm.testing
from callfsm.testing.invariants import SENTENCES

PAGE = (Path(__file__).parents[2] / "docs" / "testing.md").read_text()


def programs() -> list[str]:
    """The Python programs of the page, in their order."""
    return re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("options", [[], ["--callfsm-transport=socket"]])
def test_first_flow(tmp_path: Path, options: list[str]) -> None:
    """A newcomer's project that holds nothing but the page's flow and its tests passes, in memory and over sockets."""
    flow, test, every_caller, kept, machine = programs()
    (tmp_path / "flow.py").write_text(flow)
    (tmp_path / "test_flow.py").write_text(test)
    (tmp_path / "test_kept.py").write_text(kept)
    if not options:
        (tmp_path / "test_every_caller.py").write_text(every_caller)
        (tmp_path / "test_machine.py").write_text(machine)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options, str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert (0, "") == (done.returncode, "" if not done.returncode else done.stdout + done.stderr)


def test_invariants() -> None:
    """The page tells every invariant in the kit's own words."""
    rows = dict(re.findall(r"^\| (?!invariant|---)([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE))

    assert SENTENCES == rows


@pytest.mark.parametrize("name", callfsm.testing.__all__)
def test_names(name: str) -> None:
    """Every name of the kit can be had from the package."""
    assert getattr(callfsm.testing, name).__module__.startswith("callfsm.testing.")


def test_names_that_are_none() -> None:
    """Another name is no name, and the error has those which are."""
    with pytest.raises(AttributeError, match=r"there are Act, CallFlowMachine"):
        _ = callfsm.testing.no_such_name
