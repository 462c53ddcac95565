"""Clients in memory: joined to the simulator's exchange, or to a bare server that says what the test wants.

Both go through the seam that the WebSocket goes through, `callfsm.transport.Connector`, and need no socket.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

from clock import now, within

from callfsm import Call, RelayClient
from callfsm.simulator import Network, Settings
from callfsm.transport import Receiver

Frame = dict[str, Any]
PROJECT: Final = "simulated-project"
TOKEN: Final = "simulated-token"  # noqa: S105  # what the simulator takes by default
CALL_ID: Final = "call-1"
ADDRESS: Final = {"node_id": "node-1", "call_id": CALL_ID}
TTS: Final = {"type": "tts", "params": {"text": "hello"}}
EPOCH: Final = 1_800_000_000.0
PHONE: Final = {"type": "phone", "params": {"from_number": "+15550100001", "to_number": "+15550100002"}}
SIGNALLED: Final = ("signalwire.connect", "signalwire.ping")


class Line:
    """A line in memory: `callfsm.transport.Transport` for the client, `callfsm.simulator.session.Link` for the server.

    Attributes:
        closed: Whether either side has closed it.
        aborted: Whether the client has given it up.
    """

    def __init__(self, hears: Callable[[str], None], closes: Callable[[], None] = lambda: None) -> None:
        self._hears = hears
        self._closes = closes
        self._arrived: list[str | bytes] = []
        self._something = asyncio.Event()
        self.closed = self.aborted = False

    def push(self, *messages: str | bytes) -> None:
        """Let messages arrive at the client in one read."""
        if not self.closed:
            self._arrived += messages
            self._something.set()

    def send(self, texts: str | list[str]) -> None:
        """Transport: texts of the client. Link: a text of the server."""
        if isinstance(texts, str):
            self.push(texts)
            return
        for text in texts:
            asyncio.get_running_loop().call_soon(self._deliver, text)

    def _deliver(self, text: str) -> None:
        if not self.closed:
            self._hears(text)

    async def run(self, receive: Receiver) -> None:
        """Hand over what arrives until the line is closed."""
        while self._arrived or not self.closed:
            await self._something.wait()
            self._something.clear()
            arrived, self._arrived = self._arrived, []
            if arrived:
                receive(arrived)

    def drop(self) -> None:
        """Close the line; both sides notice."""
        if not self.closed:
            self.closed = True
            self._something.set()
            self._closes()

    # The two protocols name it alike; the client awaits it and the server does not.
    def close(self) -> asyncio.Future[None]:
        """Close the line for the side that calls."""
        self.drop()
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    def abort(self) -> None:
        """Transport: drop the line without a word."""
        self.aborted = True
        self.drop()


class ServerLink:
    """The server's end of a line to an exchange."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def send(self, text: str) -> None:
        """Put a text on its way to the client."""
        self._line.push(text)

    def close(self) -> None:
        """Close the line."""
        self._line.drop()


class Board(Network):
    """A simulated network that clients are joined to in memory.

    Attributes:
        lines: Every line that was opened, the latest last.
        unreachable: While true, no line is to be had.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        numbers = count(1)
        super().__init__(settings or Settings(epoch=EPOCH), new_id=lambda: f"simulated-{next(numbers)}")
        self.lines: list[Line] = []
        self.unreachable = False

    async def connector(self, _url: str) -> Line:
        """Open a line to the exchange."""
        if self.unreachable:
            raise ConnectionRefusedError("nobody listens")
        line = Line(lambda text: self.exchange.receive(client, text), lambda: self.exchange.detach(client))
        client = self.exchange.attach(ServerLink(line))
        self.lines.append(line)
        return line

    def client(self, *contexts: str, **more: Any) -> RelayClient:
        """A client that will connect to this network, with the right credentials unless told otherwise."""
        given = {"project": PROJECT, "token": TOKEN, "contexts": list(contexts), "connector": self.connector}
        return RelayClient(**(given | more))

    def frames(self, method: str = "", call_id: str = "") -> list[Frame]:
        """The params of what clients have sent, of one method or of all."""
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == "app->relay"]
        return [entry.frame.get("params", {}) for entry in entries if method in ("", entry.name)]

    def methods(self, call_id: str = "") -> list[str]:
        """The commands that clients have sent, in order, without logins and pings."""
        entries = [entry for entry in self.journal.entries(call_id) if entry.direction == "app->relay"]
        return [entry.name for entry in entries if entry.name not in SIGNALLED]

    @property
    def unexpected(self) -> list[str]:
        """What clients have sent that one which keeps to the rules would not have."""
        return [entry.unexpected for entry in self.journal.unexpected_entries()]


@asynccontextmanager
async def joined(
    *contexts: str, settings: Settings | None = None, **more: Any
) -> AsyncIterator[tuple[RelayClient, Board]]:
    """A client that is connected to a simulated network; every script must have gone well, and every frame be legal."""
    board = Board(settings)
    client = board.client(*(contexts or ("office",)), **more)
    try:
        async with client:
            yield client, board
    finally:
        await board.close()

    assert [] == board.failures
    assert [] == board.unexpected


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
        given = {"project": "project-1", "token": "token-1", "contexts": list(contexts), "connector": self.connector}
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


@asynccontextmanager
async def talking(settings: Settings | None = None, **more: Any) -> AsyncIterator[tuple[Call, Any, Board]]:
    """An inbound call of the simulator that has been answered: the call, its caller, and the network."""
    async with joined(settings=settings, **more) as (client, board):
        calls: asyncio.Queue[Call] = asyncio.Queue()
        client.on_call(calls.put)
        caller = board.call("office")
        call = await within(5, calls.get())
        await call.answer()
        yield call, caller, board
