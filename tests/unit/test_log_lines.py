"""`callfsm.log`: one line for each thing worth knowing."""

import asyncio
import logging

import pytest
from clock import in_virtual_time, turns
from logs import lines
from memory import joined
from scripted import answered, scripted

from callfsm import Call, RelayError
from callfsm.builders import phone

pytestmark = pytest.mark.usefixtures("silent_log")


@in_virtual_time
async def test_one_line_for_each_transition(caplog: pytest.LogCaptureFixture) -> None:
    """A whole call is logged as its transitions, each once, with everything about it."""
    with caplog.at_level(logging.INFO, "callfsm"):
        async with joined() as (client, board):
            calls: asyncio.Queue[Call] = asyncio.Queue()
            client.on_call(calls.put)
            caller = board.call("office")
            call = await calls.get()
            await call.answer()
            await asyncio.sleep(2)
            await caller.hangs_up()
            await turns()
            subject = f"subject='call {call.call_id}'"

    expected = [
        f"transition machine='call' trigger='answer_accepted' speaker='reply' source='created' dest='answered' {subject}",
        f"transition machine='call' trigger='ending' speaker='report' source='answered' dest='ending' {subject}",
        f"transition machine='call' trigger='ended' speaker='report' source='ending' dest='ended' {subject}",
    ]
    assert expected == [line.rpartition(" seconds=")[0] for line in lines(caplog, "transition") if subject in line]


@in_virtual_time
async def test_seconds(caplog: pytest.LogCaptureFixture) -> None:
    """A transition tells how long its subject was in the state before."""
    with caplog.at_level(logging.INFO, "callfsm"):
        async with answered() as (_call, server):
            await asyncio.sleep(1)
            server.state("ending")
            await turns()
            await asyncio.sleep(2.5)
            server.state("ended")
            await turns()

    assert lines(caplog, "transition")[-2].endswith("seconds=2.5")


@in_virtual_time
async def test_rows_that_stay(caplog: pytest.LogCaptureFixture) -> None:
    """Rows that leave the state as it is are told at debug only."""
    with caplog.at_level(logging.DEBUG, "callfsm"):
        async with answered():
            pass

    assert {"DEBUG"} == {record.levelname for record in caplog.records if record.getMessage().startswith("heard")}


@in_virtual_time
async def test_refused(caplog: pytest.LogCaptureFixture) -> None:
    """A refused ask is one line."""
    async with answered() as (call, _server):
        with pytest.raises(RelayError):
            await call.answer()

    assert lines(caplog, "refused") == [
        "refused command='answer' machine='call' state='answered' subject='call call-1'"
    ]


@pytest.mark.parametrize(("command", "count"), [("disconnect", 1), ("hangup", 0)])
@in_virtual_time
async def test_asked_after_the_end(caplog: pytest.LogCaptureFixture, command: str, count: int) -> None:
    """Commands on an ended call are one warning; a hang-up is none at all."""
    async with answered() as (call, server):
        server.state("ended")
        await turns()
        for _ in range(3):
            await getattr(call, command)()

    assert count == len(lines(caplog, "asked"))


@in_virtual_time
async def test_orphan(caplog: pytest.LogCaptureFixture) -> None:
    """A leg that is hung up for a dial that was given up is one line."""
    async with scripted() as (client, server):
        dial = asyncio.create_task(client.dial([[phone("+15550100009", "+15550100001")]], tag="tag-1", dial_timeout=1))
        server.replies_to(await server.expects("calling.dial"))
        with pytest.raises(RelayError):
            await dial
        server.state("created", "leg-1", tag="tag-1")
        server.replies_to(await server.expects("calling.end"))

    assert lines(caplog, "orphan") == ["orphan hung up subject='call leg-1'"]


@pytest.mark.parametrize("restart", [False, True])
@in_virtual_time
async def test_restart_asked(caplog: pytest.LogCaptureFixture, *, restart: bool) -> None:
    """That the server wants us to connect again is one line."""
    with caplog.at_level(logging.INFO, "callfsm"):
        async with scripted() as (_client, server):
            server.asks("signalwire.disconnect", {"restart": restart})
            await turns()

    assert [f"restart asked fresh={restart}"] == lines(caplog, "restart")


@in_virtual_time
async def test_unheard(caplog: pytest.LogCaptureFixture) -> None:
    """Junk is a warning; an event of a call that is not ours is ordinary."""
    with caplog.at_level(logging.WARNING, "callfsm"):
        async with scripted() as (_client, server):
            server.tells("junk")
            server.state("answered", "call-9")
            server.asks("no.such", {})
            await turns()

    assert ["malformed", "request"] == [line.split("'")[1].split()[0] for line in lines(caplog, "unheard")]
