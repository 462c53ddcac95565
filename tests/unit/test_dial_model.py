"""`callfsm.core.model.dial`: one tag, some legs, at most one winner."""

import pytest
from core_wire import TAG, Server, answered, dialled, only

from callfsm.core.effects import CallMade, DialSettled, Stale

WINNER = {"call_id": "leg-1", "node_id": "node-2", "tag": TAG, "device": {"type": "phone"}}


def leg(server: Server, word: str, call_id: str = "leg-1") -> None:
    """Report the state of a leg."""
    server.state(word, call_id, tag=TAG)


def hung_up(server: Server) -> list[str]:
    """The calls whose hang-up has been sent, or waits for the line."""
    waiting = [*server.session.outbox.pending.values(), *server.session.outbox.queued.values()]
    return [request.params["call_id"] for request in waiting if request.command == "hangup"]


def test_frame() -> None:
    """A dial leaves with its tag before its params."""
    server = Server()
    server.session.dial(TAG, {"devices": []})
    (frame,) = server.sent()

    assert (frame["method"], frame["params"]) == ("calling.dial", {"tag": TAG, "devices": []})


def test_tag_taken() -> None:
    """A tag that is in use is refused, and nothing is sent."""
    server = Server()
    server.session.dial(TAG, {})
    server.take()

    with pytest.raises(ValueError, match="'tag-1' is taken"):
        server.session.dial(TAG, {})

    assert server.sent() == []


@pytest.mark.parametrize("cannot", [{"devices": object()}])
def test_dial_that_cannot_be_told(cannot: dict[str, object]) -> None:
    """A dial whose params JSON cannot tell does not take its tag."""
    server = Server()

    with pytest.raises(TypeError):
        server.session.dial(TAG, cannot)

    assert server.session.switchboard.dials == {}


def test_leg_made() -> None:
    """The first report under a dial's tag makes an outbound call in the state that it tells."""
    server = Server()
    dial = dialled(server)
    (made,) = only(CallMade, server.state("ringing", "leg-1", tag=TAG))

    assert (made.call.direction, made.call.tag, made.call.state, made.call.ringing, made.call.dial) == (
        "outbound",
        TAG,
        "created",
        True,
        dial,
    )


def test_context_of_a_leg() -> None:
    """An outbound call's context is the session's own name."""
    server = Server()
    dialled(server)
    leg(server, "created")

    assert server.session.calls["leg-1"].context == "protocol-1"


def test_winner_with_a_leg() -> None:
    """The leg that the dial event names is the winner: the same call that its reports have made."""
    server = Server()
    dial = dialled(server)
    leg(server, "answered")
    known = server.session.calls["leg-1"]
    effects = server.dial("answered", call=WINNER)

    assert (dial.state, dial.winner, known.dial) == ("answered", known, None)
    assert only(DialSettled, effects) == [DialSettled(dial)]


def test_winner_by_the_dial_event_alone() -> None:
    """A winner of which nothing was reported before is made from the dial event, answered."""
    server = Server()
    dial = dialled(server)
    server.dial("answered", call=WINNER)

    assert dial.winner is not None
    assert (dial.winner.state, dial.winner.node_id, dial.winner.device) == ("answered", "node-2", {"type": "phone"})


def test_report_after_the_dial_event() -> None:
    """The winner's own report may come after the dial event, and confirms what is known."""
    server = Server()
    dial = dialled(server)
    server.dial("answered", call=WINNER)
    leg(server, "answered")

    assert dial.winner is not None
    assert (dial.winner.stale, dial.winner.state) == (0, "answered")


def test_winner_already_ended() -> None:
    """Whatever the dial event tells of the winner's state, the call that it makes can still end."""
    server = Server()
    dial = dialled(server)
    server.dial("answered", call=WINNER | {"call_state": "ended"})

    assert dial.winner is not None
    assert dial.winner.state == "answered"


@pytest.mark.parametrize("told", [{}, None, {"call_id": 7}, "leg-1"])
def test_answered_without_a_leg(told: object) -> None:
    """A dial event that says answered and names no leg says nothing: the dial goes on."""
    server = Server()
    dial = dialled(server)
    effects = server.dial("answered", call=told)

    assert (dial.state, only(Stale, effects)) == ("dialing", [Stale(dial, "", 1, "dialing")])


def test_winner_that_is_known_otherwise() -> None:
    """A call that is known is never made a second time: what runs in it would be lost."""
    server = Server()
    call = answered(server)
    dialled(server)
    server.dial("answered", call={"call_id": call.call_id})

    assert server.session.calls[call.call_id] is call


def test_answered_before_the_reply() -> None:
    """A dial event may overtake the reply to the dial."""
    server = Server()
    dial, request = server.session.dial(TAG, {})
    server.dial("dialing")
    server.dial("answered", call=WINNER)
    server.reply(request)

    assert dial.state == "answered"


def test_losers() -> None:
    """The legs that lost end by themselves, without any command of ours, and leave the dial."""
    server = Server()
    dial = dialled(server)
    leg(server, "ringing", "leg-1")
    leg(server, "ringing", "leg-2")
    server.dial("answered", call=WINNER)
    leg(server, "ended", "leg-2")

    assert (list(server.session.calls), dial.legs, hung_up(server)) == (["leg-1"], {}, [])
