"""What a test lets the network do to frames: they are late, come twice, get lost, or are refused."""

from __future__ import annotations

import difflib
import math
from typing import Final

from callfsm.simulator import Network
from callfsm.simulator.commands.registry import COMMANDS
from callfsm.simulator.events import EVENTS

_REPLY: Final = "reply"
_LOGIN: Final = "signalwire.connect"
_FOREVER: Final = 1_000_000_000
_LEAST_REFUSAL: Final = 300


class Misbehaving(Network):
    """A network whose frames can be meddled with.

    Commands go by their methods (``calling.play``), events by their types (``calling.call.play``), replies by
    ``reply``. What is done begins at once; `heals` ends it.
    """

    def delays(self, seconds: float, name: str = "", times: int = _FOREVER) -> None:
        """Let what the server says arrive late, in the order in which it was said.

        Args:
            seconds: How late, in simulated seconds.
            name: The type of an event, or ``reply``; everything when left out.
            times: How many frames are late; all that follow when left out.

        Raises:
            ValueError: No frame of the server's is called so, or the number is none that can be.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"delays({seconds!r}): must not be less than 0 seconds, nor for ever")
        _check("delays", name, times, commands=False)
        self.meddling.delays(seconds, name, times)

    def duplicates(self, name: str, times: int = 1) -> None:
        """Let the next events of this type, or replies, arrive twice.

        Raises:
            ValueError: No frame of the server's is called so, or the number is none that can be.
        """
        _check("duplicates", name, times, commands=False)
        self.meddling.duplicates(name, times)

    def loses(self, name: str, times: int = 1) -> None:
        """Let the next commands or events of this name, or replies, get lost.

        A command that was lost is not carried out; one whose reply was lost is.

        Raises:
            ValueError: No frame is called so, or the number is none that can be.
        """
        _check("loses", name, times)
        self.meddling.loses(name, times)

    def replies(self, code: int, method: str, message: str = "", times: int = 1) -> None:
        """Refuse the next commands of this method; they are not carried out.

        Args:
            code: The code of the reply: 300 or more, or that of a JSON-RPC error, which is negative.
            method: Which command, such as ``calling.play``.
            message: The reply's message; one of the simulator's own when left out.
            times: How many are refused.

        Raises:
            ValueError: No command is called so, or a number is none that can be.
        """
        if 0 <= code < _LEAST_REFUSAL:
            raise ValueError(f"replies({code!r}): must be the code of a refusal, such as 409 or 500")
        _check("replies", method, times, events=False)
        self.meddling.replies(code, method, message, times)

    def heals(self) -> None:
        """Let every frame pass as it is, from now on."""
        self.meddling.heals()


def _check(act: str, name: str, times: int, *, commands: bool = True, events: bool = True) -> None:
    if times < 1:
        raise ValueError(f"{act}(times={times!r}): must be 1 or more")
    known = {*((*COMMANDS, _LOGIN) if commands else ()), *(EVENTS if events else ())}
    if name in known or (events and name in ("", _REPLY)):
        return
    words = [
        *["the method of a command, such as calling.play"] * commands,
        *["the type of an event, such as calling.call.play", _REPLY] * events,
    ]
    near = "".join(f"; did you mean {each}?" for each in difflib.get_close_matches(str(name), sorted(known), 1))
    raise ValueError(f"{act}({name!r}): must be {', or '.join(words)}{near}")
