"""What the core remembers of a running play, record, collect or the like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callfsm.core import machine
from callfsm.core.effects import OperationSettled, Params
from callfsm.core.model.subject import Subject, text
from callfsm.core.request import Outcome, Request
from callfsm.core.tables import COLLECT, KINDS, PLAY_AND_COLLECT
from callfsm.event import RelayEvent, parse_event

if TYPE_CHECKING:
    from callfsm.core.model.call import CallModel


class OperationModel(Subject):
    """A running play, record, collect or the like, as the core knows it."""

    __slots__ = ("call", "control_id", "goes_on", "kind", "result")

    def __init__(self, kind: str, control_id: str, call: CallModel, *, continuous: bool = False) -> None:
        super().__init__(kind, call.line)
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
        if command == self.machine:
            trigger = {"rejected": "rejected", "unknown": "gone", "gone": "gone"}.get(outcome.word, "")
        else:
            trigger = f"{command}_{outcome.word}"
        self.fire(trigger)

    def hear_event(self, event: RelayEvent) -> None:
        """Hear an event that carries this operation's control id."""
        self.report(_report_word(self, event), event)

    def one_shot(self, _payload: object) -> bool:
        """Guard: the first final result ends it."""
        return not self.goes_on

    def continuous(self, _payload: object) -> bool:
        """Guard: it listens again after each final result."""
        return self.goes_on

    def settle(self, _payload: object) -> None:
        """Hook of every final state: whoever waits gets the last event."""
        self.result = _payload if isinstance(_payload, RelayEvent) else self.last_words()
        self.line.effects.append(OperationSettled(self, self.result))
        self.cascade = "settled"

    def last_words(self) -> RelayEvent:
        """The terminal event of an operation that got none from the server."""
        event_type = next(iter(self.kind.reports))
        told = {"call_id": self.call.call_id, "node_id": self.call.node_id, "control_id": self.control_id}
        return parse_event({"event_type": event_type, "params": {**told, "state": self.state, **self.kind.last_words}})

    def _run_cascade(self) -> None:
        self.cascade = ""
        self.call.forget_operation(self)

    def _word(self, payload: object) -> str:
        assert isinstance(payload, RelayEvent), "only reports are asked for news"
        return _report_word(self, payload)


def _report_word(operation: OperationModel, event: RelayEvent) -> str:
    prefix = operation.kind.reports[event.event_type]
    if operation.kind.table in (COLLECT, PLAY_AND_COLLECT) and not prefix:
        return collect_word(event.params)
    return prefix + text(event.params, "state")


def collect_word(params: Params) -> str:
    """What a collect event says, as a trigger: the state if it is the last one, else the kind of result.

    A result is not final when ``final`` is false. A result of a kind that is not known counts as input,
    as programs rely on.
    """
    state, result = text(params, "state"), params.get("result")
    if state in ("finished", "error") or not isinstance(result, dict) or not result:
        return state
    if params.get("final") is False:
        return "partial"
    kind = text(result, "type")
    return kind if kind in ("start_of_input", "no_input", "no_match", "finished", "error") else "input"
