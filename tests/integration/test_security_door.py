"""The simulator's door, over real sockets: what anybody can do who reaches its port."""

from __future__ import annotations

import asyncio
import contextlib
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from simulator_socket import linked, on_the_network
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from callfsm.simulator import Simulator, connection_file
from callfsm.simulator.strangers import MAX_LENGTH, MAX_WORDS

CONTROL_HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Authorization": ""},
    {"Authorization": "Bearer "},
    {"Authorization": "Bearer wrong"},
    {"Authorization": "Basic dXNlcjpwYXNz"},
    {"Authorization": "Bearer \u00e9"},
)


@asynccontextmanager
async def stranger(simulator: Simulator, path: str = "", **more: Any) -> AsyncIterator[ClientConnection]:
    """A client that has connected and not logged in."""
    async with connect(simulator.url + path, compression=None, proxy=None, **more) as connection:
        yield connection


async def refused(simulator: Simulator, path: str = "", **more: Any) -> int:
    """The status with which a connection is refused; 0 when it is not."""
    try:
        async with stranger(simulator, path, **more):
            return 0
    except InvalidStatus as error:
        return error.response.status_code


@pytest.mark.parametrize("headers", CONTROL_HEADERS)
def test_control_needs_its_token(headers: dict[str, str]) -> None:
    """Without its token, or with another, nobody gets to the control endpoint; the client's token does not open it."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator:
            statuses = [
                await refused(simulator, "/control", additional_headers=headers),
                await refused(simulator, "/control", additional_headers={"Authorization": f"Bearer {simulator.token}"}),
                await refused(
                    simulator, "/control", additional_headers={"Authorization": f"Bearer {simulator.control_token}"}
                ),
            ]

            assert [401, 401, 0] == statuses

    on_the_network(program)


def test_connection_file(tmp_path: Path) -> None:
    """The file that holds the tokens can be read by its user alone, whatever stood there before, and is gone at the end."""

    async def program() -> None:
        path = tmp_path / "simulator.json"
        path.write_text("old")
        path.chmod(0o666)
        async with Simulator(tls=False) as simulator:
            simulator.write_connection_file(path)
            told = json.loads(path.read_text())

            assert (0o600, simulator.control_token) == (stat.S_IMODE(path.stat().st_mode), told["control_token"])

        assert not path.exists()

    on_the_network(program)


def test_connection_file_behind_a_link(tmp_path: Path) -> None:
    """A link that somebody has laid in its place is replaced, not followed."""

    async def program() -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_text("theirs")
        path = tmp_path / "simulator.json"
        path.symlink_to(elsewhere)
        async with Simulator(tls=False) as simulator:
            simulator.write_connection_file(path)

            assert ("theirs", False) == (elsewhere.read_text(), path.is_symlink())

    on_the_network(program)


def test_folder_of_connection_files() -> None:
    """The folder of connection files is its user's alone."""
    assert stat.S_IMODE(connection_file(1).parent.stat().st_mode) == 0o700


def test_strangers_are_few() -> None:
    """Links beyond the limit of those who have not logged in are refused; who logs in makes room for another."""

    async def program() -> None:
        async with Simulator(tls=False, max_strangers=3) as simulator, contextlib.AsyncExitStack() as stack:
            wires = [await stack.enter_async_context(linked(simulator)) for _ in range(3)]
            before = await refused(simulator)
            await wires[0].log_in(simulator)
            after = await refused(simulator)

            assert (503, 0) == (before, after)

    on_the_network(program)


def test_strangers_do_not_stay() -> None:
    """Who does not log in in time is shown out; who has logged in stays."""

    async def program() -> None:
        async with Simulator(tls=False, login_seconds=2.0) as simulator, linked(simulator) as wire:
            reply = await wire.log_in(simulator)
            async with stranger(simulator) as connection:
                await connection.wait_closed()
            still = await wire.ask("signalwire.ping")

            assert (True, True, 1) == ("result" in reply, "result" in still, simulator.statistics.clients)

    on_the_network(program)


@pytest.mark.parametrize("said", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\n"])
@pytest.mark.parametrize("tls", [True, False])
def test_half_a_handshake(said: bytes, *, tls: bool) -> None:
    """A socket on which no handshake is ended is closed in the same time."""

    async def program() -> None:
        async with Simulator(tls=tls, login_seconds=0.2) as simulator:
            reader, writer = await asyncio.open_connection(simulator.host, simulator.port)
            writer.write(said)
            with contextlib.suppress(ConnectionError):
                await reader.read()
            writer.close()

            assert simulator.exchange.clients == []

    on_the_network(program)


@pytest.mark.parametrize(
    "message", ["{", "[]", '{"jsonrpc":"2.0","id":"1","method":"calling.play","params":{}}', b"\x00"]
)
def test_strangers_say_little(message: str | bytes) -> None:
    """After a few messages that are no login a link is closed, and nothing is left of it but a count."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator:
            async with stranger(simulator) as connection:
                with contextlib.suppress(ConnectionClosed):
                    for _ in range(10 * MAX_WORDS):
                        await connection.send(message)
                    await connection.wait_closed()

            assert (MAX_WORDS, [], {}) == (
                simulator.statistics.unexpected_frames,
                simulator.failures,
                simulator.exchange.sessions,
            )

    on_the_network(program)


def test_strangers_say_nothing_long() -> None:
    """A message of a stranger that is longer than any login closes the link, unread."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator:
            async with stranger(simulator) as connection:
                await connection.send("x" * (MAX_LENGTH + 1))
                await connection.wait_closed()

            assert simulator.statistics.unexpected_frames == 0

    on_the_network(program)


def test_a_login_that_cannot_be_spelt() -> None:
    """A token that UTF-8 cannot spell is wrong like any other, and fails nothing in the simulator."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator, linked(simulator) as wire:
            refusal = await wire.ask("signalwire.connect", authentication={"project": "\ud800", "token": "\ud800"})

            assert (-32002, []) == (refusal["error"]["code"], simulator.failures)

    on_the_network(program)


def test_only_loopback_is_listened_on() -> None:
    """By itself the simulator listens on the loopback address, and on no other."""

    async def program() -> None:
        async with Simulator(tls=False) as simulator:
            assert simulator._server is not None
            assert {"127.0.0.1"} == {socket.getsockname()[0] for socket in simulator._server.sockets}

    on_the_network(program)
