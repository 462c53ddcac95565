"""A method's arguments become the params of its frame.

1. ``None`` is left out; everything else is sent, ``False``, ``0`` and ``""`` too.
2. An argument keeps its name, except those in `FIELDS`.
3. Extra keyword arguments travel as they are, for what the server learns tomorrow; they may not take the
   name of something that is sent already.
"""

from collections.abc import Mapping
from typing import Any, Final

from callfsm.core import checks

LOCAL: Final = frozenset({"self", "kwargs", "on_completed", "control_id", "__class__"})
"""Arguments that are not sent as they stand."""

FIELDS: Final[Mapping[str, Mapping[str, str]]] = {
    # For each command, the argument and its field.
    "play":             {"media":        "play"},
    "play_and_collect": {"media":        "play"},
    "pay":              {"input_method": "input"},
    "join_conference":  {"stream_obj":   "stream"},
    "bind_digit":       {"bind_params":  "params"},
    "ai":               {"ai_params":    "params"},
    "amazon_bedrock":   {"ai_params":    "params"},
}  # fmt: skip
_AS_THEY_ARE: Final[Mapping[str, str]] = {}

OWN: Final = frozenset({"node_id", "call_id", "control_id"})
"""Fields that address the frame, and so cannot be given by keyword."""

MAY_ADDRESS: Final = frozenset({"ai_message", "ai_hold", "ai_unhold"})
"""Commands that have no control id of their own, and take that of the agent they speak to as an extra argument."""


def params(command: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a command's arguments become; ``arguments`` are the ``locals()`` of its method.

    Raises:
        ValueError: An argument that the server would refuse, or an extra one that hides another.
    """
    checks.arguments(command, arguments)
    renamed = FIELDS.get(command, _AS_THEY_ARE)
    fields = {
        renamed.get(name, name): value for name, value in arguments.items() if value is not None and name not in LOCAL
    }
    if command == "record":
        fields = {"record": {"audio": fields.get("audio") or {}}}
    extra: dict[str, Any] = arguments.get("kwargs", {})
    for name in extra:
        addresses = name in OWN and not (name == "control_id" and command in MAY_ADDRESS)
        if addresses or name in fields:
            raise ValueError(f"{command}() sends {name!r} itself: it cannot also be given as an extra argument")
    return fields | extra


def item(kind: str, arguments: Mapping[str, Any], *names: str) -> Any:
    """``{"type": ..., "params": {...}}``, made of the named arguments that were given."""
    return {"type": kind, "params": {name: arguments[name] for name in names if arguments[name] is not None}}
