"""Commands that bring a call together with others: queues, conferences, rooms."""

from __future__ import annotations

from callfsm.simulator.checks import RefusedError
from callfsm.simulator.commands.asked import Asked
from callfsm.simulator.conference import MOST, Conference, Member
from callfsm.simulator.queueing import Place, Queue
from callfsm.simulator.room import Guest


def queue_enter(asked: Asked) -> None:
    """Let the call wait in a queue."""
    leg = asked.leg
    asked.permitted(leg, "queue_enter")
    asked.check()
    if "queue" in leg.attendants or leg.bridge is not None:
        raise RefusedError(409, "The call is in a queue, or connected, already", unexpected=False)
    params = asked.params
    asked.accept("Entering queue", call_id=leg.call_id, control_id=params["control_id"])
    queue = Queue.named(asked.exchange, params["queue_name"])
    place = Place(leg, queue, params["control_id"], params.get("status_url") or "")
    place.enter(float(params.get("wait_time") or 0))


def queue_leave(asked: Asked) -> None:
    """Let the call wait no longer."""
    leg = asked.leg
    asked.permitted(leg, "queue_leave")
    asked.check()
    place, name = leg.attendants.get("queue"), asked.params["queue_name"]
    if not isinstance(place, Place) or place.queue.name != name:
        raise RefusedError(404, f"The call does not wait in queue {name}", unexpected=False)
    if asked.params.get("queue_id", place.queue.queue_id) != place.queue.queue_id:
        raise RefusedError(404, f"Queue {name} has another id than {asked.params['queue_id']}")
    asked.accept("Leaving queue", call_id=leg.call_id, control_id=asked.params["control_id"])
    place.leave()


def join_conference(asked: Asked) -> None:
    """Let the call join a conference; it is made when there is none of this name."""
    leg = asked.leg
    asked.permitted(leg, "join_conference")
    asked.check()
    if asked.params.get("max_participants", 1) not in range(1, MOST + 1):
        raise RefusedError(400, f"max_participants must be from 1 to {MOST}")
    if "conference" in leg.attendants:
        raise RefusedError(409, "The call is in a conference already", unexpected=False)
    conference = Conference.named(asked.exchange, asked.params)
    if len(conference.members) >= conference.most:
        raise RefusedError(409, f"Conference {conference.name} is full", unexpected=False)
    asked.accept("Joining conference", call_id=leg.call_id, conference_id=conference.conference_id)
    Member(leg, conference, asked.params).join()


def leave_conference(asked: Asked) -> None:
    """Let the call leave its conference."""
    leg = asked.leg
    asked.permitted(leg, "leave_conference")
    asked.check()
    member, conference_id = leg.attendants.get("conference"), asked.params["conference_id"]
    if not isinstance(member, Member) or member.conference.conference_id != conference_id:
        raise RefusedError(404, f"The call is in no conference {conference_id}", unexpected=False)
    asked.accept("Leaving conference", call_id=leg.call_id)
    member.leave()


def join_room(asked: Asked) -> None:
    """Let the call join a room."""
    leg = asked.leg
    asked.permitted(leg, "join_room")
    asked.check()
    if "room" in leg.attendants:
        raise RefusedError(409, "The call is in a room already", unexpected=False)
    asked.accept("Joining room", call_id=leg.call_id)
    Guest(leg, asked.params["name"]).join()


def leave_room(asked: Asked) -> None:
    """Let the call leave its room."""
    leg = asked.leg
    asked.permitted(leg, "leave_room")
    guest = leg.attendants.get("room")
    if not isinstance(guest, Guest):
        raise RefusedError(409, "The call is in no room", unexpected=False)
    asked.accept("Leaving room", call_id=leg.call_id)
    guest.leave()
