"""`callfsm.core.session`: calls that are offered, and what becomes of calls when the line comes back."""

import json
from typing import Any

import pytest
from core_wire import CALL_ID, TAG, Server, answered, dialled, frames_of, only, started

from callfsm.core.effects import (
    CallMade,
    Declined,
    DialSettled,
    EventArrived,
    Forgotten,
    OperationSettled,
    Replied,
    Send,
    Unheard,
)
from callfsm.core.outbox import MAX_QUEUED
from callfsm.core.switchboard import MAX_DECLINED, MAX_LEGS, MAX_OVER


def ids_of(frames: list[dict[str, Any]]) -> list[str]:
    """The ids of these frames."""
    return [frame["id"] for frame in frames]


@pytest.mark.parametrize("more", [{}, {"call_state": "ringing"}, {"call_state": "ended"}])
def test_offer_sent_again(more: dict[str, str]) -> None:
    """A call that is offered again is the call that is known, with one handler."""
    server = Server()
    call = server.ring()
    effects = server.offer(**more)

    assert (only(CallMade, effects), server.session.calls) == ([], {CALL_ID: call})


@pytest.mark.parametrize("call_id", [None, "", 7])
def test_offer_without_an_id(call_id: object) -> None:
    """An offer that names no call makes none."""
    server = Server()
    effects = server.event("calling.call.receive", {"call_id": call_id})

    assert (server.session.calls, len(only(Unheard, effects))) == ({}, 1)


def test_offer_of_an_ended_call() -> None:
    """An offer of a call that has ended makes none, for nothing would ever end it."""
    server = Server()
    effects = server.offer(call_state="ended")

    assert (server.session.calls, len(only(Unheard, effects))) == ({}, 1)


@pytest.mark.parametrize(
    ("word", "state", "ringing"),
    [
        ("created", "created", False),
        ("ringing", "created", True),
        ("answered", "answered", False),
        ("new", "created", False),
    ],
)
def test_state_of_an_offer(word: str, state: str, ringing: bool) -> None:  # noqa: FBT001  a parameter of the test
    """A call begins in the state that its offer tells, as far as that is one."""
    call = Server().ring(call_state=word)

    assert (call.state, call.ringing, call.answered_once) == (state, ringing, state == "answered")


def test_project_of_an_offer() -> None:
    """A call whose offer names no project belongs to our own."""
    assert Server().ring().project_id == "project-1"


def declined(server: Server, effects: list[Any]) -> tuple[str, str]:
    """Why a call was declined, and the reason that the server was given."""
    (turned_away,) = only(Declined, effects)
    (frame,) = [frame for frame in frames_of(effects) if frame.get("method") == "calling.end"]
    assert frame["params"]["call_id"] == turned_away.call.call_id
    assert only(CallMade, effects) == []
    assert turned_away.call.call_id in server.session.calls
    return turned_away.why, frame["params"]["reason"]


def test_over_capacity() -> None:
    """A call over the limit is turned away as busy."""
    server = Server(max_active_calls=1)
    server.ring("call-1")

    assert declined(server, server.offer("call-2")) == ("max_active_calls reached", "busy")


def test_no_handler() -> None:
    """A call that nobody is there to handle is declined."""
    server = Server(takes_calls=False)

    assert declined(server, server.offer()) == ("no on_call handler", "decline")


def test_draining() -> None:
    """A client that is going away takes no new calls."""
    server = Server()
    server.session.connection.fire("draining")

    assert declined(server, server.offer()) == ("going away", "decline")


def test_declined_call_forgotten() -> None:
    """A call that was turned away is forgotten when it has ended."""
    server = Server(takes_calls=False)
    server.offer()
    effects = server.state("ended")

    assert (len(only(Forgotten, effects)), server.session.calls) == (1, {})


def test_room_again() -> None:
    """When a call has ended there is room for another one."""
    server = Server(max_active_calls=1)
    server.ring("call-1")
    server.state("ended", "call-1")

    assert server.ring("call-2").state == "created"


def test_decline_before_the_login() -> None:
    """An offer that comes before the login can be declined even with a full queue."""
    server = Server(online=False, takes_calls=False)
    for _ in range(MAX_QUEUED):
        server.session.request("calling.play", {})
    server.open()
    effects = server.offer()

    assert len(only(Declined, effects)) == 1


def test_resumed_session() -> None:
    """When the session is taken up again, the calls go on, and reports are heard as before."""
    server = Server()
    call = answered(server)
    server.drop()
    server.log_in()
    server.state("ending")

    assert call.state == "ending"


def test_fresh_session() -> None:
    """When the server began a new session, every call is lost and every wait of it ends."""
    server = Server()
    call = answered(server)
    play = started(server, call)
    record = started(server, call, "record", "ctl-2")
    server.drop()
    effects = server.log_in("protocol-2")

    assert (call.end_reason, play.state, record.state, server.session.calls) == ("lost", "hung_up", "hung_up", {})
    assert [each.operation for each in only(OperationSettled, effects)] == [play, record]


def test_fresh_session_with_a_lingering_call() -> None:
    """A call that waits for its last report only has nothing to wait for in a new session."""
    server = Server()
    record = started(server, answered(server), "record")
    server.state("ended")
    server.drop()
    server.log_in("protocol-2")

    assert (record.state, server.session.calls) == ("hung_up", {})


def test_commands_of_lost_calls() -> None:
    """What waited for a call that is lost is concluded, not sent."""
    server = Server()
    call = answered(server)
    server.drop()
    request = call.ask("connect", {})
    effects = server.log_in("protocol-2")

    assert [each.request for each in only(Replied, effects)] == [request]
    assert frames_of(effects) == []


def test_dials_of_a_lost_session() -> None:
    """A dial that the old session knew is lost; its legs are not hung up, for nobody knows them."""
    server = Server()
    dial = dialled(server)
    server.state("ringing", "leg-1", tag=TAG)
    server.drop()
    effects = server.log_in("protocol-2")

    assert (dial.state, dial.reason, [each.dial for each in only(DialSettled, effects)]) == ("failed", "lost", [dial])
    assert (frames_of(effects), server.session.switchboard.dials, dial.legs) == ([], {}, {})


def test_dials_that_waited() -> None:
    """A dial that had not left yet survives a new session, and is sent."""
    server = Server()
    server.drop()
    dial, request = server.session.dial(TAG, {})
    effects = server.log_in("protocol-2")

    assert (dial.state, ids_of(frames_of(effects))) == ("requested", [request.id])


def test_call_over_before_its_command_left() -> None:
    """A command that waited is not sent when its call is over by the time that the line is back."""
    server = Server()
    call = answered(server)
    server.drop()
    request = call.ask("connect", {})
    login = server.open()
    server.state("ended")
    effects = server.tell({"id": login["id"], "result": {"protocol": "protocol-1"}})

    assert ([each.request for each in only(Replied, effects)], frames_of(effects)) == ([request], [])


def test_login_reply_of_an_old_socket() -> None:
    """The reply to a login of a socket that is gone means nothing."""
    server = Server(online=False)
    old = server.open()
    server.drop()
    server.open()
    server.tell({"id": old["id"], "result": {"protocol": "protocol-1"}})

    assert server.session.connection.state == "authenticating"


def test_login_reply_twice() -> None:
    """The second reply to a login means nothing."""
    server = Server(online=False)
    login = server.open()
    server.tell({"id": login["id"], "result": {"protocol": "protocol-1"}})
    server.tell({"id": login["id"], "error": {"code": -32002}})

    assert server.session.connection.state == "online"


def test_calls_apart() -> None:
    """An event of one call leaves the other one alone."""
    server = Server()
    first, second = server.ring("call-1"), server.ring("call-2")
    server.state("answered", "call-2")

    assert (first.state, second.state) == ("created", "answered")


def test_event_of_a_call_in_a_dial_frame() -> None:
    """A dial event of an unknown tag goes to the call that it names, if that is known."""
    server = Server()
    call = server.ring()
    effects = server.dial("answered", "tag-9", call={"call_id": CALL_ID})

    assert [each.call for each in only(EventArrived, effects)] == [call]


def test_request_that_cannot_be_told() -> None:
    """A request whose params JSON cannot tell is refused, and is not waited for."""
    server = Server()

    with pytest.raises(TypeError):
        server.session.request("calling.play", {"media": object()})

    assert server.session.outbox.pending == {}


def test_request_frame() -> None:
    """A request leaves as JSON-RPC 2.0 with an id of its own, and its effect tells whose frame it is."""
    server = Server()
    request = server.session.request("calling.play", {"volume": 0})
    (send,) = only(Send, server.take())

    assert (send.request, json.loads(send.text)) == (
        request,
        {"jsonrpc": "2.0", "id": request.id, "method": "calling.play", "params": {"volume": 0}},
    )


def test_legs_are_bounded() -> None:
    """A server that makes legs without end under one tag is not followed for ever."""
    server = Server()
    dial = dialled(server)
    for number in range(MAX_LEGS + 1):
        server.state("created", f"leg-{number}", tag=dial.tag)

    assert MAX_LEGS == len(dial.legs) == len(server.session.calls)


def test_offers_are_bounded() -> None:
    """Beyond what can be declined, an offer is left unanswered: a flood of them must not grow without end."""
    server = Server(takes_calls=False, max_active_calls=1)
    for number in range(MAX_DECLINED + 2):
        server.offer(f"call-{number}")

    assert 1 + MAX_DECLINED == len(server.session.calls)


def test_offer_of_a_call_that_is_over() -> None:
    """An offer that is sent again when its call has ended begins nothing."""
    server = Server()
    server.ring()
    server.state("ended")
    effects = server.offer()

    assert {} == server.session.calls
    assert [Unheard("offer of a call that is over", CALL_ID)] == only(Unheard, effects)


def test_offer_of_a_call_that_was_passed() -> None:
    """A call that was passed may be offered again."""
    server = Server()
    call = server.ring()
    server.reply(call.ask("pass_", {}))
    server.offer()

    assert [CALL_ID] == list(server.session.calls)


def test_lost_with_the_line() -> None:
    """A call that is lost because the client gives up its line may still be up, and may be offered again."""
    server = Server()
    server.ring()
    server.session.interrupt(for_good=True)

    assert ({}, False) == (server.session.calls, server.session.switchboard.is_over(CALL_ID))


def test_calls_that_are_over_are_forgotten_one_day() -> None:
    """How many calls are known to be over is bounded: the oldest goes first."""
    server = Server()
    for number in range(MAX_OVER + 1):
        server.ring(f"call-{number}")
        server.state("ended", f"call-{number}")

    assert (False, True) == (
        server.session.switchboard.is_over("call-0"),
        server.session.switchboard.is_over(f"call-{MAX_OVER}"),
    )


def test_calls_that_were_left_up() -> None:
    """A client that was closed with calls up, and takes its session up again, hangs them up: nobody holds them."""
    server = Server()
    answered(server)
    server.close()
    server.log_in()
    (request,) = server.session.outbox.pending.values()

    assert ("calling.end", {"node_id": "node-1", "call_id": CALL_ID, "reason": "hangup"}) == (
        request.method,
        request.params,
    )


def test_calls_that_were_left_up_in_another_session() -> None:
    """In a fresh session the server knows none of the calls from before."""
    server = Server()
    answered(server)
    server.close()
    server.log_in("protocol-2")

    assert {} == server.session.outbox.pending


def test_calls_that_were_left_to_others() -> None:
    """A call that was transferred is left to whoever has it now."""
    server = Server()
    call = answered(server)
    server.reply(call.ask("transfer", {"dest": "elsewhere"}))
    server.close()
    server.log_in()

    assert {} == server.session.outbox.pending


def test_calls_whose_pass_had_no_reply() -> None:
    """A call that may have been passed is not hung up afterwards: somebody else may have it."""
    server = Server()
    server.ring().ask("pass_", {})
    server.close()
    server.log_in()

    assert {} == server.session.outbox.pending


def test_declined_calls_take_no_place() -> None:
    """A call that is on its way out does not count: another one is taken as soon as there is room."""
    server = Server(max_active_calls=1)
    server.ring()
    server.offer("call-2")
    server.state("ended")
    server.offer("call-3")

    assert "" == server.session.calls["call-3"].unwanted


def test_offers_are_inbound() -> None:
    """Whatever an offer says of its direction, it is a call that comes in."""
    server = Server()
    server.offer(direction="outbound")

    assert "inbound" == server.session.calls[CALL_ID].direction


def test_leg_that_a_reply_has_ended() -> None:
    """A leg that is gone by a reply's word is no leg of its dial any more."""
    server = Server()
    dial = dialled(server)
    server.state("created", "leg-1", tag=dial.tag)
    dial.abandon("given up")
    (request,) = [each for each in server.session.outbox.pending.values() if each.method == "calling.end"]
    server.reply(request, "404")

    assert {} == dial.legs
