"""`callfsm.core.model.call`: what runs in a call, from its start to what is left of it after the call's end."""

import pytest
from core_wire import CONTROL_ID, Server, answered, only, started

from callfsm.core.effects import Forgotten, Lingers, OperationSettled, Send
from callfsm.core.model import CallModel
from callfsm.errors import IllegalCommandError, RelayError


def test_operation_joins_before_its_frame() -> None:
    """An operation can hear a report that overtakes the reply to its command."""
    server = Server()
    call = answered(server)
    play, request = call.start("play", CONTROL_ID, {})
    server.operation("play", state="playing")
    server.reply(request)

    assert play.state == "playing"


def test_control_id_taken() -> None:
    """A control id that is in use is refused, and the operation that has it goes on."""
    server = Server()
    call = answered(server)
    play = started(server, call)

    with pytest.raises(ValueError, match="'ctl-1' is taken by a play"):
        call.start("record", CONTROL_ID, {})

    assert call.operations == {CONTROL_ID: play}


def test_control_id_free_again() -> None:
    """The control id of an operation that is over can be used again."""
    server = Server()
    call = answered(server)
    started(server, call)
    server.operation("play", state="finished")

    assert call.start("play", CONTROL_ID, {})[1] is not None


def test_refused_start_leaves_nothing() -> None:
    """An operation that may not begin does not join the call."""
    call = Server().ring()

    with pytest.raises(IllegalCommandError):
        call.start("play", CONTROL_ID, {})

    assert (call.operations, call.in_flight) == ({}, ())


@pytest.mark.parametrize(("volume", "error"), [(float("nan"), ValueError), (object(), TypeError)])
def test_start_that_cannot_be_told(volume: object, error: type[Exception]) -> None:
    """An operation whose params JSON cannot tell does not join the call, and can be begun properly."""
    server = Server()
    call = answered(server)

    with pytest.raises(error):
        call.start("play", CONTROL_ID, {"volume": volume})

    assert (call.operations, call.in_flight, server.session.outbox.pending) == ({}, (), {})


def test_start_with_a_full_queue() -> None:
    """An operation that finds no room in the queue does not join the call."""
    server = Server()
    call = answered(server)
    server.drop()
    for _ in range(500):
        server.session.request("calling.play", {})

    with pytest.raises(RelayError, match="queue full"):
        call.start("play", CONTROL_ID, {})

    assert call.operations == {}


@pytest.mark.parametrize("kind", ["play", "record", "collect", "play_and_collect"])
@pytest.mark.parametrize("word", ["ending", "ended"])
def test_start_after_the_end(kind: str, word: str) -> None:
    """An operation on a call that is over is settled at once, nothing is sent, and it does not join the call."""
    server = Server()
    call = answered(server)
    server.state(word)
    operation, request = call.start(kind, CONTROL_ID, {})
    effects = server.take()

    assert (operation.state, request, call.operations, only(Send, effects)) == ("hung_up", None, {}, [])
    assert [each.operation for each in only(OperationSettled, effects)] == [operation]


def test_hangup_takes_operations_along() -> None:
    """When the call is ending, what runs in it is stopping, and no stop command is sent."""
    server = Server()
    call = answered(server)
    play = started(server, call)
    effects = server.state("ending")
    requests = [send for send in only(Send, effects) if '"method"' in send.text]

    assert (play.state, requests) == ("stopping", [])


def test_operations_end_with_the_call() -> None:
    """When the call has ended, what ran in it is hung up, settled and forgotten."""
    server = Server()
    call = answered(server)
    play, collect = started(server, call), started(server, call, "collect", "ctl-2")
    effects = server.state("ended")

    assert [each.operation for each in only(OperationSettled, effects)] == [play, collect]
    assert (play.state, collect.state, call.operations) == ("hung_up", "hung_up", {})


@pytest.mark.parametrize("skipped", [True, False])
def test_recording_outlives_the_call(skipped: bool) -> None:  # noqa: FBT001  a parameter of the test
    """A recording waits for its last report past the end of the call, and delivers its URL then."""
    server = Server()
    call = answered(server)
    record = started(server, call, "record")
    if not skipped:
        server.state("ending")
    lingering = only(Lingers, server.state("ended"))
    effects = server.operation("record", state="finished", url="https://files.invalid/1")

    assert (lingering, record.state, only(Forgotten, effects)) == ([Lingers(call)], "finished", [Forgotten(call)])
    assert [each.event.params["url"] for each in only(OperationSettled, effects)] == ["https://files.invalid/1"]


def test_last_report_while_ending() -> None:
    """A recording that finishes while the call is ending delivers its URL, and nothing lingers."""
    server = Server()
    call = answered(server)
    record = started(server, call, "record")
    server.state("ending")
    server.operation("record", state="finished")

    assert (record.state, only(Lingers, server.state("ended"))) == ("finished", [])


def test_grace_over() -> None:
    """After the grace a recording without a last report settles, and the call is forgotten."""
    server = Server()
    call = answered(server)
    record = started(server, call, "record")
    server.state("ended")
    call.grace_over()
    effects = server.take()

    assert (record.state, only(Forgotten, effects)) == ("hung_up", [Forgotten(call)])


def test_two_recordings_linger() -> None:
    """A call is forgotten with the last of its recordings, not with the first."""
    server = Server()
    call = answered(server)
    started(server, call, "record")
    started(server, call, "record", "ctl-2")
    server.state("ended")
    first = server.operation("record", state="finished")
    second = server.operation("record", "ctl-2", state="finished")

    assert (only(Forgotten, first), only(Forgotten, second)) == ([], [Forgotten(call)])


def test_grace_of_a_live_call() -> None:
    """A grace that is over means nothing to a call that has not ended."""
    server = Server()
    call = answered(server)
    record = started(server, call, "record")
    call.grace_over()

    assert record.state == "requested"


def test_reply_of_a_command_nobody_counts() -> None:
    """A reply to a command that the call has not in flight any more is heard all the same."""
    server = Server()
    call = answered(server)
    request = call.ask("connect", {})
    call.in_flight = ()
    server.reply(request, "410")

    assert call.state == "ended"


def test_event_of_another_type() -> None:
    """An event of another type does not speak for an operation, whatever control id it carries."""
    server = Server()
    call = answered(server)
    play = started(server, call)
    server.operation("record", state="finished")

    assert play.state == "requested"


REACHED = {
    "created": {},
    "ringing": {"ringing"},
    "answered": {"ringing", "answered"},
    "ending": {"ringing", "answered", "ending"},
    "ended": {"ringing", "answered", "ending", "ended"},
}


def live_through(word: str) -> CallModel:
    """A call that has been reported in each state up to this one."""
    server = Server()
    call = server.ring()
    for each in REACHED:
        server.state(each)
        if each == word:
            break
    return call


@pytest.mark.parametrize("word", REACHED)
def test_reached(word: str) -> None:
    """A call has reached the states that it was in, also those that it has left."""
    call = live_through(word)

    assert set(REACHED[word]) == {each for each in ("ringing", "answered", "ending", "ended") if call.reached(each)}


@pytest.mark.parametrize("word", REACHED)
def test_can_reach(word: str) -> None:
    """A call can still reach the states that lie before it."""
    call = live_through(word)
    ahead = {each for each in ("answered", "ending", "ended") if not call.reached(each)}

    assert ahead == {
        each for each in ("answered", "ending", "ended") if not call.reached(each) and call.can_reach(each)
    }


def test_cannot_be_answered_any_more() -> None:
    """A call that ends unanswered can reach neither ringing nor answered."""
    server = Server()
    call = server.ring()
    server.state("ending")

    assert [call.can_reach(word) for word in ("ringing", "answered", "ended")] == [False, False, True]
