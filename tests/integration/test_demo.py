"""The demonstration: what `make demo` shows, and what it promises at the end."""

import asyncio
import io
import os
from collections.abc import Iterator

import pytest
from rich.console import Console

from callfsm import demo
from callfsm.simulator import Statistics


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """The demonstration sets environment variables, as a shell would; none stays."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("width", [100, 80])
def test_demo_keeps_its_promises(width: int) -> None:
    """Every call ends, nothing is left open, no frame is unexpected; each scene is shown as a ladder and a path."""
    shown = io.StringIO()

    kept = asyncio.run(demo.run(Console(file=shown, width=width)))

    text = shown.getvalue()
    assert kept, text
    for words in (
        "A caller hangs up while being recorded",
        "hears",
        "● ended",
        "0 left open",
        "Summary",
        "voice messages kept",
    ):
        assert words in text


def test_broken_promises_are_told() -> None:
    """Sums that break a promise make the demonstration fail, each with its own words."""
    sums = Statistics(
        calls_made=3,
        calls_ended=2,
        calls_live=1,
        calls_live_at_most=3,
        operations_opened=2,
        operations_open=1,
        unexpected_frames=4,
        events_sent=0,
        acknowledgements_missing=0,
        clients=0,
        entries_dropped=0,
    )
    shown = demo.Demo(Console(file=io.StringIO()), simulator=None)  # type: ignore[arg-type]  # sums need no simulator
    shown.programs["voicemail"] = type("Voicemail", (), {"messages": []})()
    shown.messages_left = 1

    shown.check(sums)

    assert [
        "1 calls have not ended",
        "1 operations were left open",
        "4 unexpected frames were sent",
        "only 3 calls were live at once",
        "1 voice messages were lost",
    ] == shown.failures
