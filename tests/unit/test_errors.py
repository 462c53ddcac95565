"""`callfsm.errors`: what each error says, and that it survives a journey."""

import copy
import pickle

import pytest

from callfsm.errors import (
    AuthenticationError,
    CallEndedError,
    ConnectionLostError,
    DialError,
    IllegalCommandError,
    RelayError,
    RequestTimeoutError,
)

ERRORS = [
    RelayError(404, "Call not found"),
    IllegalCommandError("play", "call call-1", "created", why="it is early", permitted=("answer", "hangup")),
    CallEndedError("call-1", "busy", hope="it cannot be answered any more"),
    AuthenticationError(-32002, "Authentication failed"),
    DialError("tag-1", "failed", message="Dial failed"),
    ConnectionLostError("Connection closed"),
    RequestTimeoutError("calling.play", 10.0),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_one_family(error: RelayError) -> None:
    """Whoever catches `RelayError` catches every error of callfsm's own."""
    assert isinstance(error, RelayError)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("journey", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301  its own pickle
def test_journey(error: RelayError, journey: object) -> None:
    """An error that was pickled or copied, by a process pool for instance, says the same."""
    assert callable(journey)
    arrived = journey(error)

    assert (type(error), str(error), vars(error)) == (type(arrived), str(arrived), vars(arrived))


def test_text() -> None:
    """The text of an error begins with the server's code."""
    assert str(ERRORS[0]) == "RELAY error 404: Call not found"


def test_codes_without_server() -> None:
    """An error that no server sent has the code -1."""
    assert {-1} == {error.code for error in ERRORS if type(error) not in (RelayError, AuthenticationError)}


def test_illegal_command_text() -> None:
    """A refused command tells what, on what, in which state, why, and what would have been allowed."""
    expected = "cannot play call call-1 while it is created: it is early; allowed now: answer, hangup"

    assert ERRORS[1].message == expected


def test_illegal_command_with_nothing_permitted() -> None:
    """Where nothing is allowed, the text says so."""
    error = IllegalCommandError("stop", "play ctl-1", "rejected", why="it never began", permitted=())

    assert error.message.endswith("allowed now: nothing")


def test_illegal_command_facts() -> None:
    """What a program would branch on are attributes."""
    error = IllegalCommandError("play", "call call-1", "created", why="it is early", permitted=["answer"])

    assert (error.command, error.subject, error.state, error.permitted) == (
        "play",
        "call call-1",
        "created",
        ("answer",),
    )


def test_ended_without_reason() -> None:
    """A call that ended without a reason is told so, rather than with an empty pair of brackets."""
    assert "has ended (no reason given)" in str(CallEndedError("call-1", "", hope="no"))


def test_timeout_text() -> None:
    """A timeout names the method and the limit, in the words that programs look for."""
    assert ERRORS[-1].message == "Request timeout for calling.play: no reply within 10 s"
