"""A bare client of the simulator over a real socket."""

from __future__ import annotations

import asyncio
import itertools
import json
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from callfsm.simulator import Caller, Settings, Simulator

Frame = dict[str, Any]
CALLED = "+15550100099"
SPEED = 50.0
PATIENTLY = 10_000.0
"""A time limit in simulated seconds that no busy machine exceeds; real time is limited by `on_the_network`."""


def on_the_network(program: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a program over real sockets; one that hangs is ended."""

    async def limited() -> None:
        async with asyncio.timeout(30):
            await program()

    asyncio.run(limited())


def trust(simulator: Simulator) -> ssl.SSLContext | None:
    """What a client needs to trust the simulator."""
    return ssl.create_default_context(cafile=simulator.ca_file) if simulator.tls else None


class Wire:
    """A bare client over a socket: it acknowledges what it gets, and keeps it."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.events: asyncio.Queue[Frame] = asyncio.Queue()
        self.methods: list[str] = []
        self._replies: dict[str, asyncio.Future[Frame]] = {}
        self._ids = itertools.count(1)

    async def listen(self) -> None:
        """Take whatever comes, until the link is closed."""
        try:
            async for message in self.connection:
                await self._take(json.loads(message))
        except ConnectionClosed:
            pass

    async def _take(self, frame: Frame) -> None:
        if "method" not in frame:
            self._replies.pop(frame["id"]).set_result(frame)
            return
        self.methods.append(frame["method"])
        await self.connection.send(json.dumps({"jsonrpc": "2.0", "id": frame["id"], "result": {}}))
        if frame["method"] == "signalwire.event":
            self.events.put_nowait(frame["params"])

    async def ask(self, method: str, **params: Any) -> Frame:
        """Send a request; its whole reply."""
        request_id = f"request-{next(self._ids)}"
        reply: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._replies[request_id] = reply
        await self.connection.send(json.dumps({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params}))
        return await reply

    async def log_in(self, simulator: Simulator, *contexts: str, **more: Any) -> Frame:
        """Log in with the right credentials."""
        authentication = {"project": simulator.project, "token": simulator.token}
        return await self.ask(
            "signalwire.connect", authentication=authentication, contexts=list(contexts), event_acks=True, **more
        )

    async def event(self, event_type: str, **match: Any) -> Frame:
        """The params of the next event of a type that hold what is given; others are passed over."""
        while True:
            envelope = await self.events.get()
            params: Frame = envelope["params"]
            if envelope["event_type"] == event_type and all(params.get(key) == match[key] for key in match):
                return params


@asynccontextmanager
async def linked(simulator: Simulator) -> AsyncIterator[Wire]:
    """A client that has connected and not logged in."""
    async with connect(simulator.url, ssl=trust(simulator), compression=None, proxy=None) as connection:
        wire = Wire(connection)
        listening = asyncio.create_task(wire.listen())
        try:
            yield wire
        finally:
            await connection.close()
            await listening


@asynccontextmanager
async def desk() -> AsyncIterator[tuple[Simulator, Wire]]:
    """A simulator, and a client that takes the calls of the context ``desk``."""
    async with (
        Simulator(tls=False, speed=SPEED, settings=Settings(ring_limit=PATIENTLY)) as simulator,
        linked(simulator) as wire,
    ):
        await wire.log_in(simulator, "desk")
        yield simulator, wire


async def answered(simulator: Simulator, wire: Wire) -> tuple[Caller, Frame]:
    """A call that has come in and was answered: who called, and what addresses it."""
    caller = simulator.call("desk")
    offer = await wire.event("calling.call.receive")
    address = {"node_id": offer["node_id"], "call_id": offer["call_id"]}
    await wire.ask("calling.answer", **address)
    return caller, address


def say(*words: str) -> list[Frame]:
    """Media that speaks."""
    return [{"type": "tts", "params": {"text": text}} for text in words]
