"""The conversation with the server: log in, requests and replies, acknowledgements, pings, events.

1. Every event is acknowledged before anything else is done with it, known or not.
2. What is asked while the line is down waits, at most `outbox.MAX_QUEUED` of it, and goes out after the next login.
3. What was sent and not answered when the line drops is lost: it is never sent again.
4. Nothing that arrives can raise. What cannot be understood becomes an `Unheard` effect.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callfsm import constants
from callfsm.core import frames
from callfsm.core.effects import (
    CallMade,
    Declined,
    Effect,
    Forgotten,
    OrphanHungUp,
    Params,
    Replied,
    RestartAsked,
    Send,
    Unheard,
)
from callfsm.core.messaging import SEND, Messaging
from callfsm.core.model import CallModel, ConnectionModel, DialModel, Settings
from callfsm.core.outbox import Outbox
from callfsm.core.report import Report, event_frame
from callfsm.core.request import Outcome, Request, judge
from callfsm.core.switchboard import Switchboard
from callfsm.core.words import nested, text
from callfsm.errors import RelayError, RequestTimeoutError


class Session:
    """One client's conversation with the server, over as many connections as it takes.

    Attributes:
        effects: What is to be done; whoever performs it takes the list and leaves an empty one.
        connection: The subject of the connection machine. Whoever opens and closes sockets fires ``opening``,
            ``opened``, ``dropped``, ``draining`` and ``closed`` there.
        outbox: The requests of ours that have no outcome yet.
    """

    def __init__(self, settings: Settings, new_id: Callable[[], str]) -> None:
        self.effects: list[Effect] = []
        self.settings = settings
        self.connection = ConnectionModel(self, settings)
        self.switchboard = Switchboard()
        self.messaging = Messaging(self)
        self.outbox = Outbox(self, self.connection, new_id, self._conclude)
        self._new_id = new_id
        self._login_id = ""
        self._hearers: dict[str, Callable[[Report], None]] = {
            constants.EVENT_AUTHORIZATION_STATE: lambda report: self.connection.note_authorization(report.params),
            constants.EVENT_MESSAGING_RECEIVE: self.messaging.hear_event,
            constants.EVENT_MESSAGING_STATE: self.messaging.hear_event,
            constants.EVENT_CALL_RECEIVE: self._hear_receive,
            constants.EVENT_CALL_DIAL: self._hear_dial,
        }

    @property
    def calls(self) -> dict[str, CallModel]:
        """The calls that are known, by call id."""
        return self.switchboard.calls

    def send(self, request: Request) -> None:
        """Put a request on its way; `Outbox.send` tells when, and what it raises."""
        self.outbox.send(request)

    def request(self, method: str, params: Params, command: str = "") -> Request:
        """Send a request that no machine is asked about."""
        request = Request(method, params, command)
        self.send(request)
        return request

    def dial(self, tag: str, params: Params) -> tuple[DialModel, Request]:
        """Send an outbound dial.

        Raises:
            ValueError: A dial with this tag is under way.
        """
        if tag in self.switchboard.dials:
            raise ValueError(f"tag {tag!r} is taken by a dial that is under way; leave it out and a new one is made")
        dial = DialModel(self, tag)
        request = Request("calling.dial", {"tag": tag, **params}, "dial", dial=dial)
        self.send(request)
        self.switchboard.dials[tag] = dial
        return dial, request

    def abandon(self, dial: DialModel, reason: str) -> None:
        """Nobody waits for this dial any longer; its legs are hung up, also those that come up later."""
        dial.abandon(reason)
        for request in [request for request in self.outbox.queued.values() if request.dial is dial]:
            self.outbox.withdraw(request)
        self.switchboard.retire(dial)

    def adopt(self, dial: DialModel, params: Params) -> CallModel:
        """Make the call of a leg that has come up under a dial's tag."""
        known = self.calls.get(text(params, "call_id"))
        if known is not None:
            return known
        facts = {"direction": "outbound", "context": self.connection.protocol}
        leg = self._make_call(facts | params | {"tag": dial.tag})
        leg.dial = dial
        dial.legs[leg.call_id] = leg
        return leg

    def embed(self, params: Params) -> CallModel:
        """Make a call that is known from elsewhere; nothing is sent for it but what is asked."""
        call = self._make_call(params, announce=False)
        call.probes = False
        return call

    def fail(self, request_id: str, error: Exception) -> None:
        """A request could not be carried out, for a reason of the line's own."""
        self.outbox.drop(request_id, RelayError(-1, f"{type(error).__name__}: {error}"), error)

    def forget(self, call: CallModel) -> None:
        """Nothing of this call is left to come."""
        self.switchboard.forget(call)
        self.effects.append(Forgotten(call))

    def expire(self, request: Request, seconds: float) -> None:
        """The time limit of a request has passed. A queued one will not be sent any more."""
        self.outbox.drop(request.id, RequestTimeoutError(request.method, seconds))

    def _conclude(self, request: Request, outcome: Outcome) -> None:
        if request.operation is not None:
            request.operation.hear_reply(request.command, outcome)
        if request.call is not None:
            request.call.hear_reply(request.command, outcome)
        if request.dial is not None:
            request.dial.hear_reply(outcome)
            self.switchboard.retire(request.dial)
        if request.command == SEND:
            self.messaging.hear_reply(request, outcome)
        request.outcome = outcome
        self.effects.append(Replied(request, outcome))

    def send_login(self, params: Params) -> None:
        """Send the credentials; the reply moves the connection."""
        self._login_id = self._new_id()
        self.effects.append(Send(frames.request(self._login_id, constants.METHOD_SIGNALWIRE_CONNECT, params)))

    def resume(self, *, fresh: bool) -> None:
        """Online: send what has waited, and see what has become of the calls; ``fresh`` when there are none any more."""
        if fresh:
            self._lose_calls()
            self.switchboard.start_fresh()
        self.outbox.send_queued()
        for call in list(self.calls.values()):
            call.resync()
        self.messaging.resync()
        for facts in self.switchboard.take_left():
            if facts["call_id"] not in self.calls:  # It may have been offered again by now.
                call = self._make_call(facts, announce=False)
                self.effects.append(OrphanHungUp(call))
                self.switchboard.turn_away(call, constants.END_REASON_HANGUP)

    def audit(self) -> None:
        """Some time has passed: calls of which nothing is heard any more are asked about. Call it now and then."""
        for call in list(self.calls.values()):
            call.audit()
        self.messaging.audit()

    def interrupt(self, *, for_good: bool) -> None:
        """No line: what is in flight gets no reply; when ``for_good``, calls and dials are lost as well."""
        self._login_id = ""
        self.outbox.drop_pending()
        if for_good:
            self.outbox.drop_queued()
            self.switchboard.leave_all()
            self._lose_calls()

    def _lose_calls(self) -> None:
        unsent = {request.dial for request in self.outbox.queued.values()}
        for dial in self.switchboard.all_dials():
            if dial not in unsent:
                dial.lose()
                dial.legs.clear()
                self.switchboard.retire(dial)
        for call in list(self.calls.values()):
            self.switchboard.lose(call)
        self.messaging.lose()
        self.outbox.drop_queued_of_calls()

    def receive(self, message: str | bytes) -> None:
        """Take one message of the server. Never raises; everything that follows is in ``effects``."""
        event = event_frame(message)
        if event is not None:
            self._hear_event(event.id, event.params)
            return
        frame = frames.parse(message)
        if isinstance(frame, frames.ServerRequest):
            self._hear_request(frame)
        elif isinstance(frame, frames.Reply):
            self._hear_reply(frame)
        else:
            self.effects.append(Unheard("malformed frame", frame.why))

    def _hear_reply(self, reply: frames.Reply) -> None:
        if self._login_id and reply.id == self._login_id:
            self._login_id = ""
            self.connection.hear_login(judge(reply.frame, read_code=False, secrets=self.connection.secrets))
            return
        request = self.outbox.answered(reply.id)
        if request is None:
            self.effects.append(Unheard("reply to no request that is pending", reply.id))
        else:
            self._conclude(request, judge(reply.frame, secrets=self.connection.secrets))

    def _hear_request(self, frame: frames.ServerRequest) -> None:
        if frame.method == constants.METHOD_SIGNALWIRE_EVENT:
            self._hear_event(frame.id, Report.of(frame.params))
        elif frame.method == constants.METHOD_SIGNALWIRE_PING:
            echo = {key: value for key, value in frame.params.items() if key in ("timestamp", "payload")}
            self._answer(frame, frames.result(frame.id, echo))
        elif frame.method == constants.METHOD_SIGNALWIRE_DISCONNECT:
            self._answer(frame, frames.acknowledgement(frame.id))
            fresh = frame.params.get("restart") is True
            if fresh:
                self.connection.start_fresh()
            self.effects.append(RestartAsked(fresh))
        else:
            self._answer(frame, frames.error(frame.id, frames.NOT_FOUND, f"Method not found: {frame.method[:100]}"))
            self.effects.append(Unheard("request of an unknown method", frame.method))

    def _answer(self, frame: frames.ServerRequest, reply: str) -> None:
        if frame.id is not None:
            self.effects.append(Send(reply))

    def _hear_event(self, request_id: Any, report: Report) -> None:
        if request_id is not None:
            self.effects.append(Send(frames.acknowledgement(request_id)))
        self._hearers.get(report.event_type, self._hear_call_event)(report)

    def _hear_dial(self, report: Report) -> None:
        dial = self.switchboard.dial(report.params)
        if dial is None:
            self._hear_call_event(report)
        else:
            dial.hear_event(report.params)
            self.switchboard.retire(dial)

    def _hear_call_event(self, report: Report) -> None:
        call = self.switchboard.call(report.params) or self._call_of(report)
        if call is not None:
            self._let_hear(call, report)
            return
        members = self.switchboard.members(report.params)
        if not members:
            self.effects.append(Unheard("event of nothing that is known here", report.event_type))
        for member in members:
            self._let_hear(member, report)

    def _call_of(self, report: Report) -> CallModel | None:
        # The call of an event whose id is not known, or is not where it usually stands.
        if report.event_type == constants.EVENT_CALL_STATE:
            dial = self.switchboard.dial_of_leg(report.params)
            return self.adopt(dial, report.params) if dial is not None else None
        if report.event_type == constants.EVENT_CALL_DIAL:
            return self.switchboard.call(nested(report.params, "call"))
        return None

    def _let_hear(self, call: CallModel, report: Report) -> None:
        call.hear_event(report)
        if report.event_type == constants.EVENT_CONFERENCE:
            self.switchboard.seat(call, report.params)
        if call.dial is not None:
            call.dial.hear_leg(call)
            self.switchboard.retire(call.dial)

    def _hear_receive(self, report: Report) -> None:
        params: Params = {"project_id": self.settings.project, **report.params}
        call_id = text(params, "call_id")
        if call_id in self.calls:
            return  # Sent again: the call that is known already, and one handler.
        if why := self.switchboard.why_not_offered(params, self.settings.max_active_calls):
            self.effects.append(Unheard(why, call_id))
            return
        declined = self.connection.why_declined(self.switchboard.held)
        call = self._make_call({**params, "direction": "inbound"}, announce=False)
        if declined is None:
            self.effects.append(CallMade(call))
            return
        self.effects.append(Declined(call, declined.why))
        self.switchboard.turn_away(call, declined.reason)

    def _make_call(self, params: Params, *, announce: bool = True) -> CallModel:
        call = CallModel(self, params, early_media=self.settings.early_media)
        self.calls[call.call_id] = call
        if announce:
            self.effects.append(CallMade(call))
        return call
