"""The two halves of a JSON-RPC exchange that we began: the request, and how its reply is judged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from callfsm.core.frames import conceal
from callfsm.errors import RelayError

if TYPE_CHECKING:
    from callfsm.core.model import CallModel, DialModel, OperationModel

_SUCCESS: Final = re.compile(r"2\d{2}", re.ASCII)

ACCEPTED, UNKNOWN, GONE, REJECTED, LOST, UNSENT = "accepted", "unknown", "gone", "rejected", "lost", "unsent"


class Request(Struct, eq=False):
    """One command on its way: what is sent, and on whose behalf."""

    method: str
    params: dict[str, Any]
    command: str = ""
    """The ask that sent it: ``play``, ``pause``; ``""`` for one that no machine is asked about."""
    call: CallModel | None = None
    operation: OperationModel | None = None
    dial: DialModel | None = None
    id: str = ""
    text: str = ""
    """The frame, while it waits for the line: what was checked is what goes out, whatever becomes of the params."""
    outcome: Outcome | None = None
    """How it ended; ``None`` while that is open."""

    def __repr__(self) -> str:
        # What was said and dialled is in the params.
        return f"<Request {self.method} id={self.id}>"


class Outcome(Struct, frozen=True):
    """How a request ended: `ACCEPTED`, `UNKNOWN` (404), `GONE` (410), `REJECTED`, `LOST` (no reply) or `UNSENT`."""

    word: str
    result: dict[str, Any]
    error: RelayError | None = None
    cause: Exception | None = None
    """What a line of the program's own raised; whoever asked gets it as it is."""

    @property
    def failure(self) -> Exception | None:
        """What whoever asked has to be told, by an exception; ``None`` when all is well."""
        return self.cause or self.error

    @property
    def answered(self) -> bool:
        """Whether the server gave this outcome, rather than the lack of a reply."""
        return self.word not in (LOST, UNSENT)


def lost(error: RelayError, cause: Exception | None = None) -> Outcome:
    """The outcome of a request that was sent and will get no reply: it may or may not have been carried out."""
    return Outcome(LOST, {}, error, cause)


def unsent(error: RelayError) -> Outcome:
    """The outcome of a request that has never left, and will not."""
    return Outcome(UNSENT, {}, error)


def judge(frame: dict[str, Any], *, read_code: bool = True, secrets: Iterable[str] = ()) -> Outcome:
    """The outcome that a reply tells; ``read_code`` is false for ``signalwire.connect``, whose result has none.

    What the server says of a refusal is an error's text, which a program may show to anybody: credentials that
    it echoes are taken out of it.
    """
    if "error" in frame:
        return _refusal(*_error_parts(frame["error"]), secrets)
    result = frame.get("result")
    if not isinstance(result, dict):
        return Outcome(ACCEPTED, {"raw": result})
    code = result.get("code")
    if code == "200" or code is None or not read_code or _SUCCESS.fullmatch(str(code)):
        return Outcome(ACCEPTED, result)
    return _refusal(_number(code), str(result.get("message") or "Unknown error"), secrets)


def _refusal(code: int, message: str, secrets: Iterable[str]) -> Outcome:
    word = {404: UNKNOWN, 410: GONE}.get(code, REJECTED)
    return Outcome(word, {}, RelayError(code, conceal(message, secrets)))


def _error_parts(error: Any) -> tuple[int, str]:
    if not isinstance(error, dict):
        return -1, str(error)
    return _number(error.get("code")), str(error.get("message") or "Unknown error")


def _number(code: Any) -> int:
    try:
        return int(code)
    except (TypeError, ValueError, OverflowError):
        return -1
