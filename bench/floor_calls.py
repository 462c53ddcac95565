"""The least that a client of RELAY has to do: what both floors share.

Reports find their future, replies theirs, every event is acknowledged. There is nothing else: no states, no checks,
no deadlines, no reconnection, no log. A client that people can use costs more than this; the floors tell how much.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from itertools import count
from sys import intern
from typing import Any, Final

Listener = Callable[[dict[str, Any]], None]

_NUMBERS: Final = count(1)


def trust() -> ssl.SSLContext:
    """The authority that ``SIGNALWIRE_RELAY_CA_FILE`` names."""
    return ssl.create_default_context(cafile=os.environ["SIGNALWIRE_RELAY_CA_FILE"])


def address() -> str:
    """Where ``SIGNALWIRE_SPACE`` is."""
    return f"wss://{os.environ['SIGNALWIRE_SPACE']}"


class Action:
    """Something that runs in a call."""

    __slots__ = ("_done",)

    def __init__(self, done: asyncio.Future[dict[str, Any]]) -> None:
        self._done = done

    async def wait(self) -> dict[str, Any]:
        """Wait for its last event."""
        return await self._done


class Call:
    """A call leg, and who waits for what of it."""

    __slots__ = ("call_id", "client", "ended", "listeners", "node_id")

    def __init__(self, client: Floor, call_id: str, node_id: str) -> None:
        self.client = client
        self.call_id = call_id
        self.node_id = intern(node_id)
        self.ended: asyncio.Future[None] | None = None
        self.listeners: dict[str, Listener] | None = None

    async def _ask(self, method: str, **params: Any) -> None:
        await self.client.request(method, {"node_id": self.node_id, "call_id": self.call_id, **params})

    async def _start(self, method: str, **params: Any) -> Action:
        control_id = f"control-{next(_NUMBERS)}"
        done = self.client.actions[control_id] = self.client.loop.create_future()
        await self._ask(method, control_id=control_id, **params)
        return Action(done)

    async def answer(self) -> None:
        """Answer it."""
        await self._ask("calling.answer")

    async def play(self, media: list[dict[str, Any]]) -> Action:
        """Play something."""
        return await self._start("calling.play", play=media)

    async def collect(self, **params: Any) -> Action:
        """Take input."""
        return await self._start("calling.collect", **params)

    async def user_event(self, *, event: str) -> None:
        """Send an event."""
        await self._ask("calling.user_event", event=event)

    async def hangup(self) -> None:
        """Hang up."""
        await self._ask("calling.end", reason="hangup")

    async def wait_for_ended(self) -> None:
        """Wait for its end."""
        if self.call_id in self.client.calls:
            self.ended = self.client.loop.create_future()
            await self.ended

    def on(self, event_type: str, listener: Listener) -> None:
        """Let one function hear the events of one type."""
        self.listeners = {**(self.listeners or {}), event_type: listener}

    def report(self, event_type: str, params: dict[str, Any]) -> None:
        """An event of this call has come."""
        if event_type == "calling.call.state":
            if params["call_state"] == "ended":
                del self.client.calls[self.call_id]
                if self.ended is not None:
                    self.ended.set_result(None)
        elif params.get("state") == "finished" or params.get("final"):
            self.client.actions.pop(params["control_id"]).set_result(params)
        if self.listeners is not None and event_type in self.listeners:
            self.listeners[event_type](params)


class Floor:
    """A client; whoever derives from it sends and receives."""

    def __init__(self, contexts: list[str], max_active_calls: int) -> None:
        del max_active_calls  # the other clients have a limit
        self.calls: dict[str, Call] = {}
        self.actions: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._contexts = contexts
        self._take: Callable[[Call], Coroutine[Any, Any, None]] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._replies: dict[str, asyncio.Future[None]] = {}
        self._dials: dict[str, asyncio.Future[Call]] = {}

    async def open(self) -> None:
        """Open the line, and hear it."""
        raise NotImplementedError

    def post(self, frame: dict[str, Any]) -> Awaitable[None] | None:
        """Send a frame; what is given back, if anything, is to be awaited."""
        raise NotImplementedError

    async def connect(self) -> None:
        """Connect and log in."""
        self.loop = asyncio.get_running_loop()
        await self.open()
        login = {"project": os.environ["SIGNALWIRE_PROJECT_ID"], "token": os.environ["SIGNALWIRE_API_TOKEN"]}
        version = {"major": 2, "minor": 0, "revision": 0}
        params = {"version": version, "agent": "floor/1", "event_acks": True, "authentication": login}
        await self.request("signalwire.connect", {**params, "contexts": self._contexts})

    def on_call(self, handler: Callable[[Call], Coroutine[Any, Any, None]]) -> None:
        """Let a coroutine function handle each inbound call."""
        self._take = handler

    async def receive(self, contexts: list[str]) -> None:
        """Subscribe to contexts."""
        await self.request("signalwire.receive", {"contexts": contexts})

    async def dial(self, devices: list[list[dict[str, Any]]]) -> Call:
        """Call somebody."""
        tag = f"tag-{next(_NUMBERS)}"
        answered: asyncio.Future[Call] = self.loop.create_future()
        self._dials[tag] = answered
        await self.request("calling.dial", {"tag": tag, "devices": devices})
        return await answered

    async def request(self, method: str, params: dict[str, Any]) -> None:
        """Send a request and wait for its reply."""
        request_id = f"request-{next(_NUMBERS)}"
        reply = self._replies[request_id] = self.loop.create_future()
        sent = self.post({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params})
        if sent is not None:
            await sent
        await reply

    def hear(self, frame: dict[str, Any]) -> None:
        """A reply or an event has come; who receives has acknowledged it."""
        if "method" not in frame:
            self._replies.pop(frame["id"]).set_result(None)
            return
        event_type, params = frame["params"]["event_type"], frame["params"]["params"]
        if event_type == "calling.call.receive":
            self._offer(params)
        elif event_type == "calling.call.dial":
            call = params["call"]
            self._dials.pop(params["tag"]).set_result(self.calls[call["call_id"]])
        else:
            call_id = params["call_id"]
            if params.get("call_state") == "created":
                self.calls[call_id] = Call(self, call_id, params["node_id"])
            self.calls[call_id].report(event_type, params)

    def _offer(self, params: dict[str, Any]) -> None:
        assert self._take is not None, "a handler comes first"
        call = self.calls[params["call_id"]] = Call(self, params["call_id"], params["node_id"])
        task = self.loop.create_task(self._take(call))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
