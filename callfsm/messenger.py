"""Text messages, for one client: sending them, and performing what the core wants done with them."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from callfsm.core import effects
from callfsm.core.messaging import MAX_MESSAGES
from callfsm.core.model import MessageModel
from callfsm.core.request import Request
from callfsm.errors import RelayError
from callfsm.event import MessageReceiveEvent
from callfsm.listeners import await_contained, call_contained
from callfsm.log import logger
from callfsm.message import Message
from callfsm.tasks import Tasks

Performers = Mapping[type, Callable[[Any], None]]
"""What performs each effect, by its type."""


class DroppedMessage:
    """An inbound message that nobody could handle; only ever counted, under this name."""


MessageHandler = Callable[[Message], Any]
"""What `RelayClient.on_message` takes: a coroutine function of one message."""


class Messenger:
    """The messages of one client."""

    def __init__(self, tasks: Tasks, counts: Counter[type]) -> None:
        self.on_message: MessageHandler | None = None
        self._tasks = tasks
        self._counts = counts
        self._handled = Tasks()
        self._sent: dict[Request, Message] = {}
        self._messages: dict[MessageModel, Message] = {}
        self.making: Performers = {effects.MessageMade: self._make}
        self.settling: Performers = {effects.MessageSettled: self._settle}
        self.starting: Performers = {effects.MessageArrived: self._start_handler}
        self.notifying: Performers = {effects.MessageMoved: self._notify}

    def expect(self, request: Request, message: Message) -> None:
        """Remember which message a request sends."""
        self._sent[request] = message

    def give_up(self, request: Request) -> None:
        """Nobody waits for the id of this request's message."""
        self._sent.pop(request, None)

    def interrupt(self, error: Callable[[], RelayError]) -> None:
        """The program closes the client: every wait for a message ends with an error."""
        for message in self._messages.values():
            message._waits.fail(error)

    def _make(self, effect: effects.MessageMade) -> None:
        message = self._sent.pop(effect.request, None)
        if message is not None:
            message._follow(effect.message, self._counts)
            self._messages[effect.message] = message

    def _settle(self, effect: effects.MessageSettled) -> None:
        message = self._messages.get(effect.message)
        if effect.message.state == "lost":
            self._messages.pop(effect.message, None)  # No event will come that would have it forgotten.
        callback = message._settle(effect.event) if message is not None else None
        if callback is not None:
            self._run(call_contained(callback, effect.event), callback, self._tasks)

    def _notify(self, effect: effects.MessageMoved) -> None:
        message = self._messages.get(effect.message)
        if message is not None:
            message._listeners.hear(effect.event)
            if message.is_done:
                del self._messages[effect.message]

    def _start_handler(self, effect: effects.MessageArrived) -> None:
        event = effect.event
        if self.on_message is None or not isinstance(event, MessageReceiveEvent):
            return
        if len(self._handled) >= MAX_MESSAGES:
            self._counts[DroppedMessage] += 1
            logger.error("message dropped", why="too many message handlers are at work", message=event.message_id)
            return
        handler = self.on_message
        self._run(call_contained(handler, Message._received(event)), handler, self._handled)

    def _run(self, outcome: Any, handler: Callable[..., Any], tasks: Tasks) -> None:
        if inspect.isawaitable(outcome):
            tasks.spawn(await_contained(outcome, handler), "callfsm message")
