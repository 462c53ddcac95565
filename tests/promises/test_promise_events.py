"""What is promised of events: typed, in order, contained; a state never goes back, and no odd event stops the others."""

import asyncio
from typing import Any, Final

import pytest
from clock import in_virtual_time, now, turns
from scripted import ADDRESS, CALL_ID, ScriptedServer, answered, offered, scripted

from callfsm import Call, CallStateEvent, CollectEvent, PlayEvent, RecordEvent, RelayEvent

WORDS: Final = ("created", "ringing", "answered", "ending", "ended")


def plays(server: ScriptedServer, *states: str) -> None:
    """Report states of a play that no action belongs to."""
    for state in states:
        server.operation("play", "c", state=state)


@in_virtual_time
async def test_ringing_is_a_created_call_that_rings() -> None:
    """The wire's `ringing` is no state: the call stays created, `call.ringing` is true, and the wait comes true."""
    async with offered() as (call, server):
        waiting = asyncio.create_task(call.wait_for_ringing())
        await turns()
        server.state("ringing")

        assert ("ringing", "created", True) == ((await waiting).params["call_state"], call.state, call.ringing)


@in_virtual_time
async def test_a_call_that_is_offered_ringing_is_created_and_rings() -> None:
    """Also as the state of an offer."""
    async with scripted() as (client, server):
        client.on_call(lambda _call: None)
        server.offers(call_state="ringing")
        await turns()
        (call,) = client.calls

        assert ("created", True) == (call.state, call.ringing)


@pytest.mark.parametrize("reached", WORDS)
@pytest.mark.parametrize("stale", WORDS)
@in_virtual_time
async def test_a_state_never_goes_back(reached: str, stale: str) -> None:
    """Whatever is reported after a state, the call does not return to an earlier one."""
    async with offered() as (call, server):
        server.state(reached)
        server.state(stale)
        await turns()
        furthest = max(reached, stale, key=WORDS.index)

        assert furthest.replace("ringing", "created") == call.state


@pytest.mark.parametrize("word", ["unheard_of", "", None, 7, ["ended"], {"state": "ended"}, "ANSWERED"])
@in_virtual_time
async def test_a_state_that_is_none_moves_nothing(word: Any) -> None:
    """Whatever stands in the place of a state, the call stays as it was."""
    async with answered() as (call, server):
        server.reports("calling.call.state", **ADDRESS, call_state=word)
        await turns()

        assert "answered" == call.state


@pytest.mark.parametrize(
    ("told", "given"),
    [
        ("maxDuration", "max_duration"),
        ("max_duration", "max_duration"),
        ("notFound", "not_found"),
        ("not_found", "not_found"),
        ("busy", "busy"),
    ],
)
@in_virtual_time
async def test_both_spellings_of_an_end_reason_give_the_constant(told: str, given: str) -> None:
    """However the server spells it, the call and its event tell the reason in one way."""
    async with offered() as (call, server):
        heard: list[CallStateEvent] = []
        call.on(CallStateEvent, heard.append)
        server.state("ended", end_reason=told)
        await turns()

        assert (given, given) == (call.end_reason, heard[0].end_reason)


@in_virtual_time
async def test_the_context_of_a_call_is_its_routing_label() -> None:
    """`Call.context` is the context that was subscribed to; the session's protocol is the client's."""
    async with scripted() as (client, server):
        calls: list[Call] = []
        client.on_call(calls.append)
        server.offers(context="sales", protocol="protocol-1")
        await turns()

        assert ("sales", "protocol-1") == (calls[0].context, client.relay_protocol)


@in_virtual_time
async def test_the_timestamp_of_an_event_is_the_envelopes() -> None:
    """`event.timestamp` tells when the server sent it, in seconds since the epoch."""
    async with offered() as (call, server):
        heard: list[RelayEvent] = []
        call.on(RelayEvent, heard.append)
        frame = server.event("calling.call.play", **ADDRESS, control_id="c", state="playing")
        frame["params"]["timestamp"] = 1_700_000_000.25
        server.tells(frame)
        await turns()

        assert [1_700_000_000.25] == [event.timestamp for event in heard]


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("calling.call.play", PlayEvent),
        ("calling.call.record", RecordEvent),
        ("calling.call.collect", CollectEvent),
        ("calling.call.state", CallStateEvent),
        ("calling.call.learnt_tomorrow", RelayEvent),
    ],
)
@in_virtual_time
async def test_listeners_of_a_call_get_typed_events(event_type: str, kind: type[RelayEvent]) -> None:
    """A listener by name gets an event of the class for it; one of a type without a class is a plain RelayEvent."""
    async with offered() as (call, server):
        heard: list[RelayEvent] = []
        call.on(event_type, heard.append)
        server.reports(event_type, **ADDRESS, control_id="c")
        await turns()

        assert [kind] == [type(event) for event in heard]


@in_virtual_time
async def test_listeners_hear_the_events_of_a_call_in_order() -> None:
    """A slow coroutine listener hears every event, one at a time, in the order in which they came."""
    async with offered() as (call, server):
        heard: list[str] = []

        async def slow(event: PlayEvent) -> None:
            await asyncio.sleep(1 if event.state == "playing" else 0)
            heard.append(event.state)

        call.on(PlayEvent, slow)
        plays(server, "playing", "paused", "playing", "finished")
        await asyncio.sleep(5)

        assert ["playing", "paused", "playing", "finished"] == heard


@in_virtual_time
async def test_a_listener_that_never_returns_holds_up_nobody() -> None:
    """A coroutine listener that waits for ever delays neither other listeners nor replies, nor the end of the call."""
    async with answered() as (call, server):
        gate = asyncio.Event()
        heard: list[RelayEvent] = []

        async def stuck(_event: RelayEvent) -> None:
            await gate.wait()

        call.on("calling.call.play", stuck)
        call.on("calling.call.play", heard.append)
        plays(server, "playing", "finished")
        asking = asyncio.create_task(call.hold())
        server.replies_to(await server.expects("calling.hold"))
        await asking
        server.state("ended")
        await call.wait_for_ended()

        assert (2, 0.0) == (len(heard), now())
        gate.set()


@in_virtual_time
async def test_a_listener_that_raises_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """What a listener raises is logged; the next one hears the event, and the line stays up."""
    async with offered() as (call, server):
        heard: list[RelayEvent] = []

        def fails(_event: RelayEvent) -> None:
            raise RuntimeError("of the program's making")

        call.on("calling.call.play", fails)
        call.on("calling.call.play", heard.append)
        plays(server, "playing", "finished")
        await turns()

        assert (2, 2) == (len(heard), caplog.text.count("RuntimeError: of the program's making"))


@in_virtual_time
async def test_a_listener_that_was_taken_off_hears_no_more() -> None:
    """`call.off` ends one listener, or all of a type."""
    async with offered() as (call, server):
        one, other, third = list[RelayEvent](), list[RelayEvent](), list[RelayEvent]()
        add = (one.append, other.append, third.append)
        call.on("calling.call.play", add[0])
        call.on("calling.call.play", add[1])
        call.on("calling.call.state", add[2])
        plays(server, "playing")
        await turns()
        call.off("calling.call.play", add[0])
        plays(server, "paused")
        await turns()
        call.off("calling.call.play")
        plays(server, "finished")
        server.state("ringing")
        await turns()

        assert (1, 2, 1) == (len(one), len(other), len(third))


@pytest.mark.parametrize(
    "params",
    [None, [], "text", {}, {"event_type": "calling.call.play", "params": None}, {"event_type": None, "params": [1]}],
)
@in_virtual_time
async def test_an_odd_event_stops_nobodys_events(params: object) -> None:
    """An event whose params are null, or nothing that an event is, is acknowledged; the next event is heard."""
    async with offered() as (call, server):
        server.asks("signalwire.event", params, "odd")
        server.state("answered")
        await call.wait_for_answered(timeout=1)
        await turns()

        assert {} == server.replies["odd"]["result"]


@pytest.mark.parametrize("field", ["call_id", "control_id", "state", "node_id", "call_state", "result", "device"])
@pytest.mark.parametrize("value", [None, 7, [], {}, True])
@in_virtual_time
async def test_a_field_of_another_type_stops_nobodys_events(field: str, value: object) -> None:
    """Whatever stands in a field, the next event of the call is heard."""
    async with offered() as (call, server):
        for event_type in ("calling.call.play", "calling.call.state", "calling.call.collect", "calling.call.receive"):
            told: dict[str, object] = {**ADDRESS, "control_id": "c", "state": "playing", field: value}
            server.reports(event_type, **told)
        server.state("answered")
        await call.wait_for_answered(timeout=1)

        assert (CALL_ID, "answered") == (call.call_id, call.state)


@in_virtual_time
async def test_an_event_of_an_unknown_call_makes_no_call() -> None:
    """An event of a call that is not known here is acknowledged, counted, and makes nothing."""
    async with scripted() as (client, server):
        client.on_call(lambda _call: None)
        server.state("answered", "call-9")
        await turns()

        assert ([], 1, 1) == (client.calls, len(server.replies), client.statistics.frames_unheard)
