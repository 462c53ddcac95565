"""`callfsm.supervisor`: a line that drops is opened again, after longer and longer delays."""

import asyncio
import random
from itertools import pairwise

import pytest
from clock import in_virtual_time, now, turns, until, within
from memory import joined
from scripted import ScriptedServer, offered, reopened, scripted

from callfsm import Call, CallEndedError, ConnectionLostError

pytestmark = pytest.mark.usefixtures("longest_delays")


@in_virtual_time
async def test_resumed() -> None:
    """A line that drops is opened again, with the session's name and its authorization state."""
    async with scripted() as (client, server):
        server.reports("signalwire.authorization.state", authorization_state="state-1")
        server.reports("signalwire.authorization.state", authorization_state="")
        await turns()
        server.lines[0].drop()
        await reopened(server, 2)
        login = server.sent("signalwire.connect")[1]

        assert ("online", "protocol-1", "state-1") == (client.state, login["protocol"], login["authorization_state"])


@in_virtual_time
async def test_calls_outlive_the_line() -> None:
    """When the session is taken up again, its calls go on as they were."""
    async with joined() as (client, board):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        caller = board.call("office")
        call = await within(1, calls.get())
        await call.answer()
        board.lines[0].drop()
        await asyncio.sleep(5)
        await (await call.play_tts("hello")).wait()
        await call.hangup()
        await caller.is_over()

        assert (["hello"], 2) == (caller.heard, len(board.lines))


@in_virtual_time
async def test_missed_end() -> None:
    """What the call has come to while the line was down is told afterwards."""
    async with joined() as (client, board):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        caller = board.call("office")
        call = await within(1, calls.get())
        board.lines[0].drop()
        await caller.hangs_up()
        await call.wait_for_ended(timeout=5)

        assert call.end_reason == "hangup"


@in_virtual_time
async def test_command_in_flight() -> None:
    """A command in flight fails when the line drops, and is not sent again."""
    async with scripted() as (client, server):
        asking = asyncio.create_task(client.execute("any.thing", {}))
        await server.expects("any.thing")
        server.lines[0].drop()
        with pytest.raises(ConnectionLostError):
            await asking
        await reopened(server, 2)

        assert server.silent


@in_virtual_time
async def test_command_while_the_line_is_down() -> None:
    """A command while the line is down goes out after the next login."""
    async with scripted() as (client, server):
        server.lines[0].drop()
        await turns()
        asking = asyncio.create_task(client.execute("any.thing", {}))
        request = await server.expects("any.thing")
        server.replies_to(request)
        await asking

        assert (2, 1.0) == (len(server.lines), now())


@in_virtual_time
async def test_other_session() -> None:
    """When the server begins another session, the calls of the one before are lost."""
    async with offered() as (call, server):
        server.protocol = "protocol-2"
        server.lines[0].drop()
        await reopened(server, 2)

        assert ("ended", "lost") == (call.state, call.end_reason)


@in_virtual_time
async def test_waits_of_lost_calls() -> None:
    """Waits of a lost call end as those of any call that has ended."""
    async with offered() as (call, server):
        answered = asyncio.create_task(call.wait_for_answered())
        ended = asyncio.create_task(call.wait_for_ended())
        await turns()
        server.protocol = "protocol-2"
        server.lines[0].drop()
        with pytest.raises(CallEndedError, match="lost"):
            await answered

        assert (await ended).params["end_reason"] == "lost"


@pytest.mark.parametrize(("restart", "asked"), [(True, None), (False, "protocol-1")])
@in_virtual_time
async def test_server_asks_to_go(*, restart: bool, asked: str | None) -> None:
    """Asked to reconnect, the client asks for its session again, unless it is told to start afresh."""
    async with scripted() as (_client, server):
        server.asks("signalwire.disconnect", {"restart": restart}, "bye")
        await turns()
        server.lines[0].drop()
        await reopened(server, 2)
        login = server.sent("signalwire.connect")[1]

        assert ({}, asked) == (server.replies["bye"]["result"], login.get("protocol"))


@in_virtual_time
async def test_afresh_with_simulator() -> None:
    """When the simulator wants a new session, the client begins one and is called again."""
    async with joined() as (client, board):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        before = client.relay_protocol
        board.exchange.ask_to_reconnect(restart=True)
        await until(lambda: len(board.lines) == 2)
        await turns()
        caller = board.call("office")
        await within(1, calls.get())

        assert before != client.relay_protocol
        await caller.hangs_up()


@in_virtual_time
async def test_delays_double() -> None:
    """The delays between attempts double from one second to thirty."""
    async with scripted() as (_client, server):
        server.opens = [ConnectionRefusedError() for _ in range(7)]
        server.lines[0].drop()
        await reopened(server, 2)
        delays = [later - earlier for earlier, later in pairwise(server.attempts)]

        assert pytest.approx([1, 2, 4, 8, 16, 30, 30, 30]) == delays


@in_virtual_time
async def test_delays_have_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delay is anything from nothing to its longest, as chance will have it."""
    monkeypatch.setattr(random.SystemRandom, "random", lambda _self: 0.25)
    server = ScriptedServer()
    async with server.client():
        server.opens = [ConnectionRefusedError()]
        server.lines[0].drop()
        await reopened(server, 2)

        assert now() == pytest.approx(0.25 * 1 + 0.25 * 2, abs=0.02)


@in_virtual_time
async def test_delays_stay_long_after_a_short_login() -> None:
    """A login that did not hold ten seconds leaves the delays as long as they were."""
    async with scripted() as (_client, server):
        for lines in (1, 2, 3):
            await reopened(server, lines)
            server.lines[-1].drop()
        await reopened(server, 4)

        assert now() == pytest.approx(1 + 2 + 4, abs=0.05)


@in_virtual_time
async def test_delays_begin_anew_after_a_stable_login() -> None:
    """A login that has held ten seconds makes the next delay the shortest again."""
    async with scripted() as (_client, server):
        server.lines[-1].drop()
        await reopened(server, 2)
        server.lines[-1].drop()
        await reopened(server, 3)
        await asyncio.sleep(10)
        dropped = now()
        server.lines[-1].drop()
        await reopened(server, 4)

        assert now() - dropped == pytest.approx(1, abs=0.02)
