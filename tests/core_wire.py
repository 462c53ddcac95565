"""The server's chair: speaks frames to a `Session`, and reads the effects that follow."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any, TypeVar

from callfsm.core.effects import CallMade, Effect, Send
from callfsm.core.model import CallModel, DialModel, OperationModel, Settings
from callfsm.core.request import Request
from callfsm.core.session import Session

CALL_ID = "call-1"
CONTROL_ID = "ctl-1"
TAG = "tag-1"

AnEffect = TypeVar("AnEffect")


def numbered() -> Callable[[], str]:
    """A maker of ids: ``id-1``, ``id-2`` and so on."""
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"


def only(kind: type[AnEffect], effects: Iterable[Effect]) -> list[AnEffect]:
    """The effects of one kind, in their order."""
    return [effect for effect in effects if isinstance(effect, kind)]


def frames_of(effects: Iterable[Effect]) -> list[dict[str, Any]]:
    """The frames among these effects, decoded."""
    return [json.loads(send.text) for send in only(Send, effects)]


class Server:
    """One session with a server that says what the test wants.

    Attributes:
        session: The session under test.
        done: Every effect that has been taken, in order.
    """

    def __init__(self, *, online: bool = True, **settings: Any) -> None:
        facts: dict[str, Any] = {
            "project": "project-1",
            "token": "token-1",
            "contexts": ["office"],
            "takes_calls": True,
        }
        self.session = Session(Settings(**(facts | settings)), numbered())
        self.done: list[Effect] = []
        self._events = count(1)
        if online:
            self.log_in()

    def take(self) -> list[Effect]:
        """The effects since the last time; they are taken out of the session."""
        taken, self.session.effects = self.session.effects, []
        self.done += taken
        return taken

    def sent(self) -> list[dict[str, Any]]:
        """The requests that left since the last time; replies and acknowledgements are passed over."""
        return [frame for frame in frames_of(self.take()) if "method" in frame]

    def tell(self, frame: object) -> list[Effect]:
        """Send the session one frame; what follows from it."""
        self.session.receive(json.dumps(frame))
        return self.take()

    def event(self, event_type: str, params: dict[str, Any]) -> list[Effect]:
        """Report an event."""
        envelope = {"event_type": event_type, "params": params}
        return self.tell({"id": f"event-{next(self._events)}", "method": "signalwire.event", "params": envelope})

    def state(self, word: str, call_id: str = CALL_ID, **more: Any) -> list[Effect]:
        """Report the state of a call."""
        told = {"call_id": call_id, "node_id": "node-1", "call_state": word}
        return self.event("calling.call.state", told | more)

    def operation(self, kind: str, control_id: str = CONTROL_ID, call_id: str = CALL_ID, **more: Any) -> list[Effect]:
        """Report something of an operation: ``play``, ``record`` or ``collect``."""
        told = {"call_id": call_id, "node_id": "node-1", "control_id": control_id}
        return self.event(f"calling.call.{kind}", told | more)

    def dial(self, word: str, tag: str = TAG, **more: Any) -> list[Effect]:
        """Report the state of a dial."""
        return self.event("calling.call.dial", {"node_id": "node-1", "tag": tag, "dial_state": word} | more)

    def ring(self, call_id: str = CALL_ID, **more: Any) -> CallModel:
        """Offer an inbound call that is taken; its model."""
        made = only(CallMade, self.offer(call_id, **more))
        return made[0].call

    def offer(self, call_id: str = CALL_ID, **more: Any) -> list[Effect]:
        """Offer an inbound call."""
        told = {"call_id": call_id, "node_id": "node-1", "direction": "inbound", "call_state": "created"}
        return self.event("calling.call.receive", told | {"context": "office"} | more)

    def reply(self, request: Request | None, code: object = "200", **more: Any) -> list[Effect]:
        """Reply to a request with a result code."""
        assert request is not None, "there is no request to reply to"
        return self.tell({"jsonrpc": "2.0", "id": request.id, "result": {"code": code, "message": "said so"} | more})

    def fail(self, request: Request, code: object = -32600, message: str = "refused") -> list[Effect]:
        """Reply to a request with a JSON-RPC error."""
        return self.tell({"jsonrpc": "2.0", "id": request.id, "error": {"code": code, "message": message}})

    def open(self) -> dict[str, Any]:
        """Open the socket; the login frame."""
        self.session.connection.fire("opening")
        self.session.connection.fire("opened")
        return self.sent()[-1]

    def log_in(self, protocol: str = "protocol-1") -> list[Effect]:
        """Open the socket and accept the credentials; what follows from that."""
        login = self.open()
        result = {"protocol": protocol, "identity": "identity-1"}
        return self.tell({"jsonrpc": "2.0", "id": login["id"], "result": result})

    def drop(self) -> list[Effect]:
        """The line drops; what follows from that."""
        self.session.connection.fire("dropped")
        return self.take()

    def close(self) -> list[Effect]:
        """The program closes the connection; what follows from that."""
        self.session.connection.fire("closed")
        return self.take()


def answered(server: Server, call_id: str = CALL_ID) -> CallModel:
    """An inbound call that has been answered, with nothing left in flight."""
    call = server.ring(call_id)
    server.reply(call.ask("answer", {}))
    server.state("answered", call_id)
    return call


def started(
    server: Server, call: CallModel, kind: str = "play", control_id: str = CONTROL_ID, *, continuous: bool = False
) -> OperationModel:
    """An operation whose command has been accepted, and of which nothing has been reported."""
    operation, request = call.start(kind, control_id, {}, continuous=continuous)
    server.reply(request)
    return operation


def dialled(server: Server, tag: str = TAG) -> DialModel:
    """A dial that has been accepted."""
    dial, request = server.session.dial(tag, {"devices": [[{"type": "phone"}]]})
    server.reply(request)
    return dial
