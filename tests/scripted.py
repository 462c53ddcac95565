"""A bare server that says what the test wants, lawful or not, and clients that are joined to it in memory."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

from clock import now, turns, until, within
from memory import Frame, Line

from callfsm import Call, RelayClient
from callfsm.shapes import Media

CALL_ID: Final = "call-1"
ADDRESS: Final = {"node_id": "node-1", "call_id": CALL_ID}
TTS: Final[Media] = {"type": "tts", "params": {"text": "hello"}}
PHONE: Final = {"type": "phone", "params": {"from_number": "+15550100001", "to_number": "+15550100002"}}


class ScriptedServer:
    """A server that says what the test wants, lawful or not.

    It accepts logins unless told otherwise, keeps every request of the client, and answers none by itself.

    Attributes:
        lines: Every line that was opened, the latest last.
        requests: Every request of the client, in order.
        replies: What the client has replied to the server's requests, by id.
        attempts: When a line was asked for.
        opens: What the next attempts to open a line raise; then they succeed.
        logins: How the next logins are replied to (the members of the reply); then they are accepted.
    """

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.requests: list[Frame] = []
        self.replies: dict[Any, Frame] = {}
        self.opens: list[Exception] = []
        self.attempts: list[float] = []
        self.logins: list[Frame] = []
        self.accepts_logins = True
        self.protocol = "protocol-1"
        self._waiting: asyncio.Queue[Frame] = asyncio.Queue()
        self._ids = count(1)

    async def connector(self, _url: str) -> Line:
        """Open a line to this server."""
        self.attempts.append(now())
        if self.opens:
            raise self.opens.pop(0)
        self.lines.append(Line(self._hear))
        return self.lines[-1]

    def client(self, *contexts: str, **more: Any) -> RelayClient:
        """A client that will connect to this server."""
        given: dict[str, Any] = {
            "project": "project-1",
            "token": "token-1",
            "contexts": list(contexts),
            "connector": self.connector,
        }
        return RelayClient(**(given | more))

    def _hear(self, text: str) -> None:
        frame = json.loads(text)
        if "method" not in frame:
            self.replies[frame["id"]] = frame
            return
        self.requests.append(frame)
        if frame["method"] == "signalwire.connect":
            self._hear_login(frame)
        else:
            self._waiting.put_nowait(frame)

    def _hear_login(self, frame: Frame) -> None:
        if self.logins:
            self.tells({"jsonrpc": "2.0", "id": frame["id"], **self.logins.pop(0)})
        elif self.accepts_logins:
            self.tells({"jsonrpc": "2.0", "id": frame["id"], "result": {"protocol": self.protocol}})

    def tells(self, *frames: Frame | str) -> None:
        """Send frames, or any texts, in one go."""
        texts = [frame if isinstance(frame, str) else json.dumps(frame) for frame in frames]
        self.lines[-1].push(*texts)

    async def expects(self, method: str) -> Frame:
        """The next request, which must be of this method and come within five seconds."""
        frame = await within(5, self._waiting.get())

        assert method == frame["method"]
        return frame

    async def expects_at(self, time: float | None, method: str) -> Frame:
        """The next request, whenever it comes; it must be of this method, and come at this time if one is given."""
        frame = await self._waiting.get()

        assert method == frame["method"]
        assert time is None or abs(now() - time) < 0.01
        return frame

    @property
    def silent(self) -> bool:
        """Whether nothing was sent that the test has not expected."""
        return self._waiting.empty()

    def sent(self, method: str) -> list[Frame]:
        """The params of the requests of one method."""
        return [frame["params"] for frame in self.requests if frame["method"] == method]

    @staticmethod
    def reply(request: Frame, code: object = "200", **more: Any) -> Frame:
        """The frame that replies to a request with a result code."""
        return {"jsonrpc": "2.0", "id": request["id"], "result": {"code": code, "message": "said so"} | more}

    def replies_to(self, request: Frame, code: object = "200", **more: Any) -> None:
        """Reply to a request with a result code."""
        self.tells(self.reply(request, code, **more))

    def fails(self, request: Frame, error: object) -> None:
        """Reply to a request with a JSON-RPC error."""
        self.tells({"jsonrpc": "2.0", "id": request["id"], "error": error})

    def asks(self, method: str, params: object, request_id: object = None) -> None:
        """Send a request of the server's own."""
        self.tells(
            {"jsonrpc": "2.0", "id": request_id or f"asked-{next(self._ids)}", "method": method, "params": params}
        )

    def event(self, event_type: str, **params: Any) -> Frame:
        """The frame of an event."""
        envelope = {"event_type": event_type, "timestamp": 1.5, "params": params}
        return {"jsonrpc": "2.0", "id": f"event-{next(self._ids)}", "method": "signalwire.event", "params": envelope}

    def reports(self, event_type: str, **params: Any) -> None:
        """Send an event."""
        self.tells(self.event(event_type, **params))

    def state(self, word: str, call_id: str = CALL_ID, **more: Any) -> None:
        """Report the state of a call."""
        self.reports("calling.call.state", node_id="node-1", call_id=call_id, call_state=word, **more)

    def operation(self, kind: str, control_id: str, **more: Any) -> None:
        """Report something of an operation of the first call."""
        self.reports(f"calling.call.{kind}", **ADDRESS, control_id=control_id, **more)

    def offers(self, call_id: str = CALL_ID, **more: Any) -> None:
        """Offer an inbound call."""
        told = {"node_id": "node-1", "call_id": call_id, "call_state": "created", "direction": "inbound"}
        self.reports("calling.call.receive", **(told | {"context": "office", "device": PHONE} | more))


@asynccontextmanager
async def scripted(*contexts: str, **more: Any) -> AsyncIterator[tuple[RelayClient, ScriptedServer]]:
    """A client that is connected to a scripted server."""
    server = ScriptedServer()
    async with server.client(*(contexts or ("office",)), **more) as client:
        yield client, server


@asynccontextmanager
async def offered(**more: Any) -> AsyncIterator[tuple[Call, ScriptedServer]]:
    """An inbound call that was offered by a scripted server; its handler has it, and does nothing yet."""
    async with scripted(**more) as (client, server):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        server.offers()
        yield await within(5, calls.get()), server


@asynccontextmanager
async def answered(**more: Any) -> AsyncIterator[tuple[Call, ScriptedServer]]:
    """An inbound call of a scripted server that has been answered."""
    async with offered(**more) as (call, server):
        answering = asyncio.create_task(call.answer())
        server.replies_to(await server.expects("calling.answer"))
        server.state("answered")
        await answering
        await call.wait_for_answered()
        yield call, server


async def reopened(server: ScriptedServer, lines: int) -> None:
    """Wait until so many lines have been opened in all, and the last login has been answered."""
    await until(lambda: len(server.lines) >= lines)
    await turns()
