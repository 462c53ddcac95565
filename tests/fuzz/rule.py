"""What must follow from a message, whatever it holds: the rule that the client is held against.

1. What is no frame is counted as unheard once, logged once as a warning, and answered by nothing.
2. A request of the server is answered once if it has an id: with a result, or with -32601 when its method is
   unknown, which is counted and logged as well.
3. A reply is counted when no request waits for it. Whatever it holds, it ends the request that does.
4. An event is counted when it is about nothing that is known. What is odd about an event of something known is
   counted as stale, if it moves nothing, and never as unheard.
5. No message is counted more than once, none closes the line, and none raises.

What a frame is stands here a second time, in other words than in `callfsm.core.frames`: an oracle that asked the
program would agree with it.
"""

from __future__ import annotations

import json
import math
from typing import Any, Final, NamedTuple

from callfsm.core.frames import MAX_DEPTH
from callfsm.core.session import Session

LOUD: Final = ("malformed", "unknown method")
"""What is told of in a warning; the rest at debug."""


class Expected(NamedTuple):
    """What must follow from a message."""

    kind: str
    unheard: int = 0
    answers: tuple[Any, ...] = ()
    """The ids that are answered."""


def expected(message: str | bytes, session: Session) -> Expected:
    """What must follow from this message in the state that the session is in now."""
    frame = read(message)
    if frame is None:
        return Expected("malformed", 1)
    if "method" not in frame:
        return Expected("reply", int(frame["id"] not in session.outbox.pending))
    answers = (frame["id"],) if frame.get("id") is not None else ()
    if frame["method"] in ("signalwire.ping", "signalwire.disconnect"):
        return Expected("service", 0, answers)
    if frame["method"] != "signalwire.event":
        return Expected("unknown method", 1, answers)
    envelope = _object(frame.get("params"))
    return Expected("event", int(not _is_known(envelope, session)), answers)


def read(message: str | bytes) -> dict[str, Any] | None:
    """The frame that a message is; ``None`` when it is none."""
    if isinstance(message, bytes):
        return None
    try:
        frame = json.loads(message, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, dict) or (message.count("[") + message.count("{") > MAX_DEPTH and _is_too_deep(frame)):
        return None
    request_id = frame.get("id")
    if "method" in frame:
        usable = request_id is None or type(request_id) in (str, int, float)
        return frame if isinstance(frame["method"], str) and usable else None
    return frame if isinstance(request_id, str) and ("result" in frame or "error" in frame) else None


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def _is_too_deep(frame: dict[str, Any]) -> bool:
    # No object or list lies in more than so many others.
    level: list[Any] = [frame]
    for _ in range(MAX_DEPTH):
        values = [value for each in level for value in (each.values() if isinstance(each, dict) else each)]
        level = [value for value in values if isinstance(value, dict | list)]
    return bool(level)


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_known(envelope: dict[str, Any], session: Session) -> bool:
    kind, params = envelope.get("event_type"), _object(envelope.get("params"))
    if kind in ("signalwire.authorization.state", "messaging.receive"):
        return True
    if kind == "messaging.state":
        return _in(params.get("message_id"), session.messaging.messages)
    call_id = params.get("call_id")
    if kind == "calling.call.receive":
        if _in(call_id, session.calls):
            return True
        begins = params.get("call_state") != "ended" and not session.switchboard.is_over(_text(call_id))
        return bool(_text(call_id)) and begins
    return (
        _in(call_id, session.calls)
        or (kind in ("calling.call.dial", "calling.call.state") and _is_of_a_dial(params, kind, session))
        or ("call_id" not in params and bool(session.switchboard.members(params)))
    )


def _is_of_a_dial(params: dict[str, Any], kind: Any, session: Session) -> bool:
    known = session.switchboard.dial(params) is not None
    if kind == "calling.call.dial":
        return known or _in(_object(params.get("call")).get("call_id"), session.calls)
    return known and bool(_text(params.get("call_id"))) and params.get("call_state") != "ended"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _in(value: Any, known: dict[str, Any]) -> bool:
    return isinstance(value, str) and value in known
