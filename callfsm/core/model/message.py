"""What the core remembers of a text message that was sent."""

from __future__ import annotations

from callfsm import constants
from callfsm.core.effects import MessageSettled, Params
from callfsm.core.model.subject import Line, Subject
from callfsm.core.words import text
from callfsm.event import RelayEvent, parse_event


class MessageModel(Subject):
    """One text message, as the core knows it."""

    machine = "message"

    __slots__ = ("message_id", "reason", "result")

    def __init__(self, line: Line, message_id: str, *, state: str = "") -> None:
        super().__init__(line, state)
        self.message_id = message_id
        self.reason = ""
        self.result: RelayEvent | None = None

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        return f"message {self.message_id}"

    def hear_event(self, event: RelayEvent) -> None:
        """Hear an event with this message's id."""
        self.report(text(event.params, "message_state"), event)

    def lose(self) -> None:
        """The server's word on it can no longer come."""
        self.fire("lost")

    def note_reason(self, payload: object) -> None:
        """Hook: remember why it did not arrive."""
        assert isinstance(payload, RelayEvent), "only reports give a reason"
        self.reason = text(payload.params, "reason") or self.reason

    def settle(self, payload: object) -> None:
        """Hook of every final state: whoever waits is told."""
        self.result = payload if isinstance(payload, RelayEvent) else self.last_words()
        self.line.effects.append(MessageSettled(self, self.result))

    def last_words(self) -> RelayEvent:
        """The terminal event of a message that got none from the server."""
        params: Params = {"message_id": self.message_id, "message_state": self.state}
        return parse_event({"event_type": constants.EVENT_MESSAGING_STATE, "params": params})

    def _word(self, payload: object) -> str:
        assert isinstance(payload, RelayEvent), "only reports are asked for news"
        return text(payload.params, "message_state")
