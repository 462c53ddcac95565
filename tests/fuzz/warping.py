"""What can be done to a frame's text: what no writer of JSON would send."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

Warper = Callable[[str, random.Random, str], str | bytes]
"""Makes a message of a text; the last argument is the text of another frame."""

_SPACE: Final = (" ", "\n", "\t", "\r\n", "\ufeff", "\u00a0", "\0", " " * 10_000, "\v")
_NOT_FRAMES: Final = (
    "",
    " ",
    "{}",
    "[]",
    '""',
    "null",
    "true",
    "1",
    "{",
    "}",
    '"',
    "\0",
    "[" * 100_000,
    "{'a': 1}",
    "//",
)
_NOT_UTF8: Final = (b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc0\xaf", b"\x80")


def truncated(text: str, chance: random.Random, _other: str) -> str:
    """The beginning of a frame."""
    return text[: chance.randrange(len(text) or 1)]


def concatenated(text: str, chance: random.Random, other: str) -> str:
    """Two frames in one text."""
    return text + chance.choice(("", "\n", ",", " ")) + other


def spaced(text: str, chance: random.Random, _other: str) -> str:
    """Space where JSON has some, and where it has none."""
    before, after = chance.choice(_SPACE), chance.choice(_SPACE)
    inside = text.replace(":", chance.choice((" : ", ":", ":\n\n")), 3)
    return chance.choice((before + text, text + after, inside))


def binary(text: str, _chance: random.Random, _other: str) -> bytes:
    """A binary message."""
    return text.encode("utf-8", "surrogatepass")


def invalid_utf8(text: str, chance: random.Random, _other: str) -> bytes:
    """Bytes that are no text."""
    told = text.encode("utf-8", "surrogatepass")
    place = chance.randrange(len(told) + 1)
    return told[:place] + chance.choice(_NOT_UTF8) + told[place:]


def batch(text: str, chance: random.Random, other: str) -> str:
    """A JSON-RPC batch."""
    return chance.choice((f"[{text},{other}]", f"[{text}]", f"[{text},[{other}]]"))


def flipped(text: str, chance: random.Random, _other: str) -> str:
    """Characters that were changed, lost or doubled on the way."""
    told = list(text[:4_000])
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(told) + 1)
        told[place : place + chance.randint(0, 2)] = chance.choice(
            ("", "}", "{", '"', ",", ":", "\\", "1", "\0", "é", "[")
        )
    return "".join(told) + text[4_000:]


def quoted(text: str, chance: random.Random, _other: str) -> str:
    """A frame inside a string, or with the quotes of another language."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"')
    return chance.choice((f'"{inner}"', text.replace('"', "'"), text.replace('"', "")))


def no_frame(_text: str, chance: random.Random, _other: str) -> str:
    """What is no frame at all."""
    return chance.choice(_NOT_FRAMES)


WARPERS: Final[tuple[Warper, ...]] = (
    truncated, concatenated, spaced, binary, invalid_utf8, batch, flipped, quoted, no_frame,
)  # fmt: skip
