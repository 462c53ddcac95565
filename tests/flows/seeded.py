"""The seeded bugs by name, and what each breaks."""

from importlib import import_module
from typing import Any, Final

BUGS: Final = {
    "waits_for_ever": "handler returns",
    "spins": "few commands after the end",
    "silent_caller": "call ends",
    "swallowed_error": "call ends",
    "speaks_after_transfer": "no illegal command",
    "loses_recording": "recording kept",
    "answers_twice": "no illegal command",
    "losing_leg": "nothing left open",
    "unheard_goodbye": "goodbye heard",
    "shared_lock": "call ends",
    "connects_beside_agent": "no illegal command",
}


def program(name: str, which: str) -> Any:
    """The ``buggy`` program of this name, or the ``corrected`` one."""
    return getattr(import_module(f"flows.{name}"), which)
