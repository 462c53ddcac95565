"""`callfsm.core.model.watched`: calls whose reports may have been missed, and calls that nobody holds."""

import pytest
from core_wire import Server, answered, only

from callfsm.core.effects import AskedAfterEnd
from callfsm.core.model.watched import QUIET_ROUNDS, QUIET_ROUNDS_ENDING
from callfsm.core.request import Request


def asked(server: Server) -> list[str]:
    """The commands that have no reply yet."""
    return [request.command for request in server.session.outbox.pending.values()]


def only_request(server: Server) -> Request:
    """The one request that has no reply yet."""
    (request,) = server.session.outbox.pending.values()
    return request


def audited(server: Server, rounds: int) -> None:
    """So many rounds pass without a word."""
    for _ in range(rounds):
        server.session.audit()


def resumed(server: Server) -> None:
    """The line drops, and the session is taken up again."""
    server.drop()
    server.log_in()


def test_asked_after_a_gap() -> None:
    """After a session was taken up again, each call is asked after, with a command that changes nothing."""
    server = Server()
    answered(server)
    server.ring("call-2")
    resumed(server)
    requests = list(server.session.outbox.pending.values())

    assert [("calling.clear_digit_bindings", "callfsm-probe", call_id) for call_id in ("call-1", "call-2")] == [
        (request.method, request.params["realm"], request.params["call_id"]) for request in requests
    ]


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [("200", "answered", ""), ("404", "ended", "lost"), ("410", "ended", "lost"), ("500", "answered", "")],
)
def test_answer_after_a_gap(code: str, state: str, reason: str) -> None:
    """A call that the server does not know any more is lost; any other goes on."""
    server = Server()
    call = answered(server)
    resumed(server)
    server.reply(only_request(server), code)

    assert (state, reason) == (call.state, call.end_reason)


@pytest.mark.parametrize(("code", "calls"), [("200", 1), ("410", 0)])
def test_offer_after_a_gap(code: str, calls: int) -> None:
    """A call of which the server has said that it is gone is over: an offer that comes late begins nothing."""
    server = Server()
    answered(server)
    resumed(server)
    server.reply(only_request(server), code)
    server.offer()

    assert calls == len(server.session.calls)


def test_ending_call_is_asked_after() -> None:
    """A call that was ending when the line dropped is asked after too: its end may have been missed."""
    server = Server()
    call = answered(server)
    server.state("ending")
    resumed(server)
    server.reply(only_request(server), "404")

    assert ("ended", "lost") == (call.state, call.end_reason)


def test_ended_call_is_not_asked_after() -> None:
    """A call that has ended, and waits for a last report only, is not asked after."""
    server = Server()
    call = answered(server)
    call.start("record", "ctl-1", {})
    server.state("ended")
    resumed(server)

    assert "ended" == call.state
    assert [] == asked(server)


@pytest.mark.parametrize(("rounds", "commands"), [(QUIET_ROUNDS - 1, []), (QUIET_ROUNDS, ["resync"])])
def test_long_silence(rounds: int, commands: list[str]) -> None:
    """A call of which nothing was heard for long is asked after, and not before."""
    server = Server()
    answered(server)
    audited(server, rounds)

    assert commands == asked(server)


def test_asked_after_once() -> None:
    """While one such question is open, no other is asked."""
    server = Server()
    answered(server)
    audited(server, 3 * QUIET_ROUNDS)

    assert ["resync"] == asked(server)


@pytest.mark.parametrize("heard", ["report", "reply"])
def test_a_word_of_the_call(heard: str) -> None:
    """Any word of the call ends the silence."""
    server = Server()
    call = answered(server)
    request = call.ask("disconnect", {})
    audited(server, QUIET_ROUNDS - 1)
    if heard == "report":
        server.operation("play")
    else:
        server.reply(request)
    audited(server, QUIET_ROUNDS - 1)

    assert "resync" not in asked(server)


def test_silence_while_ending() -> None:
    """A call that is ending should be over at once: it is asked after much sooner."""
    server = Server()
    answered(server)
    server.state("ending")
    audited(server, QUIET_ROUNDS_ENDING)

    assert ["resync"] == asked(server)


def test_no_reply_is_no_word() -> None:
    """A question without a reply is asked again at the next round."""
    server = Server()
    answered(server)
    audited(server, QUIET_ROUNDS)
    server.session.expire(only_request(server), 10.0)
    audited(server, 1)

    assert ["resync"] == asked(server)


@pytest.mark.parametrize("again", ["resync", "audit"])
def test_hung_up_until_it_is_heard(again: str) -> None:
    """A call that nobody holds is hung up again, when the hang-up before has had no reply."""
    server = Server(takes_calls=False)
    server.offer()
    if again == "resync":
        resumed(server)
    else:
        server.session.expire(only_request(server), 10.0)
        audited(server, 1)
    request = only_request(server)

    assert ("calling.end", {"reason": "decline"}) == (request.method, {"reason": request.params["reason"]})


def test_hung_up_once() -> None:
    """While a hang-up of a call that nobody holds is open, it is not hung up again."""
    server = Server(takes_calls=False)
    server.offer()
    audited(server, 3)

    assert ["hangup"] == asked(server)


def test_ending_call_that_nobody_holds() -> None:
    """A call that nobody holds is not hung up while it is ending; whether it has ended is asked."""
    server = Server(takes_calls=False)
    server.offer()
    server.reply(only_request(server))
    audited(server, 1)

    assert ["resync"] == asked(server)


def test_discarding_what_is_over() -> None:
    """A call that is over already is not hung up, and nobody is told that it was asked for too late."""
    server = Server()
    call = answered(server)
    server.state("ended")
    call.discard("error")

    assert [] == asked(server)
    assert [] == only(AskedAfterEnd, server.take())


def test_embedded_calls_are_left_alone() -> None:
    """A call over a transport of the program's own is never asked after: nothing is sent that the program did not ask for."""
    server = Server()
    server.session.embed({"call_id": "call-9", "node_id": "node-1", "call_state": "answered"})
    audited(server, QUIET_ROUNDS)

    assert [] == asked(server)


@pytest.mark.parametrize("lost", ["line", "reply"])
def test_hang_up_of_the_program_that_nobody_heard(lost: str) -> None:
    """A hang-up that the program has asked for, and that has had no reply, is asked again with its reason."""
    server = Server()
    call = answered(server)
    call.ask("hangup", {"reason": "busy"})
    if lost == "line":
        resumed(server)
    else:
        server.session.expire(only_request(server), 10.0)
        audited(server, 1)
    request = only_request(server)

    assert ("calling.end", "busy") == (request.method, request.params["reason"])
