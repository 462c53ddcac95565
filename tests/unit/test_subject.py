"""`callfsm.core.model.subject`: how a subject is moved, and what it tells of it."""

import pytest
from core_wire import Server, answered, only, started

from callfsm.core.effects import CallTransitioned, Refused, Stale, Transitioned
from callfsm.core.tables import COMMANDS, Speaker
from callfsm.errors import IllegalCommandError


def test_transition_told() -> None:
    """Every row that is heard is told with its speaker, its trigger and both states."""
    server = Server()
    call = server.ring()

    assert only(Transitioned, server.state("answered")) == [
        CallTransitioned(call, Speaker.REPORT, "answered", "created", "answered")
    ]


def test_internal_transition_told() -> None:
    """A row that is heard within a state is told as well, with that state twice."""
    server = Server()
    call = server.ring()

    assert only(Transitioned, server.state("ringing")) == [
        CallTransitioned(call, Speaker.REPORT, "ringing", "created", "created")
    ]


def test_cause_told_first() -> None:
    """A change is told before what it means for others, so that a log reads from cause to consequence."""
    server = Server()
    call = answered(server)
    play = started(server, call)

    told = [(each.subject, each.trigger) for each in only(Transitioned, server.state("ended"))]

    assert told == [(call, "ended"), (play, "call_ended")]


def test_stale_reports_counted() -> None:
    """A report that moves nothing is told, and counted for each subject."""
    server = Server()
    call = answered(server)
    server.state("created")

    assert only(Stale, server.state("nonsense")) == [Stale(call, "nonsense", 2, call.state)]


def test_a_report_cannot_pass_for_something_else() -> None:
    """A word that is a trigger, but not a report's, moves nothing when the server reports it."""
    server = Server()
    call = server.ring()
    for word in ("lost", "gone", "answer_accepted", "pass_accepted", "hangup", "answer"):
        server.state(word)

    assert (call.state, call.stale) == ("created", 6)


def test_refusal() -> None:
    """A refused ask tells the program why, and what it could ask instead."""
    server = Server()
    call = server.ring()

    with pytest.raises(IllegalCommandError) as caught:
        call.ask("play", {})

    instead = ("answer", "pass_", "hangup", *(command.name for command in COMMANDS if command.needs == "call"))

    assert (caught.value.state, caught.value.permitted) == ("created", instead)


def test_refusal_told() -> None:
    """A refused ask is told as an effect, and nothing else happens."""
    server = Server()
    call = server.ring()

    with pytest.raises(IllegalCommandError):
        call.ask("play", {})

    assert server.take() == [Refused(call, "play", "early_media", call.state)]


def test_refusal_without_a_row() -> None:
    """An ask that has no row in the state is told to have no meaning there."""
    server = Server()
    play = started(server, answered(server))

    with pytest.raises(IllegalCommandError, match="`resume` has no meaning in this state"):
        play.ask("resume", {})


def test_repeated_word() -> None:
    """The server's own word confirms a state once that a reply has brought; said again it is stale."""
    server = Server()
    call = server.ring()
    server.reply(call.ask("answer", {}))

    assert [len(only(Stale, server.state("answered"))) for _ in range(3)] == [0, 1, 1]


def test_names() -> None:
    """Logs and errors name a subject by its kind and id."""
    server = Server()
    call = answered(server)
    play = started(server, call)
    dial, _ = server.session.dial("tag-1", {})

    assert [each.name for each in (call, play, dial, server.session.connection)] == [
        "call call-1",
        "play ctl-1",
        "dial tag-1",
        "connection",
    ]
