"""What a call lets a program hear: listeners, and waits for events and states."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

from callfsm import constants
from callfsm.core.report import Report
from callfsm.core.words import text
from callfsm.errors import CallEndedError, RelayError
from callfsm.event import RelayEvent
from callfsm.listeners import EventHandler, Listeners, Wanted, call_contained, wants
from callfsm.waits import Waits

if TYPE_CHECKING:
    from callfsm.core.model import CallModel
    from callfsm.pump import Pump

EventType = TypeVar("EventType", bound=RelayEvent)


class CallEvents:
    """Everything that can be heard of a call. See `callfsm.Call`."""

    _model: CallModel
    _pump: Pump
    # Made when somebody wants them: most calls are never listened to, and a program may hold many.
    _listeners: Listeners | None = None
    _event_waits: Waits[RelayEvent] | None = None
    _state_waits: dict[str, Waits[RelayEvent]] | None = None

    @overload
    def on(self, event_type: str, handler: EventHandler) -> None: ...

    @overload
    def on(self, event_type: type[EventType], handler: Callable[[EventType], Any]) -> None: ...

    def on(self, event_type: Wanted, handler: EventHandler) -> None:
        """Hear the events of one type, as typed events, in order: by its name, or by its class.

        `RelayEvent` stands for every event of the call. `GapEvent` tells that the line was away for a time.

        A coroutine function hears the next event when it has done with the one before; it delays nobody
        else. When more than 1,000 events wait for it, the oldest report of progress is dropped and counted;
        reports of a state, and final ones, are kept. What a handler raises is logged.
        """
        if self._listeners is None:
            self._listeners = Listeners(self._pump.tasks, self._pump.counts)
        self._listeners.add(event_type, handler)

    def off(self, event_type: Wanted, handler: EventHandler | None = None) -> None:
        """Stop hearing events of one type: with this handler, or with all of them."""
        if self._listeners is not None:
            self._listeners.remove(event_type, handler)

    @overload
    async def wait_for(
        self, event_type: str, predicate: Callable[[Any], bool] | None = None, timeout: float | None = None
    ) -> RelayEvent: ...

    @overload
    async def wait_for(
        self,
        event_type: type[EventType],
        predicate: Callable[[EventType], bool] | None = None,
        timeout: float | None = None,
    ) -> EventType: ...

    async def wait_for(
        self,
        event_type: Wanted,
        predicate: Callable[[Any], bool] | None = None,
        timeout: float | None = None,
    ) -> RelayEvent:
        """Wait for the next event of a type for which ``predicate`` is true, ``timeout`` seconds at most.

        Raises:
            asyncio.TimeoutError: The time is over.
            CallEndedError: The call has ended, and no such event can come any more.
            ConnectionLostError: The program disconnected the client meanwhile.
        """
        if self._model.is_silent:
            raise self._too_late(f"no {event_type} can come any more")

        def wanted(event: RelayEvent) -> bool:
            fits = wants(event_type, event)
            return fits and (predicate is None or bool(call_contained(predicate, event)))

        if self._event_waits is None:
            self._event_waits = Waits()
        return await self._event_waits.wait(wanted, timeout)

    async def wait_for_ended(self, timeout: float | None = None) -> RelayEvent:
        """Wait until the call has ended; at once when it has. `end_reason` tells why.

        Raises:
            asyncio.TimeoutError: The time is over; later waits are not harmed.
            ConnectionLostError: The program disconnected the client meanwhile.
        """
        return await self._wait_for_state("ended", timeout)

    async def wait_for_answered(self, timeout: float | None = None) -> RelayEvent:
        """Wait until the call is answered; at once when it is, or was.

        Raises:
            CallEndedError: The call is over and was never answered.
            asyncio.TimeoutError: The time is over; later waits are not harmed.
            ConnectionLostError: The program disconnected the client meanwhile.
        """
        return await self._wait_for_state("answered", timeout)

    async def wait_for_ringing(self, timeout: float | None = None) -> RelayEvent:
        """Wait until the far end rings; at once when it does, or has been answered.

        Raises:
            CallEndedError: The call is over and never rang.
            asyncio.TimeoutError: The time is over; later waits are not harmed.
            ConnectionLostError: The program disconnected the client meanwhile.
        """
        return await self._wait_for_state("ringing", timeout)

    async def wait_for_ending(self, timeout: float | None = None) -> RelayEvent:
        """Wait until hang-up is under way; at once when it is, or the call has ended.

        Raises:
            asyncio.TimeoutError: The time is over; later waits are not harmed.
            ConnectionLostError: The program disconnected the client meanwhile.
        """
        return await self._wait_for_state("ending", timeout)

    async def _wait_for_state(self, state: str, timeout: float | None) -> RelayEvent:
        if self._model.reached(state):
            return self._state_report().event
        if not self._model.can_reach(state):
            raise self._too_late(f"it can no longer be {state}")
        if self._state_waits is None:
            self._state_waits = {}
        return await self._state_waits.setdefault(state, Waits()).wait(lambda _: True, timeout)

    def _too_late(self, hope: str) -> CallEndedError:
        return CallEndedError(self._model.call_id, self._model.end_reason, hope=hope)

    def _state_report(self) -> Report:
        # A wait for ringing is told in the wire's own word, for which the machine has no state.
        word = constants.CALL_STATE_RINGING if self._rings() else self._model.state
        latest = self._model.latest
        if latest is not None and text(latest.params, "call_state") == word:
            return latest
        told = {**self._model.facts, "call_state": word, "end_reason": self._model.end_reason}
        return Report(constants.EVENT_CALL_STATE, told)

    def _moved(self) -> None:
        for state, waits in (self._state_waits or {}).items():
            if self._model.reached(state):
                waits.offer(self._state_report().event)
            elif not self._model.can_reach(state):
                waits.fail(partial(self._too_late, f"it can no longer be {state}"))

    def _hear(self, report: Report) -> None:
        if self._event_waits or self._listeners:
            self._tell(report.event)

    def _tell(self, event: RelayEvent) -> None:
        if self._event_waits is not None:
            self._event_waits.offer(event)
        if self._listeners is not None:
            self._listeners.hear(event)

    def _forgotten(self) -> None:
        if self._event_waits is not None:
            self._event_waits.fail(lambda: self._too_late("no such event can come any more"))

    def _rings(self) -> bool:
        return self._model.ringing and self._model.state == constants.CALL_STATE_CREATED

    def _interrupt_waits(self, error: Callable[[], RelayError]) -> None:
        # The client is closed by the program: nobody will ever be told anything.
        if self._event_waits is not None:
            self._event_waits.fail(error)
        for waits in (self._state_waits or {}).values():
            waits.fail(error)
