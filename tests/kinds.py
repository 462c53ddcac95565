"""Actions of every kind, begun on a call of a scripted server under the control id ``c``."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from clock import turns
from methods import OFFICIAL
from operations import began
from scripted import ADDRESS, ScriptedServer, answered

from callfsm import Action, RelayEvent

KINDS: Final[dict[str, dict[str, Any]]] = json.loads((Path(__file__).parent / "data" / "actions.json").read_text())
"""What each kind of action is begun with, the frames of its commands, and what is reported of it.

``goes_on`` are the reports after which it runs on, ``settles`` those that settle it, in the wire's own words;
one that ``lingers`` is waited for past the end of its call.
"""

Report = tuple[str, dict[str, Any]]
"""The type of an event, and what it says besides its address."""
Running = tuple[Action[Any], ScriptedServer, list[RelayEvent]]
"""An action, its server, and the events that it has completed with."""


def reports(kind: str, which: str) -> list[Report]:
    """The reports of a kind that settle it, or after which it goes on."""
    return [(event_type, params) for event_type, params in KINDS[kind][which]]


@asynccontextmanager
async def running(kind: str) -> AsyncIterator[Running]:
    """An action of this kind that the server has accepted."""
    completed: list[RelayEvent] = []
    told = KINDS[kind]
    async with answered() as (call, server):
        starting = getattr(call, told["method"])(**told["arguments"], control_id="c", on_completed=completed.append)
        action: Action[Any] = await began(server, OFFICIAL[told["method"]]["wire_method"], starting)
        yield action, server, completed


async def report(server: ScriptedServer, said: Report, control_id: str = "c") -> None:
    """Report something of the action, and let whatever follows happen."""
    event_type, params = said
    server.reports(event_type, **ADDRESS, control_id=control_id, **params)
    await turns()


async def asked(server: ScriptedServer, method: str, asking: Any) -> dict[str, Any]:
    """The params of what a command of an action sends; the server accepts it."""
    task = asyncio.create_task(asking)
    request = await server.expects(method)
    server.replies_to(request)
    await task
    params: dict[str, Any] = request["params"]
    return params
