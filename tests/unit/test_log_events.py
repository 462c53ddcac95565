"""The events of the log are told in one table, and the table is true."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import callfsm
from callfsm.log import LEVELS
from callfsm.log_events import EVENTS, log_document

PACKAGE = Path(callfsm.__file__).parent
DOCUMENT = PACKAGE.parent / "docs" / "log.md"
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if not {"simulator", "testing"} & set(path.parts)]
WRITES = {*LEVELS, "exception", "write"}


def written(path: Path) -> Iterator[tuple[str, set[str], str]]:
    """The event, the fields and the level of each line that a file writes."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = ast.unparse(node.func)
        if name != "write" and not ("logger." in name and name.rpartition(".")[2] in WRITES):
            continue
        fields = {keyword.arg for keyword in node.keywords if keyword.arg}
        for event in ast.walk(node.args[0]):
            if isinstance(event, ast.Constant) and isinstance(event.value, str):
                yield event.value, fields, name.rpartition(".")[2].replace("exception", "error")


LINES = [(path.name, *line) for path in FILES for line in written(path)]


@pytest.mark.parametrize(("file", "event", "fields", "level"), LINES)
def test_every_line_is_in_the_table(file: str, event: str, fields: set[str], level: str) -> None:
    """What is written anywhere stands in the table, with its fields and its level."""
    assert file
    assert fields <= set(EVENTS[event].fields.split())
    assert level in {*EVENTS[event].levels.split(), "write"}


def test_the_table_has_nothing_else() -> None:
    """Every event of the table is written somewhere."""
    assert set(EVENTS) == {event for _, event, _, _ in LINES}


@pytest.mark.parametrize("event", EVENTS)
def test_levels(event: str) -> None:
    """The levels of the table are those of the log."""
    assert set() == set(EVENTS[event].levels.split()) - set(LEVELS)


def test_document_is_current() -> None:
    """docs/log.md is what the table gives; ``make -B docs/log.md`` mends it."""
    assert log_document() == DOCUMENT.read_text(encoding="utf-8")
