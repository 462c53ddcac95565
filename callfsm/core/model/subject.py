"""What every subject of an engine has: a state, a line to the server, and the ways to be moved.

A subject's ``state`` is moved by its engine and by nothing else. The engine finds guards and hooks on
the subject, by the names that stand in the tables. A hook only notes something on its own subject or
appends an effect; a *cascade*, what one subject's change means for others, is noted too and runs after
the engine has returned, because a trigger fired inside a hook would overwrite the result of the outer one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from callfsm.core import machine
from callfsm.core.effects import Effect, Params, Refused, Stale
from callfsm.core.machine import HEARD, Heard
from callfsm.core.tables import GUARDS, TABLES, Speaker
from callfsm.errors import IllegalCommandError

if TYPE_CHECKING:
    from callfsm.core.model.call import CallModel
    from callfsm.core.model.dial import DialModel
    from callfsm.core.request import Request

NO_PARAMS: Final[Params] = {}


class Line(Protocol):
    """What carries a subject's requests, and collects its effects."""

    effects: list[Effect]

    def send(self, request: Request) -> None:
        """Put a request on its way."""

    def adopt(self, dial: DialModel, params: Params) -> CallModel:
        """Make the call of a leg that has come up under a dial's tag."""

    def forget(self, call: CallModel) -> None:
        """Nothing of this call is left to come."""


class Subject:
    """Something that an engine moves."""

    __slots__ = ("cascade", "line", "reported", "since", "stale", "state")

    machine: str
    """The name of the table that it follows."""

    def __init__(self, line: Line, state: str = "") -> None:
        self.line = line
        self.state = state or TABLES[self.machine].initial
        self.reported = ""
        """The last word that the server itself has reported."""
        self.stale = 0
        """How many reports moved nothing."""
        self.since = 0.0
        """When the present state was entered; kept by whoever has a clock."""
        self.cascade = ""
        """What the last change means for others; see `_run_cascade`."""

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        raise NotImplementedError

    def fire(self, trigger: str, payload: object = NO_PARAMS) -> bool:
        """Let the engine hear a trigger; true when a row took it."""
        heard = HEARD[self.machine].get(trigger)
        return heard is not None and self._hear(heard, trigger, payload)

    def _hear(self, heard: Heard, trigger: str, payload: object) -> bool:
        source = self.state
        if not heard.event.offer(self, payload):
            return False
        self.line.effects.append(heard.told_as(self, heard.speaker, trigger, source, self.state))
        if self.cascade:
            self._run_cascade()
        return True

    def report(self, word: str, payload: object = NO_PARAMS) -> bool:
        """Hear what the server reports; a word that moves nothing is counted as stale."""
        heard = HEARD[self.machine].get(word)
        if heard is not None and heard.speaker is Speaker.REPORT and self._hear(heard, word, payload):
            # Not the word as it came: that is a string of this report's own, kept for as long as the subject.
            self.reported = heard.event.name
            return True
        self.stale += 1
        self.line.effects.append(Stale(self, word, self.stale, self.state))
        return False

    def demand(self, command: str, request: Request) -> None:
        """Fire an ask.

        Raises:
            IllegalCommandError: No row permits it; nothing was sent.
        """
        if self.fire(command, request):
            return
        guard = machine.refusing_guard(self.machine, self, command, request)
        self.line.effects.append(Refused(self, command, guard, self.state))
        raise IllegalCommandError(
            command,
            self.name,
            self.state,
            why=GUARDS[guard] if guard else f"`{command}` has no meaning in this state",
            permitted=machine.permitted(self.machine, self),
        )

    def send(self, request: Request) -> None:
        """Hook: the guards have passed, so the frame goes out."""
        self.line.send(request)

    def news(self, payload: object) -> bool:
        """Guard: this is not the word that the server has reported last."""
        return self.reported != self._word(payload)

    def _word(self, payload: object) -> str:
        raise NotImplementedError

    def _run_cascade(self) -> None:
        raise NotImplementedError
