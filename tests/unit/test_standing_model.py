"""`callfsm.core.model.standing`: where a call stands in what the server reports without an operation."""

import json
from pathlib import Path
from typing import Any

import pytest
from core_wire import CALL_ID, Server, answered, only

from callfsm.core.effects import EventArrived, Stale, Transitioned
from callfsm.core.model import CallModel
from callfsm.core.tables import STANDINGS, Speaker

EVENTS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "events.json").read_text())
every_event = pytest.mark.parametrize("event_type", STANDINGS)

CONNECT = "calling.call.connect"


def report(server: Server, event_type: str, said: object) -> list[Any]:
    """Report a word of one standing of the call."""
    told = {"call_id": CALL_ID, "node_id": "node-1", STANDINGS[event_type].field: said}
    return list(server.event(event_type, told))


def standing(call: CallModel, event_type: str) -> str:
    """Where the call stands."""
    return call.standings[STANDINGS[event_type].table.name].state


@every_event
def test_field(event_type: str) -> None:
    """The word of a standing is a published field of its event."""
    assert STANDINGS[event_type].field in EVENTS[event_type]["defaults"]


@every_event
def test_example(event_type: str) -> None:
    """The example frame of each event moves its standing away from idle."""
    server = Server()
    call = answered(server)
    server.event(event_type, EVENTS[event_type]["envelope"]["params"] | {"call_id": CALL_ID})

    assert standing(call, event_type) not in ("idle", "over")


@pytest.mark.parametrize(
    ("event_type", "said", "states"),
    [
        (
            CONNECT,
            ["connecting", "connected", "connected", "disconnected", "connecting", "failed", "nonsense", None],
            ["connecting", "connected", "connected", "disconnected", "connecting", "failed", "failed", "failed"],
        ),
        ("calling.call.send_digits", ["finished", "finished", "error"], ["finished", "finished", "error"]),
        ("calling.call.refer", ["inProgress", "busy", "inProgress"], ["inProgress", "busy", "inProgress"]),
        ("calling.call.echo", ["echoing", "finished", "echoing"], ["echoing", "finished", "echoing"]),
        ("calling.call.hold", ["hold", "unhold", "hold"], ["hold", "unhold", "hold"]),
        ("calling.call.denoise", [True, False, True, "no"], ["on", "off", "on", "on"]),
        (
            "calling.call.queue",
            ["enqueue", "stats", "dequeue", "enqueue", "leave", "new"],
            ["enqueue", "enqueue", "dequeue", "enqueue", "leave", "leave"],
        ),
        (
            "calling.conference",
            ["participant-join", "participant-mute", "participant-leave", "participant-join", "conference-end"],
            ["joined", "joined", "left", "joined", "left"],
        ),
        ("calling.call.room", ["locked", "joined", "leave", "joined"], ["locked", "joined", "leave", "joined"]),
    ],
)
def test_words(event_type: str, said: list[object], states: list[str]) -> None:
    """A standing follows the words of the wire, and stays where it is at any other."""
    server = Server()
    call = answered(server)
    followed = []
    for each in said:
        report(server, event_type, each)
        followed.append(standing(call, event_type))

    assert followed == states


def test_told() -> None:
    """A move of a standing is told like every other, beside the event itself."""
    server = Server()
    call = answered(server)
    effects = report(server, CONNECT, "connecting")
    bridge = call.standings["bridge"]

    assert only(Transitioned, effects) == [Transitioned(bridge, Speaker.REPORT, "connecting", "idle", "connecting")]
    assert [each.call for each in only(EventArrived, effects)] == [call]


def test_stale() -> None:
    """A report that moves a standing nowhere is stale, and told with its word."""
    server = Server()
    call = answered(server)
    report(server, CONNECT, "connected")
    effects = report(server, CONNECT, "connecting")

    assert only(Stale, effects) == [Stale(call.standings["bridge"], "connecting", 1, call.standings["bridge"].state)]


def test_name() -> None:
    """Logs name a standing with its call."""
    server = Server()
    call = answered(server)
    report(server, CONNECT, "connected")

    assert call.standings["bridge"].name == "bridge of call call-1"


def test_known_only_when_reported() -> None:
    """A call of which nothing is reported holds no standings."""
    assert answered(Server()).standings == {}


def test_apart() -> None:
    """What is reported of one standing leaves the others where they are."""
    server = Server()
    call = answered(server)
    report(server, CONNECT, "connected")
    report(server, "calling.call.hold", "hold")

    assert {name: each.state for name, each in call.standings.items()} == {"bridge": "connected", "hold": "hold"}


@pytest.mark.parametrize("word", ["ended", "ending"])
@every_event
def test_over_with_the_call(event_type: str, word: str) -> None:
    """Standings last until the call has ended, and are over then."""
    server = Server()
    call = answered(server)
    server.event(event_type, EVENTS[event_type]["envelope"]["params"] | {"call_id": CALL_ID})
    server.state(word)

    assert (standing(call, event_type) == "over") == (word == "ended")


@every_event
def test_nothing_after_the_end(event_type: str) -> None:
    """A report about a call that has ended makes no standing, and moves none."""
    server = Server()
    call = answered(server)
    # A recording lingers, and keeps the call known.
    call.start("record", "ctl-1", {})
    server.state("ended")
    effects = server.event(event_type, EVENTS[event_type]["envelope"]["params"] | {"call_id": CALL_ID})

    assert (call.standings, only(Transitioned, effects), only(Stale, effects)) == ({}, [], [])
