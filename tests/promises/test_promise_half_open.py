"""What is promised of lines on which nothing comes any more: they are found, and replaced; others are left alone."""

import asyncio

import pytest
from clock import in_virtual_time, now, turns, until
from memory import SIGNALLED
from probing import command
from scripted import offered, scripted

from callfsm import RequestTimeoutError


@in_virtual_time
async def test_a_half_open_line_is_found_within_thirty_seconds_when_idle() -> None:
    """A line on which the server has fallen silent is given up 30 seconds after its last word at the latest."""
    async with scripted() as (_client, server):
        await until(lambda: server.lines[0].aborted)

        assert now() <= 30.0


@in_virtual_time
async def test_a_half_open_line_is_found_within_fifteen_seconds_with_a_command_pending() -> None:
    """A command that gets no reply, on a line that is silent otherwise too, finds it out in half the time."""
    async with scripted() as (client, server):
        asking = asyncio.create_task(client.execute("any.thing", {}))
        await until(lambda: server.lines[0].aborted)
        found = now()
        failures = await asyncio.gather(asking, return_exceptions=True)

        assert (True, [RequestTimeoutError]) == (found <= 15.05, [type(each) for each in failures])


@pytest.mark.parametrize("after", [3.0, 5.5, 8.0, 12.0, 14.9])
@in_virtual_time
async def test_a_half_open_line_is_found_within_fifteen_seconds_of_a_later_command(after: float) -> None:
    """The same when the command comes into a silence that has lasted a while."""
    async with scripted() as (client, server):
        await asyncio.sleep(after)
        asking = asyncio.create_task(client.execute("any.thing", {}))
        await until(lambda: server.lines[0].aborted)
        found = now() - after
        await asyncio.gather(asking, return_exceptions=True)

        assert found <= 15.05


@in_virtual_time
async def test_a_half_open_line_is_replaced_and_queued_commands_go_out() -> None:
    """After a silent line was given up another one is opened, and what was asked meanwhile goes out on it."""
    async with scripted() as (client, server):
        await until(lambda: server.lines[0].aborted)
        await turns()
        asking = asyncio.create_task(client.execute("any.thing", {}))
        server.replies_to(await command(server, "any.thing"))
        await asking

        assert (2, "online") == (len(server.lines), client.state)


@in_virtual_time
async def test_a_line_on_which_anything_comes_is_no_half_open_line() -> None:
    """A missing reply alone never closes a line: events and pings of the server show that it lives."""
    async with offered() as (call, server):
        for _ in range(12):
            asking = asyncio.create_task(call.answer())
            for _ in range(10):
                await asyncio.sleep(1)
                server.asks("signalwire.ping", {})
            await asyncio.gather(asking, return_exceptions=True)

        assert (1, False) == (len(server.lines), server.lines[0].aborted)


@in_virtual_time
async def test_a_server_that_answers_pings_keeps_its_line() -> None:
    """A server that only answers pings is there: its line is kept, also while commands get no reply."""
    async with scripted() as (client, server):
        for _ in range(20):
            asking = asyncio.create_task(client.execute("any.thing", {}))
            before = len(server.requests)
            await asyncio.sleep(11)
            await turns()
            for request in server.requests[before:]:
                if request["method"] in SIGNALLED:
                    server.replies_to(request)
            await asyncio.gather(asking, return_exceptions=True)

        assert (1, "online") == (len(server.lines), client.state)


@in_virtual_time
async def test_calls_survive_a_half_open_line() -> None:
    """A silent line costs no call: on the next one the call goes on."""
    async with offered() as (call, server):
        await until(lambda: server.lines[0].aborted)
        await turns()
        answering = asyncio.create_task(call.answer())
        server.replies_to(await command(server, "calling.answer"))
        await answering

        assert "answered" == call.state
