"""`callfsm.embedding`: what becomes of a command by what the program's own transport gives back, or raises."""

import asyncio
from typing import Any

import pytest
from clock import in_virtual_time, now, turns, within
from embedded import FakeClient, embedded, ends
from scripted import TTS

from callfsm import ConnectionLostError, RelayError, RelayEvent, RequestTimeoutError


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
    """What the client raised is raised as it is; the operation may run all the same, and ends with its call."""
    completed: list[RelayEvent] = []
    call = embedded(FakeClient(ConnectionError("no route")))
    with pytest.raises(ConnectionError, match="no route"):
        await call.play([TTS], on_completed=completed.append)
    open_still = len(call.actions)
    ends(call)

    assert (1, [], ["hung_up"]) == (open_still, call.actions, [event.params["state"] for event in completed])


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
