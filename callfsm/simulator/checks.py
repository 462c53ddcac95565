"""Whether a command's params are what the server takes; the first fault is told."""

import re
from collections.abc import Mapping
from typing import Any, Final

_MEDIA: Final = {"tts": "text", "audio": "url", "silence": "duration", "ringtone": "name"}
_ADDRESS: Final = {"phone": "to_number", "sip": "to", "fabric": "to", "webrtc": "to"}
_CONNECTED: Final = _ADDRESS | {"call": "call_id", "queue": "queue_name", "stream": "url"}
_ALONE: Final = ("call", "queue")
_DIGITS: Final = re.compile(r"[0-9A-Da-d*#wWpP,+]+")
REASONS: Final = ("hangup", "cancel", "busy", "noAnswer", "decline", "error")

LARGEST: Final = 1e9
"""The largest number that is taken: more seconds, digits or times than anything lasts."""

Params = dict[str, Any]


class RefusedError(Exception):
    """The server does not do what was asked.

    Attributes:
        code: The code of the reply: a result's when it is positive, else that of a JSON-RPC error.
        data: What a JSON-RPC error tells besides.
        unexpected: Whether a client that keeps to the rules would not have asked.
    """

    def __init__(self, code: int, message: str, *, unexpected: bool = True, data: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data
        self.unexpected = unexpected


def text(params: Params, key: str) -> str:
    """A string that must be there."""
    value = params.get(key)
    if not isinstance(value, str) or not value:
        raise RefusedError(400, f"{key} must be a string that is not empty, not {value!r}")
    return value


def number(params: Params, key: str, default: float, *, above: float | None = None) -> float:
    """A number that may be there."""
    value = params.get(key, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or value > LARGEST:
        raise RefusedError(400, f"{key} must be a number, at most {LARGEST:g}, not {value!r}")
    if (above is not None and key in params and value <= above) or value < 0:
        raise RefusedError(400, f"{key} must be greater than {above or 0:g}, not {value!r}")
    return float(value)


def flag(params: Params, key: str) -> bool:
    """A boolean that may be there."""
    value = params.get(key, False)
    if not isinstance(value, bool):
        raise RefusedError(400, f"{key} must be true or false, not {value!r}")
    return value


def structure(params: Params, key: str) -> Params:
    """An object that must be there."""
    value = params.get(key)
    if not isinstance(value, dict):
        raise RefusedError(400, f"{key} must be an object, not {value!r}")
    return value


def _listed(params: Params, key: str) -> list[Any]:
    value = params.get(key)
    if not isinstance(value, list) or not value:
        raise RefusedError(400, f"{key} must be a list with at least one item, not {value!r}")
    return value


def contexts(params: Params) -> list[str]:
    """The contexts that a client asks for."""
    value = params.get("contexts", [params["context"]] if "context" in params else None)
    if not isinstance(value, list) or not value or not all(isinstance(context, str) and context for context in value):
        raise RefusedError(400, f"contexts must be a list of names, not {value!r}")
    return value


def media(params: Params, key: str = "play") -> list[Params]:
    """The media items of a play."""
    listed = _listed(params, key)
    for item in listed:
        _check_medium(item)
    return listed


def _check_medium(item: Any) -> None:
    kind = item.get("type") if isinstance(item, dict) else None
    if not isinstance(kind, str) or kind not in _MEDIA:
        raise RefusedError(400, f"a media item must have a type out of {', '.join(_MEDIA)}, not {item!r}")
    told = structure(item, "params")
    if kind != "silence":
        text(told, _MEDIA[kind])
    if kind == "silence" or "duration" in told:
        number(told, "duration", 0, above=0)
        if "duration" not in told:
            raise RefusedError(400, "silence needs a duration")


def volume(params: Params) -> None:
    """The volume, if there is one."""
    value = params.get("volume", 0)
    if not isinstance(value, int | float) or isinstance(value, bool) or not -40 <= value <= 40:
        raise RefusedError(400, f"volume must be a number from -40 to 40, not {value!r}")


def loops(params: Params) -> int:
    """How often to play; 0 is for ever."""
    value = params.get("loop", 1)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise RefusedError(400, f"loop must be a whole number, 0 or more, not {value!r}")
    return value


def hangup_reason(params: Params) -> str:
    """Why a client hangs up."""
    reason = params.get("reason", "hangup")
    if reason not in REASONS:
        raise RefusedError(400, f"reason must be one of {', '.join(REASONS)}, not {reason!r}")
    return str(reason)


def digits(params: Params) -> str:
    """Digits to send."""
    value = text(params, "digits")
    if not _DIGITS.fullmatch(value):
        raise RefusedError(400, f"digits may hold 0-9, A-D, *, # and the pauses w and W, not {value!r}")
    return value


def devices(params: Params, *, connect: bool = False) -> list[list[Params]]:
    """The destinations of a dial or a connect: lists that are tried in turn, of devices that ring together.

    A connect has more kinds of them; one that is not rung, a queue or a known call, stands alone.
    """
    groups = _listed(params, "devices")
    for group in groups:
        if not isinstance(group, list) or not group:
            raise RefusedError(400, f"devices must be a list of lists of devices, not {groups!r}")
        for one in group:
            check_device(one, _CONNECTED if connect else _ADDRESS)
    every = [one["type"] for group in groups for one in group]
    if len(every) > 1 and not set(_ALONE).isdisjoint(every):
        raise RefusedError(400, f"a device of type {' or '.join(_ALONE)} stands alone, not in {every!r}")
    return groups


def check_device(device: Any, kinds: Mapping[str, str] = _ADDRESS) -> None:
    """A destination of one of these kinds; for each, the param that holds its address."""
    kind = device.get("type") if isinstance(device, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise RefusedError(400, f"a device must have a type out of {', '.join(kinds)}, not {device!r}")
    told = structure(device, "params")
    text(told, kinds[kind])
    number(told, "timeout", 30, above=0)


def address(device: Params) -> str:
    """The number or address of a device that has been checked."""
    return str(device["params"][_CONNECTED[device["type"]]])
