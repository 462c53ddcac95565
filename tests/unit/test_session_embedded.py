"""`callfsm.core.session`: calls that are known from elsewhere, and lines of the program's own that fail."""

from core_wire import CALL_ID, Server, frames_of, only

from callfsm.core.effects import CallMade, Replied
from callfsm.core.model import CallModel
from callfsm.errors import RelayError


def embedded(server: Server, state: str = "answered") -> CallModel:
    """A call that the program knows from elsewhere."""
    return server.session.embed({"call_id": CALL_ID, "node_id": "node-1", "call_state": state})


def test_embedded() -> None:
    """A call that is known from elsewhere begins where it is, and is announced to nobody."""
    server = Server()
    server.take()
    call = embedded(server)

    assert (call.state, server.session.calls, only(CallMade, server.take())) == ("answered", {CALL_ID: call}, [])


def test_embedded_while_it_rings() -> None:
    """A call that rings is a created one, of which it is known that it rings."""
    call = embedded(Server(), "ringing")

    assert (call.state, call.ringing) == ("created", True)


def test_not_probed() -> None:
    """Nothing is sent for an embedded call but what is asked: a command that the server knows nothing of is not followed up."""
    server = Server()
    call = embedded(server)
    request = call.ask("play", {})
    server.take()
    effects = server.reply(request, "404")

    assert (frames_of(effects), call.state) == ([], "answered")


def test_failed() -> None:
    """What the program's own line raised is told to whoever asked as it is, and concludes the request once."""
    server = Server()
    call = embedded(server)
    request, cause = call.ask("hangup", {}), OSError("no route")
    assert request is not None
    server.take()
    for _ in range(2):
        server.session.fail(request.id, cause)
    (replied,) = only(Replied, server.take())

    assert (replied.request, replied.outcome.failure, call.state, call.in_flight) == (request, cause, "answered", ())


def test_failed_in_words() -> None:
    """For all others the failure of the program's own line is a `RelayError` that names it."""
    server = Server()
    request = server.session.request("calling.play", {})
    server.session.fail(request.id, OSError("no route"))
    (replied,) = only(Replied, server.take())

    assert isinstance(replied.outcome.error, RelayError)
    assert (replied.outcome.error.code, replied.outcome.error.message) == (-1, "OSError: no route")


def test_failure_of_a_refusal() -> None:
    """What the server has refused is told as its refusal."""
    server = Server()
    (replied,) = only(Replied, server.reply(server.session.request("calling.play", {}), "500"))

    assert replied.outcome.failure is replied.outcome.error is not None
