"""Lines of the log cannot be forged through anything that comes over the wire, in neither form."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from typing import Any, Final

import pytest
from clock import in_virtual_time, turns, until
from scripted import PHONE, ScriptedServer

from callfsm import Call, Message, RelayError, log

RECORD: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ +[a-z]")
FORGED: Final = "2030-01-01 00:00:00,000 INFO    transition forged"
WILD: Final = [
    f"x{separator}{FORGED}" for separator in ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029")
]
OBEYED: Final = [
    "\x1b[2J\x1b[1;1H",
    "\x9b2J",
    "\x1b]0;title\x07",
    "\b\b\b",
    "\x00",
    "\u202e",
    "\u2066",
    "\ud800",
    "\ufeff",
]

pytestmark = pytest.mark.usefixtures("silent_log")


def hostile(wild: str) -> list[dict[str, Any]]:
    """Frames with something wild wherever the wire has a word."""
    call = {"node_id": wild, "call_id": wild, "call_state": "created", "direction": "inbound", "context": wild}
    told: list[tuple[str, dict[str, Any]]] = [
        (
            "calling.call.receive",
            call | {"device": PHONE | {"params": {"from_number": wild, "to_number": wild}}, "name": wild},
        ),
        ("calling.call.state", {"call_id": wild, "call_state": wild, "end_reason": wild, "direction": wild}),
        ("calling.call.play", {"call_id": wild, "control_id": wild, "state": wild}),
        ("calling.call.state", {"call_id": wild, "call_state": "ended", "end_reason": wild}),
        ("calling.error", {"call_id": wild, "code": wild, "message": wild}),
        ("messaging.receive", {"message_id": wild, "body": wild, "from_number": wild}),
        ("messaging.state", {"message_id": wild, "message_state": wild, "reason": wild}),
        (wild, {wild: wild}),
    ]
    events: list[dict[str, Any]] = [
        {"id": wild + str(number), "method": "signalwire.event", "params": {"event_type": kind, "params": params}}
        for number, (kind, params) in enumerate(told)
    ]
    odd: list[dict[str, Any]] = [
        {"id": wild, "method": wild, "params": {}},
        {"id": wild, "result": {}},
        {"id": wild, "error": wild},
    ]
    return [{"jsonrpc": "2.0", **frame} for frame in [*events, *odd]]


async def raises(call: Call) -> None:
    """Fail with what the wire has brought in every part of the error."""
    try:
        dict[str, str]().pop(call.call_id)
    except KeyError as error:
        error.add_note(call.call_id)
        raise ValueError(f"{call.call_id} {call.device}") from error


async def refuses(message: Message) -> None:
    """Fail with what somebody has written."""
    raise ValueError(f"{message.message_id} {message.body}")


async def session(wild: str) -> None:
    """A session with a server that says something wild wherever it can."""
    server = ScriptedServer()
    server.logins = [{"error": {"code": -32603, "message": wild}}]
    client = server.client("office")
    client.on_call(raises)
    client.on_message(refuses)
    with pytest.raises(RelayError):
        await client.connect()
    async with client:
        server.tells(*hostile(wild), wild, json.dumps(wild))
        await turns()
        asked = asyncio.create_task(client.execute("calling.play", {"x": wild}))
        await turns()
        request = next(frame for frame in server.requests if frame["method"] == "calling.play")
        server.replies_to(request, "500", message=wild)
        with pytest.raises(RelayError):
            await asked
        server.logins = [{"error": {"code": -32603, "message": wild}}]
        server.lines[-1].drop()
        await until(lambda: client.state == "online")


async def written(wild: str, form: str) -> str:
    """What is written of such a session, at every level."""
    text = io.StringIO()
    log.configure("debug", form)
    (handler,) = (each for each in logging.getLogger("callfsm").handlers if each.get_name() == "callfsm")
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(text)
    await session(wild)
    return text.getvalue()


@pytest.mark.parametrize("wild", WILD + OBEYED, ids=ascii)
@in_virtual_time
async def test_console(wild: str) -> None:
    """For people, a line is a record or a line of a traceback, which is indented; and all of it is printable."""
    lines = (await written(wild, "console")).splitlines()
    odd = [line for line in lines if not (RECORD.match(line) or line.startswith("    "))]

    assert ([], [], []) == (
        odd,
        [line for line in lines if line.startswith(FORGED)],
        [line for line in lines if not line.isprintable()],
    )


@pytest.mark.parametrize("wild", WILD + OBEYED, ids=ascii)
@in_virtual_time
async def test_json(wild: str) -> None:
    """For machines, a line is one object, of plain ASCII, and tells of an error what it is."""
    text = await written(wild, "json")
    told = [json.loads(line) for line in text.splitlines()]

    assert (True, True, True) == (
        text.isascii(),
        all("event" in each for each in told),
        any("ValueError" in each.get("traceback", "") for each in told),
    )
