"""Simulated text messages: those that the client sends, and those that people send to it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from callfsm.simulator.clock import Timers
from callfsm.simulator.subject import Subject

if TYPE_CHECKING:
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.session import Session

_SEGMENT: Final = 160
_REMEMBERED: Final = 100


class Text(NamedTuple):
    """What a text message says."""

    to: str
    from_: str
    body: str
    media: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    context: str = ""

    def told(self, message_id: str, direction: str) -> dict[str, Any]:
        """The message as its events tell it."""
        return {
            "message_id": message_id,
            "context": self.context,
            "direction": direction,
            "from_number": self.from_,
            "to_number": self.to,
            "body": self.body,
            "media": list(self.media),
            "segments": max(-(-len(self.body) // _SEGMENT), 1),
            "tags": list(self.tags),
        }


class Failure(NamedTuple):
    """Why texts to a number do not arrive."""

    state: str
    """``undelivered`` or ``failed``."""
    reason: str


class Delivery(Subject):
    """A text message on its way to a person."""

    def __init__(self, post: Post, session: Session, text: Text) -> None:
        super().__init__("message", "queued")
        self._post = post
        self._session = session
        self._text = text
        self.message_id = post.exchange.new_id()
        self._failure = post.failures.get(text.to)

    def begin(self) -> None:
        """Report ``queued``, and the rest as time goes by."""
        self._report("queued")
        last = self._failure.state if self._failure is not None else "delivered"
        self._next(["initiated", *(["sent"] if last != "failed" else []), last])

    def note_reason(self, _payload: object) -> None:
        """Hook: the event tells why."""

    def _next(self, words: list[str]) -> None:
        if words:
            seconds = self._post.exchange.settings.message_seconds
            self._post.timers.start(self.message_id, seconds, partial(self._step, words))

    def _step(self, words: list[str]) -> None:
        word = words.pop(0)
        if word == "delivered":
            self._post.texts[self._text.to].append(self._text)
        self._report(word)
        self._next(words)

    def _report(self, word: str) -> None:
        params = self._text.told(self.message_id, "outbound") | {"message_state": word}
        if self._failure is not None and word == self._failure.state:
            params["reason"] = self._failure.reason
        send = self._post.exchange.send_event
        self.say(word, partial(send, self._session, "messaging.state", params, self, context=self._text.context))
        for watcher in list(self._post.watchers):
            watcher()


class Post:
    """The text messages of the network.

    Attributes:
        texts: What has arrived, by number.
        failures: The numbers at which nothing arrives.
        watchers: Called whenever one that was sent to a person has come further.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.timers = Timers(exchange.clock)
        self.texts: defaultdict[str, deque[Text]] = defaultdict(lambda: deque(maxlen=_REMEMBERED))
        self.failures: dict[str, Failure] = {}
        self.watchers: list[Callable[[], object]] = []

    def deliver(self, text: Text) -> str:
        """Somebody sends a text: one client that has its context gets it. The id of the message."""
        message_id = self.exchange.new_id()
        params = text.told(message_id, "inbound") | {"message_state": "received"}
        session = self.exchange.next_session(text.context)
        self.exchange.send_event(session, "messaging.receive", params, None, context=text.context)
        return message_id

    def close(self) -> None:
        """Whatever is still on its way does not arrive."""
        self.timers.cancel_all()
