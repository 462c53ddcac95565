"""What is promised of encryption: always on, verified, for the host that was named; over real sockets."""

import asyncio
import ssl
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from callfsm import RelayClient
from callfsm.simulator import Simulator


def on_loopback(program: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a program over real sockets; one that hangs is ended."""

    async def limited() -> None:
        async with asyncio.timeout(30):
            await program()

    asyncio.run(limited())


def client_of(simulator: Simulator, port: int | None = None) -> RelayClient:
    """A client that has the simulator's credentials, and its port unless told another."""
    host = f"{simulator.host}:{port or simulator.port}"
    return RelayClient(project=simulator.project, token=simulator.token, host=host)


def logins(simulator: Simulator) -> int:
    """How many logins have reached the simulator."""
    return len([entry for entry in simulator.journal.entries() if entry.name == "signalwire.connect"])


def test_a_certificate_that_nobody_trusts_gets_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `SIGNALWIRE_RELAY_CA_FILE` only the system's trust store counts: the connect raises, nothing is sent."""
    monkeypatch.delenv("SIGNALWIRE_RELAY_CA_FILE", raising=False)

    async def program() -> None:
        async with Simulator() as simulator:
            with pytest.raises(ssl.SSLCertVerificationError):
                await client_of(simulator).connect()

            assert 0 == logins(simulator)

    on_loopback(program)


def test_a_certificate_of_the_named_bundle_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SIGNALWIRE_RELAY_CA_FILE` names authorities that are trusted besides the system's."""

    async def program() -> None:
        async with Simulator() as simulator:
            monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", str(simulator.ca_file))
            async with client_of(simulator) as client:
                assert ("online", 1) == (client.state, logins(simulator))

    on_loopback(program)


def test_a_server_that_speaks_no_tls_gets_no_credentials() -> None:
    """A line is encrypted from its first byte on, or it is none."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(10_000))
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\n\r\n")
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)

    async def program() -> None:
        async with Simulator() as simulator, await asyncio.start_server(hear, "127.0.0.1", 0) as server:
            client = client_of(simulator, server.sockets[0].getsockname()[1])
            with pytest.raises(OSError, match=r"."):
                await client.connect()

            assert ([b"\x16"], False, "closed") == (
                [each[:1] for each in heard],
                simulator.token.encode() in heard[0],
                client.state,
            )

    on_loopback(program)
