"""`callfsm.core.model.dial`: dials that fail or are given up, and what becomes of their legs."""

from typing import Any

import pytest
from core_wire import TAG, Server, dialled, only

from callfsm.core import switchboard
from callfsm.core.effects import CallMade, DialSettled, OrphanHungUp, Replied, Unheard
from callfsm.errors import ConnectionLostError

WINNER = {"call_id": "leg-1", "node_id": "node-2", "tag": TAG, "device": {"type": "phone"}}


def leg(server: Server, word: str, call_id: str = "leg-1") -> None:
    """Report the state of a leg."""
    server.state(word, call_id, tag=TAG)


def hung_up(server: Server) -> list[str]:
    """The calls whose hang-up has been sent, or waits for the line."""
    waiting = [*server.session.outbox.pending.values(), *server.session.outbox.queued.values()]
    return [request.params["call_id"] for request in waiting if request.command == "hangup"]


@pytest.mark.parametrize(("more", "reason"), [({}, "failed"), ({"reason": "busy"}, "busy"), ({"call": {}}, "failed")])
def test_failed(more: dict[str, Any], reason: str) -> None:
    """A dial that nobody answered fails, with the server's reason if there is one."""
    server = Server()
    dial = dialled(server)
    effects = server.dial("failed", **more)

    assert (dial.state, dial.reason, only(DialSettled, effects)) == ("failed", reason, [DialSettled(dial)])


def test_refused_dial() -> None:
    """A dial that the server refuses fails with its message, and frees the tag."""
    server = Server()
    dial, request = server.session.dial(TAG, {})
    server.reply(request, "400", message="No devices")

    assert (dial.state, dial.reason, server.session.switchboard.dials) == ("failed", "No devices", {})


def test_lost_reply_of_a_dial() -> None:
    """A dial without a reply may ring all the same: it counts as given up, so that its legs are hung up."""
    server = Server()
    dial, request = server.session.dial(TAG, {})
    server.session.expire(request, 10)
    leg(server, "ringing")

    assert (dial.state, hung_up(server)) == ("abandoned", ["leg-1"])


def test_abandoned_legs() -> None:
    """The legs that are up when a dial is given up are hung up, as cancelled, each once."""
    server = Server()
    dial = dialled(server)
    leg(server, "ringing", "leg-1")
    leg(server, "ringing", "leg-2")
    server.session.abandon(dial, "timed out")
    effects = server.take()
    leg(server, "ringing", "leg-1")

    assert (hung_up(server), dial.reason) == (["leg-1", "leg-2"], "timed out")
    assert len(only(OrphanHungUp, effects)) == 2
    assert {request.params["reason"] for request in server.session.outbox.pending.values()} == {"cancel"}


def test_late_leg_of_an_abandoned_dial() -> None:
    """A leg that comes up after its dial was given up is hung up."""
    server = Server()
    server.session.abandon(dialled(server), "timed out")
    leg(server, "answered")

    assert hung_up(server) == ["leg-1"]


def test_late_leg_of_a_failed_dial() -> None:
    """A leg that is answered after its dial has failed is hung up."""
    server = Server()
    dialled(server)
    leg(server, "ringing")
    server.dial("failed")
    leg(server, "answered")

    assert hung_up(server) == ["leg-1"]


def test_winner_of_an_abandoned_dial() -> None:
    """A winner that comes after the dial was given up is hung up, and the dial has failed."""
    server = Server()
    dial = dialled(server)
    server.session.abandon(dial, "timed out")
    effects = server.dial("answered", call=WINNER)

    assert (dial.state, hung_up(server), dial.winner) == ("failed", ["leg-1"], None)
    assert only(DialSettled, effects) == [DialSettled(dial)]


@pytest.mark.parametrize("word", ["dialing", "failed"])
def test_words_after_giving_up(word: str) -> None:
    """What the server goes on telling of a dial that was given up is no surprise."""
    server = Server()
    dial = dialled(server)
    server.session.abandon(dial, "timed out")
    server.dial(word)

    assert dial.stale == 0


def test_abandoned_tag_free() -> None:
    """The tag of a dial that was given up can be used again."""
    server = Server()
    server.session.abandon(dialled(server), "timed out")
    again, _ = server.session.dial(TAG, {})

    assert again.state == "requested"


def test_two_dials_of_one_tag() -> None:
    """When the second dial of a tag is over, the first one's late legs are still hung up."""
    server = Server()
    server.session.abandon(dialled(server), "timed out")
    dialled(server)
    server.dial("failed")
    leg(server, "answered", "leg-9")

    assert hung_up(server) == ["leg-9"]


def test_given_up_before_it_was_sent() -> None:
    """A dial that was given up while it waited for the line is never sent."""
    server = Server()
    server.drop()
    dial, request = server.session.dial(TAG, {})
    server.session.abandon(dial, "cancelled")
    effects = server.take()
    server.log_in()
    methods = [frame["method"] for frame in server.sent()]

    assert (dial.state, server.session.switchboard.dials, "calling.dial" in methods) == ("failed", {}, False)
    assert [(each.request, type(each.outcome.error)) for each in only(Replied, effects)] == [
        (request, ConnectionLostError)
    ]


def test_others_wait_on() -> None:
    """Giving up one dial leaves what else waits for the line alone."""
    server = Server()
    server.drop()
    dial, _ = server.session.dial(TAG, {})
    other, _ = server.session.dial("tag-2", {})
    server.session.abandon(dial, "cancelled")

    assert [request.dial for request in server.session.outbox.queued.values()] == [other]


def test_orphan_of_a_full_queue() -> None:
    """Legs are hung up also when the line is down and the queue is full: they would cost money."""
    server = Server()
    dial = dialled(server)
    leg(server, "ringing")
    server.drop()
    for _ in range(500):
        server.session.request("calling.play", {})
    server.session.abandon(dial, "timed out")

    assert hung_up(server) == ["leg-1"]


def test_leg_that_ends_before_the_dial() -> None:
    """A leg that ends leaves the dial, which goes on with the others."""
    server = Server()
    dial = dialled(server)
    leg(server, "ringing")
    leg(server, "ended")

    assert (dial.state, dial.legs, server.session.calls) == ("dialing", {}, {})


@pytest.mark.parametrize("word", ["ended"])
def test_first_word_of_a_leg_is_its_last(word: str) -> None:
    """A leg that is known only from its end is not made."""
    server = Server()
    dialled(server)
    effects = server.state(word, "leg-1", tag=TAG)

    assert (only(CallMade, effects), server.session.calls, len(only(Unheard, effects))) == ([], {}, 1)


def test_leg_without_an_id() -> None:
    """A leg that cannot be addressed is not made."""
    server = Server()
    dialled(server)
    server.event("calling.call.state", {"tag": TAG, "call_state": "created"})

    assert server.session.calls == {}


def test_finished_dials_are_bounded() -> None:
    """Only the latest dials that were given up are watched for late legs."""
    server = Server()
    for number in range(switchboard.MAX_FINISHED_DIALS + 2):
        dial, _ = server.session.dial(f"tag-{number}", {})
        server.session.abandon(dial, "timed out")

    tags = [dial.tag for dial in server.session.switchboard.all_dials()]

    assert (tags[0], len(tags)) == ("tag-2", switchboard.MAX_FINISHED_DIALS)


def test_watched_after_its_legs() -> None:
    """A dial that failed is watched also when its legs have ended: another one may still come up, and is hung up."""
    server = Server()
    dialled(server)
    leg(server, "ringing")
    server.dial("failed")
    leg(server, "ended")
    leg(server, "answered", "leg-9")

    assert hung_up(server) == ["leg-9"]


def test_watch_ends() -> None:
    """A dial whose leg is the call is not watched: a later leg of its tag is nobody's."""
    server = Server()
    dialled(server)
    server.dial("answered", call=WINNER)

    assert (server.session.switchboard.dials, server.session.switchboard.all_dials()) == ({}, [])


def test_dial_event_of_a_winner() -> None:
    """A dial event that comes again after the dial is over is an event of the winner."""
    server = Server()
    dialled(server)
    server.dial("answered", call=WINNER)
    effects = server.dial("answered", call=WINNER)

    assert only(Unheard, effects) == []


@pytest.mark.parametrize("call", [None, {"call_id": "leg-9"}, {"call_id": []}])
def test_stranger(call: object) -> None:
    """A dial event of a tag and a call that are not ours changes nothing."""
    server = Server()
    effects = server.dial("answered", "tag-9", call=call)

    assert (server.session.calls, len(only(Unheard, effects))) == ({}, 1)


@pytest.mark.parametrize("tag", [None, 7, []])
def test_tag_that_is_none(tag: object) -> None:
    """A tag that is no string belongs to no dial."""
    server = Server()
    dial = dialled(server)
    server.event("calling.call.dial", {"tag": tag, "dial_state": "failed"})

    assert dial.state == "dialing"
