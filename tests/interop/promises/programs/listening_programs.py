"""Programs that listen to a call."""

from __future__ import annotations

import asyncio
from typing import Any

from telling import Relay, for_ever, program, serve, tell


def _listen(relay: Relay, *listeners: Any) -> None:
    async def handle(call: Any) -> None:
        await call.answer()
        for listener in listeners:
            call.on("calling.call.play", listener)
        tell("waiting")
        await for_ever()

    serve(relay, handle)


async def _take_for_ever(_event: Any) -> None:
    tell("listening")
    await for_ever()


@program
def slow_listener(relay: Relay) -> None:
    """Take for ever over an event."""
    _listen(relay, _take_for_ever)


@program
def slow_listener_alone(relay: Relay) -> None:
    """Listen twice, and take for ever the first time."""
    _listen(relay, _take_for_ever, lambda _: tell("heard"))


@program
def raising_listener(relay: Relay) -> None:
    """Listen twice, and go wrong the first time."""

    def raise_(_event: Any) -> None:
        raise LookupError("the order")

    _listen(relay, raise_, lambda _: tell("heard"))


@program
def listener_in_order(relay: Relay) -> None:
    """Take longer over the earlier events than over the later ones."""
    order: list[int] = []

    async def listen(event: Any) -> None:
        number = event.params["number"]
        await asyncio.sleep(1 - 0.2 * number)
        order.append(number)
        if len(order) == 5:
            tell("order", order=order)

    _listen(relay, listen)
