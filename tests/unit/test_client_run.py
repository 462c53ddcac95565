"""`RelayClient.run`: serve until a signal, let the live calls finish, hang up the rest."""

import asyncio
import os
import signal

import pytest
from clock import in_virtual_time, now, turns
from memory import TOKEN, Board
from scripted import ScriptedServer

from callfsm import AuthenticationError, Call, RelayClient


def kill(number: signal.Signals = signal.SIGTERM) -> None:
    """Send this process a signal, as a shell would."""
    os.kill(os.getpid(), number)


def serving(client: RelayClient) -> asyncio.Task[None]:
    """What `run` runs."""
    return asyncio.create_task(client._serve())  # run() would make a loop of its own


async def staying(call: Call) -> None:
    """A handler that answers and stays until the caller goes."""
    await call.answer()
    await call.wait_for_ended()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@in_virtual_time
async def test_idle(number: signal.Signals) -> None:
    """Without calls the first signal ends the program at once."""
    board = Board()
    client = board.client("office")
    service = serving(client)
    await turns()
    kill(number)
    await service
    await board.close()

    assert ("closed", 0.0, ["signalwire.unreceive"]) == (client.state, now(), board.methods())


@in_virtual_time
async def test_live_calls_may_finish() -> None:
    """After the first signal a live call goes on until it ends, and then the program ends."""
    board = Board()
    client = board.client("office")
    client.on_call(staying)
    service = serving(client)
    await turns()
    caller = board.call("office")
    await caller.is_answered()
    kill()
    await asyncio.sleep(5)
    before = (client.state, caller.state)
    await caller.hangs_up()
    await service
    await board.close()

    assert (("draining", "answered"), 5.05) == (before, round(now(), 3))


@in_virtual_time
async def test_new_calls_are_declined() -> None:
    """After the first signal a call that comes all the same is declined."""
    server = ScriptedServer()
    client = server.client()
    client.on_call(staying)
    service = serving(client)
    await turns()
    server.offers()
    server.replies_to(await server.expects("calling.answer"))
    kill()
    await turns()
    server.offers("call-2")
    request = await server.expects("calling.end")
    server.state("ended", "call-2")
    server.state("ended")
    await service

    assert ("call-2", "decline") == (request["params"]["call_id"], request["params"]["reason"])


@in_virtual_time
async def test_the_rest_is_hung_up() -> None:
    """Calls that have not ended ten seconds after the first signal are hung up."""
    board = Board()
    client = board.client("office")
    client.on_call(staying)
    service = serving(client)
    await turns()
    caller = board.call("office")
    await caller.is_answered()
    kill()
    await service
    await board.close()

    assert ("hangup", 10.05) == (caller.end_reason, round(now(), 3))


@in_virtual_time
async def test_second_signal() -> None:
    """A second signal ends the program at once."""
    board = Board()
    client = board.client("office")
    client.on_call(staying)
    service = serving(client)
    await turns()
    caller = board.call("office")
    await caller.is_answered()
    for _ in range(2):
        kill()
        await asyncio.sleep(1)
    await asyncio.wait({service})
    await board.close()

    assert (True, "closed", 2.0) == (service.cancelled(), client.state, now())


@in_virtual_time
async def test_disconnect_ends_it() -> None:
    """A program that disconnects its client ends."""
    board = Board()
    client = board.client("office")

    @client.on_call
    async def handler(call: Call) -> None:
        await call.hangup()
        await client.disconnect()

    service = serving(client)
    await turns()
    board.call("office")
    await service
    await board.close()

    assert client.state == "closed"


@in_virtual_time
async def test_refused_credentials() -> None:
    """Credentials that are refused three times in a row end the program with the server's words."""
    board = Board()
    client = board.client(token="wrong")  # and meant to be
    with pytest.raises(AuthenticationError, match="Authentication failed"):
        await serving(client)
    await board.close()

    assert (3, "closed") == (len(board.lines), client.state)


@in_virtual_time
async def test_server_that_is_not_there_yet() -> None:
    """A program may be started before its server."""
    board = Board()
    board.unreachable = True
    client = board.client("office")
    service = serving(client)
    await asyncio.sleep(60)
    board.unreachable = False
    await asyncio.sleep(31)
    state = client.state
    kill()
    await service
    await board.close()

    assert (TOKEN, "online") == (client.token, state)


@in_virtual_time
async def test_signal_while_the_line_is_down() -> None:
    """A signal while the line is down ends the program."""
    board = Board()
    board.unreachable = True
    client = board.client("office")
    service = serving(client)
    await asyncio.sleep(5)
    kill()
    await service
    await board.close()

    assert (5.0, "closed") == (now(), client.state)


@in_virtual_time
async def test_run_again() -> None:
    """A client that has run may run again."""
    board = Board()
    client = board.client("office")
    for _ in range(2):
        service = serving(client)
        await turns()
        kill()
        await service
    await board.close()

    assert len(board.lines) == 2
