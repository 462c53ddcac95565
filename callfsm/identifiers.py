"""Ids that nobody else has, for requests, operations and dials."""

import random
import uuid
from typing import Final

_COUNTED: Final = 12
"""How many digits at the end of an id count; what is before them is chance, the same for all ids of one maker."""


class Identifiers:
    """Makes ids: UUIDs of version 4 that differ from those of any other maker, and count among themselves.

    Args:
        chance: Where what tells the makers apart comes from; nothing is taken from it before the first id.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._beginning = ""
        self._made = 0

    def __call__(self) -> str:
        """The next id."""
        # Not when the client is made: a process that is forked after that is to have ids of its own.
        if not self._beginning:
            self._beginning = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))[:-_COUNTED]
        self._made += 1
        return f"{self._beginning}{self._made:0{_COUNTED}x}"
