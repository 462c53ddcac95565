"""The faults that befall one client's line, one after the other, by chance."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Final

from callfsm.simulator import Simulator
from callfsm.testing.fault_proxy import FaultProxy, Way

WAYS: Final[tuple[Way, ...]] = ("to_server", "to_client", "both")
LONGEST_CALM, LONGEST_FAULT = 0.8, 0.4


@dataclass
class Weather:
    """What befalls one line.

    Attributes:
        befell: How often each fault has.
    """

    simulator: Simulator
    proxy: FaultProxy
    random: Random
    befell: Counter[str] = field(default_factory=Counter)

    async def storm(self) -> None:
        """Do one thing after the other to the line, until cancelled."""
        while True:
            await asyncio.sleep(self.random.uniform(0.0, LONGEST_CALM))
            (name,) = self.random.choices(list(KINDS), list(KINDS.values()))
            self.befell[name] += 1
            getattr(self, name)()
            await asyncio.sleep(self.random.uniform(0.0, LONGEST_FAULT))
            if self.random.random() < 0.8:  # Now and then the next fault comes on top of this one.
                await self.proxy.heal()

    def reset(self) -> None:
        """The line is reset."""
        self.proxy.reset()

    def half_open(self) -> None:
        """The server's side is gone, and nobody says so."""
        self.proxy.half_open()

    def black_hole(self) -> None:
        """What goes one way, or both, is swallowed."""
        self.proxy.black_hole(way=self.random.choice(WAYS))

    def delay(self) -> None:
        """The line gets long, and unsteady."""
        self.proxy.delay(self.random.uniform(0.0, 0.2), jitter=0.1, way=self.random.choice(WAYS))

    def dribble(self) -> None:
        """Bytes come in small pieces."""
        self.proxy.dribble(self.random.choice((1, 7, 100)), way=self.random.choice(WAYS))

    def limit(self) -> None:
        """The line gets narrow."""
        self.proxy.limit(self.random.choice((5_000, 50_000)), way=self.random.choice(WAYS))

    def garble(self) -> None:
        """Some bytes are turned over."""
        self.proxy.garble(self.random.choice((0.1, 1.0)), way=self.random.choice(WAYS))

    def refuse(self) -> None:
        """The line is reset, and the next attempts are turned away."""
        self.proxy.refuse(listening=self.random.random() < 0.5)
        self.proxy.reset()

    def handshake_vanishes(self) -> None:
        """The line is reset, and the next one opens into a black hole."""
        self.proxy.black_hole(which="coming")
        self.proxy.reset()

    def close_slowly(self) -> None:
        """The server closes every line, and this one takes long to go."""
        self.proxy.close_slowly(self.random.uniform(0.0, 5.0))
        self.simulator.ask_to_reconnect()

    def drop(self) -> None:
        """The server drops every line."""
        self.simulator.drop_links()

    def restart(self) -> None:
        """The server forgets every session, and with them the calls."""
        self.simulator.ask_to_reconnect(restart=True)


KINDS: Final = {
    "reset": 3,
    "half_open": 3,
    "black_hole": 3,
    "delay": 3,
    "dribble": 3,
    "limit": 3,
    "garble": 3,
    "refuse": 3,
    "handshake_vanishes": 3,
    "close_slowly": 2,
    "drop": 2,
    "restart": 1,
}
"""Every fault, and how likely it is: those that befall everybody at once are rarer."""
