"""What is promised of `disconnect()`: waiters get ConnectionLostError, nothing is cancelled, and it can be undone."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final

import pytest
from clock import in_virtual_time, now, turns, within
from dials import dialling
from holding import MODES, hold, run_beside
from memory import Line, does_nothing
from operations import began
from probing import Delays
from scripted import CALL_ID, TTS, ScriptedServer, scripted
from texts import sending

from callfsm import Call, ConnectionLostError, RelayClient

Waiting = Callable[[RelayClient, Call], Coroutine[Any, Any, object]]

WAITS: Final[dict[str, Waiting]] = {
    "a command of the client": lambda client, _call: client.execute("any.thing", {}),
    "a command of a call": lambda _client, call: call.hold(),
    "a play": lambda _client, call: call.play([TTS]),
    "a dial": lambda client, _call: client.dial([[{"type": "phone", "params": {"to_number": "+15550100009"}}]]),
    "a message": lambda client, _call: client.send_message(to_number="+15550100002", from_number="+1", body="x"),
    "a context": lambda client, _call: client.receive(["sales"]),
    "an event": lambda _client, call: call.wait_for("calling.call.play"),
    "ending": lambda _client, call: call.wait_for_ending(),
    "ended": lambda _client, call: call.wait_for_ended(),
}


async def answered_call(client: RelayClient, server: ScriptedServer, call_id: str = CALL_ID) -> Call:
    """A call that is up."""
    client.on_call(does_nothing)
    server.offers(call_id, call_state="answered")
    await turns()
    return next(call for call in client.calls if call.call_id == call_id)


def closes_slowly(line: Line) -> asyncio.Event:
    """Let a line close only when it is told to."""
    gate = asyncio.Event()

    async def close() -> None:
        await gate.wait()
        line.drop()

    line.close = close  # type: ignore[method-assign]  # a line that is slow to close
    return gate


@pytest.mark.parametrize("wait", WAITS)
@in_virtual_time
async def test_a_waiter_gets_connection_lost_and_is_never_cancelled(wait: str) -> None:
    """Whatever is waited for when the program disconnects ends at once, with an error that can be caught."""
    async with scripted() as (client, server):
        call = await answered_call(client, server)
        waiting = asyncio.create_task(WAITS[wait](client, call))
        await turns()
        await client.disconnect()
        await within(0.01, asyncio.wait({waiting}))

        assert (False, ConnectionLostError) == (waiting.cancelled(), type(waiting.exception()))


@pytest.mark.parametrize("wait", list(WAITS)[:6])
@in_virtual_time
async def test_a_queued_command_gets_connection_lost(wait: str) -> None:
    """A command that waits for the line when the program disconnects ends likewise, and is never sent."""
    async with scripted() as (client, server):
        call = await answered_call(client, server)
        server.opens = [ConnectionRefusedError()] * 100
        server.lines[0].drop()
        await turns()
        waiting = asyncio.create_task(WAITS[wait](client, call))
        await turns()
        await client.disconnect()
        await within(0.01, asyncio.wait({waiting}))

        assert (False, ConnectionLostError, True) == (waiting.cancelled(), type(waiting.exception()), server.silent)


@in_virtual_time
async def test_the_wait_for_an_action_gets_connection_lost() -> None:
    """Who waits for a play learns that its client was disconnected."""
    async with scripted() as (client, server):
        call = await answered_call(client, server)
        action = await began(server, "calling.play", call.play([TTS]))
        waiting = asyncio.create_task(action.wait())
        await turns()
        await client.disconnect()
        with pytest.raises(ConnectionLostError):
            await waiting


@in_virtual_time
async def test_a_handler_goes_on_after_the_disconnect_and_is_not_cancelled() -> None:
    """A handler whose wait has failed may tidy up; what it asks of its call is settled here."""
    async with scripted() as (client, server):
        told: list[object] = []

        @client.on_call
        async def handler(call: Call) -> None:
            try:
                await call.wait_for_ended()
            except ConnectionLostError:
                await asyncio.sleep(1)
                told.extend([await call.hangup(), call.state, call.end_reason])

        server.offers()
        await turns()
        await client.disconnect()
        await asyncio.sleep(2)

        assert [{}, "ended", "lost"] == told


@in_virtual_time
async def test_what_is_asked_of_a_disconnected_client_fails_at_once() -> None:
    """A closed client does not queue: it raises ConnectionLostError before anything is sent."""
    async with scripted() as (client, server):
        await client.disconnect()
        asked = [client.execute("any.thing", {}), dialling(client), sending(client), client.receive(["sales"])]
        failures = await within(0.01, asyncio.gather(*asked, return_exceptions=True))

        assert ([ConnectionLostError] * 4, True) == ([type(each) for each in failures], server.silent)


@in_virtual_time
async def test_a_client_can_be_connected_again() -> None:
    """After a disconnect the same client connects, takes calls and sends commands."""
    async with scripted() as (client, server):
        for number in (1, 2, 3):
            await client.disconnect()
            await client.connect()
            if number > 1:
                # The call from before is nobody's any more.
                request = await server.expects("calling.end")
                server.replies_to(request)
                server.state("ended", f"call-{number - 1}")

                assert f"call-{number - 1}" == request["params"]["call_id"]
            asking = asyncio.create_task(client.execute("any.thing", {}))
            server.replies_to(await server.expects("any.thing"))
            await asking
            call = await answered_call(client, server, f"call-{number}")

            assert (number + 1, "answered") == (len(server.lines), call.state)


def test_a_client_that_was_disconnected_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A `run()` after a disconnect serves, and does not return at once."""
    server = ScriptedServer()
    client = server.client()
    served: list[float] = []

    async def scenario(_client: RelayClient) -> None:
        await asyncio.sleep(7)
        served.append(now())

    hold("connect", client, scenario, monkeypatch)
    run_beside(client, scenario, monkeypatch)
    run_beside(client, scenario, monkeypatch)

    assert (3, 3) == (len([each for each in served if each >= 7]), len(server.lines))


@pytest.mark.parametrize("mode", MODES)
def test_a_disconnect_leaves_nothing_open(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the line was held, it is closed, no task is left, and no call."""
    server = ScriptedServer()
    client = server.client("office")
    client.on_call(does_nothing)

    async def scenario(client: RelayClient) -> None:
        server.offers()
        await turns()
        await client.disconnect()

    hold(mode, client, scenario, monkeypatch)

    assert ("closed", [], [True]) == (client.state, client.calls, [line.closed for line in server.lines])


@in_virtual_time
async def test_disconnect_twice_and_at_once_is_one_disconnect() -> None:
    """A disconnect beside or after another harms nobody."""
    async with scripted() as (client, server):
        await asyncio.gather(client.disconnect(), client.disconnect())
        await client.disconnect()

        assert ("closed", True) == (client.state, server.lines[0].closed)


@in_virtual_time
async def test_a_handler_may_disconnect_its_client() -> None:
    """A handler that disconnects the client it runs for is not torn down half way."""
    async with scripted() as (client, server):
        reached: list[str] = []

        @client.on_call
        async def handler(call: Call) -> None:
            await client.disconnect()
            reached.append(call.end_reason)

        server.offers()
        await turns()

        assert ["lost"] == reached


@in_virtual_time
async def test_connecting_a_client_that_is_being_opened_again_leaves_it_alone() -> None:
    """`connect()` while the line is down is no second attempt, which would close the client for everybody."""
    async with scripted(randomness=Delays()) as (client, server):
        call = await answered_call(client, server)
        server.opens = [ConnectionRefusedError()] * 2
        server.lines[-1].drop()
        await turns()
        await client.connect()
        await asyncio.sleep(10)

        assert ("online", "answered") == (client.state, call.state)


@in_virtual_time
async def test_a_disconnect_ends_although_another_task_connects_meanwhile() -> None:
    """`disconnect()` waits for the line that it closes, and not for one that was opened after it."""
    async with scripted() as (client, server):
        gate = closes_slowly(server.lines[-1])
        disconnecting = asyncio.create_task(client.disconnect())
        await turns()
        connecting = asyncio.create_task(client.connect())
        await turns()
        gate.set()
        await asyncio.wait_for(asyncio.gather(disconnecting, connecting), 5)
        await client.connect()

        assert ("online", 2) == (client.state, len(server.lines))


@in_virtual_time
async def test_a_cancelled_disconnect_leaves_no_line_open() -> None:
    """A `disconnect()` that is given up half way drops the line without a word."""
    async with scripted() as (client, server):
        closes_slowly(server.lines[-1])
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.disconnect(), 1)
        await turns()

        assert (True, []) == (
            server.lines[0].aborted,
            [task for task in asyncio.all_tasks() if "reader" in task.get_name()],
        )


@in_virtual_time
async def test_a_dial_that_was_accepted_is_told_of_a_disconnect() -> None:
    """A dial that is under way when the program disconnects raises `ConnectionLostError`."""
    async with scripted() as (client, server):
        dial = dialling(client)
        server.replies_to(await server.expects("calling.dial"))
        await turns()
        await client.disconnect()
        with pytest.raises(ConnectionLostError):
            await dial
