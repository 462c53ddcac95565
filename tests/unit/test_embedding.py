"""`callfsm.embedding`: a call over any object with ``async execute``, without a client or a socket."""

import asyncio
import re
from typing import Any
from unittest.mock import AsyncMock

import pytest
from clock import in_virtual_time, now, turns, until, within
from scripted import PHONE, TTS

from callfsm import (
    Call,
    CallEndedError,
    ConnectionLostError,
    IllegalCommandError,
    PlayEvent,
    RelayError,
    RelayEvent,
    RequestTimeoutError,
)

ADDRESS = {"node_id": "node-7", "call_id": "call-7"}


class FakeClient:
    """A program's own transport, which accepts everything.

    Attributes:
        commands: What it was to carry out.
        outcomes: What the next commands come to: their results, or what they raise; then ``200``.
    """

    def __init__(self, *outcomes: Any) -> None:
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.outcomes = list(outcomes)

    async def execute(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Carry out a command."""
        self.commands.append((method, params))
        outcome: Any = self.outcomes.pop(0) if self.outcomes else {"code": "200"}
        await asyncio.sleep(0)
        if isinstance(outcome, BaseException):
            raise outcome
        result: dict[str, Any] = outcome
        return result

    @property
    def methods(self) -> list[str]:
        """The wire methods of the commands, in order."""
        return [method for method, _ in self.commands]


def embedded(client: Any, **more: Any) -> Call:
    """A call over this client; it is up unless told otherwise."""
    given = {"project_id": "project-7", "context": "office", "direction": "inbound", "state": "answered"}
    return Call(client=client, **{**ADDRESS, **given, **more})


def says(call: Call, event_type: str, **params: Any) -> None:
    """Give the call an event."""
    call.receive({"event_type": f"calling.call.{event_type}", "params": {**ADDRESS, **params}})


def ends(call: Call, reason: str = "hangup") -> None:
    """Tell the call that it has ended."""
    says(call, "state", call_state="ended", end_reason=reason)


def test_made_outside_a_loop() -> None:
    """A call can be made where no event loop runs, and has all that it was given."""
    call = Call(
        FakeClient(), "c", "n", "p", "x", tag="t", direction="outbound", device=PHONE, state="created", segment_id="s"
    )
    names = "call_id", "node_id", "project_id", "context", "tag", "direction", "device", "state", "segment_id"

    assert ["c", "n", "p", "x", "t", "outbound", PHONE, "created", "s"] == [getattr(call, name) for name in names]


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


@pytest.mark.parametrize("outcome", [RelayError(500, "no"), {"code": "500", "message": "no"}])
@in_virtual_time
async def test_refused(outcome: Any) -> None:
    """A refusal is raised with its code, whether the client raises it or gives it back; no state moves."""
    call = embedded(FakeClient(outcome))
    with pytest.raises(RelayError) as caught:
        await call.connect([[{"type": "phone", "params": {"to_number": "+15550100009"}}]])

    assert (500, "answered") == (caught.value.code, call.state)


@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_gone(code: int) -> None:
    """What the server no longer knows is ordinary: the command gives back ``{}``; with 410 the call is over."""
    call = embedded(FakeClient(RelayError(code, "gone")))
    result = await call.hold()
    await turns()

    assert ({}, {404: "answered", 410: "ended"}[code]) == (result, call.state)


@pytest.mark.parametrize("code", [404, 410])
@in_virtual_time
async def test_action_of_what_is_gone(code: int) -> None:
    """An operation that nothing could be begun on is settled, and completed."""
    completed: list[RelayEvent] = []
    call = embedded(FakeClient(RelayError(code, "gone")))
    action = await call.play([TTS], on_completed=completed.append)

    assert (True, [action.result], []) == (action.is_done, completed, call.actions)


@in_virtual_time
async def test_no_probe() -> None:
    """Nothing is sent over a client that the program did not ask for."""
    client = FakeClient(RelayError(404, "unknown"))
    await embedded(client).leave_conference("conf-1")
    await turns()

    assert client.methods == ["calling.leave_conference"]


@pytest.mark.parametrize("error", [ConnectionError("no route"), LookupError("a fault of its own")])
@in_virtual_time
async def test_what_the_transport_raises(error: Exception) -> None:
    """What the client raises is raised as it is, and no state moves."""
    call = embedded(FakeClient(error, error), state="created")
    with pytest.raises(type(error)) as caught:
        await call.answer()

    assert (error, "created") == (caught.value, call.state)


@in_virtual_time
async def test_what_the_transport_raises_for_an_action() -> None:
    """An operation that could not be begun is gone, and what the client raised is raised as it is."""
    completed: list[RelayEvent] = []
    call = embedded(FakeClient(ConnectionError("no route")))
    with pytest.raises(ConnectionError, match="no route"):
        await call.play([TTS], on_completed=completed.append)
    ends(call)
    await turns()

    assert call.actions == []


@in_virtual_time
async def test_transport_that_is_cancelled() -> None:
    """A command that the client gives up ends at once."""
    call = embedded(FakeClient(asyncio.CancelledError()))
    with pytest.raises(ConnectionLostError):
        await within(1, call.hold())


@in_virtual_time
async def test_transport_that_never_replies() -> None:
    """A command whose reply never comes ends after ten seconds."""

    class Silent(FakeClient):
        async def execute(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
            await asyncio.sleep(20)
            return await super().execute(method, params)

    call = embedded(Silent())
    with pytest.raises(RequestTimeoutError):
        await call.hold()
    stopped = now()
    await asyncio.sleep(20)

    assert stopped == pytest.approx(10)


@pytest.mark.parametrize("result", [{"code": "200", "thing": object()}, {"code": "200", "number": float("nan")}])
@in_virtual_time
async def test_result_that_cannot_be_told(result: dict[str, Any]) -> None:
    """A result that no server could have given is the transport's error, and the command ends at once."""
    with pytest.raises((TypeError, ValueError)):
        await within(1, embedded(FakeClient(result)).hold())


@pytest.mark.parametrize("result", [None, "yes", ["yes"]])
@in_virtual_time
async def test_result_that_is_no_object(result: object) -> None:
    """A result that is no object is an acceptance that tells nothing."""
    assert await within(1, embedded(FakeClient(result)).hold()) == {}


@in_virtual_time
async def test_everything_settles() -> None:
    """When the call ends, so does all that runs in it and waits for it; a recording after the grace."""
    call = embedded(FakeClient())
    actions = [await call.play([TTS]), await call.collect(digits={"max": 1}), await call.record()]
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
    await until(lambda: not call._pump.calls)

    assert (0, {}, {}) == (len(call._pump.tasks), call._pump.actions, call._pump._graces)
