"""A method's arguments become the params of its frame.

1. ``None`` is left out; everything else is sent, ``False``, ``0`` and ``""`` too.
2. An argument keeps its name, except those in `FIELDS`.
3. Extra keyword arguments travel as they are, for what the server learns tomorrow; they may not take the
   name of something that is sent already.
"""

from collections.abc import Mapping
from typing import Any, Final

LOCAL: Final = frozenset({"self", "kwargs", "on_completed", "control_id", "__class__"})
"""Arguments that are not sent as they stand."""

REQUIRED: Final = frozenset({"media", "devices"})
"""Arguments that are judged also when they are ``None``."""

FIELDS: Final[Mapping[tuple[str, str], str]] = {
    # (command,            argument): field
    ("play",             "media"): "play",
    ("play_and_collect", "media"): "play",
}  # fmt: skip

OWN: Final = frozenset({"node_id", "call_id", "control_id"})
"""Fields that address the frame, and so cannot be given by keyword."""

HANGUP_REASONS: Final = ("hangup", "cancel", "busy", "noAnswer", "decline", "error")


def params(command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a command's arguments become; ``arguments`` are the ``locals()`` of its method.

    Raises:
        ValueError: An argument that the server would refuse, or an extra one that hides another.
    """
    fields = {
        FIELDS.get((command, name), name): value
        for name, value in arguments.items()
        if name not in LOCAL and (value is not None or name in REQUIRED)
    }
    if command == "record":
        fields = {"record": {"audio": fields.get("audio") or {}}}
    _check(command, fields)
    extra: dict[str, Any] = arguments.get("kwargs", {})
    for name in extra:
        if name in OWN or name in fields:
            raise ValueError(f"{command}() sends {name!r} itself: it cannot also be given as an extra argument")
    return fields | extra


def media(kind: str, arguments: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """One media item made of the named arguments that were given."""
    return {"type": kind, "params": {name: arguments[name] for name in names if arguments[name] is not None}}


def _check(command: str, fields: Mapping[str, Any]) -> None:
    if command == "hangup" and fields.get("reason") not in HANGUP_REASONS:
        raise ValueError(f"hangup(reason={fields.get('reason')!r}): not one of {', '.join(HANGUP_REASONS)}")
    if "play" in fields and not _has_items(fields["play"]):
        raise ValueError(f"{command}(media={fields['play']!r}): must be a list with at least one item")
    if "devices" in fields:
        check_devices(command, fields["devices"])
    volume = fields.get("volume")
    if volume is not None and not -40 <= volume <= 40:
        raise ValueError(f"{command}(volume={volume!r}): must be from -40 to 40 dB")


def check_devices(command: str, devices: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """The same devices.

    Raises:
        ValueError: They are no list of lists, or there is nothing in it to call.
    """
    if not (_has_items(devices) and all(_has_items(group) for group in devices)):
        raise ValueError(
            f"{command}(devices={devices!r}): must be a list of lists of devices, each with at least one item, "
            'such as [[{"type": "phone", "params": {"to_number": "+15551230001"}}]]'
        )
    return devices


def _has_items(value: object) -> bool:
    return isinstance(value, list) and bool(value)
