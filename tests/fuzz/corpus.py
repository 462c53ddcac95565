"""Frames as a server would send them: an example of each event type, and requests and replies of every shape."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

from callfsm.core.tables import KINDS, STANDINGS, TABLES, Speaker
from fuzz.drafts import Frame

_DATA: Final = Path(__file__).parent.parent / "data"
EVENTS: Final[dict[str, Frame]] = {
    event_type: {"params": {}} | told["envelope"]
    for event_type, told in json.loads((_DATA / "events.json").read_text()).items()
}
ACTIONS: Final[dict[str, Frame]] = json.loads((_DATA / "actions.json").read_text())
"""What each kind of action is begun with, and what is reported of it."""

WORDS: Final = sorted(
    {trigger for table in TABLES.values() for speaker in Speaker for trigger in table.triggers(speaker)}
    | {state for table in TABLES.values() for state in table.states}
)
"""Every word of every machine: those that only we may say are as hostile as any from the server."""

CODES: Final[tuple[Any, ...]] = (
    "200",
    200,
    "201",
    "404",
    404,
    "410",
    "409",
    "500",
    None,
    "",
    "junk",
    2000,
    -1,
    200.5,
    True,
)
_OPERATIONS: Final = {told.event_type for told in KINDS.values()}


class Aims(NamedTuple):
    """The ids of what is live, for frames to be about."""

    operations: Mapping[str, list[tuple[str, str]]]
    """The kind and the control id of each operation, by call id."""
    tags: list[str]
    messages: list[str]
    conferences: list[str]
    requests: list[str]
    """Requests of the client that have no reply."""

    def ids(self) -> list[str]:
        """All of them."""
        controls = [control for each in self.operations.values() for _, control in each]
        return [*self.operations, *controls, *self.tags, *self.messages, *self.conferences, *self.requests]


class Sample(NamedTuple):
    """A frame that nothing has been done to."""

    family: str
    frame: Frame


def family(event_type: str) -> str:
    """What an event speaks of."""
    if event_type in _OPERATIONS:
        return "operation"
    if event_type in STANDINGS:
        return "standing"
    if event_type.startswith("messaging."):
        return "message"
    return event_type.rpartition(".")[2] if event_type in _ALONE else "other event"


_ALONE: Final = ("calling.call.state", "calling.call.receive", "calling.call.dial")


class Corpus:
    """Makes frames that are about what is live."""

    def __init__(self, chance: random.Random, aims: Callable[[], Aims]) -> None:
        self._chance = chance
        self._aims = aims
        self._ids = count(1)
        # A server says most about calls and what runs in them.
        weights = {"operation": 4, "state": 14, "dial": 14, "standing": 2, "receive": 10, "message": 5}
        self._types = [each for each in EVENTS for _ in range(weights.get(family(each), 1))]

    def sample(self) -> Sample:
        """One frame."""
        kind = self._chance.random()
        if kind < 0.62:
            return self.event(self._chance.choice(self._types))
        if kind < 0.86:
            return self._reply()
        method = self._chance.choice(("signalwire.ping", "signalwire.disconnect", "unknown method"))
        return Sample(method.rpartition(".")[2], self._service(method))

    def request(self, method: str, params: Any) -> Frame:
        """A request of the server, with an id of its own."""
        return {"jsonrpc": "2.0", "id": f"server-{next(self._ids)}", "method": method, "params": params}

    def _service(self, method: str) -> Frame:
        if method == "signalwire.ping":
            return self.request(method, {"timestamp": 1_790_000_000.5, "payload": "echo"})
        if method == "signalwire.disconnect":
            return self.request(method, {"restart": self._chance.random() < 0.5})
        ours = ("signalwire.connect", "calling.answer", "signalwire.reauthenticate", "", "signalwire.event ")
        return self.request(self._chance.choice(ours), {"call_id": self._some(list(self._aims().operations))})

    def _some(self, ids: list[str]) -> str:
        return self._chance.choice(ids) if ids else "nobody"

    def _reply(self) -> Sample:
        frame: Frame = {"jsonrpc": "2.0", "id": self._some(self._aims().requests)}
        if self._chance.random() < 0.3:
            frame["error"] = {"code": self._chance.choice((-32601, -32602, 404, 410, *CODES)), "message": "refused"}
            return Sample("refusal", frame)
        told = {"code": self._chance.choice(CODES), "message": "said so"}
        extra = {"message_id": f"msg-{next(self._ids)}"} if self._chance.random() < 0.2 else {}
        frame["result"] = told | extra
        return Sample("reply", frame)

    def event(self, event_type: str) -> Sample:
        """An event about something live."""
        envelope = copy.deepcopy(EVENTS[event_type])
        self._aim(event_type, envelope["params"])
        return Sample(family(event_type), self.request("signalwire.event", envelope))

    def _aim(self, event_type: str, params: Frame) -> None:
        aims, chance = self._aims(), self._chance
        call_id = self._some(list(aims.operations))
        for name, ids in (("call_id", [call_id]), ("message_id", aims.messages), ("tag", aims.tags)):
            if name in params and ids:
                params[name] = chance.choice(ids)
        if event_type in _OPERATIONS:
            self._aim_at_operation(event_type, params, aims.operations.get(call_id, []))
        else:
            self._aim_at_call(event_type, params, call_id)

    def _aim_at_call(self, event_type: str, params: Frame, call_id: str) -> None:
        chance = self._chance
        if event_type == "calling.call.state":
            params["call_state"] = chance.choice(("created", "ringing", "answered", "answered", "ending", "ended"))
        elif event_type == "calling.call.dial":
            params["dial_state"] = chance.choice(("dialing", "dialing", "answered", "failed"))
            params["call"]["call_id"] = chance.choice((call_id, f"leg-{next(self._ids)}"))
        elif event_type == "calling.call.receive" and chance.random() < 0.7:
            params["call_id"] = f"stranger-{next(self._ids)}"
        elif event_type == "calling.conference":
            params["conference_id"] = self._some(self._aims().conferences)
            if chance.random() < 0.3:
                del params["call_id"]

    def _aim_at_operation(self, event_type: str, params: Frame, running: list[tuple[str, str]]) -> None:
        fitting = [(kind, control) for kind, control in running if _speaks(event_type, kind)]
        if not fitting:
            return
        kind, control = self._chance.choice(fitting)
        params["control_id"] = control
        told = ACTIONS[kind]
        reports = [said for type_, said in told["goes_on"] if type_ == event_type]
        if not reports or self._chance.random() < 0.15:
            reports += [said for type_, said in told["settles"] if type_ == event_type]
        if reports:
            params |= copy.deepcopy(self._chance.choice(reports))


def _speaks(event_type: str, kind: str) -> bool:
    told = KINDS[ACTIONS[kind]["method"]]
    return event_type == told.event_type or event_type in told.also
