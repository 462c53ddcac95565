"""Whatever a server may say, of anything, in any order: events, replies and junk."""

from __future__ import annotations

from typing import Any

from core_watch import Watched
from core_words import (
    CALL_WORDS,
    CALLS,
    CODES,
    CONTROLS,
    EVENTS,
    INDEX,
    JUNK,
    LEGS,
    MESSAGE_WORDS,
    MESSAGES,
    MORE,
    RESULTS,
    SAID,
    STANDING,
    STANDINGS,
    TAGS,
    WORDS,
    pick,
)
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from callfsm.core.messaging import SEND
from callfsm.core.request import Request


class Reported(Watched):
    """A session to which anything is told, in any order."""

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
        for event_type in (operation.kind.event_type, *operation.kind.also):
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
        kind=st.sampled_from(EVENTS),
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

    @rule(index=INDEX, kind=st.sampled_from(["detect", "fax", "pay"]), said=SAID)
    @precondition(lambda self: self.socket_open and self.operations)
    def report_said(self, index: int, kind: str, said: dict[str, Any]) -> None:
        """The server reports what a detector, a fax or a payment has come to, in the words of any of them."""
        operation = pick(self.operations, index)
        self.server.operation(kind, operation.control_id, operation.call.call_id, **said)

    @rule(call_id=st.sampled_from(CALLS), event_type=st.sampled_from([*STANDINGS]), said=STANDING)
    @precondition(lambda self: self.socket_open)
    def report_standing(self, call_id: str, event_type: str, said: dict[str, Any]) -> None:
        """The server reports where a call stands: bridged, queued, on hold and the like."""
        self.server.event(event_type, {"call_id": call_id, "node_id": "node-1"} | said)

    @rule(message_id=st.sampled_from([*MESSAGES, "msg-9"]), word=st.sampled_from(MESSAGE_WORDS), more=MORE)
    @precondition(lambda self: self.socket_open)
    def report_message(self, message_id: str, word: str, more: dict[str, Any]) -> None:
        """The server reports any state of any message."""
        self.server.event("messaging.state", {"message_id": message_id, "message_state": word} | more)

    @rule(message_id=st.sampled_from(MESSAGES), body=JUNK)
    @precondition(lambda self: self.socket_open)
    def report_arrival(self, message_id: str, body: object) -> None:
        """The server hands on a message that somebody has sent."""
        self.server.event("messaging.receive", {"message_id": message_id, "body": body})

    @rule(index=INDEX, message_id=st.sampled_from([*MESSAGES, *MESSAGES, "", 7]))
    @precondition(lambda self: self.socket_open and self.sends_of_messages())
    def reply_with_message(self, index: int, message_id: object) -> None:
        """The server takes a message, under an id that it may have given before, or that is none."""
        self.server.reply(pick(self.sends_of_messages(), index), "200", message_id=message_id)

    def sends_of_messages(self) -> list[Request]:
        """The messages that are on their way to the server."""
        return [request for request in self.session.outbox.pending.values() if request.command == SEND]

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
    @precondition(lambda self: self.socket_open and self.session.outbox.pending)
    def reply(self, index: int, code: object) -> None:
        """The server replies to a request that is pending."""
        self.server.reply(pick(list(self.session.outbox.pending.values()), index), code)

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
