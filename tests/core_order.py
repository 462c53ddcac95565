"""Any order of events: what programs, servers and lines may do to a session, one step at a time."""

from __future__ import annotations

from collections import Counter
from typing import Any

from core_wire import Server, frames_of, only
from core_words import (
    CALL_WORDS,
    CALLS,
    CODES,
    COMMANDS,
    CONTROLS,
    INDEX,
    JUNK,
    KINDS,
    LEGS,
    LINE_WORDS,
    MORE,
    OPERATION_COMMANDS,
    RESULTS,
    TAGS,
    WORDS,
    pick,
)
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from callfsm.core.effects import (
    CallMade,
    Declined,
    DialSettled,
    Forgotten,
    OperationSettled,
    Replied,
    Send,
    Transitioned,
)
from callfsm.core.model import CallModel, DialModel, OperationModel, Subject
from callfsm.core.request import Request
from callfsm.errors import IllegalCommandError


class Conversation(RuleBasedStateMachine):
    """A session of which anything is asked, to which anything is told, in any order.

    Attributes:
        server: The chair from which the session is driven.
        calls: Every call that was ever made.
        operations: Every operation that was ever begun.
        dials: Every dial that was ever begun.
        requests: Every request that was ever made, by id.
        settled: How often each operation and each dial was settled.
        replied: How often each request was concluded.
    """

    def __init__(self) -> None:
        super().__init__()
        self.server = Server(early_media=True)
        self.session = self.server.session
        self.calls: list[CallModel] = []
        self.operations: list[OperationModel] = []
        self.dials: list[DialModel] = []
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
        return [*self.calls, *self.operations, *self.dials, self.session.connection]

    def look(self) -> None:
        """Take note of what has followed since the last time."""
        self.server.take()
        effects, self.seen = self.server.done[self.seen :], len(self.server.done)
        self.calls += [made.call for made in only(CallMade, effects)]
        self.calls += [declined.call for declined in only(Declined, effects)]
        self.settled.update(id(each.operation) for each in only(OperationSettled, effects))
        self.settled.update(id(each.dial) for each in only(DialSettled, effects))
        self.forgotten.update(id(each.call) for each in only(Forgotten, effects))
        self.replied.update(each.request.id for each in only(Replied, effects))
        self.moves, self.sends = only(Transitioned, effects), only(Send, effects)
        for request in [*self.session.pending.values(), *self.session.queued.values()]:
            self.requests[request.id] = request
        for each in only(Replied, effects):
            self.requests[each.request.id] = each.request
        for frame in frames_of(effects):
            if frame.get("method") == "signalwire.connect":
                self.login_id = frame["id"]

    @initialize()
    def begin(self) -> None:
        """Begin with two calls, one of them answered and recorded: most of what can go wrong begins there."""
        for call_id in CALLS:
            self.server.ring(call_id)
        self.server.state("answered", CALLS[0])
        self.look()
        for kind, control_id in zip(("record", "collect"), CONTROLS, strict=False):
            self.operations.append(self.calls[0].start(kind, control_id, {})[0])

    @rule(index=INDEX, word=st.sampled_from(["ringing", "answered", "ending", "ending", "ended"]))
    @precondition(lambda self: self.socket_open and self.calls)
    def report(self, index: int, word: str) -> None:
        """The server reports a state of a call that was known once."""
        self.server.state(word, pick(self.calls, index).call_id)

    @rule(index=INDEX, word=st.sampled_from(WORDS), final=st.booleans())
    @precondition(lambda self: self.socket_open and self.operations)
    def report_own(self, index: int, word: str, *, final: bool) -> None:
        """The server reports a word of an operation that was begun once, with one of its own events."""
        operation = pick(self.operations, index)
        for event_type in operation.kind.reports:
            kind = event_type.removeprefix("calling.call.")
            self.server.operation(kind, operation.control_id, operation.call.call_id, state=word, final=final)

    @rule(call_id=st.sampled_from(CALLS), word=st.sampled_from(CALL_WORDS), more=MORE)
    @precondition(lambda self: self.socket_open)
    def offer(self, call_id: str, word: str, more: dict[str, Any]) -> None:
        """The server offers an inbound call, perhaps not for the first time."""
        self.server.offer(call_id, **({"call_state": word} | more))

    @rule(call_id=st.sampled_from([*CALLS, *LEGS, "call-9"]), word=st.sampled_from(CALL_WORDS), more=MORE)
    @precondition(lambda self: self.socket_open)
    def report_call(self, call_id: str, word: str, more: dict[str, Any]) -> None:
        """The server reports any state of any call."""
        self.server.state(word, call_id, **({k: v for k, v in more.items() if k != "call_state"}))

    @rule(leg=st.sampled_from(LEGS), tag=st.sampled_from([*TAGS, "tag-9"]), word=st.sampled_from(CALL_WORDS))
    @precondition(lambda self: self.socket_open)
    def report_leg(self, leg: str, tag: str, word: str) -> None:
        """The server reports any state of a leg of a dial."""
        self.server.state(word, leg, tag=tag)

    @rule(
        call_id=st.sampled_from([*CALLS, *LEGS]),
        control_id=st.sampled_from([*CONTROLS, "ctl-9"]),
        kind=st.sampled_from(["play", "record", "collect"]),
        word=st.sampled_from(WORDS),
        more=MORE,
    )
    @precondition(lambda self: self.socket_open)
    def report_operation(self, call_id: str, control_id: str, kind: str, word: str, more: dict[str, Any]) -> None:
        """The server reports any word of any operation, as an event of any type."""
        self.server.operation(kind, control_id, call_id, **({"state": word} | more))

    @rule(call_id=st.sampled_from(CALLS), control_id=st.sampled_from(CONTROLS), kind=st.sampled_from(RESULTS))
    @precondition(lambda self: self.socket_open)
    def report_input(self, call_id: str, control_id: str, kind: str) -> None:
        """The server reports what the caller gave."""
        self.server.operation("collect", control_id, call_id, result={"type": kind, "params": {}})

    @rule(tag=st.sampled_from(TAGS), word=st.sampled_from(["dialing", "answered", "failed", "nonsense"]), call=JUNK)
    @precondition(lambda self: self.socket_open)
    def report_dial(self, tag: str, word: str, call: object) -> None:
        """The server reports any state of a dial, with junk for a winner."""
        self.server.dial(word, tag, call=call)

    @rule(tag=st.sampled_from(TAGS), call_id=st.sampled_from([*LEGS, "leg-3", "call-1"]))
    @precondition(lambda self: self.socket_open)
    def report_winner(self, tag: str, call_id: str) -> None:
        """The server names the winner of a dial."""
        self.server.dial("answered", tag, call={"call_id": call_id, "node_id": "node-1"})

    @rule(index=INDEX, code=st.sampled_from(CODES))
    @precondition(lambda self: self.socket_open and self.session.pending)
    def reply(self, index: int, code: object) -> None:
        """The server replies to a request that is pending."""
        self.server.reply(pick(list(self.session.pending.values()), index), code)

    @rule(index=INDEX, code=st.sampled_from([404, 410, -32600, "junk"]))
    @precondition(lambda self: self.socket_open and self.requests)
    def reply_again(self, index: int, code: object) -> None:
        """The server refuses a request, perhaps one that has its reply already."""
        self.server.fail(pick(list(self.requests.values()), index), code)

    @rule(
        method=st.sampled_from(["signalwire.event", "signalwire.ping", "signalwire.disconnect", "new"]),
        params=JUNK,
        id_=JUNK,
    )
    @precondition(lambda self: self.socket_open)
    def junk_request(self, method: str, params: object, id_: object) -> None:
        """The server sends a request with junk in it."""
        self.server.tell({"id": id_, "method": method, "params": params})

    @rule(index=INDEX, command=st.sampled_from(COMMANDS))
    @precondition(lambda self: self.calls)
    def ask(self, index: int, command: str) -> None:
        """The program asks anything of a call, legal or not."""
        call = pick(self.calls, index)
        self.demand(lambda: call.ask(command, {}))

    @rule(index=INDEX, kind=st.sampled_from(KINDS), control_id=st.sampled_from(CONTROLS), continuous=st.booleans())
    @precondition(lambda self: self.calls)
    def start(self, index: int, kind: str, control_id: str, *, continuous: bool) -> None:
        """The program begins an operation."""
        call = pick(self.calls, index)
        if control_id not in call.operations:
            begun = self.demand(lambda: call.start(kind, control_id, {}, continuous=continuous))
            self.operations += [begun[0]] if begun else []

    @rule(index=INDEX, command=st.sampled_from(OPERATION_COMMANDS))
    @precondition(lambda self: self.operations)
    def ask_operation(self, index: int, command: str) -> None:
        """The program asks anything of an operation, legal or not."""
        operation = pick(self.operations, index)
        self.demand(lambda: operation.ask(command, {}))

    def demand(self, asking: Any) -> Any:
        """Ask; a refusal leaves everything as it was, and sends nothing."""
        # Any: what is asked decides what comes back, and only `start` looks at it.
        self.look()
        before = self.everything()
        try:
            return asking()
        except IllegalCommandError:
            self.look()

            assert before == self.everything()
            assert [] == self.sends
            return None

    def everything(self) -> list[object]:
        """All that a refused ask must leave alone."""
        session = self.session
        owned = [(list(call.operations), list(call.in_flight)) for call in self.calls]
        return [[each.state for each in self.subjects()], owned, list(session.pending), list(session.queued)]

    @rule(tag=st.sampled_from(TAGS))
    @precondition(lambda self: len(self.dials) < 6)
    def dial(self, tag: str) -> None:
        """The program dials."""
        if tag not in self.session.switchboard.dials:
            self.dials.append(self.session.dial(tag, {"devices": []})[0])

    @rule(index=INDEX)
    @precondition(lambda self: self.dials)
    def abandon(self, index: int) -> None:
        """The program waits for a dial no longer."""
        self.session.abandon(pick(self.dials, index), "timed out")

    @rule(index=INDEX)
    @precondition(lambda self: self.requests)
    def expire(self, index: int) -> None:
        """The time of a request has passed, perhaps after its reply."""
        self.session.expire(pick(list(self.requests.values()), index), 10)

    @rule(index=INDEX)
    @precondition(lambda self: self.calls)
    def grace_over(self, index: int) -> None:
        """The time for last reports of a call has passed."""
        call = pick(self.calls, index)
        call.grace_over()
        if call.state == "ended":
            self.grace_ended.add(id(call))

    @rule(word=st.sampled_from(LINE_WORDS))
    def line(self, word: str) -> None:
        """The line opens, drops or closes, in an order that makes sense or not."""
        self.session.connection.fire(word)

    @rule(
        answer=st.sampled_from(
            [{"result": {}}, {"result": {"protocol": "new"}}, {"error": {"code": -32002}}, {"error": 1}]
        )
    )
    @precondition(lambda self: self.session.connection.state == "authenticating")
    def log_in(self, answer: dict[str, Any]) -> None:
        """The server answers the login: taken up again, fresh, or refused."""
        self.server.tell({"id": self.login_id} | answer)

    @rule()
    def back_online(self) -> None:
        """The line comes back and the session is taken up again."""
        self.reconnect()

    def reconnect(self) -> None:
        """Be online, under the same session where there is one."""
        if not self.session.connection.online:
            self.session.connection.fire("opening")
            self.session.connection.fire("opened")
            self.look()
            self.server.tell({"id": self.login_id, "result": {}})
