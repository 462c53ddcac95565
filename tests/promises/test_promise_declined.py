"""What is promised of calls that are not taken: they are declined, told in the log, and counted."""

import pytest
from clock import in_virtual_time, turns
from memory import Frame, does_nothing, joined
from scripted import ScriptedServer, scripted


async def declined(server: ScriptedServer, call_id: str = "call-1") -> Frame:
    """The params of the hang-up of a call, which the server carries out."""
    request = await server.expects("calling.end")
    server.replies_to(request)
    server.state("ended", call_id)
    params: Frame = request["params"]
    return params


@in_virtual_time
async def test_a_call_over_capacity_is_declined_as_busy() -> None:
    """A call over `max_active_calls` is declined with the reason busy, and the first one is not touched."""
    async with joined(max_active_calls=1) as (client, board):
        client.on_call(does_nothing)
        first = board.call("office")
        await turns()

        assert ("busy", "created") == (await board.call("office").is_over(timeout=1), first.state)
        await first.hangs_up()


@in_virtual_time
async def test_a_call_over_capacity_is_logged_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    """A call over `max_active_calls` is told in the log, and counted."""
    async with joined(max_active_calls=1) as (client, board):
        client.on_call(does_nothing)
        first = board.call("office")
        await turns()
        await board.call("office").is_over(timeout=1)

        assert (1, 1) == (client.statistics.calls_declined, caplog.text.count("max_active_calls reached"))
        await first.hangs_up()


@in_virtual_time
async def test_after_a_call_over_capacity_the_next_one_fits() -> None:
    """A declined call takes no place: when the first has ended, the next is taken."""
    async with joined(max_active_calls=1) as (client, board):
        client.on_call(does_nothing)
        first = board.call("office")
        await turns()
        await board.call("office").is_over(timeout=1)
        await first.hangs_up()
        await turns()
        third = board.call("office")
        await turns()

        assert ("created", 1) == (third.state, len(client.calls))
        await third.hangs_up()


@in_virtual_time
async def test_a_call_without_a_handler_is_declined(caplog: pytest.LogCaptureFixture) -> None:
    """Without a handler an inbound call is declined with the reason decline, and the log says so."""
    async with scripted() as (client, server):
        server.offers()
        params = await declined(server)

        assert ("decline", 1, []) == (params["reason"], caplog.text.count("no on_call handler"), client.calls)
