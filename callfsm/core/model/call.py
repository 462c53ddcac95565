"""What the core remembers of one call leg: the subject of the call machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from callfsm import constants
from callfsm.core import machine
from callfsm.core.effects import AskedAfterEnd, EventArrived, Lingers, Params
from callfsm.core.model.operation import OperationModel
from callfsm.core.model.standing import StandingModel
from callfsm.core.model.subject import Line, Subject
from callfsm.core.model.watched import OVER, WatchedCall, without
from callfsm.core.report import Report
from callfsm.core.request import LOST, Outcome, Request
from callfsm.core.tables import CALL, REPLIES, STANDINGS
from callfsm.core.words import text
from callfsm.errors import CallEndedError
from callfsm.event import end_reason

if TYPE_CHECKING:
    from callfsm.core.model.dial import DialModel

NO_STANDINGS: Final[Mapping[str, StandingModel]] = {}

SPINNING: Final = 1_000
"""Commands in a row on an ended call after which the handler is told, by an exception, that it spins."""

_HANDED_OVER: Final = frozenset({("transfer", "accepted"), ("pass_", LOST)})
"""Outcomes after which the call may be somebody else's. A call whose pass had no reply was never answered, and rings
itself out if it is still here; to hang it up might end it for whoever has it now."""

_CAUSES: Final = {"pass_accepted": "passed", "lost": "lost"}
"""What a reply that ends the call says of why; any other says that it is gone."""


class CallModel(WatchedCall):
    """One call leg, as the core knows it."""

    __slots__ = (
        "_running",
        "asked_after_end",
        "dial",
        "early",
        "end_reason",
        "farewell",
        "latest",
        "ringing",
        "standings",
        "transferred",
        "was_answered",
    )

    def __init__(self, line: Line, params: Params, *, early_media: bool = False) -> None:
        word = text(params, "call_state")
        # A call that is made has yet to end, whatever is told: who ends it has to be heard.
        super().__init__(line, params, word if word in CALL.states and word not in CALL.final.split() else "")
        self.early = early_media
        self.ringing = word == "ringing"
        self.end_reason = ""
        self._running: tuple[OperationModel, ...] | OperationModel = ()
        """The operations that are not over; nearly always there is one, which stands here by itself."""
        self.standings: Mapping[str, StandingModel] = NO_STANDINGS
        self.transferred = False
        """Whether the call has been handed over to other instructions."""
        self.asked_after_end = 0
        self.farewell: Request | None = None
        """The latest hang-up, whoever has asked for it."""
        self.dial: DialModel | None = None
        self.was_answered = False
        self.latest: Report | None = None
        """What has just been reported of its state, until everybody has been told."""

    @property
    def answered_once(self) -> bool:
        """Whether the call is answered, or was before it ended."""
        return self.was_answered or self.state == "answered"

    @property
    def running(self) -> tuple[OperationModel, ...]:
        """The operations that are not over."""
        return self._running if isinstance(self._running, tuple) else (self._running,)

    def _run(self, operations: tuple[OperationModel, ...]) -> None:
        self._running = operations[0] if len(operations) == 1 else operations

    @property
    def operations(self) -> dict[str, OperationModel]:
        """The operations that are not over, by control id."""
        return {operation.control_id: operation for operation in self.running}

    def _operation(self, control_id: str) -> OperationModel | None:
        running = self._running
        if isinstance(running, OperationModel):
            return running if running.control_id == control_id else None
        for operation in running:
            if operation.control_id == control_id:
                return operation
        return None

    @property
    def is_silent(self) -> bool:
        """Whether nothing of it is left to come: it has ended, and so has all that ran in it."""
        return self.state == "ended" and not self._running

    def reached(self, state: str) -> bool:
        """Whether the call is, or has been, in a state (or ringing), as far as a waiter would care."""
        if state == "ringing":
            return self.ringing or self.answered_once
        if state == "answered":
            return self.answered_once
        return self.state == "ended" or (state == "ending" and self.over)

    def can_reach(self, state: str) -> bool:
        """Whether a state that has not been reached still can be."""
        return self.state == "created" or (state in OVER and self.state != "ended")

    def ask(self, command: str, params: Params, operation: OperationModel | None = None) -> Request | None:
        """Ask something of the call.

        Returns:
            The request, on its way; ``None`` when the call is over, and so nothing is sent.

        Raises:
            IllegalCommandError: The table forbids it now; nothing was sent.
            CallEndedError: The thousandth command in a row on a call that is over.
        """
        if self.over:
            self.refuse_after_end(self, command)
            return None
        method = machine.sends(self.machine, command, self.state)
        request = Request(method, self.addressed(params), command, call=self, operation=operation)
        self.demand(command, request)
        self.in_flight += (command,)
        if command == "hangup":
            self.farewell = request
        return request

    def hang_up(self, reason: str) -> None:
        """Ask the server to end the call."""
        self.ask("hangup", {"reason": reason})

    def inquire(self, command: str) -> None:
        """Ask the server if it knows the call, with a command that changes nothing."""
        params = self.addressed({"realm": "callfsm-probe"})
        self.line.send(Request("calling.clear_digit_bindings", params, command, call=self))

    def refuse_after_end(self, subject: Subject, command: str) -> None:
        """Count a command on a call that is over, and stop a handler that goes on for ever."""
        self.asked_after_end += 1
        self.line.effects.append(AskedAfterEnd(subject, command, self.asked_after_end))
        if self.asked_after_end >= SPINNING:
            raise CallEndedError(
                self.call_id,
                self.end_reason,
                hope=f"`{command}` is command number {self.asked_after_end} since then; the handler is spinning",
            )

    def hear_reply(self, command: str, outcome: Outcome) -> None:
        """Hear how a command of this call ended."""
        self.in_flight = without(self.in_flight, command)
        self.transferred = self.transferred or (command, outcome.word) in _HANDED_OVER
        if outcome.answered:
            self.quiet = 0
        elif command == "hangup" and outcome.word == LOST and self.farewell is not None:
            # Whoever asked is told that nobody knows; the call is to end all the same.
            self.unwanted = self.unwanted or text(self.farewell.params, "reason") or constants.END_REASON_HANGUP
        trigger = REPLIES.get((command, outcome.word)) or REPLIES.get(("any", outcome.word))
        if trigger is not None:
            self.fire(trigger, {"end_reason": _CAUSES.get(trigger, "gone")})
        elif outcome.word == "unknown":
            self.probe()

    def hear_event(self, report: Report) -> None:
        """Hear an event that carries this call's id."""
        self.quiet = 0
        self.line.effects.append(EventArrived(self, report))
        event_type, params = report.event_type, report.params
        if event_type == constants.EVENT_CALL_STATE:
            self.latest = report
            self.report(text(params, "call_state"), params)
            return
        if self._running:
            operation = self._operation(text(params, "control_id"))
            if operation is not None and operation.speaks_of_it(event_type):
                operation.hear_event(report)
        if event_type in STANDINGS and self.state != "ended":
            self._standing(event_type).hear_event(params)

    def _standing(self, event_type: str) -> StandingModel:
        name = STANDINGS[event_type].table.name
        if name not in self.standings:
            self.standings = {**self.standings, name: StandingModel(event_type, self)}
        return self.standings[name]

    @property
    def in_conference(self) -> bool:
        """Whether it is a member of a conference."""
        standing = self.standings.get("conference")
        return standing is not None and standing.state == "joined"

    def lose(self) -> None:
        """The call can no longer be reached: it ends here, with the reason ``lost``."""
        self.fire("lost", {"end_reason": "lost"})

    def grace_over(self) -> None:
        """No last report is waited for any longer."""
        for operation in self.running:
            operation.fire("grace_over")

    def start(
        self, kind: str, control_id: str, params: Params, *, continuous: bool = False
    ) -> tuple[OperationModel, Request | None]:
        """Begin an operation; it joins the call before its frame leaves.

        Returns:
            The operation and its request; on a call that is over, an operation that is settled, and ``None``.

        Raises:
            ValueError: An operation with this control id is running.
            IllegalCommandError: The table forbids it now; nothing was sent.
            CallEndedError: The thousandth command in a row on a call that is over.
        """
        taken = self._operation(control_id)
        if taken is not None:
            raise ValueError(
                f"control_id {control_id!r} is taken by a {taken.machine} that is running in {self.name}; "
                "leave it out and a new one is made"
            )
        operation = OperationModel(kind, control_id, self, continuous=continuous)
        if self.over:
            self.refuse_after_end(self, kind)
            operation.fire("call_ended")
            operation.fire("grace_over")
            return operation, None
        self._run((*self.running, operation))
        try:
            return operation, self.ask(kind, {"control_id": control_id, **params}, operation)
        except Exception:
            self._run(without(self.running, operation))
            raise

    def forget_operation(self, operation: OperationModel) -> None:
        """Drop an operation that is over; with the last one of an ended call, the call is forgotten."""
        if operation in self.running:
            self._run(without(self.running, operation))
            if self.is_silent and not self.cascade:
                self.line.forget(self)

    def inbound(self, _payload: object) -> bool:
        """Guard: the call came to us."""
        return self.direction != "outbound"

    def undecided(self, _payload: object) -> bool:
        """Guard: neither an answer nor a pass nor a hang-up is in flight."""
        return not {"answer", "pass_", "hangup"} & set(self.in_flight)

    def early_media(self, _payload: object) -> bool:
        """Guard: media commands are wanted before the call is answered."""
        return self.early

    def _word(self, payload: object) -> str:
        assert isinstance(payload, dict), "only reports are asked for news"
        return text(payload, "call_state")

    def note_ringing(self, _payload: object) -> None:
        """Hook: the far end is being alerted."""
        self.ringing = True

    def note_end(self, payload: Params) -> None:
        """Hook: remember why the call ends, as far as the server tells."""
        self.end_reason = end_reason(payload) or self.end_reason

    def note_cause(self, payload: Params) -> None:
        """Hook: the call ends for a reason of our own; what the server has told before stands."""
        self.end_reason = self.end_reason or end_reason(payload)

    def tear_down(self, _payload: object) -> None:
        """Exit hook of answered, and of a created call that ends: what runs in the call is stopping with it."""
        self.was_answered = self.state == "answered"
        self.cascade = "call_ending"

    def settle(self, _payload: object) -> None:
        """Enter hook of ended: what is still open ends here."""
        self.cascade = "call_ended"

    def _run_cascade(self) -> None:
        trigger = self.cascade
        for operation in self.running:
            operation.fire(trigger)
        for standing in self.standings.values():
            standing.fire(trigger)
        self.cascade = ""
        if trigger == "call_ended":
            if self.running:
                self.line.effects.append(Lingers(self))
            else:
                self.line.forget(self)
