"""The simulator's remote control: another program acts the callers, one JSON request after the other.

A request is an object with ``do``, and what that needs; the reply has ``ok``, and ``error`` when it is false.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import ssl
import stat
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from callfsm.simulator.caller import Caller, CallerError
from callfsm.simulator.person import HUMAN, Person, answering_machine, fax_machine

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

    from callfsm.simulator.network import Network

_LOGGER: Final = logging.getLogger("callfsm.simulator.websockets")

CONTROL_PATH: Final = "/control"
_LARGEST: Final = 1e9

Facts = dict[str, Any]
Handler = Callable[[Facts], Awaitable[Facts]]


class ControlError(Exception):
    """A request that cannot be carried out, or a simulator that cannot be reached."""


class Control:
    """The server's half."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._handlers: dict[str, Handler] = {
            "ring": self._ring,
            "press": self._press,
            "say": self._say,
            "hangup": self._hangup,
            "hear": self._hear,
            "wait": self._wait,
            "status": self._status,
            "calls": self._calls,
            "journal": self._journal,
            "statistics": self._statistics,
            "answers": self._answers,
            "busy": self._busy,
            "no_answer": self._no_answer,
            "declines": self._declines,
            "machine": self._machine,
            "fax": self._fax,
            "takes_fax": self._takes_fax,
            "message": self._message,
            "texts": self._texts,
            "undeliverable": self._undeliverable,
        }

    async def serve(self, connection: ServerConnection) -> None:
        """Reply to each request until the connection is closed."""
        async for message in connection:
            await connection.send(json.dumps(await self._reply(message)))

    async def _reply(self, message: str | bytes) -> Facts:
        try:
            request = json.loads(message)
            return {"ok": True, **await self._handler(request)(request)}
        except (ControlError, CallerError, ValueError, RecursionError) as error:
            return {"ok": False, "error": str(error)}

    def _handler(self, request: Any) -> Handler:
        handler = self._handlers.get(str(request.get("do"))) if isinstance(request, dict) else None
        if handler is None:
            raise ControlError(f'a request needs "do", one of: {", ".join(self._handlers)}')
        return handler

    def _caller(self, request: Facts) -> Caller:
        call_id = _text(request, "call_id")
        caller = self._network.callers.get(call_id)
        if caller is None:
            raise ControlError(f"no call {call_id} is known")
        return caller

    async def _ring(self, request: Facts) -> Facts:
        named = {name: _text(request, key) for key, name in (("to", "to"), ("from", "from_")) if request.get(key)}
        caller = self._network.call(_text(request, "context"), **named, person=_person(request))
        return {"call_id": caller.call_id}

    async def _press(self, request: Facts) -> Facts:
        await self._caller(request).press(_text(request, "digits"))
        return {}

    async def _say(self, request: Facts) -> Facts:
        await self._caller(request).says(_text(request, "text"))
        return {}

    async def _hangup(self, request: Facts) -> Facts:
        caller = self._caller(request)
        await caller.hangs_up(str(request.get("reason") or "hangup"))
        return {"end_reason": caller.end_reason}

    async def _hear(self, request: Facts) -> Facts:
        caller = self._caller(request)
        await caller.hears(_text(request, "text"), _number(request, "timeout", 30.0))
        return {"heard": caller.heard}

    async def _wait(self, request: Facts) -> Facts:
        caller, state = self._caller(request), _text(request, "for")
        if state == "answered":
            await caller.is_answered(_number(request, "timeout", 30.0))
        elif state == "ended":
            await caller.is_over(_number(request, "timeout", 60.0))
        else:
            raise ControlError(f'"for" is answered or ended, not {state!r}')
        return {"state": caller.state, "end_reason": caller.end_reason}

    async def _status(self, request: Facts) -> Facts:
        return _told(self._caller(request))

    async def _calls(self, _request: Facts) -> Facts:
        return {"calls": [_told(caller) for caller in self._network.callers.values()]}

    async def _journal(self, request: Facts) -> Facts:
        call_id = _text(request, "call_id")
        return {"entries": [entry._asdict() for entry in self._network.journal.entries(call_id)]}

    async def _statistics(self, _request: Facts) -> Facts:
        return {"statistics": asdict(self._network.statistics)}

    async def _answers(self, request: Facts) -> Facts:
        self._network.answers(_text(request, "number"), _number(request, "after", 1.0), person=_person(request))
        return {}

    async def _busy(self, request: Facts) -> Facts:
        self._network.busy(_text(request, "number"))
        return {}

    async def _no_answer(self, request: Facts) -> Facts:
        self._network.no_answer(_text(request, "number"))
        return {}

    async def _declines(self, request: Facts) -> Facts:
        self._network.declines(_text(request, "number"), _number(request, "after", 1.0))
        return {}

    async def _machine(self, request: Facts) -> Facts:
        greeting = {"greeting": _text(request, "greeting")} if "greeting" in request else {}
        self._caller(request).is_machine(**greeting, beep=request.get("beep", True) is not False)
        return {}

    async def _fax(self, request: Facts) -> Facts:
        caller = self._caller(request)
        if request.get("url"):
            caller.sends_fax(_text(request, "url"), int(_number(request, "pages", 2)))
        else:
            caller.is_fax()
        return {}

    async def _takes_fax(self, request: Facts) -> Facts:
        self._caller(request).takes_fax()
        return {}

    async def _message(self, request: Facts) -> Facts:
        named = {name: _text(request, key) for key, name in (("to", "to"), ("from", "from_")) if request.get(key)}
        media = request.get("media") or []
        if not isinstance(media, list):
            raise ControlError(f'"media" must be a list of addresses, not {media!r}')
        context, body = _text(request, "context"), str(request.get("body") or "")
        return {"message_id": self._network.message(context, body, media=media, **named)}

    async def _texts(self, request: Facts) -> Facts:
        return {"texts": [text._asdict() for text in self._network.texts(_text(request, "number"))]}

    async def _undeliverable(self, request: Facts) -> Facts:
        reason = {"reason": _text(request, "reason")} if "reason" in request else {}
        self._network.undeliverable(_text(request, "number"), **reason, failed=bool(request.get("failed")))
        return {}


_PEOPLE: Final = {
    "human": HUMAN,
    "machine": answering_machine("Please leave a message after the tone."),
    "fax": fax_machine(),
}
"""Who may call, or pick up at a number."""


def _person(request: Facts) -> Person:
    who = request.get("as", "human")
    if not isinstance(who, str) or who not in _PEOPLE:
        raise ControlError(f'"as" is one of {", ".join(_PEOPLE)}, not {who!r}')
    return fax_machine(_text(request, "document")) if request.get("document") else _PEOPLE[who]


def _told(caller: Caller) -> Facts:
    leg = caller.leg
    running = leg.open_operations
    return {
        "call_id": caller.call_id,
        "state": caller.state,
        "direction": leg.direction,
        "context": leg.context,
        "device": leg.device,
        "end_reason": caller.end_reason,
        "heard": caller.heard,
        "pressed": caller.pressed,
        "operations": [
            {"control_id": operation.control_id, "kind": operation.machine, "state": operation.state}
            for operation in running
        ],
    }


def _text(request: Facts, key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str) or not value:
        raise ControlError(f'"{request["do"]}" needs "{key}", a string that is not empty')
    return value


def _number(request: Facts, key: str, default: float) -> float:
    value = request.get(key, default)
    # Python reads NaN and Infinity where JSON has numbers.
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise ControlError(f'"{key}" must be a number, 0 or more and at most {_LARGEST:g}, not {value!r}')
    return float(value)


def connection_file(port: int) -> Path:
    """Where a simulator that listens on this port writes how to reach it; the folder is this user's alone.

    Raises:
        ControlError: Somebody else has made the folder, or may look into it.
    """
    # By number: a container may run as somebody without a name, and the environment may name anybody.
    folder = Path(tempfile.gettempdir()) / f"callfsm-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_mode & 0o077 or found.st_uid != os.getuid():
        raise ControlError(f"{folder} can be read by others; remove it and try again")
    return folder / f"simulator-{port}.json"


async def drive(connection: Path | Mapping[str, Any], request: Facts) -> Facts:
    """Send one request to a running simulator, and get its reply.

    Args:
        connection: Its connection file, or what that holds.
        request: ``{"do": "ring", "context": "desk"}`` and the like.

    Raises:
        ControlError: No simulator can be reached there.
    """
    facts = _facts(connection) if isinstance(connection, Path) else connection
    context = ssl.create_default_context(cafile=facts["ca_file"]) if facts.get("ca_file") else None
    headers = {"Authorization": f"Bearer {facts['control_token']}"}
    try:
        async with connect(
            f"{facts['url']}{CONTROL_PATH}",
            ssl=context,
            additional_headers=headers,
            compression=None,
            proxy=None,
            logger=_LOGGER,
        ) as socket:
            await socket.send(json.dumps(request))
            reply: Facts = json.loads(await socket.recv())
            return reply
    except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed) as error:
        raise ControlError(f"cannot reach the simulator at {facts['url']}: {error}") from error


def _facts(path: Path) -> Mapping[str, Any]:
    try:
        facts: Mapping[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise ControlError(
            f"no simulator is running that has written {path}; start one with: callfsm simulate"
        ) from error
    return facts
