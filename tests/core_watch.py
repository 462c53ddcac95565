"""A session under watch: everything that it has made, moved, sent, settled and forgotten."""

from __future__ import annotations

from collections import Counter

from core_wire import Server, frames_of, only
from hypothesis.stateful import RuleBasedStateMachine

from callfsm.core.effects import (
    CallMade,
    Declined,
    DialSettled,
    Forgotten,
    MessageMade,
    MessageSettled,
    OperationSettled,
    Replied,
    Send,
    Transitioned,
)
from callfsm.core.model import CallModel, DialModel, MessageModel, OperationModel, Subject
from callfsm.core.request import Request


class Watched(RuleBasedStateMachine):
    """A session, with note taken of whatever follows from what is done to it.

    Attributes:
        server: The chair from which the session is driven.
        calls: Every call that was ever made.
        operations: Every operation that was ever begun.
        dials: Every dial that was ever begun.
        messages: Every message that was ever taken by the server.
        requests: Every request that was ever made, by id.
        settled: How often each operation, each dial and each message was settled.
        replied: How often each request was concluded.
    """

    def __init__(self) -> None:
        super().__init__()
        self.server = Server(early_media=True)
        self.session = self.server.session
        self.calls: list[CallModel] = []
        self.operations: list[OperationModel] = []
        self.dials: list[DialModel] = []
        self.messages: list[MessageModel] = []
        self.requests: dict[str, Request] = {}
        self.settled: Counter[int] = Counter()
        self.replied: Counter[str] = Counter()
        self.forgotten: Counter[int] = Counter()
        self.grace_ended: set[int] = set()
        self.sent_ids: set[str] = set()
        self.login_id = ""
        self.moves: list[Transitioned] = []
        self.sends: list[Send] = []
        self.seen = 0
        self.look()

    @property
    def socket_open(self) -> bool:
        """Whether the server can be heard."""
        return self.session.connection.state in ("authenticating", "online", "draining")

    def subjects(self) -> list[Subject]:
        """Everything that an engine moves here."""
        standings = [standing for call in self.calls for standing in call.standings.values()]
        return [*self.calls, *self.operations, *standings, *self.dials, *self.messages, self.session.connection]

    def look(self) -> None:
        """Take note of what has followed since the last time."""
        self.server.take()
        effects, self.seen = self.server.done[self.seen :], len(self.server.done)
        self.calls += [made.call for made in only(CallMade, effects)]
        self.calls += [declined.call for declined in only(Declined, effects)]
        self.settled.update(id(each.operation) for each in only(OperationSettled, effects))
        self.settled.update(id(each.dial) for each in only(DialSettled, effects))
        self.settled.update(id(each.message) for each in only(MessageSettled, effects))
        self.messages += [made.message for made in only(MessageMade, effects)]
        self.forgotten.update(id(each.call) for each in only(Forgotten, effects))
        self.replied.update(each.request.id for each in only(Replied, effects))
        self.moves, self.sends = only(Transitioned, effects), only(Send, effects)
        for request in [*self.session.outbox.pending.values(), *self.session.outbox.queued.values()]:
            self.requests[request.id] = request
        for each in only(Replied, effects):
            self.requests[each.request.id] = each.request
        for frame in frames_of(effects):
            if frame.get("method") == "signalwire.connect":
                self.login_id = frame["id"]
