"""The package's face: the official names, where the official SDK has them."""

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

import callfsm

DATA = Path(__file__).parents[1] / "data"
OFFICIAL: list[str] = json.loads((DATA / "exports.json").read_text())
CONSTANTS: dict[str, Any] = json.loads((DATA / "constants.json").read_text())
EVENTS: dict[str, Any] = json.loads((DATA / "events.json").read_text())


def test_official_names() -> None:
    """Every official name is exported."""
    assert set() == set(OFFICIAL) - set(callfsm.__all__)


@pytest.mark.parametrize("name", callfsm.__all__)
def test_importable(name: str) -> None:
    """Every exported name is there."""
    assert hasattr(callfsm, name)


def test_sorted() -> None:
    """Names are exported in order, constants first and functions last, and none twice."""
    ranks = [(not name.isupper(), name[0].islower(), name) for name in callfsm.__all__]

    assert sorted(set(ranks)) == ranks


def test_nothing_else() -> None:
    """Every public name of the package is exported, but for its modules."""
    public = {
        name for name, thing in vars(callfsm).items() if not name.startswith("_") and type(thing).__name__ != "module"
    }

    assert set(callfsm.__all__) == public


def test_no_module_in_the_way() -> None:
    """No module has the name of something exported: to import it would put the module in its place."""
    modules = {path.stem for path in Path(callfsm.__file__).parent.iterdir()}

    assert set() == modules & set(callfsm.__all__)


@pytest.mark.parametrize("name", [name for name in OFFICIAL if name in CONSTANTS])
def test_exported_constant(name: str) -> None:
    """A constant that is exported is the one of the module of constants."""
    assert CONSTANTS[name] == getattr(callfsm, name)


@pytest.mark.parametrize("name", sorted({each["class"] for each in EVENTS.values()}))
def test_exported_event(name: str) -> None:
    """Every event class can be had from the package, so that a listener may be typed with it."""
    assert getattr(callfsm, name) is getattr(importlib.import_module("callfsm.event"), name)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("client", "RelayClient"),
        ("client", "RelayError"),
        ("call", "Call"),
        ("message", "Message"),
        *(("call", name) for name in OFFICIAL if name.endswith("Action")),
        *(("event", name) for name in OFFICIAL if name.endswith("Event")),
        ("event", "parse_event"),
    ],
)
def test_deep_imports(module: str, name: str) -> None:
    """Deep imports find a name in the module where the official SDK has it, and it is the one of the package."""
    assert getattr(importlib.import_module(f"callfsm.{module}"), name) is getattr(callfsm, name)
