"""Any order of events: what programs, servers and lines may do to a session, one step at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from core_reports import Reported
from core_words import CALLS, COMMANDS, CONTROLS, INDEX, KINDS, LINE_WORDS, OPERATION_COMMANDS, TAGS, pick
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from callfsm.core.messaging import SEND
from callfsm.errors import ConnectionLostError, IllegalCommandError


class Conversation(Reported):
    """A session of which anything is asked, to which anything is told, in any order."""

    @initialize()
    def begin(self) -> None:
        """Begin with two calls, one of them answered and recorded, and messages: most of what can go wrong is there."""
        for _ in range(2):
            self.send_message()
        for call_id in CALLS:
            self.server.ring(call_id)
        self.server.state("answered", CALLS[0])
        self.look()
        for kind, control_id in zip(("record", "collect"), CONTROLS, strict=False):
            self.operations.append(self.calls[0].start(kind, control_id, {})[0])

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
        return [
            [each.state for each in self.subjects()],
            owned,
            list(session.outbox.pending),
            list(session.outbox.queued),
        ]

    def refused_when_closed(self) -> AbstractContextManager[object]:
        """What a client that is closed must do with whatever is asked of it: nothing, and say so."""
        closed = self.session.connection.given_up
        return pytest.raises(ConnectionLostError) if closed else nullcontext()

    @rule()
    @precondition(lambda self: len(self.messages) < 6)
    def send_message(self) -> None:
        """The program sends a message."""
        with self.refused_when_closed():
            self.session.request("messaging.send", {"body": "Hello"}, SEND)

    @rule(tag=st.sampled_from(TAGS))
    @precondition(lambda self: len(self.dials) < 6)
    def dial(self, tag: str) -> None:
        """The program dials."""
        if tag in self.session.switchboard.dials:
            return
        with self.refused_when_closed():
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
