"""What a server tells of a call when it offers it: whose it is, where it is, and who speaks to whom."""

from __future__ import annotations

from sys import intern
from typing import Final

from msgspec import MsgspecError, msgpack

from callfsm.core.effects import Params
from callfsm.core.model.subject import Line, Subject
from callfsm.core.words import nested, text

_encode: Final = msgpack.Encoder().encode
_decode: Final = msgpack.Decoder().decode

_TELEPHONE: Final = (("type", "params"), ("from_number", "to_number"))
"""What the endpoint of nearly every call is made of: of those, only the values are kept."""


_Told = tuple[str, Params]
"""A segment's id and an endpoint."""


def _folded(segment_id: str, device: Params) -> _Told | bytes:
    params = nested(device, "params")
    is_telephone = (tuple(device), tuple(params)) == _TELEPHONE
    try:
        told = _encode((segment_id, device["type"], *params.values()) if is_telephone else (segment_id, device))
    except (MsgspecError, ValueError, OverflowError):
        return segment_id, device  # Half of a surrogate pair, or a number of more than 64 bits: JSON all the same.
    # A copy is as large as it has to be; what is encoded stands in a larger place, of which the rest is lost for long.
    return memoryview(told).tobytes()


def _unfolded(told: _Told | bytes) -> _Told:
    if isinstance(told, tuple):
        return told
    segment_id, device, *numbers = _decode(told)
    if numbers:
        device = {"type": device, "params": dict(zip(_TELEPHONE[1], numbers, strict=True))}
    return segment_id, device


class CallFacts(Subject):
    """One call leg, as far as its address goes, and what is the same from its beginning to its end."""

    machine = "call"

    __slots__ = ("_told", "call_id", "context", "direction", "node_id", "project_id", "tag")

    def __init__(self, line: Line, params: Params, state: str) -> None:
        super().__init__(line, state)
        self.call_id = text(params, "call_id")
        # A program may hold many calls. Most of this is the same in all of them,
        self.node_id = intern(text(params, "node_id"))
        self.project_id = intern(text(params, "project_id"))
        self.context = intern(text(params, "context") or text(params, "protocol"))
        self.direction = intern(text(params, "direction"))
        self.tag = text(params, "tag")
        # and the rest, for which few are asked, takes an eighth of the room when it is written down.
        self._told = _folded(text(params, "segment_id"), nested(params, "device"))

    @property
    def segment_id(self) -> str:
        """The server's id of the call's segment."""
        return _unfolded(self._told)[0]

    @property
    def device(self) -> Params:
        """The endpoint; always the same object, once somebody has asked for it."""
        self._told = told = _unfolded(self._told)
        return told[1]

    @device.setter
    def device(self, device: Params) -> None:
        self._told = (self.segment_id, device)

    def number(self, side: str) -> str:
        """The number of the ``from`` or the ``to`` side; ``""`` when not told."""
        told = nested(_unfolded(self._told)[1], "params")
        return text(told, f"{side}_number") or text(told, side)

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        return f"call {self.call_id}"

    @property
    def facts(self) -> Params:
        """What a server tells of it."""
        segment_id, device = _unfolded(self._told)
        return self.addressed(
            {
                "project_id": self.project_id,
                "segment_id": segment_id,
                "tag": self.tag,
                "direction": self.direction,
                "context": self.context,
                "device": device,
                "call_state": self.state,
            }
        )

    def addressed(self, params: Params) -> Params:
        """These params, with the call's address before them."""
        return {"node_id": self.node_id, "call_id": self.call_id, **params}
