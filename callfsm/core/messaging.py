"""Text messages: those that were sent and have not had their last word, by the id that events carry."""

from __future__ import annotations

from collections import deque
from typing import Final

from callfsm import constants
from callfsm.core.effects import MessageArrived, MessageMade, MessageMoved, Unheard
from callfsm.core.model import Line, MessageModel
from callfsm.core.report import Report
from callfsm.core.request import Outcome, Request
from callfsm.core.words import text

SEND: Final = "send_message"
"""The command of a request that sends a message."""

MAX_MESSAGES: Final = 10_000
"""How many messages are watched; the oldest is given up first."""


MAX_EARLY: Final = 100
"""How many reports of messages that are not known are kept, in case the reply that makes one known comes after them."""

QUIET_ROUNDS: Final = 20
"""After how many audits without a word a message that was under way when the line dropped is given up: ten minutes."""


class Messaging:
    """The messages of one session."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.messages: dict[str, MessageModel] = {}
        self._early: deque[Report] = deque(maxlen=MAX_EARLY)
        self._doubtful: dict[str, int] = {}

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
        for report in [report for report in self._early if text(report.params, "message_id") == message_id]:
            self._early.remove(report)
            self.hear_event(report)

    def hear_event(self, report: Report) -> None:
        """Hear an event about a message."""
        event = report.event
        if event.event_type == constants.EVENT_MESSAGING_RECEIVE:
            self._line.effects.append(MessageArrived(event))
            return
        message = self.messages.get(text(event.params, "message_id"))
        if message is None:
            self._early.append(report)
            self._line.effects.append(Unheard("event of nothing that is known here", event.event_type))
            return
        self._doubtful.pop(message.message_id, None)
        self._line.effects.append(MessageMoved(message, event))
        message.hear_event(event)
        if message.result is not None:
            del self.messages[message.message_id]

    def resync(self) -> None:
        """The line was away: reports may have been missed, and the server cannot be asked for them."""
        self._doubtful = dict.fromkeys(self.messages, 0)

    def audit(self) -> None:
        """One more round has passed; a message of which nothing was heard for too long since the line was away is lost."""
        for message_id, rounds in list(self._doubtful.items()):
            self._doubtful[message_id] = rounds + 1
            if rounds + 1 >= QUIET_ROUNDS:
                del self._doubtful[message_id]
                self.messages.pop(message_id).lose()

    def lose(self) -> None:
        """The session is lost: nothing more will be reported of any message."""
        for message in self.messages.values():
            message.lose()
        self.messages.clear()
        self._doubtful.clear()
        self._early.clear()
