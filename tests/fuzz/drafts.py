"""A frame on its way to becoming a text that JSON would not let anybody write."""

from __future__ import annotations

import json
from typing import Any

Frame = dict[str, Any]
Place = tuple[Any, Any]
"""What holds a value, and under which key or index."""


class Draft:
    """A frame that is being spoilt.

    Attributes:
        frame: The frame; of any type, once it has been spoilt.
    """

    def __init__(self, frame: Any) -> None:
        self.frame = frame
        self.ascii = True
        self._raw: dict[str, str] = {}

    def raw(self, text: str) -> str:
        """What stands in the frame for a text that is written as it is, JSON or not."""
        marker = f"\x02{len(self._raw)}\x03"
        self._raw[marker] = text
        return marker

    def places(self) -> list[Place]:
        """Every place of the frame that holds a value, at every depth."""
        found: list[Place] = []
        open_ones = [self.frame]
        for each in open_ones:
            keys = list(each) if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else ()
            found += [(each, key) for key in keys]
            open_ones += [each[key] for key in keys]
        return found

    def text(self) -> str:
        """The frame as it goes over the wire."""
        text = json.dumps(self.frame, ensure_ascii=self.ascii)
        for marker, raw in reversed(self._raw.items()):
            text = text.replace(json.dumps(marker), raw)
        return text
