"""Signatures against a snapshot of the official SDK's: names, kinds, defaults. Annotations may say more."""

import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

from callfsm import Call, Message, RelayClient

OFFICIAL: dict[str, dict[str, dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "methods.json").read_text()
)
CLASSES: dict[str, type] = {"Call": Call, "RelayClient": RelayClient, "Message": Message}
METHODS = [(kind, name) for kind, methods in OFFICIAL.items() for name in methods]
OURS = {
    ("RelayClient", "__init__"): ["early_media", "tls", "connector", "randomness", "journal"],
}
"""Parameters that callfsm has besides; all of them by keyword only, with a default."""


def parameters(method: object) -> list[list[Any]]:
    """The parameters of a method, as the snapshot tells them."""
    assert callable(method)
    own = [each for each in inspect.signature(method).parameters.values() if each.name != "self"]
    return [
        [each.name, each.kind.name.lower(), *([] if each.default is inspect.Parameter.empty else [each.default])]
        for each in own
    ]


@pytest.mark.parametrize(("kind", "name"), METHODS)
def test_parameters(kind: str, name: str) -> None:
    """A method has the official parameters, in their order, with their kinds and defaults."""
    ours = parameters(getattr(CLASSES[kind], name))
    besides = OURS.get((kind, name), [])

    assert OFFICIAL[kind][name]["parameters"] == [each for each in ours if each[0] not in besides]


@pytest.mark.parametrize(("kind", "name"), OURS)
def test_own_parameters(kind: str, name: str) -> None:
    """What callfsm has besides comes by keyword, and may be left out."""
    ours = {each[0]: each[1:] for each in parameters(getattr(CLASSES[kind], name))}

    assert [("keyword_only", 2)] * len(OURS[kind, name]) == [
        (ours[each][0], len(ours[each])) for each in OURS[kind, name]
    ]


@pytest.mark.parametrize(("kind", "name"), METHODS)
def test_asynchronous(kind: str, name: str) -> None:
    """A method is awaited where the official one is, and only there."""
    method = getattr(CLASSES[kind], name)

    assert OFFICIAL[kind][name]["async"] == inspect.iscoroutinefunction(method)


@pytest.mark.parametrize(("kind", "name"), METHODS)
def test_result(kind: str, name: str) -> None:
    """A method gives back what the official one does."""
    ours = str(inspect.signature(getattr(CLASSES[kind], name)).return_annotation)

    # With its module, or as a class, or in the words of the source: it is one and the same type.
    assert OFFICIAL[kind][name]["returns"] == re.sub(r"<class '|'>|[a-z_]+\.", "", ours)


@pytest.mark.parametrize(("kind", "name"), [each for each in METHODS if each[1] != "__init__"])
def test_documented(kind: str, name: str) -> None:
    """Every official method has a docstring of callfsm's own."""
    assert getattr(CLASSES[kind], name).__doc__
