"""`callfsm.dialing`: many destinations, and many dials at once."""

import asyncio

import pytest
from clock import in_virtual_time, turns
from dials import DEVICES, NODE, accepted, device, dialling, wins
from memory import Board, joined
from scripted import scripted

from callfsm import DialError


@in_virtual_time
async def test_losers_leave() -> None:
    """Of destinations that ring together one wins; the others end, and only the winner stays."""
    async with joined() as (client, board):
        numbers = [f"+1555010001{each}" for each in range(3)]
        for number, after in zip(numbers, (3, 1, 2), strict=True):
            board.answers(number, after=after)
        call = await client.dial([[device(number) for number in numbers]])
        await asyncio.sleep(5)

        assert ([call], "+15550100011", 1) == (client.calls, call.to_number, board.statistics.calls_live)
        await call.hangup()
        await call.wait_for_ended()


@in_virtual_time
async def test_in_turn() -> None:
    """Destinations of the outer list are tried one after the other."""
    async with joined() as (client, board):
        board.busy("+15550100011")
        board.answers("+15550100012")
        call = await client.dial([[device("+15550100011")], [device("+15550100012")]])

        assert call.to_number == "+15550100012"
        await call.hangup()
        await call.wait_for_ended()


@in_virtual_time
async def test_unknown_tag() -> None:
    """A dial event with a tag of nobody's does nothing."""
    async with scripted() as (client, server):
        wins(server, "tag-9")
        server.state("created", "leg-9", tag="tag-9")
        await turns()

        assert ([], True) == (client.calls, server.silent)


@in_virtual_time
async def test_dialing_report() -> None:
    """The report that the server is dialling ends nothing."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        server.reports("calling.call.dial", **NODE, tag="tag-1", dial_state="dialing")
        await turns()
        before = dial.done()
        wins(server, "tag-1")
        await dial

        assert before is False


@in_virtual_time
async def test_many_at_once() -> None:
    """Dials of one client run beside each other, each with its own winner."""
    async with joined() as (client, board):
        numbers = [f"+1555010{each:04}" for each in range(20)]
        calls = await asyncio.gather(*(client.dial([[device(number)]]) for number in numbers))

        assert (numbers, 20) == ([call.to_number for call in calls], board.statistics.calls_live)
        await asyncio.gather(*(call.hangup() for call in calls))
        await asyncio.gather(*(call.wait_for_ended() for call in calls))


@in_virtual_time
async def test_nothing_is_left() -> None:
    """After dials that were given up nothing waits any longer."""
    board = Board()
    client = board.client()
    board.no_answer("+15550100009")
    async with client:
        with pytest.raises(DialError):
            await client.dial(DEVICES, dial_timeout=1)
        await asyncio.sleep(1)
        left = (client.calls, client._pump.dials, client._session.switchboard.dials, board.statistics.calls_live)
    await board.close()

    assert ([], {}, {}, 0) == left
