"""SECURITY.md: what it promises is held by tests that exist, and its figures are those of the code."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "SECURITY.md").read_text()
ROWS = re.findall(r"^\| [^|]+ \| ([\d,]+)[^|]* \| `([\w.]+)\.(\w+)` \|$", DOCUMENT, re.MULTILINE)
PROMISES = re.findall(r"^- .+?(?=^- |^$)", DOCUMENT.partition("## What is not")[0], re.MULTILINE | re.DOTALL)
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)`", DOCUMENT)))


@pytest.mark.parametrize(("figure", "module", "name"), ROWS, ids=[f"{row[1]}.{row[2]}" for row in ROWS])
def test_figures(figure: str, module: str, name: str) -> None:
    """A limit is the one that the code has."""
    assert float(figure.replace(",", "")) == getattr(importlib.import_module(module), name)


def test_every_row_has_a_figure() -> None:
    """No row of the limits escapes the test above."""
    limits = DOCUMENT.partition("## Limits")[2]
    rows = [line for line in limits.splitlines() if line.startswith("| ")]

    assert len(rows) - 2 == len(ROWS)


@pytest.mark.parametrize("promise", PROMISES, ids=[promise[2:40] for promise in PROMISES])
def test_every_promise_names_its_test(promise: str) -> None:
    """A promise names the file that fails when it is broken."""
    assert re.search(r"\(`tests/", promise) is not None


@pytest.mark.parametrize("path", TESTS)
def test_tests_exist(path: str) -> None:
    """A test that is named is there."""
    assert (ROOT / path).is_file()
