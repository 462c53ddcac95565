"""A bare RELAY server on a real socket: it says what a script wants, and takes note of all it hears.

It shares nothing with either client under test but the `websockets` library that carries the frames.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

if TYPE_CHECKING:
    from websockets.http11 import Request, Response

Frame = dict[str, Any]
Found = TypeVar("Found")

PROTOCOL: Final = "signalwire_1"
NODE: Final = "node-1"
CALL: Final = "call-1"
PHONE: Final = {"type": "phone", "params": {"from_number": "+15550100002", "to_number": "+15550100001"}}


@dataclass
class Heard:
    """A frame that has come: on which connection, the first being 0, and when."""

    line: int
    at: float
    frame: Frame


@dataclass
class PlainServer:
    """A server for one program; use it with ``async with``.

    Attributes:
        heard: Every frame of the client, in order.
        lines: Every connection of the client, the latest last.
        logins: How the next logins are answered (``result`` or ``error``); then they are accepted.
        replies: What follows a request of a method, instead of the ordinary reply.
        holds_logins: Whether logins are left without an answer for now.
        is_down: Whether every attempt to connect is refused for now.
        redirects_to: Where the handshake sends the client instead of opening a connection.
    """

    certificate: ssl.SSLContext
    heard: list[Heard] = field(default_factory=list)
    lines: list[ServerConnection] = field(default_factory=list)
    logins: list[Frame] = field(default_factory=list)
    replies: dict[str, Callable[[Frame], Sequence[Frame]]] = field(default_factory=dict)
    holds_logins: bool = False
    is_down: bool = False
    redirects_to: str = ""
    port: int = 0
    _ids: count[int] = field(default_factory=lambda: count(1))
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._meet,
            "127.0.0.1",
            self.port,
            ssl=self.certificate,
            process_request=self._admit,
            compression=None,
            ping_interval=None,
            close_timeout=1,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        for line in self.lines:
            line.transport.abort()
        self._server.close()
        await self._server.wait_closed()

    def _admit(self, connection: ServerConnection, _request: Request) -> Response | None:
        if self.is_down:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "")
        if not self.redirects_to:
            return None
        response = connection.respond(HTTPStatus.FOUND, "")
        response.headers["Location"] = self.redirects_to
        return response

    async def _meet(self, connection: ServerConnection) -> None:
        number = len(self.lines)
        self.lines.append(connection)
        await self._tell_news()
        with contextlib.suppress(ConnectionClosed):
            async for text in connection:
                frame = json.loads(text)
                self.heard.append(Heard(number, asyncio.get_running_loop().time(), frame))
                if "method" in frame:
                    self._answer(connection, frame)
                await self._tell_news()

    async def _tell_news(self) -> None:
        async with self._news:
            self._news.notify_all()

    def _answer(self, connection: ServerConnection, frame: Frame) -> None:
        method = frame["method"]
        if method in self.replies:
            self.say(*self.replies[method](frame), line=connection)
        elif method == "signalwire.connect":
            if not self.holds_logins:
                self.accept_login(frame, connection)
        else:
            self.say(*self._ordinary_reply(frame), line=connection)

    def accept_login(self, frame: Frame, connection: ServerConnection | None = None) -> None:
        """Answer a login: as the script wants the next one answered, or by accepting it."""
        accepted = {"result": {"protocol": PROTOCOL, "identity": "identity-1", "authorization": {}}}
        answer = self.logins.pop(0) if self.logins else accepted
        self.say({"jsonrpc": "2.0", "id": frame["id"], **answer}, line=connection)

    def _ordinary_reply(self, frame: Frame) -> list[Frame]:
        method, call_id = frame["method"], frame["params"].get("call_id", "")
        frames = [self.reply(frame)]
        if method == "calling.answer":
            frames.append(self.state("answered", call_id))
        elif method == "calling.end":
            frames += [self.state(word, call_id, end_reason="hangup") for word in ("ending", "ended")]
        return frames

    @staticmethod
    def reply(request: Frame, code: str = "200", **more: object) -> Frame:
        """The reply to a request: accepted, unless another code is given."""
        ids = {name: request["params"][name] for name in ("call_id", "control_id") if name in request["params"]}
        result = {"code": code, "message": "OK" if code == "200" else "No", **ids, **more}
        return {"jsonrpc": "2.0", "id": request["id"], "result": result}

    def event(self, event_type: str, **params: object) -> Frame:
        """An event; its id is one that no other frame has."""
        envelope = {"event_type": event_type, "event_channel": "channel-1", "timestamp": 1790000000.5, "params": params}
        return self.request("signalwire.event", **envelope)

    def request(self, method: str, **params: object) -> Frame:
        """A request of the server."""
        return {"jsonrpc": "2.0", "id": f"server-{next(self._ids)}", "method": method, "params": params}

    def state(self, word: str, call_id: str = CALL, **more: object) -> Frame:
        """The report that a call is in this state."""
        told: dict[str, object] = {"direction": "inbound", "device": PHONE, **more}
        return self.event("calling.call.state", node_id=NODE, call_id=call_id, call_state=word, **told)

    def offer(self, call_id: str = CALL, **more: object) -> Frame:
        """An inbound call."""
        told: dict[str, object] = {"call_state": "created", "direction": "inbound", "context": "office"}
        return self.event(
            "calling.call.receive", node_id=NODE, call_id=call_id, device=PHONE, **{**told, "segment_id": "1", **more}
        )

    def report(self, kind: str, control_id: str, call_id: str = CALL, **more: object) -> Frame:
        """A report about an operation: ``play``, ``record`` and the like."""
        return self.event(f"calling.call.{kind}", node_id=NODE, call_id=call_id, control_id=control_id, **more)

    def say(self, *frames: Frame | str | bytes, line: ServerConnection | None = None) -> None:
        """Send frames, or whatever else, on the latest connection, in one go; on one that closes they are dropped."""
        connection = line or self.lines[-1]
        if connection.state is not State.OPEN:
            return
        for frame in frames:
            if isinstance(frame, bytes):
                connection.protocol.send_binary(frame)
            else:
                connection.protocol.send_text((frame if isinstance(frame, str) else json.dumps(frame)).encode())
        connection.send_data()

    def drop(self) -> None:
        """Drop the latest connection without a word, as a network does."""
        self.lines[-1].transport.abort()

    def go_down(self) -> None:
        """Drop the latest connection, and refuse every other one until `is_down` is false again."""
        self.is_down = True
        self.drop()

    def fall_silent(self) -> None:
        """Read and say nothing any more on the latest connection, and leave it open."""
        self.lines[-1].transport.pause_reading()

    def heard_of(self, method: str, **params: object) -> list[Heard]:
        """The requests of a method that have come, those with these params."""
        return [
            heard
            for heard in self.heard
            if heard.frame.get("method") == method and params.items() <= heard.frame["params"].items()
        ]

    async def until(self, find: Callable[[], Found | None], seconds: float) -> Found | None:
        """Wait until something is found: it, or nothing once the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._news:
                await self._news.wait_for(lambda: find() is not None)
        return find()

    async def hears(self, method: str, seconds: float = 5.0, *, times: int = 1, **params: object) -> Heard | None:
        """Wait for a request, the ``times``-th of its kind: it, or nothing once the time is over."""

        def found() -> Heard | None:
            fitting = self.heard_of(method, **params)
            return fitting[times - 1] if len(fitting) >= times else None

        return await self.until(found, seconds)

    def answered(self, request: Frame) -> Frame | None:
        """The client's answer to a request of the server, if it has come."""
        frames = [heard.frame for heard in self.heard]
        return next((frame for frame in frames if "method" not in frame and frame["id"] == request["id"]), None)

    async def answer_to(self, request: Frame, seconds: float = 3.0) -> Frame | None:
        """Send a request and wait for the client's answer: it, or nothing once the time is over."""
        self.say(request)
        return await self.until(lambda: self.answered(request), seconds)
