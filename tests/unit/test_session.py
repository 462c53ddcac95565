"""`callfsm.core.session`: the conversation, frame by frame."""

from typing import Any

import pytest
from core_wire import CALL_ID, TAG, Server, answered, dialled, frames_of, only, started

from callfsm.core.effects import (
    CallMade,
    DialSettled,
    Replied,
    RestartAsked,
    Send,
    Unheard,
)
from callfsm.core.outbox import MAX_QUEUED
from callfsm.core.request import LOST
from callfsm.errors import ConnectionLostError, RelayError, RequestTimeoutError


def ids_of(frames: list[dict[str, Any]]) -> list[str]:
    """The ids of these frames."""
    return [frame["id"] for frame in frames]


def test_acknowledged_first() -> None:
    """An event is acknowledged before anything else comes of it."""
    effects = Server().offer()

    assert effects[0] == Send('{"jsonrpc":"2.0","id":"event-1","result":{}}')
    assert [type(effect) for effect in effects[1:]] == [CallMade]


@pytest.mark.parametrize("event_type", ["calling.call.unheard_of", "", "calling.error", "messaging.state"])
def test_unknown_events_acknowledged(event_type: str) -> None:
    """An event that nobody here can take is acknowledged, and told as such."""
    effects = Server().event(event_type, {"call_id": "call-9"})

    assert effects == [
        Send('{"jsonrpc":"2.0","id":"event-1","result":{}}'),
        Unheard("event of nothing that is known here", event_type),
    ]


@pytest.mark.parametrize("params", [{}, {"event_type": 7, "params": []}, {"params": None}])
def test_odd_events_acknowledged(params: dict[str, object]) -> None:
    """An event without a type, or with odd params, is acknowledged."""
    effects = Server().tell({"id": 5, "method": "signalwire.event", "params": params})

    assert frames_of(effects) == [{"jsonrpc": "2.0", "id": 5, "result": {}}]


def test_event_without_an_id() -> None:
    """An event without an id wants no acknowledgement, and is heard."""
    server = Server()
    call = server.ring()
    state = {"event_type": "calling.call.state", "params": {"call_id": CALL_ID, "call_state": "answered"}}
    effects = server.tell({"method": "signalwire.event", "params": state})

    assert (frames_of(effects), call.state) == ([], "answered")


def test_event_of_an_unknown_call() -> None:
    """An event never makes a call by itself."""
    server = Server()
    server.state("ringing", "call-9")

    assert server.session.calls == {}


def test_ping() -> None:
    """A ping is answered under its id, with its timestamp and payload and nothing else of it."""
    params = {"timestamp": 17, "payload": {"a": 1}, "other": 1}
    effects = Server().tell({"id": "p-1", "method": "signalwire.ping", "params": params})

    assert frames_of(effects) == [{"jsonrpc": "2.0", "id": "p-1", "result": {"timestamp": 17, "payload": {"a": 1}}}]


@pytest.mark.parametrize("restart", [True, False, None, "true"])
def test_disconnect(restart: object) -> None:
    """A wish to disconnect is answered and handed on; only ``true`` asks for a new session."""
    server = Server()
    effects = server.tell({"id": "d-1", "method": "signalwire.disconnect", "params": {"restart": restart}})

    assert effects == [Send('{"jsonrpc":"2.0","id":"d-1","result":{}}'), RestartAsked(restart is True)]
    assert server.session.connection.protocol == ("" if restart is True else "protocol-1")


def test_unknown_method() -> None:
    """A request of an unknown method is answered with the JSON-RPC code for that."""
    effects = Server().tell({"id": "x-1", "method": "signalwire.surprise"})

    assert [frame["error"]["code"] for frame in frames_of(effects)] == [-32601]
    assert only(Unheard, effects) == [Unheard("request of an unknown method", "signalwire.surprise")]


def test_long_unknown_method() -> None:
    """The name of an unknown method is not sent back at any length."""
    effects = Server().tell({"id": "x-1", "method": "m" * 10_000})

    assert len(only(Send, effects)[0].text) < 300


@pytest.mark.parametrize("message", ["", "[]", b"\x00", "{}", '{"id":"x","method":7}'])
def test_malformed(message: str | bytes) -> None:
    """What is no frame is told, and the conversation goes on."""
    server = Server()
    server.session.receive(message)

    assert [each.why for each in only(Unheard, server.take())] == ["malformed frame"]


@pytest.mark.parametrize("reply_id", ["id-99", "", "event-1"])
def test_reply_to_nothing(reply_id: str) -> None:
    """A reply to no request that is pending changes nothing, not even when its id is empty."""
    server = Server()
    effects = server.tell({"id": reply_id, "error": {"code": -32002}})

    assert effects == [Unheard("reply to no request that is pending", reply_id)]
    assert (server.session.connection.refusal, server.session.connection.state) == (None, "online")


def test_replied() -> None:
    """A reply concludes its request, once."""
    server = Server()
    request = server.session.request("signalwire.receive", {"contexts": ["a"]})
    server.take()
    first, second = server.reply(request, data=1), server.reply(request)

    assert [each.outcome.result["data"] for each in only(Replied, first)] == [1]
    assert (only(Replied, second), request.outcome is not None) == ([], True)


def test_json_rpc_error() -> None:
    """A JSON-RPC error concludes its request with the server's code."""
    server = Server()
    request = server.session.request("signalwire.receive", {})
    (replied,) = only(Replied, server.fail(request))

    assert replied.outcome.error is not None
    assert (replied.outcome.error.code, replied.outcome.error.message) == (-32600, "refused")


def test_replies_in_any_order() -> None:
    """Replies belong to their requests by id, in whatever order they come."""
    server = Server()
    first, second = (server.session.request("calling.play", {}) for _ in range(2))
    concluded = only(Replied, server.reply(second) + server.reply(first))

    assert [each.request for each in concluded] == [second, first]


def test_offline_waits() -> None:
    """What is asked while the line is down goes out after the next login, in its order."""
    server = Server(online=False)
    requests = [server.session.request("calling.play", {"number": number}) for number in range(3)]
    before = server.sent()
    server.log_in()
    waited = [frame for frame in frames_of(server.done) if frame.get("method") == "calling.play"]

    assert (before, ids_of(waited)) == ([], [request.id for request in requests])


def test_nothing_leaves_before_the_login() -> None:
    """A request made while the login is under way waits for it."""
    server = Server(online=False)
    server.open()
    server.session.request("calling.play", {})

    assert server.sent() == []


def test_full_queue() -> None:
    """One request more than the queue takes is refused, and those in it are kept."""
    server = Server(online=False)
    for _ in range(MAX_QUEUED):
        server.session.request("calling.play", {})

    with pytest.raises(RelayError, match="Execute queue full"):
        server.session.request("calling.play", {})

    assert len(server.session.outbox.queued) == MAX_QUEUED == 500


def test_sent_once() -> None:
    """What was sent and not answered when the line dropped is lost, and never sent again."""
    server = Server()
    request = server.session.request("calling.play", {})
    (replied,) = only(Replied, server.drop())
    server.log_in()
    sent = [frame for frame in frames_of(server.done) if frame.get("id") == request.id]

    assert (replied.request, replied.outcome.word, len(sent)) == (request, LOST, 1)
    assert isinstance(replied.outcome.error, ConnectionLostError)


def test_drop_keeps_calls_and_queue() -> None:
    """A line that drops leaves calls, operations and what waits alone."""
    server = Server()
    call = answered(server)
    play = started(server, call)
    server.drop()
    request = play.ask("stop", {})
    server.log_in()

    assert request is not None
    assert (call.state, play.state) == ("answered", "requested")
    assert server.session.outbox.pending[request.id] is request


def test_closed_for_good() -> None:
    """A connection that is closed concludes what waits as well, and ends every call."""
    server = Server()
    call = answered(server)
    record = started(server, call, "record")
    server.drop()
    request = server.session.request("calling.play", {})
    effects = server.close()

    assert [each.request for each in only(Replied, effects)] == [request]
    assert (call.state, call.end_reason, record.state) == ("ended", "lost", "hung_up")
    assert (server.session.calls, server.session.outbox.queued) == ({}, {})


def test_closed_while_dialling() -> None:
    """A connection that is closed fails every dial, and leaves no hang-up waiting."""
    server = Server()
    dial = dialled(server)
    server.state("ringing", "leg-1", tag=TAG)
    unanswered, _ = server.session.dial("tag-2", {})
    server.state("ringing", "leg-2", tag="tag-2")
    effects = server.close()

    assert {each.dial for each in only(DialSettled, effects)} == {dial, unanswered}
    assert (server.session.outbox.queued, server.session.outbox.pending, server.session.calls) == ({}, {}, {})
    assert server.session.switchboard.dials == {}


def test_expired() -> None:
    """A request whose time has passed is concluded with a timeout; others, and the line, are untouched."""
    server = Server()
    request, other = (server.session.request("calling.play", {}) for _ in range(2))
    server.take()
    server.session.expire(request, 10)
    (replied,) = only(Replied, server.take())

    assert isinstance(replied.outcome.error, RequestTimeoutError)
    assert (replied.request, list(server.session.outbox.pending), server.session.connection.state) == (
        request,
        [other.id],
        "online",
    )


def test_expired_in_the_queue() -> None:
    """A request whose time passed while it waited is not sent any more."""
    server = Server(online=False)
    request = server.session.request("calling.play", {})
    server.session.expire(request, 10)
    server.log_in()

    assert request.id not in ids_of(frames_of(server.done))


def test_expired_after_the_reply() -> None:
    """The time of a request that has its reply means nothing."""
    server = Server()
    request = server.session.request("calling.play", {})
    server.reply(request)
    server.session.expire(request, 10)

    assert server.take() == []


def test_late_reply() -> None:
    """A reply after the time has passed is told and changes nothing."""
    server = Server()
    call = server.ring()
    request = call.ask("answer", {})
    assert request is not None
    server.session.expire(request, 10)
    server.take()
    effects = server.reply(request)

    assert (call.state, effects) == ("created", [Unheard("reply to no request that is pending", request.id)])


def test_answer_that_expired() -> None:
    """An answer that got no reply may be asked again."""
    server = Server()
    call = server.ring()
    request = call.ask("answer", {})
    assert request is not None
    server.session.expire(request, 10)

    assert call.ask("answer", {}) is not None


def test_asking_of_a_closed_client() -> None:
    """What is asked when the program has closed the client fails at once, and nothing is kept."""
    server = Server()
    server.session.connection.fire("closed")

    with pytest.raises(ConnectionLostError, match="the client is closed"):
        server.session.request("calling.play", {})

    assert {} == server.session.outbox.queued
