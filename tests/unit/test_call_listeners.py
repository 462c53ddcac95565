"""`Call.on`, `Call.off` and `Call.wait_for` with an event class, beside the name of its type."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from clock import in_virtual_time, turns
from scripted import ADDRESS, answered

from callfsm import CallStateEvent, ConnectEvent, PlayEvent, RelayEvent, TranscribeSummaryEvent
from callfsm.event import EVENT_CLASS_MAP

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "events.json").read_text())
ELSEWHERE = (
    "calling.call.receive",
    "calling.call.dial",
    "signalwire.authorization.state",
    "messaging.receive",
    "messaging.state",
    "queuing.relay.tasks",
)
"""Events that are of no call, or make one."""
OF_A_CALL = [event_type for event_type in EXAMPLES if event_type not in ELSEWHERE]


def said(event_type: str) -> dict[str, Any]:
    """The example of an event, about the call of the tests."""
    told: dict[str, Any] = EXAMPLES[event_type]["envelope"]["params"] | ADDRESS
    return told


@pytest.mark.parametrize("event_type", OF_A_CALL)
@in_virtual_time
async def test_every_event(event_type: str) -> None:
    """Each event of a call is heard under its name, its class, and as any event; each time as the same object."""
    by_name: list[RelayEvent] = []
    by_class: list[RelayEvent] = []
    as_any: list[RelayEvent] = []
    async with answered() as (call, server):
        call.on(event_type, by_name.append)
        call.on(EVENT_CLASS_MAP.get(event_type, RelayEvent), by_class.append)
        call.on(RelayEvent, as_any.append)
        server.reports(event_type, **said(event_type))
        await turns()

        assert [EXAMPLES[event_type]["class"]] == [type(event).__name__ for event in by_name]
        assert by_name == by_class == as_any
        assert by_name[0] is by_class[0] is as_any[0]


@in_virtual_time
async def test_other_events() -> None:
    """A listener of one class hears no other."""
    heard: list[str] = []
    async with answered() as (call, server):
        call.on(PlayEvent, lambda event: heard.append(event.state))
        server.reports("calling.call.connect", **ADDRESS, connect_state="connected")
        server.operation("play", "c", state="playing")
        server.operation("record", "c", state="recording")
        await turns()

        assert heard == ["playing"]


@in_virtual_time
async def test_class_of_several_types() -> None:
    """A class that several types share hears all of them."""
    heard: list[str] = []
    types = [name for name, event_class in EVENT_CLASS_MAP.items() if event_class is TranscribeSummaryEvent]
    async with answered() as (call, server):
        call.on(TranscribeSummaryEvent, lambda event: heard.append(event.event_type))
        for event_type in types:
            server.reports(event_type, **ADDRESS)
        await turns()

        assert (2, types) == (len(types), heard)


@in_virtual_time
async def test_unknown_type() -> None:
    """An event of a type that nobody knows yet is heard by its name, and by those who hear everything."""
    heard: list[RelayEvent] = []
    async with answered() as (call, server):
        call.on("calling.call.tomorrow", heard.append)
        call.on(RelayEvent, heard.append)
        server.reports("calling.call.tomorrow", **ADDRESS, word="new")
        await turns()

        assert [(RelayEvent, "new")] * 2 == [(type(event), event.params["word"]) for event in heard]


@in_virtual_time
async def test_order() -> None:
    """Listeners by name, by class and of everything hear in the order in which they were added."""
    heard: list[str] = []
    async with answered() as (call, server):
        call.on(RelayEvent, lambda _: heard.append("any"))
        call.on("calling.call.play", lambda _: heard.append("name"))
        call.on(PlayEvent, lambda _: heard.append("class"))
        server.operation("play", "c", state="playing")
        await turns()

        assert heard == ["any", "name", "class"]


@in_virtual_time
async def test_off() -> None:
    """A listener is taken off under what it was added for, alone or with all that were."""
    heard: list[str] = []
    async with answered() as (call, server):

        def by_class(_: PlayEvent) -> None:
            heard.append("class")

        call.on(PlayEvent, by_class)
        call.on(PlayEvent, lambda _: heard.append("another"))
        call.on("calling.call.play", by_class)
        call.off(PlayEvent, by_class)
        server.operation("play", "c", state="playing")
        await turns()
        call.off(PlayEvent)
        server.operation("play", "c", state="playing")
        await turns()

        assert heard == ["another", "class", "class"]


@in_virtual_time
async def test_wait_for_class() -> None:
    """A wait for a class ends with the next event of it for which the predicate is true."""
    async with answered() as (call, server):
        wait = asyncio.create_task(call.wait_for(ConnectEvent, lambda event: event.connect_state == "connected"))
        await turns()
        server.reports("calling.call.connect", **ADDRESS, connect_state="connecting")
        server.operation("play", "c", state="playing")
        server.reports("calling.call.connect", **ADDRESS, connect_state="connected", peer={"call_id": "leg-2"})

        assert (await wait).peer == {"call_id": "leg-2"}


@in_virtual_time
async def test_wait_for_anything() -> None:
    """A wait for any event ends with the very next one."""
    async with answered() as (call, server):
        wait = asyncio.create_task(call.wait_for(RelayEvent))
        await turns()
        server.state("ending")

        assert isinstance(await wait, CallStateEvent)
