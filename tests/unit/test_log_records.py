"""`callfsm.log`: what leaves the logger is text without secrets, one line a record, whoever handles it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
import structlog
from holders import PLAIN, TOKEN, Holder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callfsm import log, log_forms, secrecy

pytestmark = pytest.mark.usefixtures("silent_log")


@pytest.fixture
def holder() -> Holder:
    """Somebody whose credentials are concealed."""
    held = Holder(TOKEN, PLAIN, "short")
    secrecy.conceal(held)
    return held


@pytest.fixture
def records() -> Iterator[list[logging.LogRecord]]:
    """What a handler of the program gets of our logger, before any formatter."""
    kept: list[logging.LogRecord] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    keeper = Keeper()
    logging.getLogger("callfsm").addHandler(keeper)
    yield kept
    logging.getLogger("callfsm").removeHandler(keeper)


def fail(*texts: str) -> None:
    """Raise and log a chain of errors, the first of them behind all others."""
    try:
        chain(*texts)
    except ValueError:
        log.logger.exception("handler raised", handler="fails")


def chain(*texts: str) -> None:
    """Raise errors, each because of the one before, by turns as its cause and its context."""
    failure: ValueError | None = None
    for number, text in enumerate(texts):
        error = ValueError(text)
        error.__cause__, error.__context__ = (failure, None) if number % 2 else (None, failure)
        failure = error
    assert failure is not None, "there is a text"
    raise failure


class OneLine(logging.Formatter):
    """What programs use that want tracebacks on one line."""

    def formatException(self, ei: object) -> str:  # noqa: N802  # the library's own name
        """Show an exception and what is behind it."""
        return repr(ei)


def structured() -> logging.Formatter:
    """The formatter of structlog, as a program sets it up for its whole log."""
    return structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.JSONRenderer(),
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), structlog.processors.format_exc_info],
    )


FORMATTERS: dict[str, Callable[[], logging.Formatter]] = {
    "plain": logging.Formatter,
    "time and level": lambda: logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s"),
    "everything": lambda: logging.Formatter("%(message)s %(exc_info)s %(exc_text)s %(callfsm)s %(args)s"),
    "one line": OneLine,
    "structlog": structured,
    "json": log_forms.JsonFormatter,
}


@pytest.mark.usefixtures("holder")
@pytest.mark.parametrize("formatter", FORMATTERS)
@pytest.mark.parametrize("name", ["callfsm", ""])
def test_any_formatter(formatter: str, name: str) -> None:
    """A handler of the program, on our logger or on the root, writes no credential of a chain of errors, but its place."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(FORMATTERS[formatter]())
    logger = logging.getLogger(name)
    logger.addHandler(handler)
    try:
        fail(f"behind {PLAIN}", f"{TOKEN!r}", json.dumps({"x": TOKEN}), f"https://x/{quote(TOKEN)}", f"at last {TOKEN}")
    finally:
        logger.removeHandler(handler)
    text = written.getvalue()

    assert (0, 0, True, True) == (text.count("CRET"), text.count("%89CRET"), "***" in text, "in chain" in text)


@pytest.mark.usefixtures("holder")
def test_no_exception_is_handed_over(records: list[logging.LogRecord]) -> None:
    """A handler gets no exception, whose frames it might show, but its traceback as a text."""
    fail(PLAIN)
    (record,) = records

    assert (None, True, True) == (
        record.exc_info,
        "ValueError: ***" in str(record.exc_text),
        "ValueError: ***" in vars(record)["callfsm"]["traceback"],
    )


@pytest.mark.usefixtures("holder")
def test_groups_and_notes(records: list[logging.LogRecord]) -> None:
    """Errors in groups, and the notes that were added to them, are shown without credentials."""
    error = ValueError(PLAIN)
    error.add_note(f"a note {PLAIN}")
    group = ExceptionGroup(f"group {PLAIN}", [error, KeyError(PLAIN)])
    log.logger.error("handler raised", exc_info=group)

    assert (0, True) == (str(records[0].exc_text).count("SECRET"), "a note ***" in str(records[0].exc_text))


WILD = "\n2030-01-01 00:00:00,000 INFO    forged\r\x1b[2J\u2028forged\x85forged\x0bforged\u202eforged\ud800"


def test_no_line_of_a_traceback_is_forged(records: list[logging.LogRecord]) -> None:
    """Each line of a traceback is indented, and holds nothing that a terminal or a reader of lines would obey."""
    fail(WILD, WILD)
    lines = str(records[0].exc_text).split("\n")

    assert (True, True, lines) == (
        all(line.startswith("    ") for line in lines),
        all(line.isprintable() for line in lines),
        str(records[0].exc_text).splitlines(),
    )


@pytest.mark.parametrize("form", ["console", "json"])
@given(wild=st.text(), name=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_record_is_one_line(form: str, wild: str, name: str) -> None:
    """Whatever a field or an error says, in neither form does a line begin that is no record."""
    written = io.StringIO()
    log.configure(form=form)
    (handler,) = (each for each in logging.getLogger("callfsm").handlers if each.get_name() == "callfsm")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(written)
    log.logger.warning("line", what=wild, error=name)
    fail(wild)
    logging.getLogger("callfsm.websockets").warning("odd %s", wild)
    begun = [line for line in written.getvalue().splitlines() if not line.startswith("    ")]

    assert 3 == len(begun)


@pytest.mark.usefixtures("holder")
@pytest.mark.parametrize("name", ["callfsm", "callfsm.websockets", "callfsm.simulator.websockets"])
def test_other_records(name: str, records: list[logging.LogRecord]) -> None:
    """What others write under our names is made fit as well: its text, its arguments, its stack and its error."""
    try:
        chain(PLAIN)
    except ValueError:
        logging.getLogger(name).exception("odd %s\n%s", PLAIN, "+15550100001", stack_info=True)
    (record,) = records

    assert (r"odd ***\n+1555*****01", None, 0, "    Stack") == (
        record.getMessage(),
        record.exc_info,
        (str(record.exc_text) + str(record.stack_info)).count("SECRET"),
        str(record.stack_info)[:9],
    )


def test_records_that_cannot_be_formatted(records: list[logging.LogRecord]) -> None:
    """A record whose arguments do not fit its text raises nothing where it is written."""
    for text in ("odd %d", "odd %s %s"):
        logging.getLogger("callfsm").warning(text, "x")

    assert ["odd %d", "odd %s %s"] == [record.getMessage() for record in records]


def test_an_error_that_cannot_be_shown(records: list[logging.LogRecord], monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that cannot even be formatted is named, and raises nothing where it is written."""

    def broken(*_: object) -> list[str]:
        raise RecursionError

    monkeypatch.setattr("traceback.format_exception", broken)
    fail("x")

    assert records[0].exc_text == "    ValueError, which cannot be shown"


def test_an_error_without_an_error(records: list[logging.LogRecord]) -> None:
    """A record that asks for the current error, where there is none, has no traceback."""
    log.logger.error("odd", exc_info=True)

    assert (None, None) == (records[0].exc_info, records[0].exc_text)


def test_library_below_warning(records: list[logging.LogRecord]) -> None:
    """The socket library's frames are not written, whatever level the program sets."""
    logger = logging.getLogger("callfsm.websockets")
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        logger.debug("> TEXT")
        logger.info("connection open")
    finally:
        logger.setLevel(before)

    assert [] == records
