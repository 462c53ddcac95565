"""Text to frames, and frames to text.

A frame is one JSON-RPC 2.0 object in one text message. Whatever else a peer sends is `Malformed`: it is
told apart here, so that nothing further in has to doubt what it holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

MAX_BYTES: Final = 10 * 1024 * 1024
"""The largest frame that is taken."""
MAX_DEPTH: Final = 100
"""How deep a frame may be nested: far deeper than RELAY goes, and safe to walk through and to write."""

NOT_FOUND: Final = -32601
"""The code with which a request of an unknown method is refused."""


class ServerRequest(Struct, frozen=True):
    """A request of the other side; ``id`` is ``None`` when it wants no reply."""

    id: Any
    method: str
    params: dict[str, Any]


class Reply(Struct, frozen=True):
    """The other side's reply to a request of ours: the whole frame, with its ``result`` or ``error``."""

    id: str
    frame: dict[str, Any]


class Malformed(Struct, frozen=True):
    """A text that is no frame, and why."""

    why: str


def parse(text: str | bytes) -> ServerRequest | Reply | Malformed:
    """Tell what a text is. Never raises, whatever the text."""
    if isinstance(text, bytes):
        return Malformed("a binary message")
    try:
        frame = _decode(text)
    except (MsgspecError, ValueError, RecursionError):
        try:
            frame = _DECODER.decode(text)
        except (ValueError, RecursionError) as error:
            return Malformed(f"not JSON ({type(error).__name__})")
    if type(frame) is not dict:
        return Malformed("JSON, but not an object")
    # Counting costs next to nothing; only a frame that could be too deep is walked through.
    if text.count("{") + text.count("[") > MAX_DEPTH and _too_deep(frame):
        return Malformed("nested too deeply")
    return _request(frame) if "method" in frame else _reply(frame)


def _number(digits: str) -> float:
    number = float(digits)
    if abs(number) == _INFINITY:
        raise ValueError(f"no number can hold {digits}")
    return number


def _no_number(word: str) -> float:
    raise ValueError(f"JSON knows no {word}")


_decode: Final = Decoder().decode
_INFINITY: Final = float("inf")
# Has the last word on what the quick one does not take: half of a surrogate pair, for instance, is JSON all the same.
# Python reads NaN, Infinity and 1e999, but could not write them in the reply that is owed.
_DECODER: Final = json.JSONDecoder(parse_float=_number, parse_constant=_no_number)


def _too_deep(frame: dict[str, Any]) -> bool:
    level: list[dict[str, Any] | list[Any]] = [frame]
    for _ in range(MAX_DEPTH):
        level = [child for each in level for child in _children(each) if isinstance(child, dict | list)]
        if not level:
            return False
    return True


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


_IDS: Final = (str, type(None), int, float)


def _request(frame: dict[str, Any]) -> ServerRequest | Malformed:
    method, params = frame["method"], frame.get("params")
    if type(method) is not str:
        return Malformed("a request whose method is not a string")
    request_id = frame.get("id")
    if type(request_id) not in _IDS:  # true and false are integers to Python, but no id
        return Malformed("a request whose id is neither a string nor a number")
    return ServerRequest(request_id, method, params if isinstance(params, dict) else {})


def _reply(frame: dict[str, Any]) -> Reply | Malformed:
    reply_id = frame.get("id")
    if not isinstance(reply_id, str):
        return Malformed("neither a request nor a reply to one of ours")
    if "result" not in frame and "error" not in frame:
        return Malformed("a reply with neither result nor error")
    return Reply(reply_id, frame)


def request(request_id: str, method: str, params: dict[str, Any]) -> str:
    """The text of a request of ours.

    Raises:
        TypeError: Something in the params cannot be told in JSON.
        ValueError: The same, for a number that JSON does not know, or a structure that holds itself.
    """
    return f'{{"jsonrpc":"2.0","id":{_encode(request_id)},"method":{_encode(method)},"params":{_encode(params)}}}'


def acknowledgement(request_id: Any) -> str:
    """The text of our reply to a request of the other side that wants nothing but to be heard, as an event does."""
    told = encode_basestring_ascii(request_id) if type(request_id) is str else _encode(request_id)
    return f'{{"jsonrpc":"2.0","id":{told},"result":{{}}}}'


def result(request_id: Any, value: dict[str, Any]) -> str:
    """The text of our reply to a request of the other side."""
    return _encode({"jsonrpc": "2.0", "id": request_id, "result": value})


def error(request_id: Any, code: int, message: str) -> str:
    """The text of our refusal of a request of the other side."""
    return _encode({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": message}})


# json.dumps would make an encoder for each frame.
_encode: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


_SHORTEST_SECRET: Final = 6


def conceal(text: str, secrets: Iterable[str]) -> str:
    """A text without these credentials; one of fewer than six characters is none, but part of many words."""
    return _without(text, (secret for secret in secrets if len(secret) >= _SHORTEST_SECRET))


def _without(text: str, secrets: Iterable[str]) -> str:
    # The longest first: a secret that begins with another one would leave its rest behind.
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
