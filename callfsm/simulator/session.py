"""Who is connected: a link, the client at its other end, and the session that outlives both."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from msgspec import MsgspecError
from msgspec.json import Encoder

from callfsm.simulator.clock import Timers

if TYPE_CHECKING:
    from callfsm.simulator.dialing import Dial
    from callfsm.simulator.exchange import Exchange
    from callfsm.simulator.leg import Leg
    from callfsm.simulator.subject import Subject

MAX_UNACKNOWLEDGED: Final = 1_000
"""How many events a session remembers that are not acknowledged; older ones count as missing for good."""


class Link(Protocol):
    """An open line to a client."""

    def send(self, text: str) -> None:
        """Put a text on its way; after a close it is dropped."""

    def close(self) -> None:
        """Close the line."""


class Sent(NamedTuple):
    """An event that was sent, and what it told."""

    time: float
    frame: dict[str, Any]
    about: Subject | None
    state: str


_quick: Final = Encoder().encode
# json.dumps would make an encoder for each frame.
_thorough: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def encode(frame: dict[str, Any]) -> str:
    """The text of a frame."""
    try:
        return _quick(frame).decode()
    except (MsgspecError, ValueError, OverflowError, RecursionError):
        # What clients said is said back to them: half of a surrogate pair, or a number of any length.
        return _thorough(frame)


class Client:
    """One connection of a client. It has a session once it has logged in."""

    def __init__(self, name: str, link: Link) -> None:
        self.name = name
        self.link = link
        self.session: Session | None = None
        self.asked: set[str] = set()
        """Ids of the server's own requests, pings above all, that have no reply yet."""

    def send(self, frame: dict[str, Any]) -> None:
        """Send a frame."""
        self.link.send(encode(frame))


class Session:
    """What a client comes back to: its contexts, its calls, and the events that it has not acknowledged."""

    def __init__(self, exchange: Exchange, protocol: str) -> None:
        self.exchange = exchange
        self.protocol = protocol
        self.channel = exchange.new_id()
        self.acknowledges = False
        self.contexts: list[str] = []
        self.client: Client | None = None
        self.turn = 0
        """When it was offered a call last, as a number that grows."""
        self.timers = Timers(exchange.clock)
        self.dials: dict[str, Dial] = {}
        """The dials that are under way, by tag."""
        self.missing = 0
        """Acknowledgements that will not come any more."""
        self._unacknowledged: dict[str, Sent] = {}
        self._waiting: deque[dict[str, Any]] = deque(maxlen=MAX_UNACKNOWLEDGED)

    @property
    def acknowledgements_missing(self) -> int:
        """Acknowledgements that have not come in time."""
        due = self.exchange.clock.now() - self.exchange.settings.acknowledgement_seconds
        return self.missing + sum(sent.time < due for sent in list(self._unacknowledged.values()))

    @property
    def legs(self) -> list[Leg]:
        """The calls it has."""
        return [leg for leg in self.exchange.legs.values() if leg.session is self]

    def send(self, frame: dict[str, Any], about: Subject | None) -> None:
        """Send an event, or keep it until the client is back."""
        if self.acknowledges:
            self._unacknowledged[frame["id"]] = Sent(
                self.exchange.clock.now(), frame, about, about.state if about is not None else ""
            )
            if len(self._unacknowledged) > MAX_UNACKNOWLEDGED:
                del self._unacknowledged[next(iter(self._unacknowledged))]
                self.missing += 1
        elif about is not None:
            about.known = about.acknowledged = about.state
        if self.client is not None:
            self.client.send(frame)
        elif not self.acknowledges:
            self._waiting.append(frame)

    def acknowledged(self, event_id: str) -> bool:
        """The client acknowledges an event, and so knows what it told; false when there is no such event."""
        sent = self._unacknowledged.pop(event_id, None)
        if sent is not None and sent.about is not None:
            sent.about.known = sent.about.acknowledged = sent.state
        return sent is not None

    def take_up(self, client: Client) -> None:
        """The client is here: it gets what it has not acknowledged, and what has happened meanwhile."""
        self.timers.cancel("hold")
        self.client, client.session = client, self
        for leg in [*self.exchange.legs.values(), *self.exchange.past.values()]:
            if leg.session is self:
                leg.known = leg.acknowledged

    def catch_up(self) -> None:
        """Send what the client may have missed, once it knows that its session goes on."""
        assert self.client is not None, "only a client that is here catches up"
        for sent in list(self._unacknowledged.values()):
            self.client.send(sent.frame)
        while self._waiting:
            self.client.send(self._waiting.popleft())

    def drop(self) -> None:
        """The link has dropped: the session waits for its client for a while, then ends."""
        self.client = None
        self.timers.start("hold", self.exchange.settings.session_hold, self.end)

    def end(self) -> None:
        """Nobody has come back: the calls end."""
        self.timers.cancel_all()
        self.missing = self.acknowledgements_missing
        self._unacknowledged.clear()
        self.exchange.forget(self)
        for dial in list(self.dials.values()):
            dial.cancel()
