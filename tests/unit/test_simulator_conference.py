"""Conferences and rooms of the simulator."""

from typing import Any

from simulator_wire import Desk, Frame, Phone

from callfsm.simulator.leg import Leg


def join(desk: Desk, **more: Any) -> tuple[Leg, str]:
    """An answered call in the conference, and the conference's id."""
    leg = desk.answered()
    reply = desk.ask(leg, "calling.join_conference", name="standup", **more)
    return leg, reply["conference_id"]


def leave(desk: Desk, leg: Leg, conference_id: str) -> Frame:
    """Leave the conference."""
    return desk.ask(leg, "calling.leave_conference", conference_id=conference_id)


def told(desk: Desk) -> list[str]:
    """What was told of the conference, in order."""
    return [event["status"] for event in desk.phone.events("calling.conference")]


def test_joining_and_leaving() -> None:
    """It starts with its first member, and ends with its last; start and end name no call."""
    desk = Desk()
    leg, conference_id = join(desk)
    reply = leave(desk, leg, conference_id)

    events = desk.phone.events("calling.conference")
    assert ("200", ["conference-start", "participant-join", "participant-leave", "conference-end"]) == (
        reply["code"],
        told(desk),
    )
    assert [None, leg.call_id, leg.call_id, None] == [event.get("call_id") for event in events]
    assert ("last-participant-left", {}) == (events[-1]["reason_ended"], desk.exchange.conferences)


def test_members_hear_each_other() -> None:
    """What one says the others hear; of a member who is muted nobody hears anything."""
    desk = Desk()
    one, _ = join(desk)
    other, _ = join(desk)
    muted, _ = join(desk, muted=True)
    one.finish_speaking("good morning")
    muted.finish_speaking("help")

    assert ([], ["good morning"], ["good morning"]) == (one.ear.heard(), other.ear.heard(), muted.ear.heard())


def test_a_coach_is_heard_by_one() -> None:
    """What a coach says only the one who is coached hears."""
    desk = Desk()
    one, _ = join(desk)
    other, _ = join(desk)
    coach, _ = join(desk, coach=one.call_id)
    coach.finish_speaking("smile")

    event = desk.phone.events("calling.conference", call_id=coach.call_id)[0]
    assert (["smile"], [], True, one.call_id) == (
        one.ear.heard(),
        other.ear.heard(),
        event["coaching"],
        event["call_id_to_coach"],
    )


def test_a_conference_starts_when_somebody_may_start_it() -> None:
    """A member with start_on_enter false joins a conference that has not started."""
    desk = Desk()
    join(desk, start_on_enter=False)
    before = told(desk)
    join(desk)

    assert (["participant-join"], ["conference-start", "participant-join"]) == (before, told(desk)[1:])


def test_a_member_may_end_it() -> None:
    """When one with end_on_exit leaves, the others are members no more, and their calls stay up."""
    desk = Desk()
    other, _ = join(desk)
    leader, _ = join(desk, end_on_exit=True)
    leader.person_hangs_up()

    event = desk.phone.events("calling.conference")[-1]
    assert (["participant-leave"] * 2, "participant-with-end-conference-on-exit-left", leader.call_id, "answered") == (
        told(desk)[-3:-1],
        event["reason_ended"],
        event["call_id_ending_conf"],
        other.state,
    )
    assert "participant-join" == told(desk)[2]


def test_a_recording_is_told_at_the_end() -> None:
    """A conference that is recorded from its start tells at its end where the recording is."""
    desk = Desk()
    leg, conference_id = join(desk, record="record-from-start")
    desk.clock.pass_(5)
    leave(desk, leg, conference_id)

    end = desk.phone.events("calling.conference")[-1]
    assert ("record-start", 5, 40_000) == (told(desk)[1], end["recording_duration"], end["recording_file_size"])


def test_every_client_with_a_member_is_told_of_the_end() -> None:
    """Start and end are told once to each client, however many members it has."""
    desk = Desk()
    one, conference_id = join(desk)
    two, _ = join(desk)
    other = Phone(desk.exchange)
    other.log_in("other")
    leg = desk.ring("other")
    other.ask("calling.answer", call_id=leg.call_id)
    other.ask("calling.join_conference", call_id=leg.call_id, name="standup")
    for member in (one, two):
        leave(desk, member, conference_id)
    other.ask("calling.leave_conference", call_id=leg.call_id, conference_id=conference_id)

    ends = [len(phone.events("calling.conference", status="conference-end")) for phone in (desk.phone, other)]
    assert [0, 1] == ends


def test_a_full_conference_takes_nobody() -> None:
    """Beyond max_participants it is a conflict."""
    desk = Desk()
    join(desk, max_participants=1)
    reply = desk.ask(desk.answered(), "calling.join_conference", name="standup")

    assert ("409", []) == (reply["code"], desk.unexpected)


def test_what_a_conference_cannot_be() -> None:
    """Membership twice is a conflict, a size out of range a fault, a conference that is not the call's not found."""
    desk = Desk()
    leg, conference_id = join(desk)
    replies = [
        desk.ask(leg, "calling.join_conference", name="other"),
        desk.ask(leg, "calling.join_conference", name="other", max_participants=251),
        leave(desk, leg, "nonsense"),
        leave(desk, desk.answered(), conference_id),
    ]

    assert ["409", "400", "404", "404"] == [reply["code"] for reply in replies]


def test_a_room() -> None:
    """A call joins a room once, and leaves it, at the latest with its end."""
    desk = Desk()
    leg = desk.answered()
    asked = ("join_room", "join_room", "leave_room", "leave_room", "join_room")
    codes = [desk.ask(leg, f"calling.{method}", name="lobby")["code"] for method in asked]
    leg.person_hangs_up()

    events = [event["join_status"] for event in desk.phone.events("calling.call.room", room_name="lobby")]
    assert (["200", "409", "200", "409", "200"], ["joined", "leave", "joined", "leave"]) == (codes, events)
