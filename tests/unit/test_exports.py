"""The package's face: the official names, where the official SDK has them."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import callfsm

OFFICIAL: list[str] = json.loads((Path(__file__).parents[1] / "data" / "exports.json").read_text())
NOT_YET = {
    "AIAction",
    "DetectAction",
    "FaxAction",
    "Message",
    "PayAction",
    "StreamAction",
    "TapAction",
    "TranscribeAction",
}
"""Names whose commands are still to come; this is to shrink."""


def test_official_names() -> None:
    """Every official name is exported, but for those whose commands are still to come."""
    assert set(OFFICIAL) - set(callfsm.__all__) <= NOT_YET


@pytest.mark.parametrize("name", callfsm.__all__)
def test_importable(name: str) -> None:
    """Every exported name is there."""
    assert hasattr(callfsm, name)


def test_no_name_twice() -> None:
    """No name is exported twice."""
    assert len(set(callfsm.__all__)) == len(callfsm.__all__)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("client", "RelayClient"),
        ("client", "RelayError"),
        ("call", "Call"),
        ("call", "Action"),
        ("call", "PlayAction"),
        ("call", "RecordAction"),
        ("call", "CollectAction"),
        ("call", "StandaloneCollectAction"),
        ("event", "RelayEvent"),
        ("event", "PlayEvent"),
        ("event", "parse_event"),
        ("constants", "CALL_STATE_ENDED"),
    ],
)
def test_deep_imports(module: str, name: str) -> None:
    """Deep imports find a name in the module where the official SDK has it."""
    assert hasattr(importlib.import_module(f"callfsm.{module}"), name)


def test_light_import() -> None:
    """Importing callfsm loads neither the simulator nor anything of the command line."""
    # Rich is missing here: structlog itself loads it where it is installed.
    heavy = "typer", "trustme", "callfsm.simulator", "callfsm.cli", "hypothesis"
    program = f"import sys, callfsm; print([name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert (found.stdout, found.stderr) == ("[]\n", "")
