"""Dials of a scripted server, for the tests of outbound calls."""

import asyncio
from typing import Any

from scripted import ScriptedServer

from callfsm import Call, RelayClient
from callfsm.builders import phone
from callfsm.shapes import Destination

NODE = {"node_id": "node-1"}


def device(number: str) -> Destination:
    """A telephone."""
    return phone(number, "+15550100001")


DEVICES: list[list[Destination]] = [[device("+15550100009")]]


async def accepted(server: ScriptedServer) -> str:
    """The tag of a dial that the server has just accepted."""
    request = await server.expects("calling.dial")
    server.replies_to(request)
    tag: str = request["params"]["tag"]
    return tag


def wins(server: ScriptedServer, tag: str, call_id: str = "leg-1", **more: Any) -> None:
    """Report that a leg has answered the dial."""
    told = {**NODE, "call_id": call_id, "tag": tag, "dial_winner": "true", "device": device("+15550100009")} | more
    server.reports("calling.call.dial", **NODE, tag=tag, dial_state="answered", call=told)


def dialling(client: RelayClient, **more: Any) -> asyncio.Task[Call]:
    """A dial that is under way."""
    return asyncio.create_task(client.dial(DEVICES, **more))
