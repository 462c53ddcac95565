"""Who looks on while a story happens, and knows what must never be seen."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from callfsm import ConnectionEvent, RelayClient, Transition
from callfsm.core.request import Outcome, Request
from callfsm.core.tables import CALL
from stories.line import Frame

if TYPE_CHECKING:
    from callfsm.testing.virtual_time import VirtualTimeLoop

_ORDER: Final = {state: number for number, state in enumerate(CALL.states)}
_BEGINS: Final = frozenset(
    {
        "play",
        "record",
        "collect",
        "play_and_collect",
        "detect",
        "send_fax",
        "receive_fax",
        "tap",
        "stream",
        "transcribe",
        "pay",
        "ai",
    }
)
_BY_ITSELF: Final = frozenset(
    {"signalwire.connect", "signalwire.ping", "signalwire.unreceive", "calling.end", "calling.clear_digit_bindings"}
)
"""What the client asks of itself: to be let in, to be told if somebody is there and if a call is still known, and to
end what nobody holds."""


class Breach(NamedTuple):
    """Something that must never be seen."""

    promise: str
    """The invariant that was broken, by its name."""
    seen: str


class Watch:
    """Looks at every frame, transition, outcome and turn of the loop.

    Attributes:
        breaches: What has been seen that must not be.
        calls: Every call that the client has known.
    """

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self.breaches: list[Breach] = []
        self.calls: set[str] = set()
        self._loop = loop
        self._client: RelayClient | None = None
        self._sent: set[str] = set()
        self._begun: set[tuple[str, str, str]] = set()
        self._given_up: set[str] = set()
        self._waiting: Counter[str] = Counter()
        self._unasked: dict[str, str] = {}
        self._connection = "offline"
        self._states: dict[str, str] = {}
        self._moved = False

    def follow(self, client: RelayClient) -> None:
        """Look at this client."""
        self._client = client
        client.observe(self.moved)
        client.on("connection", self.connection)
        pump = client._pump
        receive, outcome = pump.receive, pump.outcome

        def received(messages: list[str | bytes]) -> None:
            try:
                receive(messages)
            except Exception as error:
                self.breach("pump never raises", f"{error!r} at {messages!r}")
                raise

        async def concluded(request: Request | None) -> Outcome:
            return await self._concluded(request, outcome)

        pump.receive = received  # type: ignore[method-assign]  # every way in leads through these two
        pump.outcome = concluded  # type: ignore[method-assign]

    def breach(self, promise: str, seen: str) -> None:
        """A promise was broken."""
        self.breaches.append(Breach(promise, f"{self._loop.time():.3f}: {seen}"))

    async def _concluded(self, request: Request | None, outcome: Any) -> Outcome:
        if request is None:
            told: Outcome = await outcome(None)
            return told
        self._waiting[request.id] += 1
        self._unasked.pop(request.id, None)
        failed = True
        try:
            told = await outcome(request)
            failed = told.error is not None
        finally:
            self._waiting[request.id] -= 1
            # A hang-up goes out also when nobody waits for it any more: a call that goes on costs money.
            if failed and not self._waiting[request.id] and request.command != "hangup":
                self._given_up.add(request.id)
        return told

    def sent(self, frame: Frame) -> None:
        """The client has sent a frame."""
        method = frame.get("method")
        if method is None:
            return
        request_id, params = frame["id"], frame["params"]
        if request_id in self._sent:
            self.breach("nothing goes out twice", f"{method} {request_id}")
        if request_id in self._given_up:
            self.breach("nothing goes out after its caller was told that it failed", f"{method} {request_id}")
        self._sent.add(request_id)
        if method not in _BY_ITSELF and request_id not in self._waiting:
            self._unasked[request_id] = method
        if method.removeprefix("calling.") in _BEGINS:
            key = (method, params["call_id"], params["control_id"])
            if key in self._begun:
                self.breach("nothing goes out twice", f"{key}")
            self._begun.add(key)

    def moved(self, transition: Transition) -> None:
        """A machine of the client has heard something."""
        self._moved = True
        if transition.machine != "call":
            return
        self.calls.add(transition.call_id)
        before = self._states.get(transition.call_id, transition.source)
        if transition.source not in _ORDER or transition.dest not in _ORDER:
            self.breach("a call is created, answered, ending or ended", f"{transition}")
        elif _ORDER[transition.dest] < _ORDER[transition.source] or (before not in (transition.source, "ended")):
            self.breach("no state goes back", f"{transition} after {before}")
        self._states[transition.call_id] = transition.dest

    def connection(self, event: ConnectionEvent) -> None:
        """The client tells its program of its connection."""
        if event.source != self._connection:
            self.breach("every change of the connection is told, in order", f"{event} after {self._connection}")
        self._connection = event.dest

    def turn(self) -> None:
        """Everything that was ready has run."""
        if not self._moved or self._client is None:
            return
        self._moved = False
        if self._unasked:
            self.breach("nothing is asked that the program has not asked", f"{self._unasked}")
            self._unasked.clear()
        pump = self._client._pump
        for call in pump.calls.values():
            self.calls.add(call.call_id)
            if call.state == "ended":
                lingering = call._model in pump._graces
                open_ones = [action for action in call.actions if not lingering or action.state != "lingering"]
                if open_ones or not lingering:
                    self.breach("an ended call owns nothing open", f"{call} {open_ones}, forgotten: {not lingering}")
        if pump.session.effects:
            self.breach("what is to be done is done at once", f"{pump.session.effects}")


def left_open(client: RelayClient) -> list[str]:
    """What a client that is disconnected still holds: every registry of every part of it that is not empty."""
    found: list[str] = []
    seen: set[int] = set()
    _look_into(client, "client", found, seen)
    return found


_RESIDENT: Final = frozenset(
    {
        "stages",
        "_hearers",
        "observers",
        "settings",
        "_settings",
        "contexts",
        "making",
        "settling",
        "starting",
        "notifying",
    }
)
"""What is there as long as the client is: tables, sums, and what the program has set."""
_BOUNDED: Final = {"_left": 1_000, "_finished": 1_000, "_over": 1_000, "_listeners": 1}
"""Registries that remember on purpose, and how much at most."""


def _look_into(part: Any, path: str, found: list[str], seen: set[int]) -> None:
    if id(part) in seen:
        return
    seen.add(id(part))
    for name, value in _attributes(part):
        where = f"{path}.{name}"
        if name in _RESIDENT or isinstance(value, Counter):
            continue
        if isinstance(value, asyncio.Future | asyncio.TimerHandle):
            found.append(f"{where}: {value!r}") if not _over(value) else None
        elif isinstance(value, dict | list | set | tuple) or hasattr(value, "popleft"):
            if len(value) > _BOUNDED.get(name, 0):
                found.append(f"{where}: {value!r:.300}")
        elif type(value).__module__.startswith("callfsm"):
            _look_into(value, where, found, seen)


def _over(value: asyncio.Future[Any] | asyncio.TimerHandle) -> bool:
    return value.cancelled() or (isinstance(value, asyncio.Future) and value.done())


def _attributes(part: Any) -> list[tuple[str, Any]]:
    slots = [name for kind in type(part).__mro__ for name in getattr(kind, "__slots__", ())]
    told = {name: getattr(part, name) for name in slots if hasattr(part, name)}
    return list((told | getattr(part, "__dict__", {})).items())
