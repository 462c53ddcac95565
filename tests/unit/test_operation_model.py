"""`callfsm.core.model.operation`: what is asked of an operation, and what becomes of it."""

import pytest
from core_wire import CALL_ID, CONTROL_ID, Server, answered, only, started

from callfsm.core.effects import AskedAfterEnd, OperationSettled
from callfsm.core.tables import KINDS
from callfsm.errors import IllegalCommandError
from callfsm.event import EVENT_CLASS_MAP, RecordEvent


@pytest.mark.parametrize("kind", KINDS)
def test_frame(kind: str) -> None:
    """The command that begins an operation carries its control id after the address."""
    server = Server()
    answered(server).start(kind, CONTROL_ID, {"play": []})
    (frame,) = server.sent()

    assert list(frame["params"].items()) == [
        ("node_id", "node-1"),
        ("call_id", CALL_ID),
        ("control_id", CONTROL_ID),
        ("play", []),
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("code", "state"), [("200", "requested"), ("404", "gone"), ("410", "gone"), ("500", "rejected")]
)
def test_reply(kind: str, code: str, state: str) -> None:
    """The reply to the first command leaves the operation open, or settles it."""
    server = Server()
    operation, request = answered(server).start(kind, CONTROL_ID, {})
    server.reply(request, code)

    assert operation.state == state


@pytest.mark.parametrize("kind", KINDS)
def test_refused_operation_forgotten(kind: str) -> None:
    """An operation that the server refused leaves the call, which goes on."""
    server = Server()
    call = answered(server)
    _, request = call.start(kind, CONTROL_ID, {})
    server.reply(request, "500")

    assert (call.state, call.operations) == ("answered", {})


@pytest.mark.parametrize("kind", KINDS)
def test_lost_reply(kind: str) -> None:
    """A command whose reply was lost may have run: the operation goes on listening."""
    server = Server()
    operation, _ = answered(server).start(kind, CONTROL_ID, {})
    server.drop()

    assert operation.state == "requested"


@pytest.mark.parametrize(
    ("kind", "command", "method"),
    [
        ("play", "stop", "calling.play.stop"),
        ("play", "pause", "calling.play.pause"),
        ("play", "volume", "calling.play.volume"),
        ("record", "stop", "calling.record.stop"),
        ("record", "pause", "calling.record.pause"),
        ("collect", "stop", "calling.collect.stop"),
        ("collect", "start_input_timers", "calling.collect.start_input_timers"),
        ("play_and_collect", "stop", "calling.play_and_collect.stop"),
        ("play_and_collect", "volume", "calling.play_and_collect.volume"),
        ("play_and_collect", "start_input_timers", "calling.collect.start_input_timers"),
        ("detect", "stop", "calling.detect.stop"),
        ("send_fax", "stop", "calling.send_fax.stop"),
        ("receive_fax", "stop", "calling.receive_fax.stop"),
        ("tap", "stop", "calling.tap.stop"),
        ("stream", "stop", "calling.stream.stop"),
        ("transcribe", "stop", "calling.transcribe.stop"),
        ("pay", "stop", "calling.pay.stop"),
        ("ai", "stop", "calling.ai.stop"),
    ],
)
def test_asks(kind: str, command: str, method: str) -> None:
    """Each command of a running operation leaves under its method, with address and control id."""
    server = Server()
    operation = started(server, answered(server), kind)
    request = operation.ask(command, {"volume": 3})

    assert request is not None
    assert (request.method, request.params) == (
        method,
        {"node_id": "node-1", "call_id": CALL_ID, "control_id": CONTROL_ID, "volume": 3},
    )


@pytest.mark.parametrize("kind", ["play", "record", "play_and_collect"])
def test_pause_and_resume(kind: str) -> None:
    """The accepted reply to pause or resume moves the operation, for the program goes on at the reply."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.reply(operation.ask("pause", {}))
    paused = operation.state
    server.reply(operation.ask("resume", {}))

    assert (paused, operation.state) == ("paused", "recording" if kind == "record" else "playing")


@pytest.mark.parametrize("code", ["404", "500"])
def test_refused_pause(code: str) -> None:
    """A refused pause leaves the play as it was."""
    server = Server()
    play = started(server, answered(server))
    server.reply(play.ask("pause", {}), code)

    assert play.state == "requested"


@pytest.mark.parametrize(("kind", "word"), [("play", "finished"), ("play", "error"), ("record", "no_input")])
def test_stop_of_what_is_over(kind: str, word: str) -> None:
    """To stop what is over is harmless: nothing is sent and nothing raised."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.operation(kind, state=word)

    assert (operation.ask("stop", {}), server.sent()) == (None, [])


@pytest.mark.parametrize("code", ["404", "500"])
def test_stop_of_what_never_began(code: str) -> None:
    """To stop what the server did not begin is harmless as well."""
    server = Server()
    play, request = answered(server).start("play", CONTROL_ID, {})
    server.reply(request, code)
    server.take()

    assert (play.ask("stop", {}), server.sent()) == (None, [])


def test_pause_of_what_is_over() -> None:
    """To pause what is over is a mistake of the program, and is told so."""
    server = Server()
    play = started(server, answered(server))
    server.operation("play", state="finished")

    with pytest.raises(IllegalCommandError, match="cannot pause play ctl-1 while it is finished"):
        play.ask("pause", {})


@pytest.mark.parametrize("word", ["ending", "ended"])
def test_asked_after_the_call(word: str) -> None:
    """A command to an operation whose call is over is settled here."""
    server = Server()
    call = answered(server)
    play = started(server, call)
    server.state(word)

    assert play.ask("pause", {}) is None
    assert server.take() == [AskedAfterEnd(play, "pause", 1)]


def test_settled_with_its_event() -> None:
    """An operation's result is the event that ended it."""
    server = Server()
    record = started(server, answered(server), "record")
    effects = server.operation("record", state="finished", record={"url": "https://files.invalid/1"})
    (settled,) = only(OperationSettled, effects)

    assert isinstance(settled.event, RecordEvent)
    assert (settled.event is record.result, settled.event.url) == (True, "https://files.invalid/1")


@pytest.mark.parametrize("kind", KINDS)
def test_last_words(kind: str) -> None:
    """An operation that got no last report has a terminal event of its own kind, which says what became of it."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.state("ended")
    operation.call.grace_over()

    assert operation.result is not None
    assert type(operation.result) is EVENT_CLASS_MAP[KINDS[kind].event_type]
    told = {"call_id": CALL_ID, "node_id": "node-1", "control_id": CONTROL_ID, "state": "hung_up"}
    assert {name: operation.result.params[name] for name in told} == told


def test_report_without_a_word() -> None:
    """A report that says nothing is stale, and moves nothing."""
    server = Server()
    play = started(server, answered(server))
    server.operation("play")

    assert (play.state, play.stale) == ("requested", 1)


@pytest.mark.parametrize("kind", ["play", "record"])
def test_first_word_repeated(kind: str) -> None:
    """A running operation that is reported running again is stale."""
    server = Server()
    operation = started(server, answered(server), kind)
    for _ in range(2):
        server.operation(kind, state="recording" if kind == "record" else "playing")

    assert operation.stale == 1
