"""Letting the calls of a run come to their end, and noticing those that do not.

People who are held by others (a bridge, a conference, an agent) hang up after a while. Somebody who is held by the
program, or waits in a queue, waits until their patience is at its end.
"""

from __future__ import annotations

import asyncio
from typing import Final, NamedTuple

from callfsm.simulator.leg import Leg
from callfsm.testing.relay import MESSAGE
from callfsm.testing.seen import Watched
from callfsm.testing.waiting import waits
from callfsm.testing.watching import Watch

PATIENCE: Final = 1_800.0
"""How long somebody stays on the phone whom a program keeps waiting, in seconds."""
RETURNS_WITHIN: Final = 60.0
"""How long a handler may go on after its call is over, in seconds."""
LEFT_ALONE: Final = 10.0
"""How long a call may be up that nothing holds any more, in seconds."""
TALK_SECONDS: Final = 60.0
"""How long people talk to each other, or to an agent, before they hang up."""
_SHORTEST: Final = 0.25
_LONGEST: Final = 15.0
_COMPANY: Final = ("queue", "conference", "room")
_AGENTS: Final = ("ai", "stream")


class Limits(NamedTuple):
    """How long what may last, in seconds."""

    patience: float = PATIENCE
    returns_within: float = RETURNS_WITHIN


class Conclusion:
    """The end of a run: waits until every call is over and every handler has returned, or until one does not.

    Args:
        watch: Who has looked on since the beginning.
        limits: How long what may last.
    """

    def __init__(self, watch: Watch, limits: Limits) -> None:
        self._watch = watch
        self._limits = limits
        self._since: dict[tuple[str, str], float] = {}

    async def comes(self) -> None:
        """Wait for the end; what goes on for too long is told to the watch, and ends it."""
        pause = _SHORTEST
        # What has just been sent is on its way.
        await asyncio.sleep(pause)
        while self._goes_on() and not self._stuck():
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST)

    def _goes_on(self) -> bool:
        return bool(self._legs()) or any(owner or _of_message(task) for task, owner in self._watch.at_work())

    def _legs(self) -> list[Leg]:
        return list(self._watch.relay.exchange.legs.values())

    def _handlers(self) -> list[tuple[asyncio.Task[object], Watched]]:
        known = self._watch.calls.values()
        return [(each.task, each) for each in known if each.task is not None]

    def _stuck(self) -> bool:
        found = len(self._watch.troubles)
        for leg in self._legs():
            if leg.up and not leg.transferred:
                self._look_at(leg)
        for task, known in self._handlers():
            if not task.done() and known.ended is not None:
                self._handler_goes_on(task, known.ended, known.call_id)
        for task, owner in list(self._watch.at_work()):
            if owner and self._over(owner):
                self._task_goes_on(task, owner)
            elif _of_message(task) and self._lasts("message", str(id(task)), "") > self._limits.patience:
                seen = (
                    f"the handler of a text message goes on for {self._limits.patience:g} s: {'; '.join(waits([task]))}"
                )
                self._watch.trouble("handler returns", seen)
        return any(trouble.invariant in _ENDS for trouble in self._watch.troubles[found:])

    def _over(self, call_id: str) -> bool:
        known = self._watch.calls[call_id]
        returned = known.task is None or known.task.done()
        return returned and known.ended is not None

    def _lasts(self, what: str, call_id: str, how: str) -> float:
        """For how long this has been so, by the clock of the loop; counted from when it was asked first."""
        since = self._since.setdefault((what, f"{call_id} {how}"), self._watch.now)
        return self._watch.now - since

    def _forget(self, what: str, call_id: str, how: str) -> None:
        self._since.pop((what, f"{call_id} {how}"), None)

    def _handler_goes_on(self, task: asyncio.Task[object], ended: float, call_id: str) -> None:
        seconds = self._limits.returns_within
        if self._watch.now - ended > seconds:
            seen = f"{seconds:g} s after the call was over the handler had not returned: {'; '.join(waits([task]))}"
            self._watch.trouble("handler returns", seen, call_id)

    def _task_goes_on(self, task: asyncio.Task[object], owner: str) -> None:
        if self._lasts("task", str(id(task)), "left") > self._limits.returns_within:
            seen = f"a task that the handler began goes on after both: {'; '.join(waits([task]))}"
            self._watch.trouble("nothing left open", seen, owner)

    def _look_at(self, leg: Leg) -> None:
        holder = self._holder(leg)
        if holder == "people":
            if self._lasts("leg", leg.call_id, holder) > self._endures(leg):
                leg.person_hangs_up()
            return
        self._forget("leg", leg.call_id, "people")
        if holder == "nobody":
            if self._lasts("leg", leg.call_id, holder) > LEFT_ALONE:
                self._left_alone(leg)
            return
        self._forget("leg", leg.call_id, "nobody")
        if self._lasts("leg", leg.call_id, "up") > self._limits.patience:
            known = self._watch.calls.get(leg.call_id)
            places = "; ".join(waits(self._watch.running(leg.call_id))) or f"{_running(leg)} runs on"
            seen = f"the caller was kept waiting for {self._limits.patience:g} s: {places}"
            self._watch.trouble("call ends" if known else "nothing left open", seen, leg.call_id)

    def _endures(self, leg: Leg) -> float:
        # Nobody talks to who waits in a queue, and what comes after the queue is the program's doing.
        return self._limits.patience if "queue" in leg.attendants else TALK_SECONDS

    def _left_alone(self, leg: Leg) -> None:
        known = self._watch.calls.get(leg.call_id)
        if leg.direction == "outbound":
            owner = f" for call {known.owner}" if known and known.owner else ""
            seen = f"the leg that was dialled{owner} is up, and nothing holds it any more"
            self._watch.trouble("nothing left open", seen, known.owner if known and known.owner else leg.call_id)
        else:
            seen = f"the handler has returned and nothing holds the call, which was up {LEFT_ALONE:g} s later"
            self._watch.trouble("call ends", seen, leg.call_id)

    def _holder(self, leg: Leg) -> str:
        """Who keeps a leg up: ``people``, the ``program``, the ``network`` or ``nobody``."""
        if leg.bridge is not None or any(name in leg.attendants for name in _COMPANY):
            return "people"
        if any(operation.machine in _AGENTS for operation in leg.open_operations):
            return "people"
        known = self._watch.calls.get(leg.call_id)
        if known is None or (leg.state == "created" and known.task is None):
            return "network"  # It rings, and that has an end of its own.
        owner = known.owner if leg.direction == "outbound" else leg.call_id
        at_work = next(self._watch.running(owner) if owner else self._watch.at_work(), None)
        asked = {command for _, command in known.asked}
        # The client itself asks after bindings when the line was away.
        attended = leg.attendants.keys() - (set() if "bind_digit" in asked else {"bindings"})
        return "program" if at_work or leg.open_operations or attended else "nobody"


def _of_message(task: asyncio.Task[object]) -> bool:
    return task.get_name().startswith(MESSAGE)


_ENDS: Final = ("call ends", "handler returns", "nothing left open")


def _running(leg: Leg) -> str:
    return ", ".join(operation.machine for operation in leg.open_operations) or "nothing"
