"""How a record of the log is written: for people, aligned, on one line; for machines, as an object."""

import io
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callfsm import log
from callfsm.log_forms import ConsoleFormatter

MOVE = {
    "event": "transition",
    "machine": "call",
    "trigger": "answered",
    "speaker": "report",
    "source": "created",
    "dest": "answered",
    "subject": "call 5b1c",
    "seconds": 0.021,
}


def formatted(fields: dict[str, object], *, coloured: bool = False, level: int = logging.INFO) -> str:
    """A record with these fields, without its time."""
    record = logging.LogRecord("callfsm", level, "", 0, "", (), None)
    record.callfsm = fields
    return re.sub(r"[\d-]+ [\d:,]+", "TIME", ConsoleFormatter(coloured=coloured).format(record), count=1)


def test_transition() -> None:
    """A transition is read from left to right: from where to where, by what, and whose."""
    assert (
        "TIME INFO    transition       created → answered       report: answered         call 5b1c  after 0.021 s"
        == formatted(MOVE)
    )


def test_alignment() -> None:
    """The columns of all transitions stand below each other."""
    other = MOVE | {"source": "requested", "dest": "playing", "trigger": "playing", "speaker": "reply"}

    assert formatted(MOVE).index("call 5b1c") == formatted(other).index("call 5b1c")


def test_other_events() -> None:
    """Any other event is its name and its fields; what is not a plain word is quoted."""
    fields: dict[str, object] = {"event": "refused", "command": "resume", "subject": "play 77e0", "times": 2}

    assert "TIME WARNING refused          command=resume subject='play 77e0' times=2" == formatted(fields, level=30)


@given(value=st.text())
def test_a_value_cannot_be_a_field(value: str) -> None:
    """No value looks like the next field: it is one plain word, or quoted as Python quotes it."""
    line = formatted({"event": "line", "what": value, "why": "x"})
    shown = line.partition("what=")[2].rpartition(" why=x")[0]

    assert repr(value) == shown or (shown == value and bool(re.fullmatch(r"[\w.+*/@…-]+", shown, re.ASCII)))


@given(subject=st.text())
def test_a_subject_cannot_be_more(subject: str) -> None:
    """What moved is a few plain words, or quoted."""
    line = formatted(MOVE | {"subject": subject})
    shown = line.partition("report: answered         ")[2].removesuffix("  after 0.021 s")

    assert repr(subject) == shown or (shown == subject and shown.isascii() and shown.isprintable())


def test_colours() -> None:
    """For a terminal the same line has colours, each ended before the next begins."""
    coloured = formatted(MOVE, coloured=True)

    assert formatted(MOVE) == re.sub(r"\x1b\[[\d;]*m", "", coloured).replace("  ", "  ")
    assert re.fullmatch(r"(?:[^\x1b]|\x1b\[[1-9][\d;]*m[^\x1b]*\x1b\[0m)*", coloured)


@pytest.mark.usefixtures("silent_log")
@pytest.mark.parametrize(
    ("terminal", "no_colour", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_who_sees_colours(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, no_colour: str, coloured: bool) -> None:
    """There are colours on a terminal only, and not for those who want none (no-color.org)."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setenv("NO_COLOR", no_colour)
    log.configure()
    log.logger.info("line", what="dropped")

    assert coloured == ("\x1b[" in stream.getvalue())
