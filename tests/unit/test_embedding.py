"""`callfsm.embedding`: a call over any object with ``async execute``, without a client or a socket."""

import asyncio
import re
from typing import Any
from unittest.mock import AsyncMock

import pytest
from clock import in_virtual_time, turns, until, within
from embedded import ADDRESS, FakeClient, embedded, ends, says
from scripted import PHONE, TTS

from callfsm import Action, Call, CallEndedError, IllegalCommandError, PlayEvent


def test_made_outside_a_loop() -> None:
    """A call can be made where no event loop runs, and has all that it was given."""
    call = Call(
        FakeClient(), "c", "n", "p", "x", tag="t", direction="outbound", device=PHONE, state="created", segment_id="s"
    )
    names = "call_id", "node_id", "project_id", "context", "tag", "direction", "device", "state", "segment_id"

    assert ["c", "n", "p", "x", "t", "outbound", PHONE, "created", "s"] == [getattr(call, name) for name in names]


def test_device_that_is_none() -> None:
    """What is no endpoint is taken for none, as it is when the server tells it."""
    call = Call(FakeClient(), "c", "n", "p", "x", device="sip:a@b")  # type: ignore[arg-type]  # a mistake of the program's

    assert ({}, "", "") == (call.device, call.from_number, call.to_number)


def test_what_may_be_left_out() -> None:
    """The rest is empty; a call of which no state is told is created."""
    call = Call(FakeClient(), "c", "n", "p", "x")

    assert ("", "", {}, "", "created") == (call.tag, call.direction, call.device, call.segment_id, call.state)


@pytest.mark.parametrize(("state", "is_in", "ringing"), [("ringing", "created", True), ("ending", "ending", False)])
def test_state(state: str, is_in: str, ringing: bool) -> None:  # noqa: FBT001  a parameter of the test
    """A call is in the state that it was given; the wire's ringing is a created call that rings."""
    call = embedded(FakeClient(), state=state)

    assert (is_in, ringing) == (call.state, call.ringing)


def test_used_in_a_later_loop() -> None:
    """A call that was made outside is used in whatever loop runs then."""
    client = FakeClient()
    call = embedded(client, state="created")
    result = asyncio.run(call.answer())

    assert ({"code": "200"}, [("calling.answer", ADDRESS)], "answered") == (result, client.commands, call.state)


@in_virtual_time
async def test_mock() -> None:
    """A mock is a client too: what it gives back by itself is an acceptance."""
    client = AsyncMock()
    call = embedded(client, state="created")
    await call.answer()
    await within(1, call.play([TTS], control_id="c"))

    assert ["calling.answer", "calling.play"] == [each.args[0] for each in client.execute.await_args_list]


@in_virtual_time
async def test_mock_with_a_result() -> None:
    """What a client gives back is what the command gives back."""
    client = AsyncMock()
    client.execute.return_value = {"code": "200", "conference_id": "conf-1"}
    result = await embedded(client).join_conference("daily")

    client.execute.assert_awaited_once_with("calling.join_conference", {**ADDRESS, "name": "daily"})
    assert result["conference_id"] == "conf-1"


@in_virtual_time
async def test_reply_moves_the_call() -> None:
    """A reply moves the machine as over a line: answered when answer returns, ending when hangup does."""
    call = embedded(FakeClient(), state="created")
    await call.answer()
    answered = call.state
    await call.hangup()

    assert ("answered", "ending") == (answered, call.state)


@in_virtual_time
async def test_illegal_command() -> None:
    """What the machine forbids never reaches the client."""
    client = FakeClient()
    with pytest.raises(IllegalCommandError):
        await embedded(client, state="created").play([TTS])

    assert client.commands == []


@in_virtual_time
async def test_bad_argument() -> None:
    """Arguments are checked as over a line."""
    client = FakeClient()
    with pytest.raises(ValueError, match="volume=99"):
        await embedded(client).play([TTS], volume=99)

    assert client.commands == []


@in_virtual_time
async def test_events() -> None:
    """Events are given to the call by the program; listeners, waits and actions hear them."""
    heard: list[str] = []
    call = embedded(FakeClient())
    call.on(PlayEvent, lambda event: heard.append(event.state))
    action = await call.play([TTS], control_id="c")
    says(call, "play", control_id="c", state="playing")
    says(call, "play", control_id="c", state="finished")

    assert (["playing", "finished"], "finished") == (heard, (await action.wait()).state)


@in_virtual_time
async def test_event_of_another_call() -> None:
    """An event of another call is not of this one."""
    call = embedded(FakeClient())
    call.receive({"event_type": "calling.call.state", "params": {"call_id": "call-8", "call_state": "ended"}})

    assert call.state == "answered"


@pytest.mark.parametrize("payload", [{}, {"event_type": 7, "params": None}, {"params": {"call_id": "call-7"}}])
@in_virtual_time
async def test_junk(payload: dict[str, Any]) -> None:
    """Junk is taken, and moves nothing."""
    call = embedded(FakeClient())
    call.receive(payload)

    assert call.state == "answered"


@in_virtual_time
async def test_report_overtakes_the_reply() -> None:
    """A report that comes while the client is at work finds its operation."""
    call = embedded(FakeClient())
    starting = asyncio.create_task(call.play([TTS], control_id="c"))
    await turns(1)
    says(call, "play", control_id="c", state="finished")
    action = await starting

    assert (True, "finished") == (action.is_done, action.state)


@in_virtual_time
async def test_everything_settles() -> None:
    """When the call ends, so does all that runs in it and waits for it; a recording after the grace."""
    call = embedded(FakeClient())
    actions: list[Action[Any]] = [await call.play([TTS]), await call.collect(digits={"max": 1}), await call.record()]
    waits = [asyncio.create_task(each.wait()) for each in actions]
    hopes = [asyncio.create_task(call.wait_for_ended()), asyncio.create_task(call.wait_for("calling.call.play"))]
    await turns()
    ends(call, "busy")
    results = await within(5, asyncio.gather(*waits, *hopes, return_exceptions=True))

    assert ["hung_up"] * 3 == [action.state for action in actions]
    assert isinstance(results[-1], CallEndedError)
    assert ("ended", "busy", []) == (call.state, call.end_reason, call.actions)


@in_virtual_time
async def test_last_report() -> None:
    """A recording's last report is taken after the call has ended."""
    call = embedded(FakeClient())
    action = await call.record(control_id="c")
    ends(call)
    says(call, "record", control_id="c", state="finished", url="https://media.example/1.mp3")

    assert (await action.wait()).url == "https://media.example/1.mp3"


@in_virtual_time
async def test_command_after_the_end() -> None:
    """What is asked of a call that has ended is settled here, and the client is not troubled."""
    client = FakeClient()
    call = embedded(client)
    ends(call)
    action = await call.play([TTS])

    assert ({}, True, []) == (await call.hold(), action.is_done, client.commands)


@in_virtual_time
async def test_made_after_the_end() -> None:
    """A call that is made ended is: nothing is sent, and no wait is hopeful."""
    client = FakeClient()
    call = embedded(client, state="ended")
    action = await call.play([TTS])
    await call.wait_for_ended()
    with pytest.raises(CallEndedError):
        await call.wait_for("calling.call.play")

    assert ("ended", {}, True, []) == (call.state, await call.hangup(), action.is_done, client.commands)


@in_virtual_time
async def test_standing() -> None:
    """Where the call stands is told by its events too."""
    call = embedded(FakeClient())
    says(call, "connect", connect_state="connected")

    assert call.standing == {"bridge": "connected"}


@in_virtual_time
async def test_two_calls_over_one_client() -> None:
    """Calls over one client are apart: each has its own events, and its own end."""
    client = FakeClient()
    first, second = embedded(client), embedded(client)
    ends(first)
    await second.hold()

    assert ("ended", "answered", ["calling.hold"]) == (first.state, second.state, client.methods)


def test_call_of_a_client_takes_no_events() -> None:
    """A call that a client carries gets its events from it, and says so."""
    call = embedded(FakeClient())
    carried = Call._of(call._model, call._pump)
    with pytest.raises(RuntimeError, match=re.escape("receive() is for calls made by hand")):
        carried.receive({"event_type": "calling.call.state", "params": ADDRESS})


@in_virtual_time
async def test_forgotten() -> None:
    """A call that has ended leaves no timer and no task behind."""
    call = embedded(FakeClient())
    await call.play([TTS])
    ends(call)
    await until(lambda: not (call._pump.calls or len(call._pump.tasks)))

    assert (0, {}, {}) == (len(call._pump.tasks), call._pump.actions, call._pump._graces)
