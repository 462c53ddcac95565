"""Text messages: those that were sent and have not had their last word, by the id that events carry."""

from __future__ import annotations

from typing import Final

from callfsm import constants
from callfsm.core.effects import MessageArrived, MessageMade, MessageMoved, Unheard
from callfsm.core.model import Line, MessageModel
from callfsm.core.request import Outcome, Request
from callfsm.core.words import text
from callfsm.event import RelayEvent

SEND: Final = "send_message"
"""The command of a request that sends a message."""

MAX_MESSAGES: Final = 10_000
"""How many messages are watched; the oldest is given up first."""


class Messaging:
    """The messages of one session."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.messages: dict[str, MessageModel] = {}

    def hear_reply(self, request: Request, outcome: Outcome) -> None:
        """A message has been taken, or not; it is watched before anything else can be reported of it."""
        message_id = text(outcome.result, "message_id")
        if outcome.error is not None or not message_id:
            return
        if message_id in self.messages:
            # Whoever waits for the first message of this id would never hear of it again.
            self.messages.pop(message_id).lose()
        message = MessageModel(self._line, message_id)
        self.messages[message_id] = message
        self._line.effects.append(MessageMade(request, message))
        if len(self.messages) > MAX_MESSAGES:
            self.messages.pop(next(iter(self.messages))).lose()

    def hear_event(self, event: RelayEvent) -> None:
        """Hear an event about a message."""
        if event.event_type == constants.EVENT_MESSAGING_RECEIVE:
            self._line.effects.append(MessageArrived(event))
            return
        message = self.messages.get(text(event.params, "message_id"))
        if message is None:
            self._line.effects.append(Unheard("event of nothing that is known here", event.event_type))
            return
        self._line.effects.append(MessageMoved(message, event))
        message.hear_event(event)
        if message.result is not None:
            del self.messages[message.message_id]

    def lose(self) -> None:
        """The session is lost: nothing more will be reported of any message."""
        for message in self.messages.values():
            message.lose()
        self.messages.clear()
