"""Whatever is asked and told, in whatever order, the core stays sane."""

import json

from core_order import Conversation
from hypothesis import settings
from hypothesis.stateful import invariant

from callfsm.core.tables import TABLES

RANKS = ["created", "answered", "ending", "ended"]


def moves_of(machine: str) -> set[tuple[str, str, str]]:
    """Every move that the table of a machine permits."""
    return {(row.trigger, source, row.dest or source) for row in TABLES[machine].rows for source in row.sources.split()}


class EveryOrder(Conversation):
    """After each step of any conversation, what must hold holds."""

    def __init__(self) -> None:
        self.ranks: dict[int, int] = {}
        super().__init__()

    @invariant()
    def sane(self) -> None:
        """Note what has followed, and hold it against every promise."""
        self.look()
        self.states_are_the_tables()
        self.moves_are_rows()
        self.calls_never_go_back()
        self.ended_calls_own_nothing_open()
        self.operations_settle_once()
        self.dials_settle_once()
        self.messages_settle_once()
        self.requests_conclude_once()
        self.frames_are_sound()
        self.calls_are_forgotten_once()

    def states_are_the_tables(self) -> None:
        """Every subject is in a state of its table."""
        assert [] == [each for each in self.subjects() if each.state not in TABLES[each.machine].states]

    def moves_are_rows(self) -> None:
        """Every transition is a row."""
        strange = [
            move for move in self.moves if (move.trigger, move.source, move.dest) not in moves_of(move.subject.machine)
        ]

        assert [] == strange

    def calls_never_go_back(self) -> None:
        """No call returns to a state that it has left."""
        for call in self.calls:
            rank = RANKS.index(call.state)

            assert self.ranks.get(id(call), 0) <= rank
            self.ranks[id(call)] = rank

    def ended_calls_own_nothing_open(self) -> None:
        """An ended call has at most operations that wait for a last report, and none after the grace."""
        for call in (call for call in self.calls if call.state == "ended"):
            assert {operation.state for operation in call.operations.values()} <= {"lingering"}
            assert not (call.operations and id(call) in self.grace_ended)
            assert {standing.state for standing in call.standings.values()} <= {"over"}

    def operations_settle_once(self) -> None:
        """An operation is settled once, as it leaves its call and is over; a detector may be settled before that."""
        for operation in self.operations:
            running = operation.call.operations.get(operation.control_id) is operation
            told = operation.result is not None

            assert (int(told), running) == (self.settled[id(operation)], not operation.over)
            assert told != running or (told and operation.machine == "detect")

    def messages_settle_once(self) -> None:
        """A message is settled once, as it is forgotten."""
        watched = self.session.messaging.messages.values()
        for message in self.messages:
            running = any(each is message for each in watched)

            assert self.settled[id(message)] == int(not running) == int(message.result is not None)

    def dials_settle_once(self) -> None:
        """A dial is settled exactly when it has been answered or has failed."""
        for dial in self.dials:
            assert int(dial.state in ("answered", "failed")) == self.settled[id(dial)]
            assert (dial.state == "answered") == (dial.winner is not None)

    def requests_conclude_once(self) -> None:
        """A request is pending, or waits for the line, or has been concluded once."""
        session = self.session
        for request_id, request in self.requests.items():
            open_places = (request_id in session.outbox.pending) + (request_id in session.outbox.queued)

            assert open_places + self.replied[request_id] == 1
            assert (request.outcome is None) == bool(open_places)
        assert session.connection.online or not session.outbox.pending

    def frames_are_sound(self) -> None:
        """Every frame is JSON-RPC 2.0; every request has a fresh id and is about nothing that is over."""
        for send in self.sends:
            frame = json.loads(send.text)

            assert frame["jsonrpc"] == "2.0"
            assert len(frame.keys() & {"method", "result", "error"}) == 1
            if "method" in frame:
                assert frame["id"] not in self.sent_ids
                self.sent_ids.add(frame["id"])
                assert isinstance(frame["params"], dict)
            if send.request is not None and send.request.call is not None:
                call = send.request.call

                assert not call.over or (send.request.command == "resync" and call.state == "ending")

    def calls_are_forgotten_once(self) -> None:
        """A call is forgotten exactly once: when it has ended and owns nothing any more."""
        known = self.session.calls
        for call in self.calls:
            finished = call.state == "ended" and not call.operations

            assert int(finished) == self.forgotten[id(call)]
            assert finished == (known.get(call.call_id) is not call)


EveryOrder.TestCase.settings = settings(stateful_step_count=80)
TestEveryOrder = EveryOrder.TestCase
