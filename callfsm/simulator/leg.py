"""One leg of a simulated call: its state, what runs in it, and the person at its far end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from callfsm.core.tables import STANDINGS
from callfsm.simulator.attending import Attendant
from callfsm.simulator.clock import Timers
from callfsm.simulator.hearing import Ear, Sound
from callfsm.simulator.journal import CALLER_ACTS, CALLER_HEARS
from callfsm.simulator.media import speech_seconds
from callfsm.simulator.person import HUMAN
from callfsm.simulator.subject import Subject

if TYPE_CHECKING:
    from callfsm.simulator.bridging import Bridge
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.operations import Operation
    from callfsm.simulator.session import Session

_OVER: Final = ("ending", "ended")
_REMEMBERED: Final = 100
"""How many operations a leg remembers that are over, to tell a late command from a wrong one."""


class Leg(Subject):
    """One leg of a call.

    Attributes:
        session: Whose call it is; ``None`` while nobody has been found for it.
        ear: What the person at the far end hears.
        watchers: Called on everything that the person may notice.
        followers: Called with each state that was reported.
        attendants: What goes on in it without a control id, by name.
        standings: Where it stands, by the type of the events that report it.
        person: Who is at the far end.
        transferred: Whether it goes on elsewhere, out of the client's hands.
    """

    def __init__(
        self,
        exchange: Exchange,
        session: Session | None,
        device: dict[str, Any],
        *,
        direction: str,
        context: str = "",
        tag: str = "",
        call_id: str = "",
    ) -> None:
        super().__init__("call", "created")
        self.exchange = exchange
        self.session = session
        self.device = device
        self.direction = direction
        self.context = context
        self.tag = tag
        self.call_id = call_id or exchange.new_id()
        self.segment_id = exchange.new_id()
        self.timers = Timers(exchange.clock)
        self.ear = Ear(exchange.clock, self.notice, self._hears)
        self.watchers: list[Callable[[], None]] = []
        self.followers: list[Callable[[str], None]] = []
        self.operations: dict[str, Operation] = {}
        self._open: list[Operation] = []
        self.attendants: dict[str, Attendant] = {}
        self.standings: dict[str, Subject] = {}
        self.person = HUMAN
        self.transferred = False
        self.bridge: Bridge | None = None
        self.offered: list[Session] = []
        self.winner = False
        self.end_reason = self.end_source = ""
        self.speaking = False
        self.times = {"start_time": exchange.milliseconds(), "answer_time": 0, "end_time": 0}
        self._cascade = ""
        exchange.admit(self)

    @property
    def up(self) -> bool:
        """Whether the leg is neither ending nor ended."""
        return self.state not in _OVER

    @property
    def open_operations(self) -> list[Operation]:
        """What runs in it now."""
        self._open = [operation for operation in self._open if not operation.over]
        return list(self._open)

    @property
    def _listeners(self) -> list[Operation | Attendant]:
        return [*self.open_operations, *self.attendants.values()]

    def notice(self) -> None:
        """Something happened that the person at the far end may notice."""
        for watcher in self.watchers:
            watcher()

    def report(self, word: str) -> None:
        """Move to the state that is told, tell it, and let everything that depends on it follow."""
        if word == "answered":
            self.times["answer_time"] = self.exchange.milliseconds()
        elif word == "ended":
            self.times["end_time"] = self.exchange.milliseconds()
        self.say(word, lambda: self.tell("calling.call.state", self.description()))
        self._run_cascade()
        if word == "ended":
            self.exchange.discharge(self)
        for follower in list(self.followers):
            follower(word)
        self.notice()

    def description(self) -> dict[str, Any]:
        """The leg as its state events tell it."""
        told: dict[str, Any] = {"call_state": self.reported, "direction": self.direction, "device": self.device}
        told |= self.times
        if self.end_reason:
            told |= {"end_reason": self.end_reason, "end_source": self.end_source}
        if self.winner:
            told["dial_winner"] = "true"
        if self.bridge is not None and (peer := self.bridge.other(self)) is not None:
            told["peer"] = {"node_id": self.exchange.node_id, "call_id": peer.call_id}
        return told

    def address(self) -> dict[str, Any]:
        """What every event of the leg begins with."""
        address = {"node_id": self.exchange.node_id, "call_id": self.call_id, "segment_id": self.segment_id}
        return address | ({"tag": self.tag} if self.tag else {})

    def tell(self, event_type: str, params: dict[str, Any], about: Subject | None = None) -> None:
        """Send an event of this leg to whose call it is."""
        self.exchange.send_event(self.session, event_type, self.address() | params, about or self)

    def standing(self, event_type: str) -> Subject:
        """Where the call stands in what events of this type report."""
        if event_type not in self.standings:
            table = STANDINGS[event_type].table
            self.standings[event_type] = Subject(table.name, table.initial)
        return self.standings[event_type]

    def stand(self, event_type: str, word: str, params: dict[str, Any]) -> None:
        """Report where the call stands now."""
        standing = self.standing(event_type)
        standing.say(word, partial(self.tell, event_type, params, standing))

    def end(self, reason: str, source: str = "none") -> None:
        """Hang up, whoever does it; once it is ending, nothing more happens."""
        if not self.up:
            return
        self.timers.cancel_all()
        self.end_reason, self.end_source = reason, source
        self.report("ending")
        self.timers.start("ended", self.exchange.settings.ending_seconds, lambda: self.report("ended"))

    def give_up(self, reason: str) -> None:
        """End a dialled leg that was never answered: there is nothing to be torn down."""
        if self.up:
            self.timers.cancel_all()
            self.end_reason, self.end_source = reason, self.direction
            self.report("ended")

    def add(self, operation: Operation) -> None:
        """Something begins in this leg; the oldest things that are over are forgotten."""
        if len(self.operations) - len(self.open_operations) >= _REMEMBERED:
            del self.operations[next(control_id for control_id, known in self.operations.items() if known.over)]
        self.operations[operation.control_id] = operation
        self._open.append(operation)

    def acts(self, name: str, label: str) -> None:
        """Write down what the person does."""
        self.exchange.note(CALLER_ACTS, self.call_id, name, label)

    def person_hangs_up(self, reason: str = "hangup") -> None:
        """The person hangs up, for this reason."""
        if self.up:
            self.acts("hang up", f"hangs up ({reason})")
            self.end(reason, self.direction)

    def press(self, digit: str) -> None:
        """The person presses a key."""
        self.acts("press", f"presses {digit}")
        for listener in self._listeners:
            listener.press(digit)

    def begin_speaking(self) -> None:
        """The person begins to speak."""
        self.speaking = True
        for listener in self._listeners:
            listener.speech_begins()

    def finish_speaking(self, words: str) -> None:
        """The person has said this."""
        self.speaking = False
        self.acts("say", f'says "{words}"')
        for listener in self._listeners:
            listener.speech_ends(words)
        peer = self.bridge.other(self) if self.bridge is not None else None
        if peer is not None:
            peer.hear_speech(words)

    def hear_speech(self, words: str) -> None:
        """Let the person hear what somebody else says."""
        self.ear.begin("speech", words, speech_seconds(words, self.exchange.settings))

    def inbound(self, _payload: object) -> bool:
        """Guard: only an inbound call is answered or passed."""
        return self.direction == "inbound"

    def undecided(self, _payload: object) -> bool:
        """Guard: what is asked is done at once, so nothing is ever under way."""
        return True

    def not_hanging_up(self, _payload: object) -> bool:
        """Guard: a hang-up that is under way shows as ``ending``."""
        return True

    def early_media(self, _payload: object) -> bool:
        """Guard: media commands are taken before the answer."""
        return self.exchange.settings.early_media

    def note_ringing(self, _payload: object) -> None:
        """Hook: the client is told in the event."""

    def note_end(self, _payload: object) -> None:
        """Hook: the reason was noted before the report."""

    def tear_down(self, _payload: object) -> None:
        """Hook of ending: what runs in the call stops with it."""
        self._cascade = "call_ending"

    def settle(self, _payload: object) -> None:
        """Enter hook of ended: what still runs ends here."""
        self._cascade = "call_ended"

    def _hears(self, sound: Sound) -> None:
        if sound.kind != "silence":
            self.exchange.note(CALLER_HEARS, self.call_id, "hear", f'hears "{sound.text}"')

    def _run_cascade(self) -> None:
        cascade, self._cascade = self._cascade, ""
        if not cascade:
            return
        attendants, self.attendants = self.attendants, {}
        for attendant in attendants.values():
            attendant.call_ending()
        for operation in self.open_operations:
            if cascade == "call_ending":
                operation.call_ending()
            else:
                operation.call_ended()
        if cascade == "call_ended":
            for standing in self.standings.values():
                standing.hear("call_ended")
