"""How soon calls are answered that arrive all at once: ``python bench/arrivals.py [calls]``.

A bare server over a socket with TLS offers the calls to a client in a process of its own, in which one handler waits
for the reply to a command that never gets one. From each offer to its ``calling.answer`` the server takes the time:
with the calls as fast as it can send them, and spread over a second. The exit status is 1 when one was answered
later than a second after its arrival.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import ssl
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import trustme
from asked import asked
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from callfsm import Call, RelayClient, RelayError

CALLS: Final = 1_000
LONGEST: Final = 1.0
"""Within how many seconds of its arrival each call is to be answered."""
SPREADS: Final = (0.0, 1.0)
"""Over how many seconds the calls arrive."""
BLOCKED: Final = "blocked"
_LAST: Final = "last"
_SHARES: Final = (50, 90, 99, 100)


async def client(calls: int) -> None:
    """Answer whatever comes; the call that is first of all waits for a reply that never comes."""
    relay = RelayClient(contexts=["office"], max_active_calls=len(SPREADS) * calls + 10)

    @relay.on_call
    async def handler(call: Call) -> None:
        await call.answer()
        if call.call_id == BLOCKED:
            with contextlib.suppress(RelayError):
                await call.play_tts("nobody replies to this")
        await call.wait_for_ended()

    async with relay:
        await asyncio.Event().wait()


class Server:
    """A server for one client, which keeps the times.

    Attributes:
        offered: When each call was offered, by call id.
        answered: When it was answered.
        logged_in: Set when the client is there.
        blocks: Set when its first handler waits in vain.
    """

    def __init__(self) -> None:
        self.offered: dict[str, float] = {}
        self.answered: dict[str, float] = {}
        self.logged_in = asyncio.Event()
        self.blocks = asyncio.Event()
        self._quiet = asyncio.Event()
        self._numbers = itertools.count(1)
        self._connection: ServerConnection | None = None

    async def meet(self, connection: ServerConnection) -> None:
        """Serve the client."""
        self._connection = connection
        with contextlib.suppress(ConnectionClosed):
            async for message in connection:
                frame = json.loads(message)
                if "method" in frame:
                    await self._hear(frame)
                elif frame["id"] == _LAST:
                    self._quiet.set()

    async def _hear(self, frame: dict[str, Any]) -> None:
        params = frame["params"]
        if frame["method"] == "calling.answer":
            self.answered.setdefault(params["call_id"], time.perf_counter())
        if frame["method"] == "calling.play":
            self.blocks.set()
            return
        result = {"protocol": "bench"} if frame["method"] == "signalwire.connect" else {"code": "200", "message": "OK"}
        await self._send({"jsonrpc": "2.0", "id": frame["id"], "result": result})
        if frame["method"] == "calling.answer":
            await self._report("state", params["call_id"], "answered")
        elif frame["method"] == "signalwire.connect":
            self.logged_in.set()

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self._connection is not None, "there is nobody yet"
        await self._connection.send(json.dumps(frame))

    async def _report(self, kind: str, call_id: str, state: str) -> None:
        told = {"node_id": "node", "call_id": call_id, "call_state": state, "direction": "inbound", "context": "office"}
        envelope = {"event_type": f"calling.call.{kind}", "timestamp": time.time(), "params": told}
        frame = {"jsonrpc": "2.0", "id": f"event-{next(self._numbers)}", "method": "signalwire.event"}
        await self._send(frame | {"params": envelope})

    async def offer(self, call_id: str) -> None:
        """Offer a call; its time runs from here."""
        self.offered[call_id] = time.perf_counter()
        await self._report("receive", call_id, "created")

    async def end(self) -> None:
        """End every call but the one that blocks, and wait until the client has heard it all."""
        for call_id in self.offered:
            if call_id != BLOCKED:
                await self._report("state", call_id, "ended")
        self._quiet.clear()
        await self._send({"jsonrpc": "2.0", "id": _LAST, "method": "signalwire.ping", "params": {}})
        await self._quiet.wait()


async def measure(server: Server, calls: int, seconds: float) -> list[float]:
    """Offer so many calls within so many seconds: how long each has waited for its answer, the quickest first."""
    names = [f"call-{seconds:g}-{number}" for number in range(calls)]
    begun = time.perf_counter()
    for number, name in enumerate(names):
        if seconds:
            await asyncio.sleep(begun + number * seconds / calls - time.perf_counter())
        await server.offer(name)
    print(f"{calls:,} calls offered in {time.perf_counter() - begun:.3f} s, one handler blocked")
    async with asyncio.timeout(60):
        while not server.answered.keys() >= set(names):  # noqa: ASYNC110  # the answers tell nobody that they are all there
            await asyncio.sleep(0.01)
    return sorted(server.answered[name] - server.offered[name] for name in names)


@asynccontextmanager
async def serving(server: Server, calls: int) -> AsyncIterator[None]:
    """A client in a process of its own, connected to a server."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(bundle))
        async with serve(server.meet, "127.0.0.1", 0, ssl=context, compression=None, ping_interval=None) as listening:
            port = next(iter(listening.sockets)).getsockname()[1]
            named = {"SIGNALWIRE_PROJECT_ID": "bench", "SIGNALWIRE_API_TOKEN": "bench-token"}
            named |= {"SIGNALWIRE_SPACE": f"127.0.0.1:{port}", "SIGNALWIRE_RELAY_CA_FILE": str(bundle)}
            process = await asyncio.create_subprocess_exec(
                sys.executable, __file__, "client", str(calls), env=os.environ | named
            )
            try:
                yield
            finally:
                process.kill()
                await process.wait()


async def run(calls: int) -> float:
    """Measure it all; the longest that a call has waited, in seconds."""
    server, longest = Server(), 0.0
    async with serving(server, calls):
        await server.logged_in.wait()
        await server.offer(BLOCKED)
        await server.blocks.wait()
        for seconds in SPREADS:
            waits = await measure(server, calls, seconds)
            shares = [(share, waits[max(len(waits) * share // 100 - 1, 0)]) for share in _SHARES]
            print("  answered within " + ", ".join(f"{wait * 1e3:.0f} ms ({share} %)" for share, wait in shares))
            longest = max(longest, waits[-1])
            await server.end()
    return longest


def main(calls: int) -> int:
    """Run it; the exit status."""
    longest = asyncio.run(run(calls))
    print(f"the longest wait was {longest * 1e3:.0f} ms; {LONGEST * 1e3:.0f} ms at most is the promise")
    return 0 if longest <= LONGEST else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["client"]:
        asyncio.run(client(int(sys.argv[2])))
        sys.exit(0)
    sys.exit(main(asked(CALLS)))
