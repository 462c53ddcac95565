"""`callfsm.transport` and `callfsm.line`: texts in, texts out, over a real WebSocket on this machine."""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response

from callfsm.core.frames import MAX_BYTES
from callfsm.errors import ConnectionLostError
from callfsm.joined import MAX_UNSENT
from callfsm.line import WebSocketTransport
from callfsm.transport import open_websocket, tls_context

Talk = Callable[[ServerConnection], Coroutine[Any, Any, None]]
LIMIT = 20.0
"""Seconds that no test here may take."""


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a test over real sockets."""
    asyncio.run(_limited(main))


async def _limited(main: Coroutine[Any, Any, None]) -> None:
    async with asyncio.timeout(LIMIT):
        await main


@asynccontextmanager
async def served(talk: Talk, **more: Any) -> AsyncIterator[str]:
    """The address of a server that talks to each client like this."""
    async with serve(talk, "127.0.0.1", 0, max_size=None, **more) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def heard(transport: WebSocketTransport) -> list[str | bytes]:
    """What arrives until the line is closed."""
    messages: list[str | bytes] = []
    with contextlib.suppress(ConnectionLostError):
        await transport.run(messages.extend)
    return messages


def test_texts_come_in() -> None:
    """What the server says arrives in order, until it closes the line."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send("one")
        await connection.send(b"two")

    async def main() -> None:
        async with served(talk) as url:
            assert ["one", b"two"] == await heard(await open_websocket(url))

    run(main())


def test_texts_go_out() -> None:
    """What is sent arrives at the server in order."""
    arrived: list[str | bytes] = []

    async def talk(connection: ServerConnection) -> None:
        async for message in connection:
            arrived.append(message)
            if message == "last":
                return

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            transport.send(["one", "two"])
            transport.send(["last"])
            await heard(transport)

    run(main())

    assert ["one", "two", "last"] == arrived


def test_close() -> None:
    """After a close `run` returns, and what is sent then is dropped."""

    async def talk(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            running = asyncio.create_task(heard(transport))
            await transport.close()
            transport.send(["too late"])

            assert await running == []

    run(main())


def test_abort() -> None:
    """After an abort `run` returns, though the server says nothing."""

    async def talk(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            running = asyncio.create_task(heard(transport))
            transport.abort()

            assert await running == []

    run(main())


def test_server_that_does_not_read() -> None:
    """What waits for a server that does not read is bounded: the line is dropped, and another one may do better."""

    async def talk(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await connection.wait_closed()

    async def main() -> None:
        async with served(talk, close_timeout=0.01) as url:
            transport = await open_websocket(url)
            running = asyncio.create_task(heard(transport))
            for _ in range(2 * (MAX_UNSENT // MAX_BYTES)):
                transport.send(["x" * MAX_BYTES])

            assert await running == []

    run(main())


def test_pings_of_a_server_that_does_not_read() -> None:
    """Answers to pings are bounded like texts: a server that asks for them and does not read them loses the line."""

    async def talk(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        pings = Frame(Opcode.PING, b"x" * 125).serialize(mask=False) * 2_000
        while not connection.transport.is_closing():
            if connection.transport.get_write_buffer_size() < len(pings):
                connection.transport.write(pings)
            await asyncio.sleep(0)

    async def main() -> None:
        async with served(talk, close_timeout=0.01, ping_interval=None) as url:
            assert await heard(await open_websocket(url)) == []

    run(main())


def test_broken_line() -> None:
    """A line that breaks ends as one that is closed."""

    async def talk(connection: ServerConnection) -> None:
        connection.transport.abort()

    async def main() -> None:
        async with served(talk) as url:
            assert await heard(await open_websocket(url)) == []

    run(main())


def test_writing_to_a_broken_line() -> None:
    """What is sent over a line that has just broken is dropped."""
    broken = asyncio.Event()

    async def talk(connection: ServerConnection) -> None:
        connection.transport.abort()
        broken.set()

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            await broken.wait()
            transport.send(["x" * 100_000] * 10)

            assert await heard(transport) == []

    run(main())


def test_nobody_listens() -> None:
    """Where nobody listens there is no line to be had."""

    async def main() -> None:
        async with served(lambda _connection: asyncio.sleep(0)) as url:
            pass
        with pytest.raises(OSError, match=r"(?i)refused|failed"):
            await open_websocket(url)

    run(main())


def test_redirects_are_refused() -> None:
    """A redirect is not followed: the credentials are for the host that was named."""
    followed: list[str] = []

    async def talk(connection: ServerConnection) -> None:
        assert connection.request is not None
        followed.append(connection.request.path)

    def redirect(connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/elsewhere":
            return None
        response = connection.respond(302, "")
        response.headers["Location"] = "/elsewhere"
        return response

    async def main() -> None:
        async with served(talk, process_request=redirect) as url:
            with pytest.raises(InvalidStatus):
                await open_websocket(url)

    run(main())

    assert followed == []


def test_large_frames() -> None:
    """A frame may be as large as the protocol lets it."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send("x" * MAX_BYTES)

    async def main() -> None:
        async with served(talk) as url:
            (message,) = await heard(await open_websocket(url))

            assert len(message) == MAX_BYTES

    run(main())


def test_too_large_frames() -> None:
    """A frame that is larger ends the line."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send("x" * (MAX_BYTES + 1))
        await connection.wait_closed()

    async def main() -> None:
        async with served(talk) as url:
            assert await heard(await open_websocket(url)) == []

    run(main())


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    """A server's side of TLS, with a certificate for this name."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    return context


async def hello(connection: ServerConnection) -> None:
    """Say hello and leave."""
    await connection.send("hello")


def trust(authority: trustme.CA, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client trust this authority besides those of the system."""
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", str(folder / "ca.pem"))


def test_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose certificate comes from the named bundle is spoken to."""
    authority = trustme.CA()
    trust(authority, tmp_path, monkeypatch)

    async def main() -> None:
        async with served(hello, ssl=certified(authority, "127.0.0.1")) as url:
            assert await heard(await open_websocket(url.replace("ws://", "wss://"))) == ["hello"]

    run(main())


def test_unknown_authority(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose certificate nobody vouches for is not spoken to."""
    monkeypatch.delenv("SIGNALWIRE_RELAY_CA_FILE", raising=False)

    async def main() -> None:
        async with served(hello, ssl=certified(trustme.CA(), "127.0.0.1")) as url:
            with pytest.raises(ssl.SSLCertVerificationError):
                await open_websocket(url.replace("ws://", "wss://"))

    run(main())


def test_other_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server whose certificate is for another name is not spoken to."""
    authority = trustme.CA()
    trust(authority, tmp_path, monkeypatch)

    async def main() -> None:
        async with served(hello, ssl=certified(authority, "other.example")) as url:
            with pytest.raises(ssl.SSLCertVerificationError):
                await open_websocket(url.replace("ws://", "wss://"))

    run(main())


def test_system_trust_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a bundle the system's authorities count, and both name and certificate are checked."""
    monkeypatch.delenv("SIGNALWIRE_RELAY_CA_FILE", raising=False)
    context = tls_context()

    assert (ssl.CERT_REQUIRED, True) == (context.verify_mode, context.check_hostname)


def test_missing_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A bundle that cannot be read is told as such."""
    monkeypatch.setenv("SIGNALWIRE_RELAY_CA_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(OSError, match="No such file"):
        tls_context()


def test_frames_of_the_library_are_not_logged() -> None:
    """The socket library, which writes whole frames at debug, is kept above it."""
    logging.getLogger("callfsm").setLevel(logging.DEBUG)
    try:
        assert not logging.getLogger("callfsm.websockets").isEnabledFor(logging.DEBUG)
    finally:
        logging.getLogger("callfsm").setLevel(logging.NOTSET)


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "junk"])
def test_proxy_that_cannot_be_used(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment that cannot be used is told as such, and like any line that is not to be had."""
    monkeypatch.setenv("https_proxy", proxy)

    with pytest.raises(OSError, match="the proxy that the environment names cannot be used"):
        asyncio.run(open_websocket("wss://relay.invalid"))


def test_text_in_pieces() -> None:
    """A text that comes in several frames is one text, also when the pieces cut a letter in two."""

    async def talk(connection: ServerConnection) -> None:
        whole = "grüße".encode()
        connection.protocol.send_text(whole[:3], fin=False)
        connection.protocol.send_continuation(whole[3:], fin=True)
        connection.send_data()

    async def main() -> None:
        async with served(talk) as url:
            assert ["grüße"] == await heard(await open_websocket(url))

    run(main())


def test_one_read() -> None:
    """Texts that come together are handed over together, and what is sent for them leaves together."""
    reads: list[list[str | bytes]] = []
    writes: list[bytes] = []

    async def talk(connection: ServerConnection) -> None:
        for text in (b"one", b"two", b"three"):
            connection.protocol.send_text(text)
        connection.transport.write(b"".join(connection.protocol.data_to_send()))
        for _ in range(3):
            await connection.recv()

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            socket = transport._connection.transport
            write = socket.write

            def noted(data: bytes) -> None:
                writes.append(bytes(data))
                write(data)

            socket.write = noted  # type: ignore[method-assign,assignment]  # what leaves is looked at, and leaves

            def receive(messages: list[str | bytes]) -> None:
                reads.append(messages)
                for message in messages:
                    transport.send([f"heard {message!r}"])

            with contextlib.suppress(ConnectionLostError):
                await transport.run(receive)

            assert [["one", "two", "three"]] == reads
            # Three frames of twelve letters and more in one; the closing handshake writes eight bytes.
            assert [True] == [len(data) > 3 * 12 for data in writes if len(data) > 8]

    run(main())


def test_loops_with_buffers_of_their_own() -> None:
    """What an event loop such as uvloop's reads into a buffer of its own is heard as well."""
    messages: list[str | bytes] = []

    async def talk(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            transport._connection.hear(messages.extend)
            transport._connection.data_received(Frame(Opcode.TEXT, b"by hand").serialize(mask=False))
            await transport.close()

    run(main())

    assert ["by hand"] == messages


def test_letters_that_are_none() -> None:
    """A text that is not UTF-8 closes the line, as RFC 6455 wants it; what came before is heard."""

    async def talk(connection: ServerConnection) -> None:
        connection.protocol.send_text(b"good")
        connection.protocol.send_text(b"\xff")
        connection.send_data()
        await connection.wait_closed()

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            messages: list[str | bytes] = []
            with pytest.raises(ConnectionLostError, match="1007"):
                await transport.run(messages.extend)

            assert ["good"] == messages

    run(main())


def test_receiver_that_raises() -> None:
    """What the receiver raises ends the line, and is not lost."""

    async def talk(connection: ServerConnection) -> None:
        await connection.send("text")
        await connection.wait_closed()

    def fails(_messages: list[str | bytes]) -> None:
        raise LookupError("a fault of ours")

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            with pytest.raises(LookupError, match="a fault of ours"):
                await transport.run(fails)

    run(main())


def test_very_many_pieces() -> None:
    """A message of very many pieces is kept by its bytes: a piece without any costs nothing."""

    async def talk(connection: ServerConnection) -> None:
        connection.protocol.send_text(b"a", fin=False)
        for _ in range(10_000):
            connection.protocol.send_continuation(b"", fin=False)
        connection.protocol.send_continuation(b"b", fin=False)
        connection.send_data()
        await connection.wait_closed()

    async def main() -> None:
        async with served(talk) as url:
            transport = await open_websocket(url)
            running = asyncio.create_task(heard(transport))
            while len(transport._connection._begun) < 2:  # noqa: ASYNC110  # a socket tells nobody what has not arrived
                await asyncio.sleep(0)
            assert bytearray(b"ab") == transport._connection._begun
            await transport.close()
            await running

    run(main())
