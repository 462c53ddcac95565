"""The order in which a batch of effects is performed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, Final

from callfsm.core.effects import Effect

Performer = Callable[[Any], None]

KNOWN: Final = 1_000
"""How many shapes of batches are remembered. There are a few dozen in ordinary life."""

_FIRST: Final = -1

_Order = tuple[tuple[Performer, int], ...]


class Stages:
    """Who performs what, stage by stage.

    Args:
        stages: For each stage, what performs each type of effect; a type may have its part in several.
    """

    def __init__(self, *stages: Mapping[type, Performer]) -> None:
        self._parts: dict[type, list[tuple[int, Performer]]] = {}
        for stage, performers in enumerate(stages):
            for kind, performer in performers.items():
                self._parts.setdefault(kind, []).append((stage, performer))
        self._orders: dict[tuple[type, ...], _Order] = {}

    def put_first(self, performers: Mapping[type, Performer]) -> None:
        """Let these perform before all others."""
        for kind, performer in performers.items():
            self._parts.setdefault(kind, []).insert(0, (_FIRST, performer))
        self._orders.clear()

    def remove_first(self, performers: Mapping[type, Performer]) -> None:
        """Let these perform no longer."""
        for kind, performer in performers.items():
            self._parts[kind].remove((_FIRST, performer))
        self._orders.clear()

    def perform(self, batch: list[Effect]) -> None:
        """Perform a batch: one stage after the other, and in each the effects as they stand."""
        # What a frame brings about is nearly always of one of a few shapes: the order of each is worked out once.
        shape = tuple(map(type, batch))
        order = self._orders.get(shape)
        if order is None:
            order = self._order(shape)
            if len(self._orders) < KNOWN:
                self._orders[shape] = order
        for performer, place in order:
            performer(batch[place])

    def _order(self, shape: tuple[type, ...]) -> _Order:
        parts = [
            (stage, performer, place)
            for place, kind in enumerate(shape)
            for stage, performer in self._parts.get(kind, ())
        ]
        return tuple((performer, place) for _, performer, place in sorted(parts, key=itemgetter(0)))
