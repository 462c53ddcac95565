"""A simulated network with one bare client, in memory and in virtual time."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

from clock import run
from simulator_wire import Frame, Phone

from callfsm.simulator import Caller, Network, Settings


class Office:
    """A network with one client on the context ``desk``."""

    def __init__(self, *, speed: float = 1.0, **settings: Any) -> None:
        ids = itertools.count(1)
        self.network = Network(Settings(**settings), speed=speed, new_id=lambda: f"id-{next(ids)}")
        self.phone = Phone(self.network.exchange)
        self.phone.log_in("desk")

    def ask(self, caller: Caller, method: str, **params: Any) -> Frame:
        """Send a command of this caller's call."""
        return self.phone.ask(method, call_id=caller.call_id, **params)

    def answered(self) -> Caller:
        """Somebody has called, and has been answered."""
        caller = self.network.call("desk")
        self.ask(caller, "calling.answer")
        return caller

    def says(self, caller: Caller, *words: str) -> None:
        """The program speaks to the caller."""
        media = [{"type": "tts", "params": {"text": text}} for text in words]
        self.ask(caller, "calling.play", control_id=f"play {words[0]}", play=media)


def on_the_phone(script: Callable[[Office], Awaitable[None]], **settings: Any) -> None:
    """Run a script in an office of its own, in virtual time."""

    async def play() -> None:
        office = Office(**settings)
        await script(office)
        await office.network.close()

    run(play())
