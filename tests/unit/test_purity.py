"""`callfsm/core` could run with no event loop, no network, no clock, no logger and no randomness."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import callfsm.core

CORE = Path(callfsm.core.__file__).parent
FILES = sorted(CORE.rglob("*.py"))
PURE = {
    "__future__",
    "collections",
    "collections.abc",
    "dataclasses",
    "enum",
    "json",
    "json.encoder",
    "msgspec",
    "msgspec.json",
    "re",
    "sys",
    "types",
    "typing",
}
WORDS = {"callfsm.constants", "callfsm.errors", "callfsm.event"}
EVERY_FILE = sorted(CORE.parent.rglob("*.py"))
STATE_OWNER = CORE / "model" / "subject.py"
ENGINE = CORE / "engine.py"


def imported(tree: ast.AST) -> Iterator[str]:
    """The modules that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their module in full"
            module = node.module or ""
            packages = ("callfsm", "callfsm.core")
            yield from (f"{module}.{alias.name}" for alias in node.names) if module in packages else (module,)


def allowed(path: Path, module: str) -> bool:
    """Whether this file of the core may import this module."""
    if module.partition(".")[0] == "transitions":
        return path == CORE / "engine.py"
    return module in PURE | WORDS or module.startswith("callfsm.core.")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORE)))
def test_imports(path: Path) -> None:
    """A file of the core imports the words, the core and a few pure modules; transitions in one place."""
    strangers = [module for module in imported(ast.parse(path.read_text())) if not allowed(path, module)]

    assert [] == strangers


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORE)))
def test_no_await(path: Path) -> None:
    """Nothing in the core awaits."""
    awaiting = (ast.Await, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, awaiting)]

    assert [] == found


def assignments_of_state(tree: ast.AST) -> list[ast.Attribute]:
    """Every place where something's ``state`` is assigned."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return [node for node in nodes if node.attr == "state" and isinstance(node.ctx, ast.Store)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORE)))
def test_only_engines_move_states(path: Path) -> None:
    """In the core no state is assigned anywhere but where a subject is made, and by the engine."""
    tree = ast.parse(path.read_text())

    assert (path in (STATE_OWNER, ENGINE)) == bool(assignments_of_state(tree))


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: str(path.relative_to(CORE.parent)))
def test_states_are_born_not_assigned(path: Path) -> None:
    """Outside of an ``__init__``, no file of the package but the engine assigns a state."""
    tree = ast.parse(path.read_text())
    makers = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "__init__"]
    born = [found for maker in makers for found in assignments_of_state(maker)]

    assert path == ENGINE or len(born) == len(assignments_of_state(tree))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CORE)))
def test_no_setattr(path: Path) -> None:
    """Nothing in the core assigns an attribute by a name that is not written there."""
    names = [node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)]

    assert "setattr" not in names
