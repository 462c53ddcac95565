"""Whose event is this? The calls and dials that are known, by the ids that events carry."""

from __future__ import annotations

from typing import Any, Final

from callfsm.core.model import CallModel, DialModel
from callfsm.core.words import text

MAX_DECLINED: Final = 1_000
"""How many calls may be on their way out, beside those that are taken; what is offered beyond is not even declined."""

MAX_FINISHED_DIALS: Final = 1_000
"""How many dials that failed or were given up are watched for late legs; the oldest goes first."""

MAX_LEGS: Final = 1_000
"""How many legs of one dial are followed."""

MAX_OVER: Final = 1_000
"""How many calls that have ended are known by their ids, so that an offer which is sent again begins none of them anew."""


class Switchboard:
    """Calls by call id, dials by tag."""

    def __init__(self) -> None:
        self.calls: dict[str, CallModel] = {}
        self.dials: dict[str, DialModel] = {}
        self.turned_away: set[str] = set()
        """Ids of the calls that nobody holds, and that are on their way out."""
        self._finished: dict[str, DialModel] = {}
        self._over: dict[str, None] = {}
        self._left: list[dict[str, Any]] = []
        self._members: dict[str, dict[CallModel, None]] = {}
        self._seats: dict[CallModel, str] = {}

    @property
    def held(self) -> int:
        """How many calls are known that somebody holds."""
        return len(self.calls) - len(self.turned_away)

    def turn_away(self, call: CallModel, reason: str) -> None:
        """Hang up a call that nobody holds."""
        self.turned_away.add(call.call_id)
        call.discard(reason)

    def call(self, params: dict[str, Any]) -> CallModel | None:
        """The call that an event with these params is about, if it is known."""
        call_id = params.get("call_id")
        return self.calls.get(call_id) if isinstance(call_id, str) else None

    def members(self, params: dict[str, Any]) -> list[CallModel]:
        """The calls in the conference that an event is about which names no call, such as its end."""
        conference_id = params.get("conference_id")
        if not isinstance(conference_id, str) or "call_id" in params:
            return []
        return list(self._members.get(conference_id, ()))

    def seat(self, call: CallModel, params: dict[str, Any]) -> None:
        """A call has heard of a conference: if it is in one now, what names no call there concerns it too."""
        conference_id = params.get("conference_id")
        self._unseat(call)
        if call.in_conference and isinstance(conference_id, str):
            self._seats[call] = conference_id
            self._members.setdefault(conference_id, {})[call] = None

    def _unseat(self, call: CallModel) -> None:
        conference_id = self._seats.pop(call, "")
        members = self._members.get(conference_id, {})
        members.pop(call, None)
        if not members:
            self._members.pop(conference_id, None)

    def dial(self, params: dict[str, Any]) -> DialModel | None:
        """The dial whose tag these params carry, also one that nobody waits for any longer."""
        tag = params.get("tag")
        if not isinstance(tag, str):
            return None
        return self.dials.get(tag) or self._finished.get(tag)

    def dial_of_leg(self, params: dict[str, Any]) -> DialModel | None:
        """The dial that a call with these params, which is not known yet, has come up for."""
        dial = self.dial(params)
        usable = text(params, "call_id") and params.get("call_state") != "ended"
        return dial if dial is not None and usable and len(dial.legs) < MAX_LEGS else None

    def retire(self, dial: DialModel) -> None:
        """Free the tag of a dial that nobody waits for any longer, but watch it: legs may still come up."""
        if dial.state not in ("answered", "failed", "abandoned"):
            return
        if self.dials.get(dial.tag) is dial:
            del self.dials[dial.tag]
        if dial.state != "answered":
            self._finished[dial.tag] = dial
            if len(self._finished) > MAX_FINISHED_DIALS:
                del self._finished[next(iter(self._finished))]

    def forget(self, call: CallModel) -> None:
        """Nothing of this call is left to come."""
        self._unseat(call)
        self.turned_away.discard(call.call_id)
        if call.dial is not None:
            call.dial.legs.pop(call.call_id, None)
        if self.calls.get(call.call_id) is call:
            del self.calls[call.call_id]
        if call.end_reason != "passed":  # A call that was passed may come back.
            self._over[call.call_id] = None
            if len(self._over) > MAX_OVER:
                del self._over[next(iter(self._over))]

    def lose(self, call: CallModel) -> None:
        """The call is lost with the line. If nothing was heard of its end, it may still be up, and be offered again."""
        is_up = not call.over
        call.lose()
        call.grace_over()
        if is_up:
            self._over.pop(call.call_id, None)

    def start_fresh(self) -> None:
        """Another session has begun: what ended in the one before says nothing of its calls."""
        self._over.clear()
        self._left.clear()

    def leave_all(self) -> None:
        """The program closes the client: nobody holds the calls any more that are still up."""
        self._left += [call.facts for call in self.calls.values() if not (call.over or call.transferred)]

    def take_left(self) -> list[dict[str, Any]]:
        """What is known of the calls that were left up, once: the session is taken up again, and they are to end."""
        left, self._left = self._left, []
        return left

    def is_over(self, call_id: str) -> bool:
        """Whether a call of this id has ended lately."""
        return call_id in self._over

    def why_not_offered(self, params: dict[str, Any], most: int) -> str:
        """Why an offer cannot even be declined, ``most`` being how many calls are taken; ``""`` when it can."""
        call_id = text(params, "call_id")
        if self.is_over(call_id):
            return "offer of a call that is over"
        if not call_id or params.get("call_state") == "ended":
            return "offer of a call that cannot be taken"
        return "offer of a call beyond what can even be declined" if len(self.calls) >= most + MAX_DECLINED else ""

    def all_dials(self) -> list[DialModel]:
        """Every dial that is known, waited for or not."""
        return [*self.dials.values(), *self._finished.values()]
