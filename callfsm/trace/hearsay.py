"""What the caller did and heard, as far as RELAY reports it."""

from __future__ import annotations

from typing import Any, Final

from callfsm.core.words import nested, text
from callfsm.simulator.journal import CALLER_ACTS, CALLER_HEARS, label

_LATE: Final = ("ending", "ended")
_GIVEN: Final = {"no_input": "stays silent", "no_match": "gives what does not fit"}


class Hearsay:
    """Tells what a caller must have done or heard, event by event."""

    def __init__(self) -> None:
        self._spoken: dict[str, str] = {}
        self._hung_up = False

    def asked(self, method: str, params: dict[str, Any]) -> None:
        """The program has asked for something."""
        if method == "calling.end":
            self._hung_up = True
        elif params.get("play"):
            self._spoken[text(params, "control_id")] = label("", {"play": params["play"]}).strip()

    def event(self, kind: str, params: dict[str, Any]) -> tuple[str, str]:
        """The direction and the words of what the caller did or heard; two empty texts when there was nothing."""
        tell = {
            "calling.call.receive": self._rings,
            "calling.call.state": self._moves,
            "calling.call.play": self._hears,
            "calling.call.collect": self._gives,
        }.get(kind)
        return tell(params) if tell is not None else ("", "")

    def _rings(self, params: dict[str, Any]) -> tuple[str, str]:
        return CALLER_ACTS, f"rings {text(params, 'context')}".strip()

    def _moves(self, params: dict[str, Any]) -> tuple[str, str]:
        state = text(params, "call_state")
        if state in _LATE and not self._hung_up and text(params, "end_reason") in ("hangup", "hungup", "cancel"):
            self._hung_up = True
            return CALLER_ACTS, "hangs up"
        if state == "answered" and text(params, "direction") == "outbound":
            return CALLER_ACTS, "answers"
        return "", ""

    def _hears(self, params: dict[str, Any]) -> tuple[str, str]:
        # What is resumed is not heard from its beginning.
        playing = text(params, "state") == "playing"
        spoken = self._spoken.pop(text(params, "control_id"), "") if playing else ""
        return (CALLER_HEARS, f"hears {spoken}") if spoken else ("", "")

    def _gives(self, params: dict[str, Any]) -> tuple[str, str]:
        result = nested(params, "result")
        told, kind = nested(result, "params"), text(result, "type")
        if kind == "digit":
            return CALLER_ACTS, f"presses {text(told, 'digits') or '?'}"
        if kind == "speech":
            return CALLER_ACTS, f'says "{text(told, "text") or "?"}"'
        return (CALLER_ACTS, _GIVEN[kind]) if kind in _GIVEN else ("", "")
