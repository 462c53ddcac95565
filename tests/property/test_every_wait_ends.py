"""Whatever has happened before, when a call or the line ends, every wait of it ends, once."""

from core_order import Conversation
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from callfsm.core.model import CallModel
from callfsm.core.request import Request


class EveryWaitEnds(Conversation):
    """Any conversation, and then one of the ends that a call can have."""

    def __init__(self) -> None:
        self.ending = ""
        super().__init__()

    @initialize(ending=st.sampled_from(["ended", "gone", "lost", "closed", "refused"]))
    def choose(self, ending: str) -> None:
        """Choose the end that everything comes to."""
        self.ending = ending

    def teardown(self) -> None:
        """End every call in the chosen way; then nothing waits any more."""
        self.look()
        if self.ending in ("ended", "gone"):
            self.reconnect()
            self.end_every_call()
            for call in self.calls:
                call.grace_over()
        else:
            self.end_the_line()
        self.look()
        self.every_operation_has_its_result()
        self.every_call_is_forgotten()
        self.every_request_concludes()

    def end_every_call(self) -> None:
        """The server says of each call that it is over: by its report, or by a 410 to a command."""
        for call in list(self.session.calls.values()):
            request = self.pending_of(call) if self.ending == "gone" else None
            if request is not None:
                self.server.reply(request, "410")
            else:
                self.server.state("ended", call.call_id)

    def pending_of(self, call: CallModel) -> Request | None:
        """A request of this call that is pending; a new one when there is none."""
        pending = [request for request in self.session.outbox.pending.values() if request.call is call]
        return pending[0] if pending else call.ask("connect", {})

    def end_the_line(self) -> None:
        """The line ends for good, or comes back under a session that knows none of our calls."""
        connection = self.session.connection
        if self.ending == "closed":
            connection.fire("opening")
            connection.fire("closed")
            return
        connection.fire("dropped")
        if connection.state == "authenticating":
            connection.fire("dropped")
        connection.refusals = connection.settings.max_refusals
        connection.fire("opening")
        connection.fire("opened")
        self.look()
        refusal = {"error": {"code": -32002, "message": "no"}}
        answer = refusal if self.ending == "refused" else {"result": {"protocol": "another session"}}
        self.server.tell({"id": self.login_id} | answer)

    def every_operation_has_its_result(self) -> None:
        """Every operation that was ever begun has been settled exactly once."""
        assert [1] * len(self.operations) == [self.settled[id(operation)] for operation in self.operations]

    def every_call_is_forgotten(self) -> None:
        """No call is left, and none was forgotten twice."""
        assert {} == self.session.calls
        assert [1] * len(self.calls) == [self.forgotten[id(call)] for call in self.calls]

    def every_request_concludes(self) -> None:
        """When its time has passed too, every request is concluded once; every dial is settled, or was given up."""
        waiting = [*self.session.outbox.pending.values(), *self.session.outbox.queued.values()]
        for request in waiting:
            self.session.expire(request, 10)
        self.look()

        assert dict.fromkeys(self.requests, 1) == dict(self.replied)
        if self.ending not in ("ended", "gone"):
            assert [] == [dial for dial in self.dials if not self.settled[id(dial)] and dial.state != "abandoned"]
            assert [1] * len(self.messages) == [self.settled[id(message)] for message in self.messages]


EveryWaitEnds.TestCase.settings = settings(stateful_step_count=40)
TestEveryWaitEnds = EveryWaitEnds.TestCase
