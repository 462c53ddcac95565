"""`callfsm.core.outbox`: a request goes out once or not at all, and whoever asked is told which."""

import pytest
from core_wire import Server, answered, frames_of, only

from callfsm.core.effects import Replied
from callfsm.core.request import LOST, UNSENT, Request
from callfsm.errors import ConnectionLostError, RequestTimeoutError


def outcome(request: Request) -> str:
    """How a request has ended."""
    assert request.outcome is not None
    return request.outcome.word


def test_withdrawn() -> None:
    """A request that nobody waits for any longer, and that has not left, does not leave."""
    server = Server(online=False)
    request = server.session.request("some.method", {})
    server.session.outbox.withdraw(request)
    server.log_in()

    assert UNSENT == outcome(request)
    assert [] == [frame for frame in server.sent() if frame["method"] == "some.method"]


def test_withdrawn_too_late() -> None:
    """A request that has left stays pending: its reply is heard."""
    server = Server()
    request = server.session.request("some.method", {})
    server.session.outbox.withdraw(request)

    assert request.outcome is None


def test_hang_up_is_not_withdrawn() -> None:
    """A hang-up goes out even if nobody waits for it any longer."""
    server = Server()
    call = answered(server)
    server.drop()
    request = call.ask("hangup", {})
    assert request is not None
    server.session.outbox.withdraw(request)
    server.log_in()

    assert request.id in server.session.outbox.pending


@pytest.mark.parametrize(("online", "word"), [(True, LOST), (False, UNSENT)])
def test_expired(online: bool, word: str) -> None:  # noqa: FBT001  a parameter of the test
    """A request whose time is over may have been carried out if it was sent, and was not if it was not."""
    server = Server(online=online)
    request = server.session.request("some.method", {})
    server.session.expire(request, 10.0)
    (replied,) = only(Replied, server.take())

    assert word == replied.outcome.word
    assert isinstance(replied.outcome.error, RequestTimeoutError)


@pytest.mark.parametrize(("sent", "state"), [(True, "requested"), (False, "rejected")])
def test_operation_that_was_not_begun(sent: bool, state: str) -> None:  # noqa: FBT001  a parameter of the test
    """An operation whose command never left has not begun; one whose command got no reply may run."""
    server = Server()
    call = answered(server)
    if not sent:
        server.drop()
    operation, request = call.start("play", "ctl-1", {})
    assert request is not None
    server.session.expire(request, 10.0)

    assert state == operation.state


def test_commands_on_calls_that_are_over() -> None:
    """What has waited for the line, and is about a call that is over by then, is not sent."""
    server = Server()
    call = answered(server)
    server.drop()
    request = call.ask("disconnect", {})
    call.lose()
    effects = server.log_in()

    assert request is not None
    assert UNSENT == outcome(request)
    assert [] == [frame for frame in frames_of(effects) if frame["method"] == request.method]


def test_closed_for_good() -> None:
    """When the line is closed for good, what was sent is lost, and what waited was never sent."""
    server = Server()
    sent = server.session.request("sent.method", {})
    server.drop()
    waiting = server.session.request("waiting.method", {})
    server.close()

    assert [LOST, UNSENT] == [outcome(sent), outcome(waiting)]
    assert isinstance(waiting.outcome and waiting.outcome.error, ConnectionLostError)
