"""What the core remembers of an outbound dial: its tag, its legs, and who won."""

from __future__ import annotations

from callfsm import constants
from callfsm.core.effects import DialSettled, OrphanHungUp, Params
from callfsm.core.model.call import CallModel
from callfsm.core.model.subject import Line, Subject
from callfsm.core.request import LOST, Outcome
from callfsm.core.words import text


class DialModel(Subject):
    """An outbound dial, as the core knows it."""

    machine = "dial"

    __slots__ = ("legs", "reason", "tag", "told", "winner")

    def __init__(self, line: Line, tag: str) -> None:
        super().__init__(line)
        self.tag = tag
        self.legs: dict[str, CallModel] = {}
        self.winner: CallModel | None = None
        self.told: Params = {}
        """What the server has told of the leg that answered."""
        self.reason = ""

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        return f"dial {self.tag}"

    def hear_event(self, params: Params) -> None:
        """Hear a dial event with this tag; an ``answered`` that names no leg says nothing."""
        word = text(params, "dial_state")
        names_leg = word != "answered" or text(_winner(params), "call_id")
        self.report(word if names_leg else "", params)

    def hear_reply(self, outcome: Outcome) -> None:
        """Hear how the dial command ended; without any reply it may have run, so its legs are watched."""
        if outcome.error is None:
            self.fire("accepted")
        elif outcome.word != LOST:
            self.fire("rejected", {"reason": outcome.error.message})
        else:
            self.abandon(outcome.error.message)

    def hear_leg(self, leg: CallModel) -> None:
        """Look at a leg that has just reported: it may be over, or up when nobody waits for it."""
        if leg.state == "ended":
            self.legs.pop(leg.call_id, None)
        elif self.state in ("failed", "abandoned"):
            self._hang_up(leg)

    def abandon(self, reason: str) -> None:
        """The program has stopped waiting."""
        self.fire("abandoned", {"reason": reason})

    def lose(self) -> None:
        """The server's word on it can no longer come."""
        self.fire("lost", {"reason": "lost"})

    def _hang_up(self, leg: CallModel) -> None:
        if not leg.over and leg.not_hanging_up(None):
            self.line.effects.append(OrphanHungUp(leg))
            leg.discard(constants.END_REASON_CANCEL)

    def note_reason(self, payload: Params) -> None:
        """Hook: remember why nobody answered, or why nobody waits any longer."""
        self.reason = text(payload, "reason") or self.reason or "failed"

    def note_winner(self, payload: Params) -> None:
        """Hook: a leg has answered, and is the call."""
        self.told = _winner(payload)
        self.cascade = "take_winner"

    def hang_up_winner(self, payload: Params) -> None:
        """Hook: a leg has answered after nobody waits for it."""
        self.told = _winner(payload)
        self.cascade = "hang_up_legs"

    def hang_up_legs(self, _payload: object) -> None:
        """Enter hook of abandoned: whatever is up comes down."""
        self.cascade = "hang_up_legs"

    def settle(self, _payload: object) -> None:
        """Hook of every final state: whoever waits is told."""
        self.line.effects.append(DialSettled(self))

    def _run_cascade(self) -> None:
        cascade, self.cascade = self.cascade, ""
        # The winner may be known from the dial event alone, or its own report may still be on its way.
        leg = self.legs.get(text(self.told, "call_id")) or (self.line.adopt(self, self.told) if self.told else None)
        if cascade == "take_winner" and leg is not None:
            self._take(leg)
        else:
            for each in list(self.legs.values()):
                self._hang_up(each)

    def _take(self, winner: CallModel) -> None:
        self.winner = winner
        winner.dial = None
        self.legs.pop(winner.call_id, None)
        winner.fire("answered", {"call_state": "answered"})


def _winner(payload: Params) -> Params:
    told = payload.get("call")
    return {"node_id": text(payload, "node_id"), **told} if isinstance(told, dict) else {}
