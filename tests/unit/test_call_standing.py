"""`Call.standing`: where a call stands in what the server reports without an action."""

from typing import Any

import pytest
from clock import in_virtual_time, turns
from scripted import ADDRESS, answered

from callfsm.core.tables import STANDINGS

REPORTS: list[tuple[str, str, dict[str, Any], str]] = [
    ("bridge", "call.connect", {"connect_state": "connecting"}, "connecting"),
    ("bridge", "call.connect", {"connect_state": "connected", "peer": {"call_id": "leg-2"}}, "connected"),
    ("bridge", "call.connect", {"connect_state": "disconnected"}, "disconnected"),
    ("bridge", "call.connect", {"connect_state": "failed", "failed_reason": "busy"}, "failed"),
    ("queue", "call.queue", {"status": "enqueue", "position": 2}, "enqueue"),
    ("queue", "call.queue", {"status": "dequeue"}, "dequeue"),
    ("queue", "call.queue", {"status": "leave"}, "leave"),
    ("conference", "conference", {"status": "participant-join", "name": "daily"}, "joined"),
    ("conference", "conference", {"status": "participant-leave"}, "left"),
    ("conference", "conference", {"status": "conference-end"}, "left"),
    ("room", "call.room", {"join_status": "joined", "room_name": "daily"}, "joined"),
    ("room", "call.room", {"join_status": "locked"}, "locked"),
    ("room", "call.room", {"join_status": "leave"}, "leave"),
    ("hold", "call.hold", {"state": "hold"}, "hold"),
    ("hold", "call.hold", {"state": "unhold"}, "unhold"),
    ("denoise", "call.denoise", {"denoised": True}, "on"),
    ("denoise", "call.denoise", {"denoised": False}, "off"),
    ("echo", "call.echo", {"state": "echoing"}, "echoing"),
    ("echo", "call.echo", {"state": "finished"}, "finished"),
    ("refer", "call.refer", {"state": "inProgress"}, "inProgress"),
    ("refer", "call.refer", {"state": "success"}, "success"),
    ("refer", "call.refer", {"state": "noAnswer"}, "noAnswer"),
    ("send_digits", "call.send_digits", {"state": "finished", "control_id": "c"}, "finished"),
    ("send_digits", "call.send_digits", {"state": "error", "control_id": "c"}, "error"),
]


def test_every_standing_is_tried() -> None:
    """Each machine of this kind has a report here."""
    assert {standing.table.name for standing in STANDINGS.values()} == {name for name, _, _, _ in REPORTS}


@in_virtual_time
async def test_nothing_reported() -> None:
    """A call of which nothing has been reported stands nowhere."""
    async with answered() as (call, _):
        assert call.standing == {}


@pytest.mark.parametrize(("name", "event", "said", "state"), REPORTS)
@in_virtual_time
async def test_reported(name: str, event: str, said: dict[str, Any], state: str) -> None:
    """A call stands where the server has reported it, and a listener sees it there."""
    async with answered() as (call, server):
        seen: list[dict[str, str]] = []
        call.on(f"calling.{event}", lambda _: seen.append(call.standing))
        server.reports(f"calling.{event}", **ADDRESS, **said)
        await turns()

        assert ({name: state}, [{name: state}]) == (call.standing, seen)


@in_virtual_time
async def test_several() -> None:
    """A call may stand in several things at once, each with its own state."""
    async with answered() as (call, server):
        server.reports("calling.call.hold", **ADDRESS, state="hold")
        server.reports("calling.call.denoise", **ADDRESS, denoised=True)
        server.reports("calling.call.hold", **ADDRESS, state="unhold")
        await turns()

        assert call.standing == {"hold": "unhold", "denoise": "on"}


@in_virtual_time
async def test_nonsense() -> None:
    """What makes no sense moves nothing, and reaches listeners all the same."""
    async with answered() as (call, server):
        heard: list[object] = []
        call.on("calling.call.queue", heard.append)
        server.reports("calling.call.queue", **ADDRESS, status="enqueue")
        server.reports("calling.call.queue", **ADDRESS, status="unheard_of")
        server.reports("calling.call.queue", **ADDRESS, status=7)
        await turns()

        assert ({"queue": "enqueue"}, 3) == (call.standing, len(heard))


@in_virtual_time
async def test_over_with_the_call() -> None:
    """When the call has ended it stands nowhere any more."""
    async with answered() as (call, server):
        server.reports("calling.call.hold", **ADDRESS, state="hold")
        server.state("ended")
        server.reports("calling.call.hold", **ADDRESS, state="unhold")
        await call.wait_for_ended()
        await turns()

        assert call.standing == {"hold": "over"}


@in_virtual_time
async def test_a_copy() -> None:
    """What a program does to the answer moves no machine."""
    async with answered() as (call, server):
        server.reports("calling.call.hold", **ADDRESS, state="hold")
        await turns()
        call.standing["hold"] = "unhold"

        assert call.standing == {"hold": "hold"}
