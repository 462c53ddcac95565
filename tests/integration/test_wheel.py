"""The wheel: a project of a user's own that holds a handler and a test works with what `callfsm[testing]` installs."""

from __future__ import annotations

import subprocess
import sys
import venv
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
FLOW = """
from callfsm import Call


async def greet(call: Call) -> None:
    await call.answer()
    await (await call.play_tts("Welcome.")).wait()
    await call.hangup()
"""
TEST = """
import sys
from pathlib import Path

import callfsm
import pytest_callfsm
from callfsm.testing import check_flow
from flow import greet


async def test_greeting(relay):
    await relay.serves(greet)
    caller = relay.call("office")
    await caller.hears("welcome")
    await caller.is_over()


def test_every_caller():
    check_flow(greet, max_examples=20)


def test_from_the_wheel():
    for module in (callfsm, pytest_callfsm):
        assert Path(module.__file__).is_relative_to(sys.prefix)
"""


def needed(wanted: Distribution, extras: frozenset[str] = frozenset()) -> dict[str, Distribution]:
    """What a distribution with these extras asks for, and what that asks for in turn, by name."""
    found: dict[str, Distribution] = {}
    for line in wanted.requires or ():
        requirement = Requirement(line)
        marker = requirement.marker
        if requirement.name not in found and (
            marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""})
        ):
            found[requirement.name] = distribution(requirement.name)
            found |= needed(found[requirement.name], frozenset(requirement.extras))
    return found


def run(*command: str | Path, folder: Path) -> str:
    """Run a program in a folder, which must end well; what it prints."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)

    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with nothing but the wheel, and what it and its extra `testing` ask for.

    Those come from the environment of this test, so that no network is needed.
    """
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT, folder=folder)
    (wheel,) = folder.glob("callfsm-*.whl")
    environment = folder / "environment"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    run(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, folder=folder)
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip()
    (installed,) = distributions(name="callfsm", path=[site])
    libraries = folder / "libraries"
    libraries.mkdir()
    for library in needed(installed, frozenset({"testing"})).values():
        for top in {Path(file).parts[0] for file in library.files or ()} - {"..", "__pycache__"}:
            (libraries / top).symlink_to(str(library.locate_file(top)))
    (Path(site) / "libraries.pth").write_text(f"{libraries}\n")
    return python


def test_project_of_its_own(python: Path, tmp_path: Path) -> None:
    """A handler and a test are a whole project: the plugin is found, and all of it comes from the wheel."""
    (tmp_path / "flow.py").write_text(FLOW)
    (tmp_path / "test_flow.py").write_text(TEST)
    told = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)

    assert "3 passed" in told


def test_without_the_extra(python: Path, tmp_path: Path) -> None:
    """What the package is for works where there is neither pytest nor Hypothesis."""
    program = (
        "import sys; sys.modules |= {'pytest': None, 'hypothesis': None}; import callfsm; from callfsm.cli import main"
    )

    assert "" == run(python, "-c", program, folder=tmp_path)
