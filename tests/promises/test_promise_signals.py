"""What is promised of SIGINT and SIGTERM under `run()`: no call more, the live ones may finish, and then it is over."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from clock import now, turns, until
from holding import kill, run_beside
from memory import Board
from probing import Delays, command, methods
from scripted import ScriptedServer

from callfsm import Call, RelayClient
from callfsm.simulator.thread import SimulatorThread

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
PROGRAM: Final = """
from callfsm import RelayClient

client = RelayClient(contexts=["office"])

@client.on_call
async def handler(call):
    await call.answer()
    await call.wait_for_ended()

client.on("connection", lambda event: print(event.dest, flush=True))
client.run()
print("over", flush=True)
"""


async def staying(call: Call) -> None:
    """A handler that answers and stays until the caller goes."""
    await call.answer()
    await call.wait_for_ended()


async def answered(server: ScriptedServer) -> None:
    """Offer a call, and let the handler answer it."""
    server.offers()
    server.replies_to(await command(server, "calling.answer"))
    await turns()


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_without_calls_ends_run_at_once(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without calls there is nothing to wait for: `run()` returns."""
    server = ScriptedServer()
    client = server.client("office")
    ended: list[float] = []

    async def scenario(client: RelayClient) -> None:
        await kill(number)
        server.replies_to(await command(server, "signalwire.unreceive"))
        await until(lambda: client.state == "closed")
        ended.append(now())

    run_beside(client, scenario, monkeypatch)

    assert (True, [True]) == (ended[0] <= 0.1, [line.closed for line in server.lines])


@pytest.mark.parametrize("number", SIGNALS)
def test_after_a_signal_live_calls_may_finish(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """A live call goes on as if nothing were, and `run()` returns when it has ended."""
    board = Board()
    client = board.client("office")
    client.on_call(staying)
    told: list[object] = []

    async def scenario(client: RelayClient) -> None:
        caller = board.call("office")
        await caller.is_answered()
        await kill(number)
        await asyncio.sleep(5)
        told.extend([client.state, caller.state])
        await caller.hangs_up()
        await until(lambda: client.state == "closed")
        told.extend([round(now()), caller.end_reason])
        await board.close()

    run_beside(client, scenario, monkeypatch)

    assert ["draining", "answered", 5, "hangup"] == told


def test_after_a_signal_new_calls_are_declined(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that comes while the client goes away is declined, and its contexts are given back."""
    server = ScriptedServer()
    client = server.client("office")
    client.on_call(staying)
    reasons: list[str] = []

    async def scenario(_client: RelayClient) -> None:
        await answered(server)
        await kill()
        server.offers("call-2")
        request = await command(server, "calling.end")
        reasons.extend([request["params"]["call_id"], request["params"]["reason"]])
        server.state("ended", "call-2")
        server.state("ended")

    run_beside(client, scenario, monkeypatch)

    assert (["call-2", "decline"], True) == (reasons, "signalwire.unreceive" in methods(server))


def test_calls_that_do_not_finish_are_hung_up_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds after the signal the calls that are left are hung up, and `run()` returns."""
    board = Board()
    client = board.client("office")
    client.on_call(staying)
    told: list[object] = []

    async def scenario(client: RelayClient) -> None:
        callers = [board.call("office") for _ in range(3)]
        for caller in callers:
            await caller.is_answered()
        await kill()
        await until(lambda: client.state == "closed")
        told.extend([round(now()), [caller.end_reason for caller in callers]])
        await board.close()

    run_beside(client, scenario, monkeypatch)

    assert [10, ["hangup"] * 3] == told


def test_calls_that_cannot_be_hung_up_do_not_keep_run_from_returning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers no hang-up is waited for one second more."""
    server = ScriptedServer()
    client = server.client("office")
    client.on_call(staying)
    ended: list[float] = []

    async def scenario(client: RelayClient) -> None:
        await answered(server)
        await kill()
        await until(lambda: client.state == "closed")
        ended.append(round(now(), 1))

    run_beside(client, scenario, monkeypatch)

    assert ([11.0], 1) == (ended, methods(server).count("calling.end"))


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_ends_at_once(number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends a second signal does not want to wait for calls."""
    board = Board()
    client = board.client("office")
    client.on_call(staying)
    told: list[float] = []

    async def scenario(client: RelayClient) -> None:
        await board.call("office").is_answered()
        await kill(number)
        await asyncio.sleep(1)
        before = now()
        await kill(number)
        await until(lambda: client.state == "closed")
        told.append(now() - before)
        await board.close()

    run_beside(client, scenario, monkeypatch)

    assert ("closed", True) == (client.state, told[0] <= 0.1)


def test_a_signal_while_the_line_is_down_ends_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose server is away can be stopped."""
    server = ScriptedServer()
    client = server.client("office")
    ended: list[float] = []

    async def scenario(client: RelayClient) -> None:
        server.opens = [ConnectionRefusedError()] * 1_000
        server.lines[0].drop()
        await asyncio.sleep(5)
        await kill()
        await until(lambda: client.state == "closed")
        ended.append(round(now(), 1))

    run_beside(client, scenario, monkeypatch)

    assert [5.0] == ended


def test_a_signal_while_the_line_is_down_takes_no_calls_once_it_is_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live calls may finish when the line is back in time; a call that is offered then is declined."""
    server = ScriptedServer()
    client = server.client("office", randomness=Delays())
    seen: list[str] = []

    @client.on_call
    async def handler(call: Call) -> None:
        seen.append(call.call_id)
        await staying(call)

    declined: list[str] = []

    async def scenario(client: RelayClient) -> None:
        await answered(server)
        server.opens = [ConnectionRefusedError()]
        server.lines[0].drop()
        await turns()
        await kill()
        await until(lambda: len(server.lines) == 2)
        await turns()
        server.offers("call-2")
        await turns()
        declined.extend(each["params"]["call_id"] for each in server.requests if each["method"] == "calling.end")
        await until(lambda: client.state == "closed")

    run_beside(client, scenario, monkeypatch)

    assert (["call-1"], ["call-2"]) == (seen, declined)


def test_a_line_that_drops_while_going_away_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a signal a dropped line costs no call: the session is taken up again, and the call hung up at the deadline."""
    server = ScriptedServer()
    client = server.client("office", randomness=Delays())
    client.on_call(staying)
    told: list[object] = []

    async def scenario(client: RelayClient) -> None:
        await answered(server)
        await kill()
        server.lines[0].drop()
        server.replies_to(await command(server, "calling.end"))
        told.extend([round(now()), client.state, len(server.lines)])
        server.state("ended")
        await until(lambda: client.state == "closed")

    run_beside(client, scenario, monkeypatch)

    assert [10, "draining", 2] == told


def test_a_handler_that_ignores_its_call_does_not_keep_run_from_returning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that sleeps for ever is ended with the program, after its call was hung up."""
    board = Board()
    client = board.client("office")
    ended: list[float] = []

    @client.on_call
    async def handler(call: Call) -> None:
        await call.answer()
        try:
            await asyncio.sleep(1_000)
        except asyncio.CancelledError:
            ended.append(now())
            raise

    async def scenario(client: RelayClient) -> None:
        caller = board.call("office")
        await caller.is_answered()
        await kill()
        await until(lambda: client.state == "closed")
        for task in asyncio.all_tasks():
            if task.get_name().startswith("callfsm on_call"):
                task.cancel()
        await board.close()

    run_beside(client, scenario, monkeypatch)

    assert [10] == [round(each) for each in ended]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_real_process_ends_well_on_a_real_signal(number: signal.Signals, tmp_path: Path) -> None:
    """A program in a process of its own, told to stop by its shell, closes its line and goes on behind `run()`."""
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    with SimulatorThread() as simulator:
        environment = os.environ | simulator.environment | {"PYTHONWARNINGS": "error"}
        with subprocess.Popen(
            [sys.executable, str(path)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            seen = []
            while "online" not in seen:
                seen.append(process.stdout.readline().strip())
            process.send_signal(number)
            output, errors = process.communicate(timeout=30)

    assert (0, ["draining", "closed", "over"], "") == (process.returncode, output.split(), errors)
