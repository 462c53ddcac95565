"""The pictures in ``diagrams/`` are those of the engines as they are."""

from pathlib import Path

from callfsm.core.diagram import files

DIAGRAMS = Path(__file__).parents[2] / "diagrams"


def test_diagrams_are_current() -> None:
    """``diagrams/`` holds what the engines give, and nothing else; ``python -m callfsm diagram -o diagrams`` mends it."""
    found = {path.name: path.read_text(encoding="utf-8") for path in DIAGRAMS.iterdir()}

    assert files() == found
