"""Hostile messages, one after the other, from one source of chance."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, NamedTuple

from fuzz.corpus import Aims, Corpus
from fuzz.drafts import Draft
from fuzz.spoiling import SPOILERS
from fuzz.warping import WARPERS

FAMILIES: Final = (
    "operation", "state", "receive", "dial", "standing", "message", "other event", "reply", "refusal",
    "ping", "disconnect", "unknown method",
)  # fmt: skip
"""What a frame was before it was spoilt."""
MUTATIONS: Final = tuple(each.__name__ for each in (*SPOILERS, *WARPERS))

_AGAIN: Final = 0.3
"""How often a frame is spoilt in more ways than one."""


class Hostile(NamedTuple):
    """A message for the client, and how it came about."""

    message: str | bytes
    family: str
    mutation: str


class Hostility:
    """Makes hostile messages about what is live."""

    def __init__(self, chance: random.Random, aims: Callable[[], Aims]) -> None:
        self._chance = chance
        self._aims = aims
        self.corpus = Corpus(chance, aims)

    def message(self) -> Hostile:
        """The next one."""
        sample = self.corpus.sample()
        draft = Draft(sample.frame)
        number = self._chance.randrange(len(MUTATIONS))
        if number >= len(SPOILERS):
            warper = WARPERS[number - len(SPOILERS)]
            other = Draft(self.corpus.sample().frame).text()
            return Hostile(warper(draft.text(), self._chance, other), sample.family, MUTATIONS[number])
        SPOILERS[number](draft, self._chance, self._aims())
        while self._chance.random() < _AGAIN:
            self._chance.choice(SPOILERS)(draft, self._chance, self._aims())
        return Hostile(draft.text(), sample.family, MUTATIONS[number])
