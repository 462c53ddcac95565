"""The official hang-up program, with only its import changed, against a simulator over TLS."""

import json
import signal
from pathlib import Path

import pytest
from sockets import program, run, until

from callfsm.simulator import Caller, Entry, Simulator

OFFICIAL = """
from signalwire.relay import RelayClient

client = RelayClient(contexts=["default"])


@client.on_call
async def handle_call(call):
    await call.answer()
    await call.hangup()
    print("Call ended")


client.run()
"""
MOVED = OFFICIAL.replace("signalwire.relay", "callfsm")
STAYING = MOVED.replace("await call.hangup()", "await call.wait_for_ended()")


async def hangup_program(folder: Path) -> tuple[Simulator, Caller, str, str, int | None]:
    """Run the program until it has handled one call: the simulator, the caller, what was written, and the status."""
    async with Simulator() as simulator:
        environment = simulator.environment | {"SIGNALWIRE_LOG_FORMAT": "json"}
        async with program(MOVED, folder, **environment) as process:
            await until(lambda: simulator.statistics.clients == 1)
            caller = simulator.call("default")
            await caller.is_over()
            assert process.stdout is not None
            line = await process.stdout.readline()
            process.send_signal(signal.SIGINT)
            stdout, stderr = await process.communicate()
    return simulator, caller, (line + stdout).decode(), stderr.decode(), process.returncode


def test_hangup_program(tmp_path: Path) -> None:
    """It prints "Call ended", goes the way of every call, and the server sees an answer and a hang-up and no more."""
    simulator, caller, stdout, stderr, status = run(hangup_program(tmp_path))
    lines = [json.loads(line) for line in stderr.splitlines()]
    path = [line["dest"] for line in lines if line["event"] == "transition" and line["machine"] == "call"]
    sent = [(entry.name, entry.frame["params"].get("reason")) for entry in to_relay(simulator, caller)]

    assert ("Call ended\n", 0) == (stdout, status)
    assert path == ["answered", "ending", "ended"]
    assert sent == [("calling.answer", None), ("calling.end", "hangup")]
    assert (0, 0) == (simulator.statistics.unexpected_frames, simulator.statistics.acknowledgements_missing)


def to_relay(simulator: Simulator, caller: Caller) -> list[Entry]:
    """The journal's entries of what the client has sent about a call."""
    return [entry for entry in simulator.journal.entries(caller.call_id) if entry.direction == "app->relay"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals(tmp_path: Path, number: signal.Signals) -> None:
    """A signal lets the live call finish, and ends the program with status 0."""

    async def main() -> tuple[int | None, bytes]:
        async with Simulator() as simulator, program(STAYING, tmp_path, **simulator.environment) as process:
            await until(lambda: simulator.statistics.clients == 1)
            caller = simulator.call("default")
            await caller.is_answered()
            process.send_signal(number)
            await until(lambda: "signalwire.unreceive" in [entry.name for entry in simulator.journal.entries()])
            await caller.hangs_up()
            stdout, stderr = await process.communicate()
            return process.returncode, stdout + stderr

    assert (0, b"Call ended\n") == run(main())


def test_second_signal(tmp_path: Path) -> None:
    """A second signal ends the program at once, though a call is live."""

    async def main() -> tuple[int | None, bytes]:
        async with Simulator() as simulator, program(STAYING, tmp_path, **simulator.environment) as process:
            await until(lambda: simulator.statistics.clients == 1)
            caller = simulator.call("default")
            await caller.is_answered()
            process.send_signal(signal.SIGINT)
            await until(lambda: "signalwire.unreceive" in [entry.name for entry in simulator.journal.entries()])
            process.send_signal(signal.SIGINT)
            stdout, stderr = await process.communicate()
            return process.returncode, stdout + stderr

    assert (0, b"") == run(main())


def test_wrong_credentials(tmp_path: Path) -> None:
    """Refused credentials end the program with the error, which does not tell them."""

    async def main() -> tuple[int | None, bytes]:
        async with Simulator() as simulator:
            environment = simulator.environment | {"SIGNALWIRE_API_TOKEN": "wrong-token"}
            async with program(MOVED, tmp_path, **environment) as process:
                _, stderr = await process.communicate()
                return process.returncode, stderr

    status, stderr = run(main())

    assert (1, True, False) == (status, b"AuthenticationError" in stderr, b"wrong-token" in stderr)
