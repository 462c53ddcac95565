"""A RELAY server over a real socket that says anything between its good frames, and a client that talks to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from sockets import until
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from callfsm import Call, RelayClient

Frame = dict[str, Any]
NODE: Final = "node-1"
BYSTANDER: Final = "bystander"
"""The call that is up through everything."""


class HostileServer:
    """A server that serves calls as it should, and sends whatever else it is told to.

    Attributes:
        logins: How often a client has logged in.
        answers: How often each request of the server has been replied to, by id.
        codes: The close codes that clients have sent.
    """

    def __init__(self) -> None:
        self.logins = 0
        self.answers: Counter[object] = Counter()
        self.codes: list[int | None] = []
        self.connection: ServerConnection | None = None
        self._ids = count(1)

    async def __call__(self, connection: ServerConnection) -> None:
        """Serve one connection."""
        self.connection = connection
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                await self._hear(json.loads(message))
        closed = connection.protocol.close_rcvd
        self.codes.append(closed.code if closed is not None else None)

    async def _hear(self, frame: Frame) -> None:
        if "method" not in frame:
            self.answers[frame["id"]] += 1
            return
        method, call_id = frame["method"], frame["params"].get("call_id", "")
        await self.tell({"jsonrpc": "2.0", "id": frame["id"], "result": {"code": "200", "protocol": "protocol-1"}})
        if method == "signalwire.connect":
            self.logins += 1
        elif method == "calling.answer":
            await self.report("state", call_id, call_state="answered")
        elif method == "calling.play":
            for state in ("playing", "finished"):
                await self.report("play", call_id, control_id=frame["params"]["control_id"], state=state)
        elif method == "calling.end":
            for state in ("ending", "ended"):
                await self.report("state", call_id, call_state=state, end_reason="hangup")

    async def tell(self, frame: Frame) -> None:
        """Send a good frame."""
        assert self.connection is not None, "somebody has connected"
        await self.connection.send(json.dumps(frame))

    async def report(self, kind: str, call_id: str, **params: Any) -> None:
        """Send an event of a call."""
        envelope = {
            "event_type": f"calling.call.{kind}",
            "params": {"node_id": NODE, "call_id": call_id, **params},
        }
        await self.tell(
            {"jsonrpc": "2.0", "id": f"good {next(self._ids)}", "method": "signalwire.event", "params": envelope}
        )

    async def offer(self, call_id: str) -> None:
        """Offer a call."""
        await self.report("receive", call_id, call_state="created", direction="inbound", context="office", device={})

    def send_raw(self, data: bytes) -> None:
        """Put bytes on the wire as they are."""
        assert self.connection is not None, "somebody has connected"
        self.connection.transport.write(data)


class Lines(logging.Handler):
    """Counts the lines of a log by their first word."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.counts: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line."""
        words = record.getMessage().split(" ", 2)
        self.counts[words[0]] += 1
        self.counts["dropped"] += words[1:2] == ["what='dropped'"]


@dataclass(frozen=True)
class Figures:
    """What a hostile message may change."""

    counted: int
    """Frames that could not be heard, and reports that moved nothing."""
    logged: int
    """The lines about them, and about lines that dropped."""
    logins: int

    def since(self, before: Figures) -> Figures:
        """How much has been added."""
        return Figures(self.counted - before.counted, self.logged - before.logged, self.logins - before.logins)


@dataclass
class Siege:
    """A client under fire, with one call that is up all the time."""

    client: RelayClient
    server: HostileServer
    lines: Lines
    handled: asyncio.Queue[Call]
    bystander: Call
    calls: int = 0

    def figures(self) -> Figures:
        """What has been counted until now."""
        statistics = self.client.statistics
        return Figures(
            counted=statistics.frames_unheard + statistics.stale_reports,
            logged=sum(self.lines.counts[word] for word in ("unheard", "stale", "dropped")),
            logins=self.server.logins,
        )

    async def good_call(self) -> None:
        """Somebody calls, is spoken to and hung up on, as if nothing had happened."""
        self.calls += 1
        call_id = f"call {self.calls}"
        await self.server.offer(call_id)
        call = await self.handled.get()

        assert (call_id, "ended", "hangup") == (call.call_id, call.state, call.end_reason)

    async def after(self, data: bytes, *, closes: bool = False) -> Figures:
        """What this has changed, by the time the next good call has gone well."""
        before = self.figures()
        self.server.send_raw(data)
        if closes:
            await until(lambda: self.server.logins > before.logins and self.client.state == "online")
        await self.good_call()
        return self.figures().since(before)


@asynccontextmanager
async def siege(level: int = logging.DEBUG) -> AsyncIterator[Siege]:
    """A client that is connected to a hostile server, and handles its calls; both are gone afterwards."""
    before = asyncio.all_tasks()
    server, lines, logger = HostileServer(), Lines(), logging.getLogger("callfsm")
    quiet = logger.level
    async with serve(server, "127.0.0.1", 0, compression=None, max_size=None, ping_interval=None) as listening:
        port = next(iter(listening.sockets)).getsockname()[1]
        client = RelayClient("project-1", "token-1", host=f"127.0.0.1:{port}", contexts=["office"], tls=False)
        client._supervisor._jitter = lambda: 0.0
        handled: asyncio.Queue[Call] = asyncio.Queue()
        calls: asyncio.Queue[Call] = asyncio.Queue()

        @client.on_call
        async def handler(call: Call) -> None:
            await call.answer()
            if call.call_id == BYSTANDER:
                calls.put_nowait(call)
                return
            await (await call.play_tts("hello")).wait()
            await call.hangup()
            await call.wait_for_ended()
            handled.put_nowait(call)

        logger.addHandler(lines)
        logger.setLevel(level)
        try:
            async with client:
                await server.offer(BYSTANDER)
                yield Siege(client, server, lines, handled, await calls.get())
        finally:
            logger.removeHandler(lines)
            logger.setLevel(quiet)

    assert set() == asyncio.all_tasks() - before, "somebody has left a task"
