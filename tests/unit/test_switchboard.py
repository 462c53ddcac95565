"""`callfsm.core.switchboard`: it knows whose event this is."""

import pytest
from core_wire import CALL_ID, TAG, Server, dialled

from callfsm.core.model import CallModel


def test_call() -> None:
    """An event finds the call whose id it carries."""
    server = Server()
    call = server.ring()

    assert server.session.switchboard.call({"call_id": CALL_ID}) is call


@pytest.mark.parametrize("call_id", ["call-9", "", None, 7, ["call-1"], {}])
def test_no_call(call_id: object) -> None:
    """An event finds no call by anything else."""
    server = Server()
    server.ring()

    assert server.session.switchboard.call({"call_id": call_id}) is None


def test_dial() -> None:
    """An event finds the dial whose tag it carries, also one that nobody waits for any longer."""
    server = Server()
    dial = dialled(server)
    waiting = server.session.switchboard.dial({"tag": TAG})
    server.session.abandon(dial, "timed out")

    assert (waiting, server.session.switchboard.dial({"tag": TAG})) == (dial, dial)


@pytest.mark.parametrize("tag", ["tag-9", None, 7, ["tag-1"]])
def test_no_dial(tag: object) -> None:
    """An event finds no dial by anything else."""
    server = Server()
    dialled(server)

    assert server.session.switchboard.dial({"tag": tag}) is None


def test_forgetting_one_of_two() -> None:
    """Only the very call that is known is forgotten, not another one of the same id."""
    server = Server()
    call = server.ring()
    server.session.switchboard.forget(CallModel(server.session, {"call_id": CALL_ID}))

    assert server.session.calls == {CALL_ID: call}


def conference(server: Server, status: str, **more: object) -> None:
    """The server tells of the conference."""
    server.event("calling.conference", {"conference_id": "conference-1", "status": status, **more})


def test_the_end_of_a_conference_concerns_its_members() -> None:
    """What names no call is heard by the calls that are in that conference, and by no other."""
    server = Server()
    member, other = server.ring("call-1"), server.ring("call-2")
    conference(server, "participant-join", call_id="call-1")
    conference(server, "participant-join", call_id="call-2", conference_id="conference-2")
    conference(server, "conference-end")

    assert ("left", "joined") == tuple(call.standings["conference"].state for call in (member, other))


@pytest.mark.parametrize("leaves", ["participant-leave", "ended"])
def test_who_has_left_is_no_member(leaves: str) -> None:
    """A call that has left the conference, or has ended, does not hear of it any more."""
    server = Server()
    server.ring("call-1")
    conference(server, "participant-join", call_id="call-1")
    if leaves == "ended":
        server.state("ended", "call-1")
    else:
        conference(server, leaves, call_id="call-1")

    assert [] == server.session.switchboard.members({"conference_id": "conference-1"})


@pytest.mark.parametrize("conference_id", [None, 7, ["conference-1"], "conference-9"])
def test_no_members(conference_id: object) -> None:
    """An event finds no members by anything but the id of their conference."""
    server = Server()
    server.ring("call-1")
    conference(server, "participant-join", call_id="call-1")

    assert [] == server.session.switchboard.members({"conference_id": conference_id})


def test_a_conference_without_a_name() -> None:
    """A call that has joined a conference which the server does not name is a member of none."""
    server = Server()
    server.ring("call-1")
    conference(server, "participant-join", call_id="call-1", conference_id=None)

    assert [] == server.session.switchboard.members({"conference_id": ""})


def test_an_unknown_call_in_a_conference() -> None:
    """What is told of a call that is not known concerns none of the members."""
    server = Server()
    server.ring("call-1")
    conference(server, "participant-join", call_id="call-1")
    conference(server, "participant-leave", call_id="call-9")

    assert 1 == len(server.session.switchboard.members({"conference_id": "conference-1"}))


def test_the_others_stay() -> None:
    """When one of two members leaves, the other one still hears of the conference."""
    server = Server()
    server.ring("call-1")
    stays = server.ring("call-2")
    for call_id in ("call-1", "call-2"):
        conference(server, "participant-join", call_id=call_id)
    conference(server, "participant-leave", call_id="call-1")

    assert [stays] == server.session.switchboard.members({"conference_id": "conference-1"})
