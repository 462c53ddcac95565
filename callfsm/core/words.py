"""What an event says, as a trigger: most tell it as their ``state``, and some in ways of their own."""

from collections.abc import Callable
from typing import Any, Final

Params = dict[str, Any]

_LAST: Final = ("finished", "error")
# What events say in ways of their own: a server that tells it as a state has said nothing.
_OURS: Final = ("input", "partial", "detected")


def text(params: Params, key: str) -> str:
    """The string under a key; ``""`` when there is none."""
    value: Any = params.get(key)
    return value if isinstance(value, str) else ""


def nested(params: Params, key: str) -> Params:
    """The object under a key; ``{}`` when there is none."""
    value: Any = params.get(key)
    return value if isinstance(value, dict) else {}


def state_word(params: Params) -> str:
    """The state, as it stands."""
    state = text(params, "state")
    return "" if state in _OURS else state


def collect_word(params: Params) -> str:
    """The state if it is the last one, else the kind of result.

    A result is not final when ``final`` is false. A result of a kind that is not known counts as input,
    as programs rely on.
    """
    state, result = state_word(params), nested(params, "result")
    if state in _LAST or not result:
        return state
    if params.get("final") is False:
        return "partial"
    kind = text(result, "type")
    return kind if kind in ("start_of_input", "no_input", "no_match", "finished", "error") else "input"


def detect_word(params: Params) -> str:
    """``detected`` for whatever was heard; the detector's own end and failure as they stand."""
    state, detect = state_word(params), nested(params, "detect")
    if state in _LAST or not detect:
        return state
    event = text(nested(detect, "params"), "event")
    return event if event in _LAST else "detected"


def fax_word(params: Params) -> str:
    """The state or the kind of fax event: whichever is a last word, else the state if there is one."""
    state, kind = text(params, "state"), text(nested(params, "fax"), "type")
    return kind if kind in _LAST and state not in _LAST else state or kind


def pay_word(params: Params) -> str:
    """The state if it is the last one, ``finished`` when there is a result of any kind, else what is under way."""
    state = text(params, "state")
    if text(params, "result") and state not in _LAST:
        return "finished"
    return state or "progress"


READERS: Final[dict[str, Callable[[Params], str]]] = {
    "state": state_word,
    "collect": collect_word,
    "detect": detect_word,
    "fax": fax_word,
    "pay": pay_word,
}
"""How the events of a kind of operation are read; see `callfsm.core.tables.Kind`."""


def denoise_word(params: Params) -> str:
    """``on`` or ``off``."""
    denoised: Any = params.get("denoised")
    return {True: "on", False: "off"}.get(denoised, "") if isinstance(denoised, bool) else ""


CONFERENCE_WORDS: Final = ("participant-join", "participant-leave", "conference-end")


def conference_word(params: Params) -> str:
    """What changes a membership, as it stands; everything else that happens in a conference is ``other``."""
    status = text(params, "status")
    return status if status in CONFERENCE_WORDS else "other" * bool(status)
