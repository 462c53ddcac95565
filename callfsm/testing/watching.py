"""Who looks on while a program is at work on its calls, and notes what the invariants are about."""

from __future__ import annotations

import asyncio
import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, Final

from callfsm import Call, CollectEvent, RecordEvent, RelayClient
from callfsm.action import CollectAction, StandaloneCollectAction
from callfsm.core import effects
from callfsm.core.effects import Effect
from callfsm.core.model import OperationModel
from callfsm.core.tables import Speaker
from callfsm.observing import call_id_of
from callfsm.simulator.leg import Leg
from callfsm.testing.logged import LOGGER, LoggedErrors
from callfsm.testing.reading import Readings
from callfsm.testing.relay import MESSAGE, Relay
from callfsm.testing.seen import INPUT, SILENCE, Edge, Prompted, Recorded, Trouble, Watched
from callfsm.testing.virtual_time import DeadEndError

OWNER: Final[ContextVar[str]] = ContextVar("callfsm_owner", default="")
"""The call whose handler is at work, in it and in every task that it begins."""

PROMPTS: Final = ("collect", "play_and_collect")
MOST_COMMANDS: Final = 5_000
"""How many commands a program may ask in one run, before it counts as spinning."""
_LISTENERS: Final = ("callfsm listener", "callfsm on_completed", MESSAGE)
_CALLEE: Final = "callee "
"""A script of the simulator's: what it does by itself later on, it does in the context of whoever asked for it."""


@contextmanager
def quiet_log() -> Iterator[None]:
    """Let callfsm's log tell nothing to anybody but its own handlers, and to those errors only."""
    before = LOGGER.level, LOGGER.propagate
    LOGGER.setLevel(logging.ERROR)
    LOGGER.propagate = False
    try:
        yield
    finally:
        LOGGER.setLevel(before[0])
        LOGGER.propagate = before[1]


def tell_tasks(loop: asyncio.AbstractEventLoop, tell: Callable[[asyncio.Task[Any]], object]) -> Callable[[], None]:
    """Tell of every task that is begun on a loop from now on; gives what ends that."""
    # A task factory is for programs to set, and with one handlers are run in another way than nearly everywhere.
    create = loop.create_task

    def begin(work: Any, **more: Any) -> asyncio.Task[Any]:
        task = create(work, **more)
        tell(task)
        return task

    def end() -> None:
        setattr(loop, "create_task", create)  # noqa: B010  # to mypy, a loop has always the same

    setattr(loop, "create_task", begin)  # noqa: B010  # the same
    return end


class Watch:
    """Looks at every effect, task, error and look at an event while programs are at work on a relay.

    Attributes:
        calls: What was seen of each call that a client has known.
        troubles: What was seen that no program should do.
        edges: Which rows were heard, as (machine, source, trigger, dest).
        pairs: Which rows were heard one after the other by the same subject.
        tasks: Every task that was begun, with the call whose handler has begun it.
        handlers: The handlers that were at work.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.calls: dict[str, Watched] = {}
        self.troubles: list[Trouble] = []
        self.edges: set[Edge] = set()
        self.pairs: set[tuple[Edge, Edge]] = set()
        self.tasks: list[tuple[asyncio.Task[Any], str]] = []
        self.handlers: list[Callable[..., Any]] = []
        self.readings = Readings(CollectEvent, RecordEvent, CollectAction, StandaloneCollectAction)
        self._speech: dict[OperationModel, tuple[float, str]] = {}
        self._dialled: dict[str, str] = {}
        self._last: dict[int, tuple[object, Edge]] = {}
        self._hurt = False
        self._notes: dict[type, Callable[[RelayClient, Any], None]] = {
            effects.CallMade: self._made,
            **dict.fromkeys(effects.TRANSITIONED, self._moved),
            effects.Send: self._sent,
            effects.Replied: self._replied,
            effects.Refused: self._refused,
            effects.AskedAfterEnd: self._asked_after_end,
            effects.OperationSettled: self._settled,
        }
        self._undo: list[Callable[[], object]] = []

    @property
    def hurt(self) -> bool:
        """Whether the network has refused or lost commands, or dropped the line, so that these may have failed."""
        return self._hurt or self.relay.meddling.hurt

    @property
    def now(self) -> float:
        """The event loop's time, in seconds."""
        return asyncio.get_running_loop().time()

    def begin(self) -> None:
        """Look on from now on."""
        self.relay.most_commands = MOST_COMMANDS
        loop = asyncio.get_running_loop()
        self.readings.open()
        self.relay.joins.append(self._follow)
        for client in self.relay.clients:
            self._follow(client)
        handler = LoggedErrors(self._raised)
        LOGGER.addHandler(handler)
        log = ExitStack()
        log.enter_context(quiet_log())
        self._undo += [
            tell_tasks(loop, lambda task: self.tasks.append((task, OWNER.get()))),
            self.readings.close,
            lambda: self.relay.joins.remove(self._follow),
            lambda: LOGGER.removeHandler(handler),
            log.close,
        ]

    def end(self) -> None:
        """Look on no more."""
        while self._undo:
            self._undo.pop()()

    def leg(self, call_id: str) -> Leg | None:
        """The server's side of a call."""
        exchange = self.relay.exchange
        return exchange.legs.get(call_id) or exchange.past.get(call_id)

    def running(self, call_id: str) -> Iterator[asyncio.Task[Any]]:
        """The tasks that are at work on a call: its handler, what that has begun, and listeners."""
        for task, owner in self.at_work():
            if owner in (call_id, ""):
                yield task

    def at_work(self) -> Iterator[tuple[asyncio.Task[Any], str]]:
        """The tasks of the program that have not ended, each with the call whose handler has begun it.

        Of listeners it is not known for which call they are at work; theirs is ``""``.
        """
        for task, owner in self.tasks:
            name = task.get_name()
            if task.done() or name.startswith(_CALLEE):
                continue
            if name.startswith(_LISTENERS):
                yield task, ""
            elif owner:
                yield task, owner

    def trouble(self, invariant: str, seen: str, call_id: str = "", error: BaseException | None = None) -> None:
        """Something was seen that no program should do."""
        self.troubles.append(Trouble(invariant, seen, call_id, error))

    def _raised(self, seen: str, error: BaseException) -> None:
        self.trouble("no undeclared exception", seen, "", error)

    def _follow(self, client: RelayClient) -> None:
        pump = client._pump
        note = functools.partial(self._note, client)
        pump.watchers.append(note)
        self._undo.append(lambda: pump.watchers.remove(note))

    def _accompany(self, client: RelayClient) -> None:
        pump = client._pump
        handler = pump.on_call
        if handler is None or getattr(handler, "watched_by", None) is self:
            return

        @functools.wraps(handler)
        async def watched(call: Call) -> None:
            known = self.calls[call.call_id]
            known.task = asyncio.current_task()
            assert known.task is not None, "a handler runs in a task"
            OWNER.set(call.call_id)
            self.tasks.append((known.task, call.call_id))
            try:
                outcome = handler(call)
                if inspect.isawaitable(outcome):
                    await outcome
            except DeadEndError as error:
                self.trouble("handler returns", str(error), call.call_id)
                raise
            except BaseException as error:
                seen = f"the handler raised {error!r} while the call was {call.state}"
                self.trouble("no undeclared exception", seen, call.call_id, error)
                raise
            finally:
                known.returned = self.now

        vars(watched)["watched_by"] = self
        self.handlers.append(handler)
        pump.on_call = watched
        self._undo.append(lambda: setattr(pump, "on_call", handler))

    def _note(self, client: RelayClient, effect: Effect) -> None:
        note = self._notes.get(type(effect))
        if note is not None:
            note(client, effect)

    def _made(self, client: RelayClient, effect: effects.CallMade) -> None:
        self._accompany(client)
        owner = self._dialled.get(effect.call.tag, "") if effect.call.dial is not None else ""
        self.calls[effect.call.call_id] = Watched(effect.call, owner, self.now)

    def _replied(self, _client: RelayClient, effect: effects.Replied) -> None:
        self._hurt = self._hurt or not effect.outcome.answered

    def _refused(self, _client: RelayClient, effect: effects.Refused) -> None:
        why = f" ({effect.guard})" if effect.guard else ""
        seen = f"`{effect.command}` of a {effect.subject.machine} that was {effect.subject.state}{why}"
        self.trouble("no illegal command", seen, call_id_of(effect.subject))

    def _asked_after_end(self, _client: RelayClient, effect: effects.AskedAfterEnd) -> None:
        known = self.calls.get(call_id_of(effect.subject))
        if known is not None and effect.command != "hangup":
            known.after_end[effect.command] += 1

    def _moved(self, _client: RelayClient, effect: effects.Transitioned) -> None:
        subject = effect.subject
        edge = (subject.machine, effect.source, effect.trigger, effect.dest)
        self.edges.add(edge)
        if subject.machine == "connection" and effect.source == "online":
            self._hurt = True
        before = self._last.get(id(subject))
        self._last[id(subject)] = (subject, edge)  # Holding the subject, so that no other gets its id.
        if before is not None:
            self.pairs.add((before[1], edge))
        known = self.calls.get(call_id_of(subject))
        if known is None:
            return
        if effect.speaker is Speaker.ASK:
            known.asked.append((self.now, effect.trigger))
            if effect.trigger == "hangup" and not known.model.unwanted:
                self._hangs_up(known)
        elif subject is known.model and effect.dest == "ended" and known.ended is None:
            known.ended = self.now

    def _sent(self, _client: RelayClient, effect: effects.Send) -> None:
        request = effect.request
        if request is None:
            return
        if request.dial is not None:
            self._dialled[request.dial.tag] = OWNER.get()
        elif request.command == "play" and request.operation is not None:
            self._speech[request.operation] = (self.now, _speech(request.params))

    def _hangs_up(self, known: Watched) -> None:
        leg = self.leg(known.call_id)
        if leg is None or not leg.up:
            return
        if leg.transferred:
            self.trouble("transfer left alone", "the program hung up a call that it had handed over", known.call_id)
        for operation in known.model.operations.values():
            began, text = self._speech.get(operation, (0.0, ""))
            playing = leg.operations.get(operation.control_id)
            heard = playing is not None and not playing.over and operation.state in ("requested", "playing")
            if text and heard and known.input_at < began:
                told = "".join(leg.ear.heard()[-1:])
                seen = f'the program hung up while it was saying "{text}"; the caller heard "{told}" of it'
                self.trouble("goodbye heard", seen, known.call_id)

    def _settled(self, client: RelayClient, effect: effects.OperationSettled) -> None:
        operation, event = effect.operation, effect.event
        action = client._pump.actions.get(operation)
        known = self.calls.get(operation.call.call_id)
        if known is None:
            return
        if isinstance(event, CollectEvent) and operation.machine in PROMPTS and not operation.call.over:
            outcome = str(event.result.get("type", ""))
            if outcome in INPUT + SILENCE:
                read = (self.readings.follow(event), self.readings.follow(action))
                known.prompted.append(Prompted(self.now, outcome, read))
        elif isinstance(event, RecordEvent) and event.url:
            known.recorded.append(Recorded(event.url, self.readings.follow(event), (event, action)))


def _speech(params: dict[str, Any]) -> str:
    if params.get("loop") not in (None, 1):
        return ""
    media = params.get("play") or []
    return " ".join(str(item["params"]["text"]) for item in media if item.get("type") == "tts")
