"""The pump: it performs what the core wants done, always in the same order.

For each frame and each command: new calls are given an object; frames are sent; transitions are logged; waits are
settled; handlers are started as tasks; listeners are told; and what is over is forgotten. No handler of the program
runs inside the pump as a coroutine, so none can hold it up by waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from callfsm import log
from callfsm.action import Action
from callfsm.call import Call
from callfsm.core import effects
from callfsm.core.effects import Effect
from callfsm.core.model import CallModel, DialModel, OperationModel
from callfsm.core.request import ACCEPTED, Outcome, Request
from callfsm.core.session import Session
from callfsm.core.tables import Speaker
from callfsm.errors import RelayError
from callfsm.handling import CallHandler, Handlers
from callfsm.hooks import Hooks
from callfsm.listeners import Listeners, await_contained, call_contained
from callfsm.messenger import Messenger
from callfsm.observing import Observer, Transition, call_id_of
from callfsm.outages import Outages
from callfsm.outcomes import Outcomes
from callfsm.stages import Stages
from callfsm.statistics import COUNTED
from callfsm.tasks import Tasks
from callfsm.waits import Waits

GRACE_SECONDS: Final = 2.0
"""How long a last report is waited for after its call has ended."""

NOTHING_SENT: Final = Outcome(ACCEPTED, {})
"""The outcome of a command that was settled here."""


class _Performing(AbstractContextManager[None]):
    # The same one for every block: there is nothing to remember of any.

    def __init__(self, perform: Callable[[], None]) -> None:
        self._perform = perform

    def __exit__(self, *_raised: object) -> None:
        self._perform()


class Pump(Hooks):
    """Performs a session's effects for one client."""

    def __init__(self, session: Session, new_id: Callable[[], str]) -> None:
        super().__init__()
        self.session = session
        self.new_id = new_id
        self.calls: dict[str, Call] = {}
        self.actions: dict[OperationModel, Action[Any]] = {}
        self.on_call: CallHandler | None = None
        self.transmit: Callable[[list[str]], None] = lambda _texts: None
        self.observers: list[Observer] = []
        self.counts: Counter[type] = Counter()
        self.unanswered: Callable[[Request], None] = lambda _request: None
        """Told of each request that has had no reply in time."""
        self.connection_waits: Waits[str] = Waits()
        self.outcomes = Outcomes(self._expire)
        self.dials: dict[DialModel, asyncio.Future[Call | None]] = {}
        self._graces: dict[CallModel, asyncio.TimerHandle] = {}
        self._forgotten: Waits[Call] = Waits()
        self.tasks = Tasks()
        self.handlers = Handlers()
        self.messenger = Messenger(self.tasks, self.counts)
        self.outages = Outages(session.connection, Listeners(self.tasks, self.counts), self.calls.values)
        self._detailed = False
        self._leaving: list[str] = []
        """What has to be sent when all of it is performed."""
        self.stages = self._planned()
        self._performing = _Performing(self.perform)
        log.conceal(self)

    def _planned(self) -> Stages:
        return Stages(
            {effects.Send: self._post, **dict.fromkeys(COUNTED, self._count)},
            {effects.CallMade: self._make, **self.messenger.making},
            {**log.WRITERS, **dict.fromkeys(effects.TRANSITIONED, self._log)},
            {
                effects.OperationSettled: self._settle_operation,
                effects.DialSettled: self._settle_dial,
                effects.Replied: self._settle_request,
                **self.messenger.settling,
            },
            # What runs in a call ends before the call does, for those who wait.
            {effects.CallTransitioned: self._settle_call, effects.LineTransitioned: self._settle_line},
            {effects.CallMade: self._start_handler, **self.messenger.starting},
            {
                effects.EventArrived: self._notify,
                effects.CallTransitioned: self._tell_end,
                effects.LineTransitioned: self.outages.tell,
                **self.messenger.notifying,
            },
            {effects.Lingers: self._await_grace, effects.Forgotten: self._forget},
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The credentials as they are now."""
        return self.session.connection.secrets

    def receive(self, messages: list[str | bytes]) -> None:
        """Take what one read of the socket has brought; all that it causes leaves in one go."""
        self._detailed = log.is_detailed()
        for begin in self.reads:
            begin(messages)
        for message in messages:
            if self._detailed:
                log.frame("received", message)
            for arrival in self.arrivals:
                arrival(message)
            self.session.receive(message)
            self._perform()
        self._finish()

    def perform(self) -> None:
        """Perform what is waiting to be done."""
        self._detailed = log.is_detailed()
        self._perform()
        self._finish()

    def _finish(self) -> None:
        for told in self.performed:
            told()
        if not self._leaving:
            return
        texts, self._leaving = self._leaving, []
        if self._detailed:
            for text in texts:
                log.frame("sent", text)
        self.transmit(texts)

    def performing(self) -> AbstractContextManager[None]:
        """Perform what the block has left to be done, also when it raises."""
        return self._performing

    def _perform(self) -> None:
        session = self.session
        while session.effects:
            batch, session.effects = session.effects, []
            for watcher in self.watchers:
                for effect in batch:
                    watcher(effect)
            self.stages.perform(batch)

    def _post(self, effect: effects.Send) -> None:
        self._leaving.append(effect.text)
        if effect.request is not None:
            for note in self.requests:
                note(effect)
            self.outcomes.await_reply(effect.request)

    def _count(self, effect: Effect) -> None:
        self.counts[type(effect)] += 1

    async def outcome(self, request: Request | None) -> Outcome:
        """Wait for a request's outcome; any number may wait, and none harms another.

        Its time limit runs from the first wait, queueing included. ``None`` is a command that was settled
        here; its outcome is that nothing was sent.
        """
        if request is None:
            # A handler that goes on asking of a call that is over must not starve the event loop.
            await asyncio.sleep(0)
            return NOTHING_SENT
        try:
            return request.outcome or await self.outcomes.future(request)
        except asyncio.CancelledError:
            with self.performing():
                self.session.outbox.withdraw(request)
            raise

    def _expire(self, request: Request) -> None:
        with self.performing():
            self.session.expire(request, self.outcomes.seconds)
        self.unanswered(request)

    def interrupt(self, error: Callable[[], RelayError]) -> None:
        """The program closes the client: every wait on its calls ends with an error."""
        for call in self.calls.values():
            call._interrupt(error)
        self.messenger.interrupt(error)

    async def quiet(self, timeout: float) -> None:
        """Wait until no call is up, ``timeout`` seconds at most."""
        with contextlib.suppress(TimeoutError):
            await self._forgotten.wait(lambda _: not self.calls, timeout if self.calls else 0)

    def _make(self, effect: effects.CallMade) -> None:
        self.calls[effect.call.call_id] = Call._of(effect.call, self)
        effect.call.since = asyncio.get_running_loop().time()

    def _log(self, effect: effects.Transitioned) -> None:
        moves = effect.source != effect.dest
        if not (moves or self._detailed or self.observers):
            return
        subject = effect.subject
        if not (self.observers or log.is_informed()):
            subject.since = 0.0  # Nobody asks how long it has lasted, and a program may hold many calls.
            return
        now = asyncio.get_running_loop().time()
        log.transition(effect, now - subject.since if subject.since else 0.0)
        if moves:
            subject.since = now
        if self.observers:
            call_id = call_id_of(subject)
            words = (effect.speaker.value, effect.trigger, effect.source, effect.dest)
            transition = Transition(subject.machine, subject.name, call_id, *words, now)
            for observer in tuple(self.observers):
                call_contained(observer, transition)

    def _settle_operation(self, effect: effects.OperationSettled) -> None:
        # Not by way of the calls: what is begun on a call that has been forgotten ends as well.
        action = self.actions.pop(effect.operation)
        callback = action._settle(effect.event, ran=effect.operation.state != "rejected")
        if callback is not None:
            result = call_contained(callback, effect.event)
            if inspect.isawaitable(result):
                self.tasks.spawn(await_contained(result, callback), "callfsm on_completed")

    def _settle_call(self, effect: effects.CallTransitioned) -> None:
        call = self.calls.get(effect.subject.call_id)
        if call is not None:
            if effect.source != effect.dest:
                call._walk((effect.source, effect.trigger, effect.dest))
            call._moved()

    def _settle_line(self, effect: effects.LineTransitioned) -> None:
        self.connection_waits.offer(effect.dest)
        self.outcomes.rest()

    def _settle_dial(self, effect: effects.DialSettled) -> None:
        future = self.dials.pop(effect.dial, None)
        if future is not None and not future.done():
            winner = effect.dial.winner
            future.set_result(self.calls.get(winner.call_id) if winner is not None else None)

    def _settle_request(self, effect: effects.Replied) -> None:
        heard = self.outcomes.settle(effect.request, effect.outcome)
        call, error = effect.request.call, effect.outcome.error
        if not heard and call is not None and call.unwanted and error is not None:
            # Nobody waits for what is done with a call that nobody holds.
            log.logger.warning("hang-up failed", call=call.call_id, error=error.message)

    def _start_handler(self, effect: effects.CallMade) -> None:
        if effect.call.dial is None and effect.call.direction != "outbound":
            call = self.calls[effect.call.call_id]
            assert self.on_call is not None, "the session takes calls only while there is a handler"
            self.handlers.start(call, self.on_call)

    def _notify(self, effect: effects.EventArrived) -> None:
        call = self.calls.get(effect.call.call_id)
        if call is not None:
            call._hear(effect.report)
        effect.call.latest = None

    def _tell_end(self, effect: effects.CallTransitioned) -> None:
        if effect.dest == "ended" and effect.speaker is not Speaker.REPORT:
            # The server has not reported the end, so this is the only word of it that listeners get.
            call = self.calls.get(effect.subject.call_id)
            if call is not None:
                call._hear(call._state_report())

    def _await_grace(self, effect: effects.Lingers) -> None:
        loop = asyncio.get_running_loop()
        self._graces[effect.call] = loop.call_later(GRACE_SECONDS, self._end_grace, effect.call)

    def _end_grace(self, call: CallModel) -> None:
        connection = self.session.connection
        if not (connection.online or connection.given_up):
            # While the line is away nothing can be reported; the server will do that when it is back.
            self._await_grace(effects.Lingers(call))
            return
        call.grace_over()
        self.perform()

    def _forget(self, effect: effects.Forgotten) -> None:
        timer = self._graces.pop(effect.call, None)
        if timer is not None:
            timer.cancel()
        call = self.calls.get(effect.call.call_id)
        if call is not None and call._model is effect.call:
            del self.calls[effect.call.call_id]
            call._forgotten()
            self._forgotten.offer(call)
