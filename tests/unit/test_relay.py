"""`callfsm.testing.relay`: a simulated RELAY for one test, and what goes wrong in the programs that are joined to it."""

import asyncio
import contextlib

import pytest
from clock import in_virtual_time, run

from callfsm import Call, RelayClient
from callfsm.core.effects import Refused
from callfsm.testing.logged import LOGGER
from callfsm.testing.relay import LeftOverError, MemoryRelay, Relay, SocketRelay
from callfsm.testing.virtual_time import DeadEndError


async def greet(call: Call) -> None:
    """A program that greets and hangs up."""
    await call.answer()
    await (await call.play_tts("Hello there")).wait()
    await call.hangup()


async def is_greeted(relay: Relay) -> None:
    """A caller hears the greeting, and the call ends."""
    async with relay:
        await relay.serves(greet)
        caller = relay.call("office")
        await caller.hears("hello")

        assert "hangup" == await caller.is_over()


def test_in_memory() -> None:
    """A program is called in memory."""
    run(is_greeted(MemoryRelay()))


def test_over_a_socket() -> None:
    """The same test goes through over a real socket, with TLS."""
    asyncio.run(asyncio.wait_for(is_greeted(SocketRelay(speed=20.0)), 20))


@in_virtual_time
async def test_client_of_a_program() -> None:
    """The client of a program is joined as it is, and is as before when the test is over."""
    client = RelayClient("real-project", "real-token", contexts=["office"])
    before = client.connector
    client.on_call(greet)
    async with MemoryRelay() as relay:
        await relay.serves(client)
        await relay.call("office").is_over()

    assert ("real-project", "real-token", before, "closed") == (
        client.project,
        client.token,
        client.connector,
        client.state,
    )


def test_handler_that_nothing_ends() -> None:
    """Not even a handler that outlives its own cancellation keeps a client, or the log, joined to what is over."""
    client = RelayClient("real-project", "real-token", contexts=["office"])
    before = (client.connector, list(LOGGER.handlers))

    @client.on_call
    async def never_ends(_call: Call) -> None:
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()

    async def test() -> None:
        async with MemoryRelay() as relay:
            await relay.serves(client)
            relay.call("office")
            await asyncio.sleep(1)

    with pytest.raises(DeadEndError, match="everybody waits"):
        run(test())

    assert ("real-project", "closed", before) == (client.project, client.state, (client.connector, LOGGER.handlers))


@in_virtual_time
async def test_settling_that_is_given_up() -> None:
    """Whoever does not wait for the handlers gets the client back all the same, and disconnected."""
    client = RelayClient("real-project", "real-token", contexts=["office"])
    client.on_call(lambda _call: asyncio.sleep(30))
    relay = MemoryRelay()
    await relay.serves(client)
    relay.call("office")
    await asyncio.sleep(1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(relay.settles(), 1)
    await asyncio.sleep(60)

    assert ("real-project", "closed") == (client.project, client.state)
    await relay.close()


def test_client_on_another_loop() -> None:
    """A client that a program has made once can be joined again in the next test, which has a loop of its own."""
    client = RelayClient("project-1", "token-1", contexts=["office"])
    client.on_call(greet)

    async def call_it() -> None:
        async with MemoryRelay() as relay:
            await relay.serves(client)
            await asyncio.sleep(60)
            await relay.call("office").is_over()

    run(call_it())
    run(call_it())


async def raising(_call: Call) -> None:
    """A program that fails."""
    raise LookupError("no such department")


@in_virtual_time
async def test_handler_that_raises() -> None:
    """What a handler raises fails the test, and is its cause."""
    relay = MemoryRelay()
    await relay.serves(raising)
    relay.call("office")
    await asyncio.sleep(1)
    with pytest.raises(LeftOverError, match="LookupError") as caught:
        await relay.__aexit__(None, None, None)

    assert isinstance(caught.value.__cause__, LookupError)


@in_virtual_time
async def test_handler_that_may_raise() -> None:
    """What a test expects a handler to raise does not fail it."""
    async with MemoryRelay() as relay:
        await relay.serves(raising)
        await relay.call("office").is_over()
        relay.allows(LookupError)


@in_virtual_time
async def test_handler_that_never_returns() -> None:
    """A handler that goes on when everybody has hung up fails the test."""

    async def stays(call: Call) -> None:
        await call.answer()
        await asyncio.Event().wait()

    relay = MemoryRelay()
    await relay.serves(stays)
    relay.call("office")
    await asyncio.sleep(1)
    with pytest.raises(LeftOverError, match="was still running when everybody had hung up"):
        await relay.__aexit__(None, None, None)


@in_virtual_time
async def test_failure_of_the_test_goes_first() -> None:
    """A test that has failed is not told of what else is wrong."""
    relay = MemoryRelay()
    await relay.serves(raising)
    relay.call("office")
    await asyncio.sleep(1)

    assert 1 == len(relay.failed)
    await relay.__aexit__(KeyError, KeyError("the test's own"), None)


@in_virtual_time
async def test_failing_callee() -> None:
    """A script of somebody who was called fails the test."""

    async def fails(_caller: object) -> None:
        raise LookupError("wrong number")

    relay = MemoryRelay()
    client = await relay.serves(greet)
    relay.answers("+15550100009", after=1, then=fails)
    await client.dial([[{"type": "phone", "params": {"to_number": "+15550100009", "from_number": "+15550100001"}}]])
    await asyncio.sleep(1)
    with pytest.raises(LeftOverError, match="the script of a callee failed: wrong number"):
        await relay.__aexit__(None, None, None)


@in_virtual_time
async def test_failing_callee_that_is_allowed() -> None:
    """A test may expect that the script of a callee fails, as its handlers may."""

    async def fails(_caller: object) -> None:
        raise LookupError("wrong number")

    async with MemoryRelay() as relay:
        relay.allows(LookupError)
        client = await relay.serves(greet)
        relay.answers("+15550100009", after=1, then=fails)
        await client.dial([[{"type": "phone", "params": {"to_number": "+15550100009", "from_number": "+15550100001"}}]])
        await asyncio.sleep(1)

    assert ["wrong number"] == [str(error) for error in relay.failures]


@in_virtual_time
async def test_illegal_frames() -> None:
    """A frame that no program should send fails the test."""
    relay = MemoryRelay()
    client = await relay.serves(greet)
    with pytest.raises(Exception, match="404"):
        await client.execute("calling.end", {"node_id": "n", "call_id": "nobody"})
    with pytest.raises(LeftOverError, match="unexpected frame"):
        await relay.__aexit__(None, None, None)


@in_virtual_time
async def test_what_machines_did() -> None:
    """Transitions and refused asks are kept, in order."""

    async def hasty(call: Call) -> None:
        with pytest.raises(Exception, match="answered"):
            await call.play_tts("Hello")
        await call.hangup()

    async with MemoryRelay() as relay:
        await relay.serves(hasty)
        caller = relay.call("office")
        await caller.is_over()

        assert ["early_media"] == [effect.guard for effect in relay.effects if isinstance(effect, Refused)]
        assert ["calling.end"] == relay.methods(caller.call_id)
        assert "end (hangup)" in relay.ladder(caller.call_id)
        assert [{"reason": "hangup"}] == [{"reason": frame["reason"]} for frame in relay.frames("calling.end")]
