"""Where the simulator listens, whom it lets in, and what is left when it stops."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable

import pytest
from simulator_socket import PATIENTLY, SPEED, answered, desk, linked, on_the_network
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from callfsm.simulator import CallOverError, Settings, Simulator


def test_leaving_ends_everything() -> None:
    """Calls, links and tasks are gone; whoever listened is told."""

    async def program() -> None:
        async with (
            Simulator(tls=False, speed=SPEED, settings=Settings(ring_limit=PATIENTLY)) as simulator,
            linked(simulator) as wire,
        ):
            await wire.log_in(simulator, "desk")
            caller, address = await answered(simulator, wire)
            await wire.ask("calling.record", **address, control_id="r", record={"audio": {}})
            hearing = asyncio.create_task(caller.hears("hello", PATIENTLY))
            await asyncio.sleep(0)
            await simulator.close()
            with pytest.raises(CallOverError):
                await hearing

            assert (simulator.statistics.calls_live, simulator.statistics.operations_open) == (0, 0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    on_the_network(program)


def test_a_taken_port_is_told() -> None:
    """The error says which port, and what to do."""

    async def program() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(OSError, match=f"port {port} on 127.0.0.1 is taken by another program"):
                await Simulator(port=port).start()

    on_the_network(program)


def test_an_address_of_another_machine_is_told() -> None:
    """The error says where it could not listen."""

    async def program() -> None:
        with pytest.raises(OSError, match=r"cannot listen on 192\.0\.2\.1, port 0"):
            await Simulator("192.0.2.1", tls=False, allow_remote=True).start()

    on_the_network(program)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.test", ""])  # noqa: S104  # refused
def test_only_loopback_addresses(host: str) -> None:
    """Listening for other machines must be asked for."""
    with pytest.raises(ValueError, match="not a loopback address"):
        Simulator(host)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_loopback_addresses(host: str) -> None:
    """Any name of this machine itself will do."""
    assert Simulator(host, port=5000).url == f"wss://{f'[{host}]' if ':' in host else host}:5000"


def test_the_environment_points_a_client_here() -> None:
    """The variables are those that clients read; the certificate authority is there while it listens."""

    async def program() -> None:
        async with Simulator(project="p", token="t") as simulator:  # made up
            environment = simulator.environment

        assert {
            "SIGNALWIRE_PROJECT_ID": "p",
            "SIGNALWIRE_API_TOKEN": "t",
            "SIGNALWIRE_SPACE": f"127.0.0.1:{simulator.port}",
            "SIGNALWIRE_RELAY_CA_FILE": simulator.ca_file,
        } == environment

    on_the_network(program)


def test_without_tls_there_is_no_certificate_authority() -> None:
    """Nothing is said of what is not there."""
    assert "SIGNALWIRE_RELAY_CA_FILE" not in Simulator(tls=False).environment


def test_tokens_are_random() -> None:
    """Who does not name a token gets one that nobody knows."""
    assert Simulator().token != Simulator().token


def test_a_stranger_who_speaks_no_websocket_harms_nobody() -> None:
    """Whatever is sent to the port, the simulator goes on."""

    async def program() -> None:
        async with desk() as (simulator, wire):
            reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
            writer.write(b"hello\r\n\r\n")
            await reader.read()
            writer.close()
            await writer.wait_closed()

            assert (await wire.ask("signalwire.ping"))["result"] == {}

    on_the_network(program)


def test_a_fault_of_the_simulator_is_raised_on_leaving(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link on which the simulator fails is closed, and what went wrong is not lost."""

    async def program() -> None:
        async with desk() as (simulator, wire):

            def fail(*_arguments: object) -> None:
                raise LookupError("a fault")

            monkeypatch.setattr(simulator.exchange, "receive", fail)
            await wire.connection.send("{}")
            await wire.connection.wait_closed()

    with pytest.raises(LookupError, match="a fault"):
        on_the_network(program)


async def _unauthorized(simulator: Simulator, token: str) -> int:
    with pytest.raises(InvalidStatus) as raised:
        await connect(f"{simulator.url}/control", additional_headers={"Authorization": f"Bearer {token}"}, proxy=None)
    return raised.value.response.status_code


def test_the_control_endpoint_needs_its_token() -> None:
    """Neither no token nor a client's token opens the remote control."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator:
            statuses: list[Awaitable[int]] = [_unauthorized(simulator, token) for token in ("", simulator.token)]

            assert [401, 401] == await asyncio.gather(*statuses)

    on_the_network(program)
