"""`callfsm.dialing`: outbound calls, and giving up on them."""

import asyncio
from typing import Any

import pytest
from clock import in_virtual_time, now, turns
from memory import Board, Frame, ScriptedServer, joined, scripted

from callfsm import Call, ConnectionLostError, DialError, RelayClient, RelayError, RequestTimeoutError

NODE = {"node_id": "node-1"}


def device(number: str) -> Frame:
    """A telephone."""
    return {"type": "phone", "params": {"to_number": number, "from_number": "+15550100001"}}


DEVICES = [[device("+15550100009")]]


async def accepted(server: ScriptedServer) -> str:
    """The tag of a dial that the server has just accepted."""
    request = await server.expects("calling.dial")
    server.replies_to(request)
    tag: str = request["params"]["tag"]
    return tag


def wins(server: ScriptedServer, tag: str, call_id: str = "leg-1", **more: Any) -> None:
    """Report that a leg has answered the dial."""
    told = {**NODE, "call_id": call_id, "tag": tag, "dial_winner": "true", "device": device("+15550100009")} | more
    server.reports("calling.call.dial", **NODE, tag=tag, dial_state="answered", call=told)


def dialling(client: RelayClient, **more: Any) -> asyncio.Task[Call]:
    """A dial that is under way."""
    return asyncio.create_task(client.dial(DEVICES, **more))


@in_virtual_time
async def test_answered() -> None:
    """A dial gives back the call, answered."""
    async with joined() as (client, board):
        board.answers("+15550100009", after=2)
        call = await client.dial(DEVICES)

        assert ("answered", "outbound", "+15550100009", client.relay_protocol) == (
            call.state,
            call.direction,
            call.to_number,
            call.context,
        )
        await call.hangup()
        await call.wait_for_ended()


@in_virtual_time
async def test_conversation() -> None:
    """An outbound call can be used as any other."""
    async with joined() as (client, board):
        heard: list[str] = []

        async def callee(person: Any) -> None:
            await person.hears("how are you")
            await person.press("1")
            heard.extend(person.heard)

        board.answers("+15550100009", then=callee)
        call = await client.dial(DEVICES)
        action = await call.prompt_tts("how are you", {"digits": {"max": 1}})
        await action.wait(timeout=10)
        await call.hangup()
        await call.wait_for_ended()

        assert ["how are you"] == heard


@in_virtual_time
async def test_frame() -> None:
    """A dial leaves with its devices as they are; what was left out is not sent."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1", max_duration=30)
        request = await server.expects("calling.dial")
        wins(server, "tag-1")
        server.replies_to(request)
        await dial

        assert request["params"] == {"tag": "tag-1", "devices": DEVICES, "max_duration": 30}


@in_virtual_time
async def test_tag_is_made() -> None:
    """Without a tag a new one is made, and the call carries it."""
    async with scripted() as (client, server):
        dial = dialling(client)
        tag = await accepted(server)
        wins(server, tag)

        assert (tag, 36, True) == ((await dial).tag, len(tag), tag == tag.lower())


@in_virtual_time
async def test_winner_is_the_leg() -> None:
    """The call is the leg whose events came under the tag, with what they told."""
    async with scripted() as (client, server):
        dial = dialling(client)
        tag = await accepted(server)
        server.state("created", "leg-1", tag=tag)
        server.state("answered", "leg-1", tag=tag)
        await turns()
        (leg,) = client.calls
        wins(server, tag)

        assert (leg, "answered") == (await dial, leg.state)


@in_virtual_time
async def test_winner_without_a_leg() -> None:
    """A winner of which nothing has been told before is made from the dial event."""
    async with scripted() as (client, server):
        dial = dialling(client)
        wins(server, await accepted(server), "leg-7")
        call = await dial

        assert ("leg-7", "node-1", "answered", [call]) == (call.call_id, call.node_id, call.state, client.calls)


@in_virtual_time
async def test_answer_before_the_reply() -> None:
    """A dial that is answered before its own reply has come succeeds."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        request = await server.expects("calling.dial")
        wins(server, "tag-1")
        await turns()
        server.replies_to(request)

        assert (await dial).call_id == "leg-1"


@in_virtual_time
async def test_outbound_calls_go_to_no_handler() -> None:
    """Legs of a dial are not handed to `on_call`."""
    async with scripted() as (client, server):
        seen: list[Call] = []
        client.on_call(seen.append)
        dial = dialling(client)
        wins(server, await accepted(server))
        await dial

        assert seen == []


@pytest.mark.parametrize("told", [{}, {"call": {}}, {"call": None}])
@in_virtual_time
async def test_failed(told: Frame) -> None:
    """A dial that the server reports as failed raises DialError."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await accepted(server)
        server.reports("calling.call.dial", **NODE, tag="tag-1", dial_state="failed", **told)
        with pytest.raises(DialError, match=r"Dial failed \(tag=tag-1\): failed") as caught:
            await dial

        assert ("tag-1", "failed", True) == (
            caught.value.tag,
            caught.value.reason,
            isinstance(caught.value, RelayError),
        )


@pytest.mark.parametrize("manner", ["busy", "declines"])
@in_virtual_time
async def test_nobody_answers(manner: str) -> None:
    """A number that is busy, or declines, ends the dial with DialError."""
    async with joined() as (client, board):
        getattr(board, manner)("+15550100009")
        with pytest.raises(DialError):
            await client.dial(DEVICES)
        await asyncio.sleep(1)

        assert client.calls == []


@in_virtual_time
async def test_times_out() -> None:
    """A dial that takes too long raises DialError after its time, and its leg is hung up."""
    async with joined() as (client, board):
        board.no_answer("+15550100009")
        with pytest.raises(DialError, match="timed out"):
            await client.dial(DEVICES, dial_timeout=5)
        took = now()
        await asyncio.sleep(1)

        assert (5.0, [("calling.dial", ""), ("calling.end", "cancel")], 0) == (
            took,
            [(name, frame.get("reason", "")) for name in board.methods() for frame in board.frames(name)],
            board.statistics.calls_live,
        )


@in_virtual_time
async def test_default_time_limit() -> None:
    """Without a time limit of its own a dial is given up after two minutes."""
    async with scripted() as (client, server):
        dial = dialling(client)
        await accepted(server)
        for _ in range(20):
            await asyncio.sleep(10)
            server.asks("signalwire.ping", {})
        with pytest.raises(DialError, match="timed out"):
            await dial

        assert server.silent


@in_virtual_time
async def test_late_leg() -> None:
    """A leg that comes up after its dial has timed out is hung up."""
    async with scripted() as (client, server):
        dial = dialling(client, dial_timeout=5)
        tag = await accepted(server)
        with pytest.raises(DialError):
            await dial
        server.state("created", "leg-9", tag=tag)
        request = await server.expects("calling.end")

        assert ("leg-9", "cancel") == (request["params"]["call_id"], request["params"]["reason"])
        server.replies_to(request)


@in_virtual_time
async def test_late_winner() -> None:
    """A leg that answers after its dial has timed out is hung up."""
    async with scripted() as (client, server):
        dial = dialling(client, dial_timeout=5)
        tag = await accepted(server)
        with pytest.raises(DialError):
            await dial
        wins(server, tag, "leg-9")
        request = await server.expects("calling.end")

        assert "leg-9" == request["params"]["call_id"]
        server.replies_to(request)


@in_virtual_time
async def test_cancelled() -> None:
    """A dial whose task is cancelled hangs its legs up."""
    async with joined() as (client, board):
        board.answers("+15550100009", after=10)
        dial = dialling(client)
        await asyncio.sleep(3)
        dial.cancel()
        await asyncio.wait({dial})
        await asyncio.sleep(1)

        assert (["calling.dial", "calling.end"], 0) == (board.methods(), board.statistics.calls_live)


@in_virtual_time
async def test_cancelled_before_it_was_sent() -> None:
    """A dial that is cancelled while it waits for the line is not sent at all."""
    server = ScriptedServer()
    client = server.client()
    dial = dialling(client)
    await turns()
    dial.cancel()
    await asyncio.wait({dial})
    async with client:
        await turns()

        assert server.silent


@in_virtual_time
async def test_tag_in_use() -> None:
    """A tag that is in use is refused, nothing is sent, and the first dial goes on."""
    async with scripted() as (client, server):
        first = dialling(client, tag="tag-1")
        await accepted(server)
        with pytest.raises(ValueError, match="'tag-1' is taken"):
            await client.dial(DEVICES, tag="tag-1")
        wins(server, "tag-1")

        assert ("tag-1", True) == ((await first).tag, server.silent)


@in_virtual_time
async def test_tag_used_again() -> None:
    """A tag may be used again once its dial is over."""
    async with scripted() as (client, server):
        for call_id in ("leg-1", "leg-2"):
            dial = dialling(client, tag="tag-1")
            wins(server, await accepted(server), call_id)
            await dial

        assert ["leg-1", "leg-2"] == [call.call_id for call in client.calls]


@pytest.mark.parametrize("devices", [[], [[]], None, [device("+1")], "text"])
@in_virtual_time
async def test_no_devices(devices: Any) -> None:
    """Without a list of lists of devices a dial is refused here, and nothing is sent."""
    async with scripted() as (client, server):
        with pytest.raises(ValueError, match="devices"):
            await client.dial(devices)

        assert server.silent


@in_virtual_time
async def test_refused() -> None:
    """A dial that the server refuses raises its error."""
    async with scripted() as (client, server):
        dial = dialling(client)
        server.replies_to(await server.expects("calling.dial"), 400, message="bad")
        with pytest.raises(RelayError) as caught:
            await dial

        assert (400, False) == (caught.value.code, isinstance(caught.value, DialError))


@in_virtual_time
async def test_no_reply() -> None:
    """A dial without a reply raises RequestTimeoutError; a leg that comes up all the same is hung up."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await server.expects("calling.dial")
        with pytest.raises(RequestTimeoutError):
            await dial
        server.state("created", "leg-1", tag="tag-1")
        request = await server.expects("calling.end")

        assert request["params"]["call_id"] == "leg-1"
        server.replies_to(request)


@in_virtual_time
async def test_line_drops() -> None:
    """A dial whose reply is lost with the line raises ConnectionLostError; its legs are hung up afterwards."""
    async with scripted() as (client, server):
        dial = dialling(client, tag="tag-1")
        await server.expects("calling.dial")
        server.lines[0].drop()
        with pytest.raises(ConnectionLostError):
            await dial
        while client.state != "online":
            await asyncio.sleep(0.1)
        server.state("answered", "leg-1", tag="tag-1")

        assert (await server.expects("calling.end"))["params"]["call_id"] == "leg-1"


@in_virtual_time
async def test_session_is_lost() -> None:
    """A dial whose session is lost raises DialError."""
    async with scripted() as (client, server):
        dial = dialling(client)
        await accepted(server)
        await turns()
        server.protocol = "protocol-2"
        server.lines[0].drop()
        with pytest.raises(DialError, match="lost"):
            await dial


@in_virtual_time
async def test_disconnect() -> None:
    """A dial ends with an error when the program disconnects, and is not cancelled."""
    async with scripted() as (client, server):
        dial = dialling(client)
        await accepted(server)
        await turns()
        await client.disconnect()
        with pytest.raises(RelayError, match="lost|disconnected"):
            await dial


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
    await board.close()

    assert [] == client.calls
