"""A bare RELAY client in memory, on a clock that is turned by hand: what the exchange is tested with."""

from __future__ import annotations

import heapq
import itertools
import json
from collections.abc import Callable
from typing import Any

from callfsm.simulator import Exchange
from callfsm.simulator.leg import Leg
from callfsm.simulator.session import Client
from callfsm.simulator.settings import Settings

Frame = dict[str, Any]
CALLER, CALLED = "+15550100003", "+15550100001"


class ManualTimer:
    """A call that is due later."""

    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        """It is not made any more."""
        self.cancelled = True


class ManualClock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self._now = 0.0
        self._due: list[tuple[float, int, ManualTimer]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def later(self, seconds: float, callback: Callable[[], object]) -> ManualTimer:
        """Call back when so many seconds have passed."""
        timer = ManualTimer(callback)
        heapq.heappush(self._due, (self._now + seconds, next(self._order), timer))
        return timer

    def pass_(self, seconds: float) -> None:
        """Let so many seconds pass, and everything that is due in them happen."""
        end = self._now + seconds
        while self._due and self._due[0][0] <= end + 1e-9:
            due, _, timer = heapq.heappop(self._due)
            self._now = max(self._now, due)
            if not timer.cancelled:
                timer.callback()
        self._now = end

    @property
    def pending(self) -> int:
        """How many calls are still due."""
        return sum(not timer.cancelled for _, _, timer in self._due)


class Phone:
    """A bare client: it sends frames, keeps what it gets, and acknowledges events unless told not to."""

    def __init__(self, exchange: Exchange, *, acknowledges: bool = True) -> None:
        self.exchange = exchange
        self.acknowledges = acknowledges
        self.frames: list[Frame] = []
        self.closed = False
        self.client: Client = exchange.attach(self)
        self._ids = itertools.count(1)

    def send(self, text: str) -> None:
        """Link: a frame of the server has come."""
        frame = json.loads(text)
        self.frames.append(frame)
        if "method" in frame and self.acknowledges:
            self.say({"jsonrpc": "2.0", "id": frame["id"], "result": {}})

    def close(self) -> None:
        """Link: the server has closed the line."""
        self.closed = True
        self.exchange.detach(self.client)

    def say(self, frame: Frame) -> None:
        """Send a frame as it stands."""
        self.exchange.receive(self.client, json.dumps(frame))

    def ask(self, method: str, /, **params: Any) -> Frame:
        """Send a request; the reply's result, or the whole reply when it is an error."""
        request_id = f"request-{next(self._ids)}"
        self.say({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
        reply = next(frame for frame in self.frames if frame.get("id") == request_id)
        result: Frame = reply.get("result", reply)
        return result

    def log_in(self, *contexts: str, **more: Any) -> Frame:
        """Log in with the right credentials."""
        authentication = {"project": "simulated-project", "token": "simulated-token"}
        return self.ask(
            "signalwire.connect",
            version={"major": 2, "minor": 0, "revision": 0},
            authentication=authentication,
            contexts=list(contexts),
            event_acks=self.acknowledges,
            **more,
        )

    def events(self, event_type: str, **match: Any) -> list[Frame]:
        """The params of the events of one type, in order, that hold what is given."""
        told = [frame["params"] for frame in self.frames if frame.get("method") == "signalwire.event"]
        params = [envelope["params"] for envelope in told if envelope["event_type"] == event_type]
        return [event for event in params if all(event.get(key) == value for key, value in match.items())]

    def states(self, call_id: str) -> list[str]:
        """The states that were reported of a call."""
        return [event["call_state"] for event in self.events("calling.call.state", call_id=call_id)]

    def reports(self, control_id: str) -> list[str]:
        """What was reported of an operation, as short words in order."""
        words = []
        for frame in self.frames:
            envelope = frame.get("params", {})
            params = envelope.get("params", {})
            if params.get("control_id") == control_id:
                words.append(params["result"]["type"] if "result" in params else params["state"])
        return words


class Desk:
    """An exchange with one client that takes the calls of the context ``desk``."""

    def __init__(self, **settings: Any) -> None:
        ids = itertools.count(1)
        self.clock = ManualClock()
        self.exchange = Exchange(self.clock, lambda: f"id-{next(ids)}", Settings(**settings))
        self.phone = Phone(self.exchange)
        self.phone.log_in("desk")

    def ring(self, context: str = "desk") -> Leg:
        """A call comes in."""
        return self.exchange.ring(context, CALLED, CALLER)

    def answered(self) -> Leg:
        """A call has come in and has been answered."""
        leg = self.ring()
        self.ask(leg, "calling.answer")
        return leg

    def ask(self, leg: Leg, method: str, **params: Any) -> Frame:
        """Send a command of this call."""
        return self.phone.ask(method, node_id=self.exchange.node_id, call_id=leg.call_id, **params)

    @property
    def unexpected(self) -> list[str]:
        """What the journal holds against the client."""
        return [entry.unexpected for entry in self.exchange.journal.unexpected_entries()]


TTS = {"type": "tts", "params": {"text": "Press one for sales"}}
"""Nineteen characters, so 1.14 s."""
PHONE = "+15550100099"


def to(*numbers: str, timeout: float = 30) -> list[Frame]:
    """Devices that ring together."""
    return [
        {"type": "phone", "params": {"from_number": CALLED, "to_number": number, "timeout": timeout}}
        for number in numbers
    ]
