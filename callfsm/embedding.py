"""A call over a transport of the program's own: any object with ``async execute(method, params)``.

The call gets a session and a pump to itself, whose line leads to that object: each command becomes one
``execute``, and what it returns or raises is the reply. Events are given to the call by the program.
"""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any, Protocol

from callfsm import constants
from callfsm.core import frames
from callfsm.core.model import CallModel, Settings
from callfsm.core.session import Session
from callfsm.core.words import nested
from callfsm.errors import ConnectionLostError, RelayError
from callfsm.identifiers import Identifiers
from callfsm.pump import Pump


class Executor(Protocol):
    """Whatever can carry out a RELAY command."""

    async def execute(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command and give back its result; a refusal is a `RelayError`."""


class Embedding:
    """The line of one call to an executor."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        new_id = Identifiers(random.SystemRandom())
        self._session = Session(Settings(), new_id)
        self.pump = Pump(self._session, new_id)
        self.pump.transmit = self._transmit
        for trigger in ("opening", "opened", "accepted"):
            self._session.connection.fire(trigger)
        # Nobody is told of this line: it is there from the start, and stays.
        self._session.effects.clear()

    def model(self, params: dict[str, Any]) -> CallModel:
        """The model of the one call on this line."""
        model = self._session.embed({**params, "device": {}})
        model.device = nested(params, "device")  # The program's own object, of which nobody knows what it holds.
        if params["call_state"] == constants.CALL_STATE_ENDED:
            model.report(constants.CALL_STATE_ENDED, params)
        self._session.effects.clear()
        return model

    def report(self, payload: dict[str, Any]) -> None:
        """Give the call an event, as it came from the server: ``{"event_type": ..., "params": {...}}``."""
        self.pump.receive([frames.request("event", "signalwire.event", payload)])

    def _transmit(self, texts: list[str]) -> None:
        for text in texts:
            frame = json.loads(text)
            if "method" in frame:
                self.pump.tasks.spawn(self._execute(frame), f"callfsm {frame['method']}")

    async def _execute(self, frame: dict[str, Any]) -> None:
        try:
            result: object = await self._executor.execute(frame["method"], frame["params"])
            reply = frames.result(frame["id"], result if isinstance(result, dict) else {})
        except RelayError as error:
            self.pump.receive([frames.error(frame["id"], error.code, error.message)])
        except asyncio.CancelledError:
            self._fail(frame["id"], ConnectionLostError("The program's transport gave the command up"))
            raise
        except Exception as error:  # noqa: BLE001  # whatever the program's transport raises is for the caller of the command
            self._fail(frame["id"], error)
        else:
            self.pump.receive([reply])

    def _fail(self, request_id: str, error: Exception) -> None:
        with self.pump.performing():
            self._session.fail(request_id, error)
