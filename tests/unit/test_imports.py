"""Imports point one way: tools -> asyncio half -> core -> words."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import callfsm

ROOT = Path(callfsm.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
WORDS, CORE, ASYNCIO_HALF, TOOLS = range(4)
ROOMS = {
    "constants": WORDS,
    "errors": WORDS,
    "event": WORDS,
    "core": CORE,
    "__main__": TOOLS,
    "audit": TOOLS,
    "caller_cli": TOOLS,
    "cli": TOOLS,
    "demo": TOOLS,
    "diagram_cli": TOOLS,
    "failing": TOOLS,
    "flow": TOOLS,
    "ladder": TOOLS,
    "programs": TOOLS,
    "reading": TOOLS,
    "replay": TOOLS,
    "replay_cli": TOOLS,
    "replaying": TOOLS,
    "scenes": TOOLS,
    "simulator": TOOLS,
    "testing": TOOLS,
    "trace": TOOLS,
    "trace_cli": TOOLS,
}
"""Everything else, the package's own face too, is the asyncio half."""
HEAVY = (
    # The first line that is opened, and the first that is written to the log.
    "structlog",
    "websockets",
    # The tools.
    "callfsm.cli",
    "callfsm.recorder",
    "callfsm.simulator",
    "callfsm.testing",
    "hypothesis",
    "pytest",
    "rich",
    "trustme",
    "typer",
)
"""What is loaded only where it is used."""


def room(module: str) -> int:
    """The floor on which a module of callfsm lives."""
    name = [*module.split("."), ""][1]
    return ROOMS.get(name, ASYNCIO_HALF)


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(("callfsm", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def is_module(name: str) -> bool:
    """Whether a dotted name of callfsm is a module or a package."""
    path = ROOT.joinpath(*name.split(".")[1:])
    return path.with_suffix(".py").is_file() or path.is_dir()


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules of callfsm that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "callfsm")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "callfsm":
            module = node.module or ""
            for alias in node.names:
                name = f"{module}.{alias.name}"
                yield name if is_module(name) else module


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_direction(path: Path) -> None:
    """A module imports nothing that lives above it."""
    own = room(module_of(path))
    upward = [module for module in imported(ast.parse(path.read_text())) if room(module) > own]

    assert [] == upward


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_relative_imports(path: Path) -> None:
    """An import names its module in full, so that its direction can be read."""
    tree = ast.parse(path.read_text())
    relative = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]

    assert [] == relative


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "base", "manager"])
def test_no_room_for_anything(name: str) -> None:
    """No module has a name that could hold anything."""
    assert [] == [path for path in FILES if path.stem == name]


def test_light() -> None:
    """To import callfsm loads nothing that only some programs use."""
    program = f"import sys, callfsm; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ("[]\n", "") == (found.stdout, found.stderr)
