"""Time, as the simulator is given it: it never asks the machine's clock itself."""

from collections.abc import Callable
from typing import Protocol


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """It is not made any more."""


class Clock(Protocol):
    """Where simulated seconds come from."""

    def now(self) -> float:
        """Simulated seconds since some beginning."""

    def later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call back after so many simulated seconds."""


class Timers:
    """The time limits of one owner, by name; starting one anew replaces it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running: dict[str, Timer] = {}

    def start(self, name: str, seconds: float, callback: Callable[[], object]) -> None:
        """Call back after so many seconds, unless cancelled before."""
        self.cancel(name)

        def due() -> None:
            self._running.pop(name, None)
            callback()

        self._running[name] = self._clock.later(seconds, due)

    def running(self, name: str) -> bool:
        """Whether this one is still to come."""
        return name in self._running

    def cancel(self, *names: str) -> None:
        """Forget these."""
        for name in names:
            timer = self._running.pop(name, None)
            if timer is not None:
                timer.cancel()

    def cancel_all(self) -> None:
        """Forget every one."""
        self.cancel(*list(self._running))
