"""The proxy itself, between a bare client and a server that sends back what it gets: what each act does to bytes."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from sockets import run, until

from callfsm.testing.fault_connection import Connection
from callfsm.testing.fault_pipe import SOUND
from callfsm.testing.fault_proxy import FaultProxy

DESCRIPTORS = Path("/proc/self/fd")


@dataclass
class Echo:
    """A server that sends back what it gets."""

    reads: list[bytes] = field(default_factory=list)
    ends: list[str] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        try:
            while data := await reader.read(65536):
                self.reads.append(data)
                writer.write(data)
                await writer.drain()
            self.ends.append("closed")
        except ConnectionError:
            self.ends.append("reset")
        finally:
            writer.close()


@dataclass
class Client:
    """A bare client."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def echoed(self, data: bytes) -> bytes:
        """What comes back for this."""
        self.writer.write(data)
        return await self.reader.readexactly(len(data))

    async def closed(self) -> None:
        """Close."""
        self.writer.close()
        await self.writer.wait_closed()


def descriptors() -> int:
    """How many files and sockets are open."""
    return len(list(DESCRIPTORS.iterdir()))


@asynccontextmanager
async def proxied() -> AsyncIterator[tuple[FaultProxy, Echo]]:
    """A proxy in front of an echo."""
    echo = Echo()
    async with (
        await asyncio.start_server(echo, "127.0.0.1", 0) as server,
        FaultProxy("127.0.0.1", server.sockets[0].getsockname()[1]) as proxy,
    ):
        yield proxy, echo


async def opened(proxy: FaultProxy) -> Client:
    """A client through the proxy that has been served once."""
    client = Client(*await asyncio.open_connection("127.0.0.1", proxy.port))

    assert b"hello" == await client.echoed(b"hello")
    return client


async def timed(client: Client, data: bytes) -> float:
    """How long these bytes are on their way, there and back."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    assert data == await client.echoed(data)
    return loop.time() - began


def test_a_sound_network_passes_everything_both_ways() -> None:
    """Until something is asked of it the proxy forwards every byte, in order, and counts them."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            client = await opened(proxy)
            sent = bytes(range(250)) * 12_000
            writing = asyncio.create_task(write_all(client, sent))
            got = await client.reader.readexactly(len(sent))
            await writing
            await client.closed()
            await until(lambda: not proxy.connections)

            assert (True, 2 * (len(sent) + 5), 1) == (got == sent, proxy.counts["bytes"], proxy.counts["connections"])

    run(main())


async def write_all(client: Client, data: bytes) -> None:
    """Write, as fast as it is taken."""
    client.writer.write(data)
    await client.writer.drain()


def test_delayed_bytes_come_later_and_in_order() -> None:
    """A delay holds for each way, for open connections too; jitter changes no order."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            client = await opened(proxy)
            proxy.delay(0.05, jitter=0.02)
            data = bytes(range(256))
            taken = await timed(client, data)
            await client.closed()

            assert 0.1 <= taken < 3

    run(main())


def test_latency_does_not_add_up_over_pieces() -> None:
    """Bytes that follow each other are all delayed by the same, as on a long line, and not one after the other."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            client = await opened(proxy)
            proxy.delay(0.05, way="to_client")
            proxy.dribble(1, way="to_server")
            taken = await timed(client, bytes(100))
            await client.closed()

            assert 0.05 <= taken < 3

    run(main())


@pytest.mark.parametrize(
    ("act", "value"),
    [
        ("delay", -0.1),
        ("delay", math.nan),
        ("dribble", -1),
        ("limit", -1.0),
        ("limit", math.inf),
        ("garble", 1.5),
        ("close_slowly", -1.0),
    ],
)
def test_what_no_network_does(act: str, value: float) -> None:
    """A number that cannot be is refused, and does nothing that nobody has asked for."""
    proxy = FaultProxy("127.0.0.1", 1)
    with pytest.raises(ValueError, match=rf"^{act}\({value!r}\): must be 0 or more"):
        getattr(proxy, act)(value)


def test_dribbled_bytes_come_in_pieces() -> None:
    """Bytes are cut into pieces of the size that was asked for."""

    async def main() -> None:
        async with proxied() as (proxy, echo):
            client = await opened(proxy)
            proxy.dribble(3, way="to_server")
            proxy.black_hole(way="to_client")  # What goes back is not to be counted.
            before = proxy.counts["pieces"]
            client.writer.write(b"abcdefghij")
            await until(lambda: proxy.counts["bytes_swallowed"] == 10)

            assert (4, b"helloabcdefghij") == (proxy.counts["pieces"] - before, b"".join(echo.reads))
            client.writer.close()

    run(main())


def test_a_limit_holds_the_rate() -> None:
    """No more bytes pass in a second than the limit."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            client = await opened(proxy)
            proxy.limit(100_000, way="to_server")
            taken = await timed(client, bytes(10_000))
            await client.closed()

            assert 0.1 <= taken < 3

    run(main())


@pytest.mark.parametrize("way", ["to_server", "to_client"])
def test_a_black_hole_swallows_one_way(way: str) -> None:
    """What goes into a black hole does not arrive, and what goes the other way does."""

    async def main() -> None:
        async with proxied() as (proxy, echo):
            client = await opened(proxy)
            proxy.black_hole(way="to_server" if way == "to_server" else "to_client")
            client.writer.write(b"lost")
            await until(lambda: proxy.counts["bytes_swallowed"] == 4)
            arrived = {"to_server": b"hello", "to_client": b"hellolost"}[way]

            assert (arrived, False) == (b"".join(echo.reads), client.reader.at_eof())
            await proxy.heal()
            with pytest.raises(ConnectionResetError):
                await client.reader.read()
            client.writer.close()

    run(main())


def test_a_black_hole_swallows_the_end() -> None:
    """A client that leaves a black hole is not heard to leave, until the network heals."""

    async def main() -> None:
        async with proxied() as (proxy, echo):
            client = await opened(proxy)
            proxy.black_hole(way="to_server")
            await client.closed()
            await until(lambda: proxy.counts["ends_swallowed"] == 1)
            held = proxy.connections, list(echo.ends)
            await proxy.heal()
            await until(lambda: bool(echo.ends))

            assert ((1, []), ["reset"]) == (held, echo.ends)

    run(main())


def test_garbled_bytes_differ_in_one_place_a_piece() -> None:
    """Of each piece one byte is turned over, and no other is touched."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            client = await opened(proxy)
            proxy.dribble(10, way="to_server")
            proxy.garble(way="to_server")
            back = await client.echoed(bytes(100))
            await client.closed()

            assert (10, 10) == (back.count(0xFF), proxy.counts["bytes_garbled"])
            assert [1] * 10 == [back[start : start + 10].count(0xFF) for start in range(0, 100, 10)]

    run(main())


def test_a_reset_is_felt_on_both_sides() -> None:
    """A reset drops what is open for client and server alike; the next connection is sound."""

    async def main() -> None:
        async with proxied() as (proxy, echo):
            client = await opened(proxy)

            assert 1 == proxy.reset()
            with pytest.raises(ConnectionResetError):
                await client.reader.read()
            client.writer.close()
            await until(lambda: bool(echo.ends))
            await (await opened(proxy)).closed()

            assert "reset" == echo.ends[0]

    run(main())


def test_half_open_leaves_the_client_in_silence() -> None:
    """The server's side is gone, and the client sees nothing of it."""

    async def main() -> None:
        async with proxied() as (proxy, echo):
            client = await opened(proxy)

            assert 1 == proxy.half_open()
            await until(lambda: bool(echo.ends))
            client.writer.write(b"anybody there?")
            await until(lambda: proxy.counts["bytes_swallowed"] > 0)

            assert (["reset"], False) == (echo.ends, client.reader.at_eof())
            client.writer.close()

    run(main())


@pytest.mark.parametrize("listening", [True, False])
def test_a_refusing_network_takes_connections_again_when_it_heals(*, listening: bool) -> None:
    """Connections are refused until the network heals, on the same port; those that are open go on."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            before = await opened(proxy)
            port = proxy.port
            proxy.refuse(listening=listening)
            with pytest.raises(ConnectionError):
                await opened(proxy)
            still = await before.echoed(b"still here")
            await proxy.heal()
            after = await opened(proxy)
            await asyncio.gather(before.closed(), after.closed())

            assert (b"still here", port) == (still, proxy.port)

    run(main())


def test_an_end_comes_late_when_closing_is_slow() -> None:
    """The other side notices that one has closed so many seconds later."""

    async def main() -> None:
        async with proxied() as (proxy, echo):
            client = await opened(proxy)
            proxy.close_slowly(0.1)
            loop = asyncio.get_running_loop()
            began = loop.time()
            await client.closed()
            await until(lambda: bool(echo.ends))

            assert (True, ["closed"]) == (0.1 <= loop.time() - began < 3, echo.ends)

    run(main())


def test_an_act_may_be_for_the_open_connections_alone_or_for_those_to_come() -> None:
    """Whom an act is for is whom it befalls."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            first = await opened(proxy)
            proxy.delay(0.1, which="coming")
            quick = await timed(first, b"first")
            second = await opened(proxy)
            slow = await timed(second, b"second")
            proxy.delay(0.0, which="open")
            third = await opened(proxy)
            now = await timed(second, b"second"), await timed(third, b"third")
            await asyncio.gather(first.closed(), second.closed(), third.closed())

            assert [False, True, False, True] == [taken >= 0.2 for taken in (quick, slow, *now)]

    run(main())


def test_a_server_that_is_not_there_resets_the_client() -> None:
    """A client of a server that cannot be reached is reset, and counted."""

    async def main() -> None:
        async with proxied() as (proxy, _):
            nobody = proxy.port
        async with FaultProxy("127.0.0.1", nobody) as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()

            assert 1 == proxy.counts["unreachable"]

    run(main())


def test_a_connection_that_is_reset_before_the_server_is_reached_leaves_nothing() -> None:
    """A reset that comes while the server is being connected to closes that connection too."""

    async def main() -> None:
        async with proxied() as (proxy, echo):
            connection = Connection({"to_server": SOUND, "to_client": SOUND}, Random(0), Counter(), lambda _over: None)  # noqa: S311  # not used
            connection.reset()
            await connection.join("127.0.0.1", proxy.port)
            await connection.over.wait()
            await until(lambda: echo.ends == ["reset"])

            assert 1 == proxy.counts["connections"]

    run(main())


@pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="only Linux tells which files are open")
def test_closing_leaves_no_task_and_no_socket() -> None:
    """Whatever is under way when the proxy is closed, it leaves nothing."""

    async def main() -> None:
        await used()  # What the event loop and the resolver open once, they keep.
        before = descriptors(), asyncio.all_tasks()
        for _ in range(5):
            await used()

        assert before == (descriptors(), asyncio.all_tasks())

    async def used() -> None:
        async with proxied() as (proxy, echo):
            clients = [await opened(proxy) for _ in range(6)]
            proxy.delay(60.0)
            clients[0].writer.write(b"held for a minute")
            await clients[1].closed()
            proxy.half_open()
            await opened_and_left(proxy)
            proxy.refuse(listening=False)
        for client in clients:
            client.writer.close()
        await until(lambda: len(echo.ends) >= 6)
        await asyncio.sleep(0)

    async def opened_and_left(proxy: FaultProxy) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"never to arrive")
        writer.close()

    run(main())
