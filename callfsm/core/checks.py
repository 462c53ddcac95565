"""What the server would refuse, refused before anything is sent.

Only what is known to be wrong is refused, and the text says which argument, which value, and what is
allowed. Keys that are not known pass, for what the server learns tomorrow. Sources: the RELAY calling
methods; ITU-T E.164 for phone numbers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

_E164: Final = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_TONES: Final = re.compile(r"[0-9*#A-Da-dwW]+")
_LOOSE_TRACKS: Final = ("inbound_track", "outbound_track", "both_tracks", "inbound", "outbound", "both")
_METHODS: Final = ("GET", "POST")
_PAYLOADS: Final = ("relay", "cxml", "laml")

# fmt: off
CHOICES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    # (command or type,  argument):                            what it may be
    ("hangup",           "reason"):                            ("hangup", "cancel", "busy", "noAnswer", "decline", "error"),
    ("play",             "direction"):                         ("listen", "speak", "both"),
    ("tts",              "gender"):                            ("male", "female"),
    ("fax",              "tone"):                              ("CED", "CNG"),
    ("pay",              "input_method"):                      ("dtmf", "voice", "speech"),
    ("pay",              "payment_method"):                    ("credit-card",),
    ("pay",              "security_code"):                     ("true", "false"),
    ("pay",              "token_type"):                        ("one-time", "reusable"),
    ("stream",           "track"):                             _LOOSE_TRACKS,
    ("stream",           "status_url_method"):                 _METHODS,
    ("join_conference",  "beep"):                              ("true", "false", "onEnter", "onExit"),
    ("join_conference",  "record"):                            ("do-not-record", "record-from-start"),
    ("join_conference",  "trim"):                              ("trim-silence", "do-not-trim"),
    ("join_conference",  "status_callback_event_type"):        _PAYLOADS,
    ("join_conference",  "status_callback_method"):            _METHODS,
    ("join_conference",  "recording_status_callback_event_type"): _PAYLOADS,
    ("join_conference",  "recording_status_callback_method"):  _METHODS,
    ("ai_message",       "role"):                              ("system", "user", "assistant"),
}

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    # command:          arguments that cannot be None
    "hangup":           ("reason",),
    "connect":          ("devices",),
    "play":             ("media",),
    "play_and_collect": ("media", "collect"),
    "send_digits":      ("digits",),
    "detect":           ("detect",),
    "refer":            ("device",),
    "pay":              ("payment_connector_url",),
    "send_fax":         ("document",),
    "tap":              ("tap", "device"),
    "stream":           ("url",),
    "transfer":         ("dest",),
    "join_conference":  ("name",),
    "leave_conference": ("conference_id",),
    "join_room":        ("name",),
    "bind_digit":       ("digits", "bind_method"),
    "live_transcribe":  ("action",),
    "live_translate":   ("action",),
    "queue_enter":      ("queue_name",),
    "queue_leave":      ("queue_name",),
}

RANGES: Final[Mapping[str, tuple[float, float, str]]] = {
    # argument:         least,  most,          unit
    "volume":           (-40.0, 40.0,          "dB"),
    "loop":             (0,     float("inf"),  "times"),
    "max_participants": (1,     250,           "members"),
    "max_triggers":     (0,     float("inf"),  "times"),
    "max_duration":     (0,     float("inf"),  "seconds"),
    "initial_timeout":  (0,     float("inf"),  "seconds"),
}

MEDIA: Final[Mapping[str, str]] = {
    # type:     the param it needs
    "tts":      "text",
    "audio":    "url",
    "silence":  "duration",
    "ringtone": "name",
}

DEVICES: Final[Mapping[str, tuple[str, ...]]] = {
    # type:   the params it needs
    "phone":  ("to_number",),
    "sip":    ("to",),
    "fabric": ("to",),
    "webrtc": ("to",),
    "agora":  ("appid", "channel"),
    "call":   ("node_id", "call_id"),
    "queue":  ("node_id", "queue_name"),
    "stream": ("url",),
}

DETECTORS: Final = ("machine", "fax", "digit")
# fmt: on


def arguments(command: str, given: Mapping[str, Any]) -> None:
    """Check the arguments of a command, by their own names.

    Raises:
        ValueError: One of them would be refused; the text says which, and what is allowed.
    """
    needed = REQUIRED.get(command, ())
    for name, value in given.items():
        if value is not None or name in needed:
            _argument(command, name, value)


def text(command: str, name: str, value: object) -> None:
    """Check a text that has to be there.

    Raises:
        ValueError: It is none, or is empty.
    """
    if not isinstance(value, str) or not value:
        raise _wrong(command, name, value, "a text that is not empty")


def _argument(command: str, name: str, value: object) -> None:
    _choice(command, name, value, CHOICES.get((command, name)))
    if name in RANGES:
        _range(command, name, value)
    check = _CHECKS.get(name)
    if check is not None:
        check(command, name, value)
    if value is None:
        raise _wrong(command, name, value, "given")


def _choice(command: str, name: str, value: object, choices: tuple[str, ...] | None) -> None:
    if choices is not None and value not in choices:
        raise _wrong(command, name, value, f"one of {', '.join(choices)}")


def _params(command: str, name: str, kind: str, params: Mapping[str, Any]) -> None:
    # What is nested in a thing of this type.
    for key, value in params.items():
        _choice(command, f"{name}.params.{key}", value, CHOICES.get((kind, key)))


def _number(command: str, name: str, value: object) -> None:
    if not isinstance(value, str) or not _E164.fullmatch(value):
        raise _wrong(command, name, value, "a number in E.164, such as '+15551230001'")


def _wrong(command: str, name: str, value: object, allowed: str) -> ValueError:
    return ValueError(f"{command}({name}={value!r}): must be {allowed}")


def _range(command: str, name: str, value: object) -> None:
    least, most, unit = RANGES[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        upper = "" if most == float("inf") else f" to {most:g}"
        raise _wrong(command, name, value, f"{least:g}{upper or ' or more'} ({unit})")


def _list(command: str, name: str, value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or not value:
        raise _wrong(command, name, value, "a list with at least one item")
    return value


def _typed(
    command: str, name: str, item: object, types: Mapping[str, Any] | tuple[str, ...]
) -> tuple[str, dict[str, Any]]:
    # A thing of the form {"type": ..., "params": {...}}, taken apart.
    if not isinstance(item, dict) or item.get("type") not in tuple(types):
        raise _wrong(command, name, item, f"a dict whose type is one of {', '.join(types)}")
    params = item.get("params", {})
    if not isinstance(params, dict):
        raise _wrong(command, f"{name}.params", params, "a dict")
    return str(item["type"]), params


def _media(command: str, name: str, value: object) -> None:
    for index, item in enumerate(_list(command, name, value)):
        kind, params = _typed(command, f"{name}[{index}]", item, MEDIA)
        needed = f"{name}[{index}].params.{MEDIA[kind]}"
        if not params.get(MEDIA[kind]):
            raise _wrong(command, needed, params.get(MEDIA[kind]), f"given for {kind} media")
        _params(command, f"{name}[{index}]", kind, params)
        if "duration" in params:
            _duration(command, f"{name}[{index}].params.duration", params["duration"])


def _duration(command: str, name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        raise _wrong(command, name, value, "a number of seconds, more than 0")


def devices(command: str, name: str, value: object) -> None:
    """Check destinations: a list of lists of devices, with at least one item in each.

    Raises:
        ValueError: They are not, or a device could not be called.
    """
    for outer, group in enumerate(_list(command, name, value)):
        for inner, item in enumerate(_list(command, f"{name}[{outer}]", group)):
            _device(command, f"{name}[{outer}][{inner}]", item)


def _device(command: str, name: str, item: object) -> None:
    kind, params = _typed(command, name, item, DEVICES)
    for needed in DEVICES[kind]:
        if not params.get(needed):
            raise _wrong(command, f"{name}.params.{needed}", params.get(needed), f"given for a {kind} device")
    if kind == "phone":
        for key in ("to_number", "from_number"):
            if params.get(key):
                _number(command, f"{name}.params.{key}", params[key])


def _collect(command: str, name: str, value: object) -> None:
    if not isinstance(value, dict) or not (value.get("digits") is not None or value.get("speech") is not None):
        raise _wrong(command, name, value, 'a dict with "digits" or "speech", or both')
    if value.get("digits") is not None:
        _digits(command, f"{name}.digits", value["digits"])


def _digits(command: str, name: str, value: object) -> None:
    most = value.get("max") if isinstance(value, dict) else None
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise _wrong(command, name, value, 'a dict with "max", a number of digits of 1 or more')


def _detect(command: str, name: str, value: object) -> None:
    kind, params = _typed(command, name, value, DETECTORS)
    _params(command, name, kind, params)


def _tones(command: str, name: str, value: object) -> None:
    if not isinstance(value, str) or not _TONES.fullmatch(value):
        raise _wrong(command, name, value, "of 0-9 * # A-D w W, and not empty")


def _one_of_two(command: str, name: str, value: object) -> None:
    # `collect` takes settings under this name, the others a string of keys.
    (_digits if command == "collect" else _tones)(command, name, value)


_Check = Callable[[str, str, object], None]
_CHECKS: Final[Mapping[str, _Check]] = {
    # argument: how it is looked at
    "media": _media,
    "ringback": _media,
    "devices": devices,
    "collect": _collect,
    "digits": _one_of_two,
    "detect": _detect,
}
