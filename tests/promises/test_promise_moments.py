"""What is promised in the moment when two things cross: no leg, no line and no wait falls between them."""

import asyncio
from collections.abc import Callable

import pytest
from clock import in_virtual_time, turns, until, within
from dials import accepted, dialling, wins
from memory import does_nothing
from probing import Delays, command, dropped_and_back, methods
from scripted import TTS, ScriptedServer, answered, offered, scripted
from texts import sending, state

from callfsm import Call, DialError, PlayAction, RelayError

MOMENTS = range(8)
"""How many turns of the event loop something comes after something else."""


def is_wanted_or_hung_up(dial: asyncio.Task[Call], server: ScriptedServer) -> bool:
    """Whether the leg of a dial that is over has somebody who holds it, or is being hung up."""
    has_call = not dial.cancelled() and dial.exception() is None
    return has_call != ("calling.end" in methods(server))


@pytest.mark.parametrize("moment", MOMENTS)
@in_virtual_time
async def test_a_dial_cancelled_in_the_moment_its_leg_answers_leaves_no_leg_up(moment: int) -> None:
    """Either the program gets the call, or the leg is hung up: never neither, and never both."""
    async with scripted() as (client, server):
        dial = dialling(client)
        wins(server, await accepted(server))
        await turns(moment)
        dial.cancel()
        await asyncio.wait({dial})
        await turns()

        assert is_wanted_or_hung_up(dial, server)


@pytest.mark.parametrize("moment", MOMENTS)
@in_virtual_time
async def test_a_dial_that_times_out_in_the_moment_its_leg_answers_leaves_no_leg_up(moment: int) -> None:
    """The time limit and the answer may come together; whichever counts, no leg is left to itself."""
    async with scripted() as (client, server):
        dial = dialling(client, dial_timeout=5)
        tag = await accepted(server)

        async def late() -> None:
            await asyncio.sleep(5)
            await turns(moment)
            wins(server, tag)

        await asyncio.gather(late(), asyncio.wait({dial}))
        await turns()

        assert is_wanted_or_hung_up(dial, server)


@pytest.mark.parametrize("moment", MOMENTS)
@in_virtual_time
async def test_a_dial_under_a_time_limit_of_the_program_leaves_no_leg_up(moment: int) -> None:
    """The same for `asyncio.wait_for` around a dial."""
    async with scripted() as (client, server):
        dial = asyncio.create_task(asyncio.wait_for(dialling(client), 5))
        tag = await accepted(server)
        await asyncio.sleep(4.9)
        asyncio.get_running_loop().call_later(0.1, wins, server, tag)
        await turns(moment)
        await asyncio.wait({dial})
        await turns()

        assert is_wanted_or_hung_up(dial, server)


@pytest.mark.parametrize("moment", MOMENTS[1:])
@in_virtual_time
async def test_a_connect_cancelled_in_the_moment_it_succeeds_leaves_no_line_open(moment: int) -> None:
    """Either the client is online, or its line is closed; it can be connected again."""
    server = ScriptedServer()
    client = server.client()
    connecting = asyncio.create_task(client.connect())
    await turns(moment)
    connecting.cancel()
    await asyncio.wait({connecting})
    is_open = [not line.closed for line in server.lines].count(True)
    expected = ("closed", 0) if connecting.cancelled() else ("online", 1)
    found = (client.state, is_open)
    await client.connect()
    again = client.state
    await client.disconnect()

    assert (expected, "online") == (found, again)


@pytest.mark.parametrize("moment", MOMENTS)
@in_virtual_time
async def test_a_line_that_drops_in_the_moment_of_its_login_is_replaced(moment: int) -> None:
    """However far a login has come when its line drops, another one is opened."""
    async with scripted(randomness=Delays()) as (client, server):
        server.lines[0].drop()
        await until(lambda: len(server.lines) == 2)
        await turns(moment)
        server.lines[1].drop()
        await within(9, until(lambda: len(server.lines) == 3))
        asking = asyncio.create_task(client.execute("any.thing", {}))
        server.replies_to(await command(server, "any.thing"))

        assert "200" == (await within(1, asking))["code"]


@pytest.mark.parametrize("moment", MOMENTS)
@in_virtual_time
async def test_a_play_cancelled_in_the_moment_of_its_reply_ends_with_its_call(moment: int) -> None:
    """A play whose task is cancelled may run on: it is among the call's actions, and ends with it."""
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS]))
        server.replies_to(await server.expects("calling.play"))
        await turns(moment)
        starting.cancel()
        await asyncio.wait({starting})
        kinds = [type(action) for action in call.actions]
        server.state("ended")
        await call.wait_for_ended()

        assert ([PlayAction], []) == (kinds, call.actions)


@pytest.mark.parametrize("moment", MOMENTS)
@in_virtual_time
async def test_a_send_cancelled_in_the_moment_of_its_reply_harms_no_other_message(moment: int) -> None:
    """A message whose task is cancelled is nobody's; the next one is heard of."""
    async with scripted() as (client, server):
        cancelled = sending(client)
        request = await server.expects("messaging.send")
        server.replies_to(request, message_id="msg-1")
        await turns(moment)
        cancelled.cancel()
        await asyncio.wait({cancelled})
        server.tells(state(server, "delivered"))
        other = sending(client)
        server.replies_to(await server.expects("messaging.send"), message_id="msg-2")
        server.tells(state(server, "delivered", "msg-2"))

        assert "delivered" == (await (await other).wait(timeout=1)).params["message_state"]


async def failing(_call: Call) -> None:
    """A handler with a fault.

    Raises:
        RuntimeError: Always.
    """
    raise RuntimeError("of the program's making")


@pytest.mark.parametrize(("handler", "more"), [(failing, {}), (None, {}), (does_nothing, {"max_active_calls": 1})])
@in_virtual_time
async def test_a_hangup_of_our_own_that_is_lost_with_the_line_is_asked_again(
    handler: Callable[[Call], object] | None, more: dict[str, int]
) -> None:
    """A call that nobody holds is hung up again after the resume, when the line dropped before the reply."""
    async with scripted(randomness=Delays(), **more) as (client, server):
        if handler is not None:
            client.on_call(handler)
        if more:
            server.offers("call-0")
        server.offers()
        first = await command(server, "calling.end")
        await dropped_and_back(server)
        second = await within(5, command(server, "calling.end", 2))
        server.replies_to(second)
        server.state("ended")
        await turns()

        assert ("call-1", first["params"], False) == (
            second["params"]["call_id"],
            second["params"],
            "call-1" in {call.call_id for call in client.calls},
        )


@in_virtual_time
async def test_the_hangup_of_an_orphan_that_is_lost_with_the_line_is_asked_again() -> None:
    """A leg that nobody waits for is hung up again after the resume, when the line dropped before the reply."""
    async with scripted(randomness=Delays()) as (client, server):
        dial = dialling(client, dial_timeout=1)
        tag = await accepted(server)
        with pytest.raises(DialError):
            await dial
        wins(server, tag)
        await command(server, "calling.end")
        await dropped_and_back(server)

        assert "leg-1" == (await within(5, command(server, "calling.end", 2)))["params"]["call_id"]


@pytest.mark.parametrize("code", [500, 503, 400])
@in_virtual_time
async def test_a_hangup_of_our_own_that_the_server_refuses_is_asked_again(code: int) -> None:
    """A server in trouble is asked again until the call has ended: a call that cannot be ended costs money."""
    async with scripted() as (client, server):
        client.on_call(failing)
        server.offers()
        server.replies_to(await command(server, "calling.end"), code)
        while methods(server).count("calling.end") < 2:
            server.asks("signalwire.ping", {})
            await asyncio.sleep(5)
        server.replies_to(await command(server, "calling.end", 2))
        server.state("ended")
        await turns()

        assert [] == client.calls


@pytest.mark.parametrize("word", ["answered", "ending", "ended"])
@pytest.mark.parametrize("code", [200, 404, 410, 500])
@in_virtual_time
async def test_an_answer_that_crosses_a_report_ends_one_way_or_the_other(word: str, code: int) -> None:
    """Whatever is reported before the reply to answer, the command is over, and the call is where it was reported."""
    async with offered() as (call, server):
        answering = asyncio.create_task(call.answer())
        request = await server.expects("calling.answer")
        server.state(word)
        server.replies_to(request, code)
        (outcome,) = await within(1, asyncio.gather(answering, return_exceptions=True))
        gone = "ended" if code in (404, 410) else word

        assert (True, gone) == (isinstance(outcome, dict | RelayError), call.state)


@in_virtual_time
async def test_an_operation_that_begins_as_its_call_ends_is_settled() -> None:
    """A play whose accepted reply comes after the end of the call waits for nobody."""
    async with answered() as (call, server):
        starting = asyncio.create_task(call.play([TTS]))
        request = await server.expects("calling.play")
        server.tells(server.reply(request), server.event("calling.call.state", call_id="call-1", call_state="ended"))
        action = await starting

        assert "hung_up" == (await within(0.01, action.wait())).params["state"]
