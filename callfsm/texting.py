"""Sending a text message, and waiting until the server has taken it."""

from collections.abc import Mapping
from typing import Any, Final

from callfsm.action import OnCompleted
from callfsm.core import checks
from callfsm.core.messaging import SEND
from callfsm.message import Message
from callfsm.pump import Pump

FIELDS: Final = ("context", "to_number", "from_number", "body", "media", "tags", "region")


async def send_message(pump: Pump, on_completed: OnCompleted | None, arguments: Mapping[str, Any]) -> Message:
    """Send a text message; ``arguments`` are those of `RelayClient.send_message`."""
    if not arguments["body"] and not arguments["media"]:
        raise ValueError("send_message() needs body or media: there is nothing to send")
    for name in ("to_number", "from_number"):
        checks.text("send_message", name, arguments[name])
    for name in ("media", "tags"):
        checks.texts("send_message", name, arguments[name] or [])
    context = arguments["context"] or pump.session.connection.protocol or "default"
    told = {**arguments, "context": context}
    params = {name: told[name] for name in FIELDS if told[name]}
    message = Message(
        direction="outbound",
        state="queued",
        context=context,
        to_number=told["to_number"],
        from_number=told["from_number"],
        body=told["body"] or "",
        media=told["media"],
        tags=told["tags"],
    )
    message._on_completed = on_completed
    with pump.performing():
        request = pump.session.request("messaging.send", params, SEND)
        pump.messenger.expect(request, message)
    try:
        outcome = await pump.outcome(request)
    finally:
        pump.messenger.give_up(request)
    if outcome.error is not None:
        raise outcome.error
    return message
