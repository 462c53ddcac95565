"""Calls over a transport of the program's own, which a fake client stands for."""

import asyncio
from typing import Any

from callfsm import Call

ADDRESS = {"node_id": "node-7", "call_id": "call-7"}


class FakeClient:
    """A program's own transport, which accepts everything.

    Attributes:
        commands: What it was to carry out.
        outcomes: What the next commands come to: their results, or what they raise; then ``200``.
    """

    def __init__(self, *outcomes: Any) -> None:
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.outcomes = list(outcomes)

    async def execute(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command."""
        self.commands.append((method, params))
        outcome: Any = self.outcomes.pop(0) if self.outcomes else {"code": "200"}
        await asyncio.sleep(0)
        if isinstance(outcome, BaseException):
            raise outcome
        result: dict[str, Any] = outcome
        return result

    @property
    def methods(self) -> list[str]:
        """The wire methods of the commands, in order."""
        return [method for method, _ in self.commands]


def embedded(client: Any, **more: Any) -> Call:
    """A call over this client; it is up unless told otherwise."""
    given = {"project_id": "project-7", "context": "office", "direction": "inbound", "state": "answered"}
    return Call(client=client, **{**ADDRESS, **given, **more})


def says(call: Call, event_type: str, **params: Any) -> None:
    """Give the call an event."""
    call.receive({"event_type": f"calling.call.{event_type}", "params": {**ADDRESS, **params}})


def ends(call: Call, reason: str = "hangup") -> None:
    """Tell the call that it has ended."""
    says(call, "state", call_state="ended", end_reason=reason)
