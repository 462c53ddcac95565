"""A text message: one that was sent, or one that has come.

Source: the RELAY messaging methods and events, https://developer.signalwire.com/.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from callfsm.action import OnCompleted
from callfsm.errors import RelayError
from callfsm.event import MessageReceiveEvent, RelayEvent
from callfsm.listeners import EventHandler, Listeners
from callfsm.tasks import Tasks
from callfsm.waits import Waits

if TYPE_CHECKING:
    from callfsm.core.model import MessageModel

_FINAL = ("delivered", "undelivered", "failed", "lost", "received")


class Message:
    """A text message: a state machine from ``queued`` to ``delivered``, ``undelivered`` or ``failed``.

    `RelayClient.send_message` gives back those that were sent, `RelayClient.on_message` hands over those
    that have come; these are ``received``, and done. A message whose session is lost before its last
    state was reported is ``lost``.

    Attributes:
        message_id: The server's id.
        context: Where the message's states are reported, or where it arrived.
        direction: ``inbound`` or ``outbound``.
        from_number: The sender, in E.164.
        to_number: The receiver, in E.164.
        body: The text.
        media: Addresses of pictures and the like.
        segments: How many parts the network has made of it.
        tags: Labels of your own.
    """

    def __init__(
        self,
        *,
        message_id: str = "",
        context: str = "",
        direction: str = "",
        from_number: str = "",
        to_number: str = "",
        body: str = "",
        media: list[str] | None = None,
        segments: int = 0,
        state: str = "",
        reason: str = "",
        tags: list[str] | None = None,
    ) -> None:
        self.message_id = message_id
        self.context = context
        self.direction = direction
        self.from_number = from_number
        self.to_number = to_number
        self.body = body
        self.media = list(media or [])
        self.segments = segments
        self.tags = list(tags or [])
        self._model: MessageModel | None = None
        self._state = state
        self._reason = reason
        self._result: RelayEvent | None = None
        self._on_completed: OnCompleted | None = None
        self._waits: Waits[RelayEvent] = Waits()
        self._listeners = Listeners(Tasks(), Counter())

    def __repr__(self) -> str:
        numbers = f"from={self.from_number!r}, to={self.to_number!r}"
        return f"Message(id={self.message_id!r}, direction={self.direction!r}, state={self.state!r}, {numbers})"

    @property
    def state(self) -> str:
        """``queued``, ``initiated``, ``sent``, ``delivered``, ``undelivered``, ``failed``, ``lost`` or ``received``."""
        return self._model.state if self._model is not None else self._state

    @property
    def reason(self) -> str:
        """Why it did not arrive; ``""`` when it did, or when that is not told."""
        return (self._model.reason if self._model is not None else "") or self._reason

    @property
    def is_done(self) -> bool:
        """Whether nothing more will be reported of it."""
        return self.state in _FINAL

    @property
    def result(self) -> RelayEvent | None:
        """The event that told the last state; ``None`` before."""
        return self._result

    def on(self, handler: EventHandler) -> None:
        """Hear every state of the message, as `MessageStateEvent`, in order."""
        self._listeners.add(RelayEvent, handler)

    def off(self, handler: EventHandler | None = None) -> None:
        """Stop hearing its states: with this handler, or with all of them."""
        self._listeners.remove(RelayEvent, handler)

    async def wait(self, timeout: float | None = None) -> RelayEvent:
        """Wait for the last state, ``timeout`` seconds at most; at once when it is there.

        Raises:
            asyncio.TimeoutError: The time is over; the message goes on.
            ConnectionLostError: The program disconnected the client meanwhile.
            RelayError: Nothing can be reported of it: the server gave it no id, or it was made by hand.
        """
        if self._result is not None:
            return self._result
        if self._model is None:
            raise RelayError(-1, f"{self!r} has no id of the server's, so nothing can be reported of it")
        return await self._waits.wait(lambda _: True, timeout)

    def _follow(self, model: MessageModel, counts: Counter[type]) -> None:
        self._model = model
        self._listeners.counts = counts
        self.message_id = model.message_id

    def _settle(self, event: RelayEvent) -> OnCompleted | None:
        # Gives back what is to be called, once.
        self._result = event
        self._waits.offer(event)
        callback, self._on_completed = self._on_completed, None
        return callback

    @classmethod
    def _received(cls, event: MessageReceiveEvent) -> Message:
        message = cls(
            message_id=event.message_id,
            context=event.context,
            direction=event.direction or "inbound",
            from_number=event.from_number,
            to_number=event.to_number,
            body=event.body,
            media=event.media,
            segments=event.segments,
            state="received",
            tags=event.tags,
        )
        message._result = event
        return message
