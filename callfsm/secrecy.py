"""What no line of the log may hold: credentials, and whatever else `callfsm.core.scrubbing.scrub` takes out.

1. A secret is concealed by its value, wherever it stands and however it is written, as long as its holder lives:
   also one that its holder has replaced since.
2. What leaves a logger of ours is text without secrets. There is no exception left in it whose text, chain or
   frames a handler might write.
3. A record is one line; the lines of its traceback are indented, so that none can pass for a record.
"""

from __future__ import annotations

import functools
import json
import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from callfsm.core.scrubbing import scrub

SHORTEST_SECRET: Final = 6
"""A credential that is shorter is none: to take it out of every word would leave no word to read."""

REMEMBERED: Final = 16
"""How many credentials of one holder are concealed besides those that it has now."""

LONGEST_SHOWN: Final = 64 * 1024
"""How many characters of one value are shown: searching a text of megabytes would hold up every call."""

LONGEST_WORD: Final = 128
"""How many characters a value has at most that is remembered as it is shown."""

_HARMLESS: Final = (int, float)

_INDENT: Final = "    "


class Secretive(Protocol):
    """Whoever holds credentials."""

    @property
    def secrets(self) -> Iterable[str]:
        """The credentials as they are now."""


_HOLDERS: Final[WeakKeyDictionary[Secretive, deque[str]]] = WeakKeyDictionary()
# Lines are written from any thread, and clients are made in any; what is collected meanwhile may write one too.
_LOCK: Final = threading.RLock()


def conceal(holder: Secretive) -> None:
    """Keep the credentials of somebody out of every line, wherever they stand, for as long as they are held."""
    with _LOCK:
        _HOLDERS[holder] = deque(maxlen=REMEMBERED)
        _known.cache_clear()  # It may stand where one was that is gone, and hold the same.


def secrets() -> frozenset[str]:
    """Every credential that is held now, or was lately."""
    with _LOCK:
        holders = [holder for reference in _HOLDERS.keyrefs() if (holder := reference()) is not None]
        return _known(tuple((id(holder), tuple(holder.secrets)) for holder in holders))


# Always the same set while nothing changes: each line asks, and remembers what it has found out by it.
@functools.lru_cache(maxsize=1)
def _known(_held: tuple[tuple[int, tuple[str, ...]], ...]) -> frozenset[str]:
    known: set[str] = set()
    for holder, remembered in _HOLDERS.items():
        now = set(holder.secrets)
        remembered.extend(now.difference(remembered))
        known |= now.union(remembered)
    return frozenset(secret for secret in known if len(secret.strip()) >= SHORTEST_SECRET)


def _spellings(secret: str) -> set[str]:
    from urllib.parse import quote  # noqa: PLC0415  # programs that write no line need none of it

    # As it is, as a file's last line loses its end, as JSON and Python write it, and as it stands in an address.
    forms = {secret, secret.strip(), json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    # What the environment holds need not be UTF-8.
    return forms | {repr(secret)[1:-1], *(quote(secret, safe=safe, errors="surrogatepass") for safe in ("", "/"))}


# The credentials of a process change with a login at most, and many lines are written in between.
@functools.lru_cache(maxsize=1)
def _spelt(held: frozenset[str]) -> list[str]:
    # The longest first: a secret that begins with another one would leave its rest behind.
    return sorted({form for secret in held for form in _spellings(secret)}, key=len, reverse=True)


def hider(*, decoded: bool = False) -> Callable[[object], object]:
    """What makes values fit for a line, with the credentials as they are now.

    Args:
        decoded: Whether texts are frames, which can spell a credential in many ways; large ones are not shown.
    """
    held = secrets()

    def hide(value: object) -> object:
        if type(value) is str and len(value) <= LONGEST_WORD and not decoded:
            return _word(value, held)
        if value is None or isinstance(value, _HARMLESS):
            return value
        text = value if isinstance(value, str) else repr(value)
        if decoded:
            return _without(text, held, held) if len(text) <= LONGEST_SHOWN else f"{len(text)} characters"
        return _word(text, held) if len(text) <= LONGEST_WORD else _without(text, held)

    return hide


def _without(text: str, held: frozenset[str], decoded: Iterable[str] = ()) -> str:
    for form in _spelt(held):
        text = text.replace(form, "***")
    if len(text) > LONGEST_SHOWN:
        half = LONGEST_SHOWN // 2
        text = f"{text[:half]}... ({len(text)} characters) ...{text[-half:]}"
    return scrub(text, decoded)


# Most of what lines are made of stands in many of them.
@functools.lru_cache(maxsize=2_000)
def _word(text: str, held: frozenset[str]) -> str:
    return _without(text, held)


def _hidden(text: str) -> str:
    return str(hider()(text))


def printable(text: str) -> str:
    """A text on one line: what a terminal or a reader of lines might obey is written as an escape."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def _indented(text: str) -> str:
    return "\n".join(_INDENT + printable(line) for line in text.rstrip("\n").split("\n"))


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001  # whatever the arguments do when they are formatted
        return str(record.msg)


def _told(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception(error))
    except Exception:  # noqa: BLE001  # whatever the exception does when it is shown
        return f"{type(error).__name__}, which cannot be shown"


class Censor(logging.Filter):
    """Lets through what may be read by anybody: it goes on a logger, so no handler sees anything else.

    Args:
        least: Records below this level are dropped, whatever level the program sets.
    """

    def __init__(self, least: int = logging.NOTSET) -> None:
        super().__init__()
        self._least = least

    def filter(self, record: logging.LogRecord) -> bool:
        """Make a record fit to be written."""
        if record.levelno < self._least:
            return False
        if not hasattr(record, "callfsm"):
            # The socket library's, or a program's own under our name.
            record.msg, record.args = printable(_hidden(_message(record))), ()
        if record.exc_info:
            self._tell(record, record.exc_info[1])
        if record.stack_info:
            record.stack_info = _indented(_hidden(record.stack_info))
        return True

    def _tell(self, record: logging.LogRecord, error: BaseException | None) -> None:
        record.exc_info = None
        if error is not None:
            record.exc_text = _indented(_hidden(_told(error)))
            record.callfsm = {
                **getattr(record, "callfsm", {"event": record.getMessage()}),
                "traceback": record.exc_text,
            }
