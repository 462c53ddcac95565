"""`callfsm.core.model.call`: asking, hearing, ending."""

import pytest
from core_wire import CALL_ID, CONTROL_ID, Server, answered, only

from callfsm.core.effects import AskedAfterEnd, EventArrived, Forgotten, Send
from callfsm.core.model.call import SPINNING
from callfsm.core.request import Request
from callfsm.errors import CallEndedError, IllegalCommandError


def wanted(request: Request | None) -> Request:
    """The request of a command that was permitted."""
    assert request is not None
    return request


def test_facts_of_an_inbound_call() -> None:
    """A call knows what its offer told."""
    device = {"type": "phone", "params": {"from_number": "+15550100003"}}
    call = Server().ring(device=device, segment_id="segment-1", tag="t", project_id="project-2")

    assert (
        call.call_id,
        call.node_id,
        call.direction,
        call.context,
        call.device,
        call.segment_id,
        call.tag,
        call.project_id,
    ) == (CALL_ID, "node-1", "inbound", "office", device, "segment-1", "t", "project-2")


@pytest.mark.parametrize("device", [None, "phone", []])
def test_device_that_is_none(device: object) -> None:
    """A device that is no object counts as not told."""
    assert Server().ring(device=device).device == {}


def test_answer_frame() -> None:
    """A command leaves with the call's address before its own params."""
    server = Server()
    server.ring().ask("answer", {"codecs": ["PCMU"]})
    (frame,) = server.sent()

    assert (frame["method"], frame["params"]) == (
        "calling.answer",
        {"node_id": "node-1", "call_id": CALL_ID, "codecs": ["PCMU"]},
    )


def test_an_ask_moves_nothing() -> None:
    """A command leaves the state alone until the server has said something."""
    call = Server().ring()
    call.ask("answer", {})

    assert call.state == "created"


@pytest.mark.parametrize(
    ("command", "state"), [("answer", "answered"), ("hangup", "ending"), ("pass_", "ended"), ("connect", "created")]
)
def test_accepted(command: str, state: str) -> None:
    """An accepted answer, hang-up or pass moves the call at the reply; another command does not."""
    server = Server()
    call = server.ring()
    server.reply(call.ask(command, {}))

    assert call.state == state


@pytest.mark.parametrize("command", ["answer", "hangup", "pass_", "connect"])
@pytest.mark.parametrize("code", ["400", "409", "500"])
def test_rejected(command: str, code: str) -> None:
    """A refused command leaves the state as it was, and may be asked again."""
    server = Server()
    call = server.ring()
    server.reply(call.ask(command, {}), code)

    assert (call.state, call.ask(command, {}) is not None) == ("created", True)


@pytest.mark.parametrize("command", ["answer", "hangup", "pass_", "connect"])
def test_gone(command: str) -> None:
    """A 410 to any command says that the call is gone."""
    server = Server()
    call = server.ring()
    server.reply(call.ask(command, {}), "410")

    assert (call.state, call.end_reason) == ("ended", "gone")


@pytest.mark.parametrize(("command", "state"), [("answer", "ended"), ("hangup", "ended"), ("pass_", "ended")])
def test_unknown(command: str, state: str) -> None:
    """A 404 to a command that can only be about the call says that it is gone."""
    server = Server()
    call = server.ring()
    server.reply(call.ask(command, {}), "404")

    assert call.state == state


def test_unknown_to_another_command() -> None:
    """A 404 to another command leaves the call, and the server is asked with a harmless command."""
    server = Server()
    call = server.ring()
    server.reply(call.ask("disconnect", {}), "404")
    effects = server.done[-3:]
    probe = next(iter(server.session.outbox.pending.values()))

    assert (call.state, probe.method, probe.params["realm"], len(only(Send, effects))) == (
        "created",
        "calling.clear_digit_bindings",
        "callfsm-probe",
        1,
    )


@pytest.mark.parametrize(
    ("code", "state"), [("200", "created"), ("404", "ended"), ("410", "ended"), ("500", "created")]
)
def test_probed(code: str, state: str) -> None:
    """The answer to the probe tells whether the call is still there."""
    server = Server()
    call = server.ring()
    server.reply(call.ask("disconnect", {}), "404")
    server.reply(next(iter(server.session.outbox.pending.values())), code)

    assert call.state == state


def test_probed_once() -> None:
    """While one probe is under way no other is sent."""
    server = Server()
    call = server.ring()
    requests = [call.ask("disconnect", {}) for _ in range(2)]
    for request in requests:
        server.reply(request, "404")

    assert [each.command for each in server.session.outbox.pending.values()] == ["probe"]


def test_no_probe_of_what_is_over() -> None:
    """A call that is over is not asked about."""
    server = Server()
    call = answered(server)
    request = call.ask("disconnect", {})
    server.state("ending")
    server.reply(request, "404")

    assert server.session.outbox.pending == {}


@pytest.mark.parametrize("early", [True, False])
def test_early_media(early: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Media before the answer goes out only for those who wanted that."""
    server = Server(early_media=early)
    call = server.ring()

    if early:
        assert call.start("play", CONTROL_ID, {})[1] is not None
    else:
        with pytest.raises(IllegalCommandError, match="media commands need an answered call"):
            call.start("play", CONTROL_ID, {})


def test_answer_of_an_outbound_call() -> None:
    """An outbound call is not answered by us."""
    call = Server().session.embed({"call_id": CALL_ID, "node_id": "node-1", "direction": "outbound"})

    with pytest.raises(IllegalCommandError, match="only an inbound call"):
        call.ask("answer", {})


@pytest.mark.parametrize(("command", "reason"), [("answer", "being answered"), ("hangup", "being hung up")])
def test_asked_twice(command: str, reason: str) -> None:
    """An answer or a hang-up that is under way is not sent a second time."""
    call = Server().ring()
    call.ask(command, {})

    with pytest.raises(IllegalCommandError, match=reason):
        call.ask(command, {})


def test_answer_after_answered() -> None:
    """An answered call is not answered again."""
    call = answered(Server())

    with pytest.raises(IllegalCommandError, match="no meaning in this state"):
        call.ask("answer", {})


@pytest.mark.parametrize("word", ["ending", "ended"])
def test_asked_after_the_end(word: str) -> None:
    """A command on a call that is over is settled here: counted, told, and not sent."""
    server = Server()
    call = answered(server)
    server.state(word)

    assert call.ask("connect", {}) is None
    assert server.take() == [AskedAfterEnd(call, "connect", 1)]


def test_spinning_handler() -> None:
    """A handler that keeps asking of an ended call is stopped by an exception that says so."""
    server = Server()
    call = answered(server)
    server.state("ended", end_reason="busy")
    for _ in range(SPINNING - 1):
        call.ask("connect", {})

    with pytest.raises(CallEndedError, match=r"ended \(busy\).*the handler is spinning"):
        call.ask("connect", {})


def test_ringing() -> None:
    """Ringing is a fact about a created call, not a state."""
    server = Server()
    call = server.ring()
    server.state("ringing")

    assert (call.state, call.ringing) == ("created", True)


@pytest.mark.parametrize(("wire", "reason"), [("maxDuration", "max_duration"), ("busy", "busy"), (None, "")])
def test_end_reason(wire: object, reason: str) -> None:
    """A call remembers why it ended, in the spelling of the constants."""
    server = Server()
    call = server.ring()
    server.state("ended", end_reason=wire)

    assert call.end_reason == reason


def test_end_reason_of_ending() -> None:
    """A reason that came with ``ending`` stays when ``ended`` tells none."""
    server = Server()
    call = server.ring()
    server.state("ending", end_reason="busy")
    server.state("ended")

    assert call.end_reason == "busy"


def test_ending_confirmed() -> None:
    """After our own hang-up was accepted, the report of it still tells the reason."""
    server = Server()
    call = server.ring()
    server.reply(call.ask("hangup", {}))
    server.state("ending", end_reason="hangup")

    assert (call.stale, call.end_reason) == (0, "hangup")


def test_ended_call_forgotten() -> None:
    """An ended call with nothing left to come is forgotten."""
    server = Server()
    call = server.ring()

    assert only(Forgotten, server.state("ended")) == [Forgotten(call)]
    assert server.session.calls == {}


def test_events_arrive() -> None:
    """Every event of a call is handed on, also one that moves nothing."""
    server = Server()
    call = server.ring()
    effects = server.event("calling.call.denoise", {"call_id": CALL_ID, "denoised": True})

    assert [(each.call, each.report.event_type) for each in only(EventArrived, effects)] == [
        (call, "calling.call.denoise")
    ]


@pytest.mark.parametrize("word", [None, "", 7, ["ended"]])
def test_state_without_a_word(word: object) -> None:
    """A state report that tells no state moves nothing, and is counted."""
    server = Server()
    call = server.ring()
    server.event("calling.call.state", {"call_id": CALL_ID, "call_state": word})

    assert (call.state, call.stale) == ("created", 1)
