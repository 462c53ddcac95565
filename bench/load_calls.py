"""What the load server does: the telephone network of one client, as far as a bench needs one.

The client tells what it wants by subscribing to a context whose name is a `Plan`: how many calls, how many at once.
Everything else follows from its commands. Nothing is checked beyond what is counted; `callfsm.simulator` is for that.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from itertools import count
from typing import Any, Final, NamedTuple

import load_frames as frames

SOON: Final = 0.002
"""After how many seconds follows what is no answer to a command: the end of a play, the answer to a dial."""
SPOKEN: Final = 0.02
"""The same for the end of a play at a calm pace, where each call has a time of its own."""
AT_ONCE: Final = 64
"""How many calls change at once where nobody says otherwise; how many events wait for their acknowledgement."""


class Plan(NamedTuple):
    """What a client wants; it travels as the name of a context, ``calls:3000:64:0``.

    Attributes:
        kind: ``calls`` that are taken and ended, calls to ``hold``, what is held to ``release``, events for the
            next collect to ``flood``, or ``nothing``, which tells that all that was said before has arrived.
        size: How many calls or events.
        at_once: How many calls are up at once.
        rate: How many calls begin in a second, whatever becomes of the earlier; 0 for as many as are wanted.
    """

    kind: str
    size: int = 0
    at_once: int = AT_ONCE
    rate: int = 0

    def __str__(self) -> str:
        return f"{self.kind}:{self.size}:{self.at_once}:{self.rate}"

    @classmethod
    def read(cls, text: str) -> Plan:
        """The plan that a context names."""
        kind, *figures = text.split(":")
        return cls(kind, *map(int, figures))


class Network:
    """The calls of one connection.

    Attributes:
        out: What waits to be written.
        heard: How often each command came, and ``ack`` for acknowledgements.
        turnarounds: For each call at a pace, how many seconds it has waited for the client in all: from its offer to
            its answer, from there to what is played, and from the end of that to the hang-up.
    """

    def __init__(self, flush: Callable[[], None]) -> None:
        self.out = frames.Outgoing()
        self.heard: Counter[str] = Counter()
        self.turnarounds: list[float] = []
        self._flush = flush
        self._plan = Plan("nothing")
        self._names = count(1)
        self._to_offer = 0
        self._events_left = 0
        self._collect = ("", "")
        self._held: deque[tuple[str, str]] = deque()
        self._holding = 0
        self._releasing = False
        self._due: list[tuple[bytes, tuple[str, ...]]] = []
        self._asked_at: dict[str, float] = {}
        self._waited: dict[str, float] = {}
        self._dialled: dict[str, int] = {}
        self._commands: dict[str, Callable[[dict[str, Any]], None]] = {
            "calling.answer": self._answer,
            "calling.play": self._play,
            "calling.collect": self._start_flood,
            "calling.end": self._end,
            "calling.dial": self._dial,
            "signalwire.receive": self._begin,
        }

    def acknowledged(self) -> None:
        """The client has acknowledged an event."""
        self.heard["ack"] += 1
        if self._events_left:
            self._flood()

    def hear(self, frame: dict[str, Any]) -> None:
        """The client has asked for something."""
        method = frame["method"]
        self.heard[method] += 1
        if method == "signalwire.connect":
            self.out.reply(frames.LOGGED_IN, frame["id"])
            return
        self.out.reply(frames.PONG if method == "signalwire.ping" else frames.ACCEPTED, frame["id"])
        act = self._commands.get(method)
        if act is not None:
            act(frame["params"])

    def _begin(self, params: dict[str, Any]) -> None:
        plan = Plan.read(params["contexts"][0])
        if plan.kind == "release":
            self._releasing = True
            for _ in range(min(plan.at_once, len(self._held))):
                self._release()
        elif plan.kind == "flood":
            self._events_left = plan.size
        elif plan.kind != "nothing":
            self._plan, self._to_offer, self._holding = plan, plan.size, plan.size if plan.kind == "hold" else 0
            if plan.rate:
                self._offer_at_a_pace(asyncio.get_running_loop().time())
            else:
                for _ in range(plan.at_once):
                    self._offer()

    def _offer(self) -> None:
        if self._to_offer:
            self._to_offer -= 1
            call_id = f"bench-call-{next(self._names):08}-5d0e-9a3e-5f1c8a0b7d11"
            self.out.event(frames.RECEIVE, call_id)
            if self._plan.rate:
                self._waited[call_id] = 0.0
                self._asked_at[call_id] = time.perf_counter()

    def _offer_at_a_pace(self, due: float) -> None:
        self._offer()
        self._flush()
        if self._to_offer:
            # From when it was due, not from now: a late call does not put off all that follow.
            due += 1 / self._plan.rate
            asyncio.get_running_loop().call_at(due, self._offer_at_a_pace, due)

    def _answer(self, params: dict[str, Any]) -> None:
        self._note(params["call_id"])
        self.out.event(frames.ANSWERED, params["call_id"])

    def _play(self, params: dict[str, Any]) -> None:
        call_id, control_id = params["call_id"], params["control_id"]
        self._note(call_id)
        self.out.event(frames.PLAYING, call_id, control_id)
        if self._holding:
            self._holding -= 1
            self._held.append((call_id, control_id))
            self._offer()
        elif self._plan.rate:
            asyncio.get_running_loop().call_later(SPOKEN, self._spoken, call_id, control_id)
        else:
            self._soon(frames.PLAYED, call_id, control_id)

    def _spoken(self, call_id: str, control_id: str) -> None:
        self.out.event(frames.PLAYED, call_id, control_id)
        self._asked_at[call_id] = time.perf_counter()
        self._flush()

    def _end(self, params: dict[str, Any]) -> None:
        call_id = params["call_id"]
        self._note(call_id)
        if self._plan.rate:
            del self._asked_at[call_id]
            self.turnarounds.append(self._waited.pop(call_id))
        self.out.event(frames.ENDING, call_id)
        self.out.event(frames.ENDED, call_id)
        if self._releasing:
            self._release()
        elif not self._plan.rate and not self._holding:
            self._offer()

    def _note(self, call_id: str) -> None:
        if self._plan.rate:
            now = time.perf_counter()
            self._waited[call_id] += now - self._asked_at[call_id]
            self._asked_at[call_id] = now

    def _release(self) -> None:
        if self._held:
            self.out.event(frames.PLAYED, *self._held.popleft())
        else:
            self._releasing = False

    def _start_flood(self, params: dict[str, Any]) -> None:
        self._collect = (params["call_id"], params["control_id"])
        for _ in range(AT_ONCE):
            self._flood()

    def _flood(self) -> None:
        if self._events_left:
            self._events_left -= 1
            self.out.event(frames.PARTIAL if self._events_left else frames.HEARD, *self._collect)

    def _dial(self, params: dict[str, Any]) -> None:
        tag = params["tag"]
        leg = f"bench-leg-{next(self._names):08}-5d0e-9a3e-5f1c8a0b7d11"
        self.out.event(frames.LEG_CREATED, leg, tag)
        self._soon(frames.LEG_RINGING, leg, tag)
        self._soon(frames.LEG_ANSWERED, leg, tag)
        self._soon(frames.DIALLED, tag, leg, tag)

    def _soon(self, template: bytes, *names: str) -> None:
        if not self._due:
            asyncio.get_running_loop().call_later(SOON, self._say_due)
        self._due.append((template, names))

    def _say_due(self) -> None:
        due, self._due = self._due, []
        for template, names in due:
            self.out.event(template, *names)
        self._flush()
