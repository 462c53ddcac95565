"""A call: what the program holds of one call leg."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from callfsm.action import (
    Action,
    AIAction,
    CollectAction,
    DetectAction,
    FaxAction,
    PausableAction,
    PayAction,
    PlayAction,
    RecordAction,
    StandaloneCollectAction,
    StoppableAction,
    StreamAction,
    TapAction,
    TranscribeAction,
    VolumeAction,
)
from callfsm.commands import CallCommands
from callfsm.core import wire
from callfsm.core.request import GONE, REJECTED, UNKNOWN
from callfsm.errors import RelayError
from callfsm.hearing import CallEvents
from callfsm.picturing import CallPicture

if TYPE_CHECKING:
    from callfsm.core.model import CallModel
    from callfsm.core.request import Outcome
    from callfsm.embedding import Embedding, Executor
    from callfsm.pump import Pump

# Programs import the actions from here, where the official SDK has them.
__all__ = [
    "AIAction",
    "Action",
    "Call",
    "CollectAction",
    "DetectAction",
    "FaxAction",
    "PausableAction",
    "PayAction",
    "PlayAction",
    "RecordAction",
    "StandaloneCollectAction",
    "StoppableAction",
    "StreamAction",
    "TapAction",
    "TranscribeAction",
    "VolumeAction",
]

ActionType = TypeVar("ActionType", bound=Action[Any])


class Call(CallEvents, CallCommands, CallPicture):
    """One leg of a call: a state machine with the states created, answered, ending and ended.

    Calls are made by the client: `RelayClient.on_call` hands over inbound ones, `RelayClient.dial` gives
    back outbound ones. A program with a transport of its own, or a test, makes one over any object with
    ``async execute(method, params)``, and gives it its events with `receive`.

    The state follows what the server reports and never goes back. When the call ends, whatever plays,
    records or collects in it ends too, and so does every wait. What each command may raise, and what it
    does on a call that is over, stands in `callfsm.commands`.
    """

    _embedding: Embedding | None = None

    def __init__(
        self,
        client: Executor,
        call_id: str,
        node_id: str,
        project_id: str,
        context: str,
        *,
        tag: str = "",
        direction: str = "",
        device: dict[str, Any] | None = None,
        state: str = "",
        segment_id: str = "",
    ) -> None:
        from callfsm.embedding import Embedding  # noqa: PLC0415  # a call that a client makes needs none

        facts = {
            "call_id": call_id,
            "node_id": node_id,
            "project_id": project_id,
            "context": context,
            "tag": tag,
            "direction": direction,
            "device": device or {},
            "call_state": state,
            "segment_id": segment_id,
        }
        embedding = Embedding(client)
        self._embedding = embedding
        self._adopt(embedding.model(facts), embedding.pump)
        embedding.pump.calls[call_id] = self

    @classmethod
    def _of(cls, model: CallModel, pump: Pump) -> Self:
        # A call that a client makes: its events come over the client's line.
        call = cls.__new__(cls)
        call._adopt(model, pump)
        return call

    def _adopt(self, model: CallModel, pump: Pump) -> None:
        self._model = model
        self._pump = pump

    def __repr__(self) -> str:
        return f"<Call id={self.call_id} state={self.state} direction={self.direction}>"

    def receive(self, payload: dict[str, Any]) -> None:
        """Give the call an event of a transport of your own: ``{"event_type": ..., "params": {...}}``.

        Raises:
            RuntimeError: The call belongs to a client, which gives it its events.
        """
        if self._embedding is None:
            raise RuntimeError(f"{self!r} hears its events over its client's line; receive() is for calls made by hand")
        self._embedding.report(payload)

    @property
    def call_id(self) -> str:
        """The server's id of the call."""
        return self._model.call_id

    @property
    def node_id(self) -> str:
        """The server's node that carries it."""
        return self._model.node_id

    @property
    def project_id(self) -> str:
        """The project it belongs to."""
        return self._model.project_id

    @property
    def context(self) -> str:
        """The routing label it arrived on."""
        return self._model.context

    @property
    def tag(self) -> str:
        """The label that was given when dialling; ``""`` for inbound calls."""
        return self._model.tag

    @property
    def direction(self) -> str:
        """``inbound`` or ``outbound``."""
        return self._model.direction

    @property
    def segment_id(self) -> str:
        """The server's id of the call's segment."""
        return self._model.segment_id

    @property
    def device(self) -> dict[str, Any]:
        """The endpoint: ``{"type": "phone", "params": {"from_number": ..., "to_number": ...}}``."""
        return self._model.device

    @property
    def state(self) -> str:
        """``created``, ``answered``, ``ending`` or ``ended``."""
        return self._model.state

    @property
    def ringing(self) -> bool:
        """Whether the far end is being alerted: the call is ``created`` and has been reported ringing."""
        return self._rings()

    @property
    def end_reason(self) -> str:
        """Why it ended: an ``END_REASON_`` constant, or ``passed``, ``lost`` or ``gone``; ``""`` until told."""
        return self._model.end_reason

    @property
    def standing(self) -> dict[str, str]:
        """Where the call stands in what the server reports without an action.

        Keys are ``bridge``, ``queue``, ``conference``, ``room``, ``hold``, ``denoise``, ``echo``, ``refer`` and
        ``send_digits``, as far as anything has been reported; values are the states of those machines.
        """
        return {name: standing.state for name, standing in self._model.standings.items()}

    @property
    def actions(self) -> list[Action[Any]]:
        """The operations that have not ended yet."""
        running = (self._pump.actions.get(operation) for operation in self._model.running)
        return [action for action in running if action is not None]

    @property
    def from_number(self) -> str:
        """Who calls, in E.164 or as a SIP address; ``""`` when not told."""
        return self._model.number("from")

    @property
    def to_number(self) -> str:
        """Who is called, in E.164 or as a SIP address; ``""`` when not told."""
        return self._model.number("to")

    async def _send(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        params = wire.params(command, arguments)
        if "control_id" in arguments:
            params = {"control_id": arguments["control_id"] or self._pump.new_id(), **params}
        with self._pump.performing():
            request = self._model.ask(command, params)
        return _unless_gone(await self._pump.outcome(request))

    async def _hang_up(self, arguments: dict[str, Any]) -> dict[str, Any]:
        params = wire.params("hangup", arguments)
        if "hangup" not in self._model.in_flight:
            with self._pump.performing():
                self._model.ask("hangup", params)
        outcome = await self._pump.outcome(self._model.farewell)
        return outcome.result if self._model.over else _unless_gone(outcome)

    async def _start(self, action: type[ActionType], kind: str, arguments: dict[str, Any]) -> ActionType:
        params = wire.params(kind, arguments)
        started = action(self, arguments["control_id"] or self._pump.new_id())
        if arguments["on_completed"] is not None:
            started._on_completed = arguments["on_completed"]
        with self._pump.performing():
            operation, request = self._model.start(
                kind, started.control_id, params, continuous=bool(params.get("continuous"))
            )
            started._operation = operation
            self._pump.actions[operation] = started
        outcome = await self._pump.outcome(request)
        # A report may overtake the reply: what has ended by one, has run, whatever the reply says.
        ran = outcome.answered and operation.over and operation.state != REJECTED
        if not ran:
            _unless_gone(outcome)  # A call that ends meanwhile ends what has just been asked of it too.
        return started

    async def _ask_operation(self, action: Action[Any], command: str, params: dict[str, Any]) -> dict[str, Any]:
        operation = action._operation
        if operation is None:
            raise RuntimeError(f"{action!r} was not started by a call; use the one that Call.play() and its kin return")
        told = wire.params(command, params)
        with self._pump.performing():
            request = operation.ask(command, told)
        return _unless_gone(await self._pump.outcome(request))

    def _interrupt(self, error: Callable[[], RelayError]) -> None:
        self._interrupt_waits(error)
        for action in self.actions:
            action._interrupt(error)


def _unless_gone(outcome: Outcome) -> dict[str, Any]:
    """The reply's result; ``{}`` when the server no longer knows what was meant: ordinary telephony."""
    if outcome.failure is not None and outcome.word not in (UNKNOWN, GONE):
        raise outcome.failure
    return outcome.result
