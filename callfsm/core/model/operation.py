"""What the core remembers of a running play, record, collect or the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from callfsm.core import machine
from callfsm.core.effects import OperationSettled, Params
from callfsm.core.model.subject import Subject
from callfsm.core.report import Report
from callfsm.core.request import Outcome, Request
from callfsm.core.tables import KINDS
from callfsm.core.words import READERS, state_word
from callfsm.event import RelayEvent, parse_event

if TYPE_CHECKING:
    from callfsm.core.model.call import CallModel

_BEGUN: Final = {"rejected": "rejected", "unsent": "rejected", "unknown": "gone", "gone": "gone"}
"""What the reply to the command that begins it means to an operation; without a reply it may be running."""


class OperationModel(Subject):
    """A running play, record, collect or the like, as the core knows it."""

    __slots__ = ("call", "control_id", "goes_on", "kind", "machine", "result")

    def __init__(self, kind: str, control_id: str, call: CallModel, *, continuous: bool = False) -> None:
        self.machine = kind
        super().__init__(call.line)
        self.kind = KINDS[kind]
        self.control_id = control_id
        self.call = call
        self.goes_on = continuous
        self.result: RelayEvent | None = None

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        return f"{self.machine} {self.control_id}"

    @property
    def over(self) -> bool:
        """Whether it has its final state."""
        return machine.is_final(self.machine, self.state)

    def ask(self, command: str, params: Params) -> Request | None:
        """Ask something of the operation: pause, resume, stop and the like.

        Returns:
            The request, on its way; ``None`` when nothing needs to be sent: the call is over, or the
            operation is what was asked for already.

        Raises:
            IllegalCommandError: The table forbids it now; nothing was sent.
            CallEndedError: The thousandth command in a row on a call that is over.
        """
        if self.call.over:
            self.call.refuse_after_end(self, command)
            return None
        method = machine.sends(self.machine, command, self.state)
        addressed = self.call.addressed({"control_id": self.control_id, **params})
        request = Request(method, addressed, command, call=self.call, operation=self)
        self.demand(command, request)
        return request if method else None

    def hear_reply(self, command: str, outcome: Outcome) -> None:
        """Hear how a command about this operation ended: the one that began it, or a later ask."""
        begins = command == self.machine
        self.fire(_BEGUN.get(outcome.word, "") if begins else f"{command}_{outcome.word}")

    def hear_event(self, report: Report) -> None:
        """Hear an event that carries this operation's control id."""
        self.report(self._word(report), report)

    def speaks_of_it(self, event_type: str) -> bool:
        """Whether events of this type, under its control id, are about it."""
        return event_type == self.kind.event_type or event_type in self.kind.also

    def one_shot(self, _payload: object) -> bool:
        """Guard: the first final result ends it."""
        return not self.goes_on

    def continuous(self, _payload: object) -> bool:
        """Guard: it listens again after each final result."""
        return self.goes_on

    def settle(self, payload: object) -> None:
        """Hook of what settles it: whoever waits gets the event. A detector settles before it is over."""
        if self.result is None:
            self.result = payload.event if isinstance(payload, Report) else self.last_words()
            self.line.effects.append(OperationSettled(self, self.result))
        self.cascade = "settled"

    def last_words(self) -> RelayEvent:
        """The terminal event of an operation that got none from the server."""
        told = {"call_id": self.call.call_id, "node_id": self.call.node_id, "control_id": self.control_id}
        params = {**told, "state": self.state, **self.kind.last_words}
        return parse_event({"event_type": self.kind.event_type, "params": params})

    def _run_cascade(self) -> None:
        self.cascade = ""
        if self.over:
            self.call.forget_operation(self)

    def _word(self, payload: object) -> str:
        assert isinstance(payload, Report), "only reports are asked for news"
        if payload.event_type == self.kind.event_type:
            return READERS[self.kind.reads](payload.params)
        return self.kind.also[payload.event_type] + state_word(payload.params)
