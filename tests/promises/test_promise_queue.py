"""What is promised of commands while the line is down: they wait, within bounds, and none goes out that was given up."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns
from dials import dialling
from probing import Delays, commands, dropped_and_back, methods
from scripted import ScriptedServer, offered, reopened, scripted

from callfsm import ConnectionLostError, RelayClient, RelayError, RequestTimeoutError


def asking(client: RelayClient, name: str = "any.thing") -> asyncio.Task[dict[str, object]]:
    """A command under way."""
    return asyncio.create_task(client.execute(name, {}))


async def away(server: ScriptedServer) -> None:
    """Drop the line, and let no other be had."""
    server.opens = [ConnectionRefusedError()] * 100
    server.lines[-1].drop()
    await turns()


async def back(server: ScriptedServer) -> None:
    """Let a line be had again."""
    server.opens = []
    await reopened(server, len(server.lines) + 1)


@in_virtual_time
async def test_a_command_while_the_line_is_down_goes_out_once_it_is_back() -> None:
    """A queued command waits, and gets its reply after the next login."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        task = asking(client)
        await turns()
        before = methods(server)
        await back(server)
        server.replies_to(await server.expects("any.thing"))

        assert ([], "200", ["any.thing"]) == (before, (await task)["code"], methods(server))


@in_virtual_time
async def test_queued_commands_go_out_in_order() -> None:
    """What was asked first goes out first."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        tasks = [asking(client, f"number.{number}") for number in range(20)]
        await turns()
        await back(server)
        for request in commands(server):
            server.replies_to(request)
        await asyncio.gather(*tasks)

        assert [f"number.{number}" for number in range(20)] == methods(server)


@in_virtual_time
async def test_nothing_goes_out_before_the_login_is_accepted() -> None:
    """A command between the opening of the line and the reply to the login waits for the latter."""
    server = ScriptedServer()
    server.accepts_logins = False
    client = server.client()
    connecting = asyncio.create_task(client.connect())
    await turns()
    task = asking(client)
    await turns()
    before = [request["method"] for request in server.requests]
    server.tells({"jsonrpc": "2.0", "id": server.requests[0]["id"], "result": {"protocol": "p"}})
    server.replies_to(await server.expects("any.thing"))
    await task
    await connecting
    await client.disconnect()

    assert ["signalwire.connect"] == before


@in_virtual_time
async def test_the_501st_queued_command_raises_and_the_others_stand() -> None:
    """The queue holds 500; one more raises RelayError with "queue full" and is never sent."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        tasks = [asking(client) for _ in range(500)]
        await turns()
        with pytest.raises(RelayError, match="queue full"):
            await asking(client, "one.too.many")
        await back(server)
        for request in commands(server):
            server.replies_to(request)
        await asyncio.gather(*tasks)

        assert ["any.thing"] * 500 == methods(server)


@in_virtual_time
async def test_a_full_queue_has_room_again_when_a_command_has_expired() -> None:
    """Whatever leaves the queue makes room in it."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        tasks = [asking(client) for _ in range(500)]
        await asyncio.wait(tasks)
        later = asking(client, "later.one")
        await turns()
        await back(server)
        server.replies_to(await server.expects("later.one"))
        await later

        assert {RequestTimeoutError} == {type(task.exception()) for task in tasks}


@in_virtual_time
async def test_a_command_that_expires_in_the_queue_is_not_sent_later() -> None:
    """A queued command fails after its ten seconds with RequestTimeoutError, and does not go out after that."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        with pytest.raises(RequestTimeoutError):
            await asking(client)
        expired = now()
        await back(server)
        await turns()

        assert (10.0, []) == (expired, methods(server))


@in_virtual_time
async def test_a_command_that_is_cancelled_in_the_queue_is_not_sent_later() -> None:
    """A queued command whose task is cancelled does not go out when the line is back."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        task = asking(client)
        await turns()
        task.cancel()
        await asyncio.wait({task})
        await back(server)
        await turns()

        assert (True, []) == (task.cancelled(), methods(server))


@in_virtual_time
async def test_a_command_under_a_time_limit_of_the_program_is_not_sent_later() -> None:
    """A queued command that the program gives up with `asyncio.wait_for` does not go out when the line is back."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.execute("any.thing", {}), 2)
        await back(server)
        await turns()

        assert [] == methods(server)


@in_virtual_time
async def test_a_call_command_that_is_cancelled_in_the_queue_is_not_sent_later() -> None:
    """The same holds for the commands of a call: one that was given up can be asked again."""
    async with offered(randomness=Delays(0.1)) as (call, server):
        await away(server)
        task = asyncio.create_task(call.answer())
        await turns()
        task.cancel()
        await asyncio.wait({task})
        again = asyncio.create_task(call.answer())
        await turns()
        await back(server)
        server.replies_to(next(each for each in commands(server) if each["method"] == "calling.answer"))
        await again

        assert (["calling.answer"], "answered") == (methods(server), call.state)


@in_virtual_time
async def test_a_dial_that_is_cancelled_in_the_queue_is_not_sent_later() -> None:
    """A queued dial whose task is cancelled rings nobody."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        await away(server)
        task = dialling(client, tag="tag-1")
        await turns()
        task.cancel()
        await asyncio.wait({task})
        await back(server)
        await turns()

        assert [] == methods(server)


@in_virtual_time
async def test_a_cancelled_hangup_goes_out_all_the_same() -> None:
    """A queued hang-up whose task is cancelled still goes out: a call that cannot be ended costs money."""
    async with offered(randomness=Delays(0.1)) as (call, server):
        await away(server)
        task = asyncio.create_task(call.hangup())
        await turns()
        task.cancel()
        await asyncio.wait({task})
        await back(server)
        await turns()

        assert ["calling.end"] == methods(server)


@in_virtual_time
async def test_a_queued_command_whose_call_is_over_before_the_line_is_back_is_not_sent() -> None:
    """When the session could not be taken up again, the commands of its calls fail, and are not sent."""
    async with offered(randomness=Delays(0.1)) as (call, server):
        await away(server)
        task = asyncio.create_task(call.answer())
        await turns()
        server.protocol = "another"
        await back(server)
        with pytest.raises(ConnectionLostError):
            await task

        assert ([], "lost") == (methods(server), call.end_reason)


@in_virtual_time
async def test_a_command_in_flight_when_the_line_drops_fails_and_is_never_sent_again() -> None:
    """It may or may not have run, so it fails with ConnectionLostError at once, and goes out once."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        task = asking(client)
        await server.expects("any.thing")
        server.lines[0].drop()
        with pytest.raises(ConnectionLostError):
            await task
        failed = now()
        await reopened(server, 2)
        await turns()

        assert (0.0, ["any.thing"]) == (failed, methods(server))


@in_virtual_time
async def test_a_reply_on_the_next_line_to_a_command_of_the_one_before_is_ignored() -> None:
    """A late reply that arrives on the next line belongs to nobody."""
    async with scripted(randomness=Delays(0.1)) as (client, server):
        task = asking(client)
        request = await server.expects("any.thing")
        failing = asyncio.gather(task, return_exceptions=True)
        await dropped_and_back(server)
        server.replies_to(request)
        await turns()

        assert ([ConnectionLostError], "online") == ([type(each) for each in await failing], client.state)


@in_virtual_time
async def test_what_was_checked_is_what_goes_out_whatever_becomes_of_the_params() -> None:
    """Params that the program changes while their command waits for the line change nothing, and harm no other command."""
    async with scripted(randomness=Delays()) as (client, server):
        await away(server)
        params: dict[str, object] = {"a": 1}
        commanding = [asyncio.create_task(client.execute(name, params)) for name in ("any.thing", "other.thing")]
        await turns()
        params["a"] = object()
        await back(server)
        for name in ("any.thing", "other.thing"):
            request = await server.expects(name)
            server.replies_to(request)

            assert {"a": 1} == request["params"]

        await asyncio.wait_for(asyncio.gather(*commanding), 1)
