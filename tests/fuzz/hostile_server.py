"""The server of a client under fuzz: it hands over what it is given, and is obliging where that is wanted."""

from __future__ import annotations

import json
from itertools import count
from typing import Any, Final

from clock import now
from memory import Frame, Line
from scripted import ScriptedServer

from callfsm.transport import Receiver

OUTSTANDING: Final = 80
"""How many requests without a reply are kept to be replied to."""


class WatchedLine(Line):
    """A line of which everything that leaves can be seen at once.

    Attributes:
        receive: Takes messages as if they had just arrived, before it returns.
        sent: What the client has sent; whoever looks clears it.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.sent: list[str] = []
        self.receive: Receiver = self._not_yet

    @staticmethod
    def _not_yet(_messages: list[str | bytes]) -> None:
        raise AssertionError("nobody hears this line yet")

    async def run(self, receive: Receiver) -> None:
        """Hand over what arrives until the line is closed."""
        self.receive = receive
        await super().run(receive)

    def send(self, texts: list[str]) -> None:
        """Put texts on their way to the server."""
        self.sent += texts
        super().send(texts)


class HostileServer(ScriptedServer):
    """Accepts logins and answers pings; does the right thing for calls that it wishes well, and for all while it obliges.

    Attributes:
        obliging: Whether every command is accepted.
        good: The calls that it wishes well.
        outstanding: Requests of the client that have no reply, oldest first, by id.
        noise: What is sent before a login is accepted.
        login: What a login's result is, as JSON; empty for the usual one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.obliging = False
        self.good: set[str] = set()
        self.outstanding: dict[str, Frame] = {}
        self.noise: list[str | bytes] = []
        self.login = ""
        self._messages = count(1)

    async def connector(self, _url: str) -> WatchedLine:
        """Open a line to this server."""
        self.attempts.append(now())
        line = WatchedLine(self._hear)
        self.lines.append(line)
        return line

    @property
    def line(self) -> WatchedLine:
        """The line that is open."""
        line = self.lines[-1]
        assert isinstance(line, WatchedLine), "this server opens no others"
        return line

    def _hear(self, text: str) -> None:
        frame = json.loads(text)
        if "method" not in frame:
            return
        method, params = frame["method"], frame["params"]
        if method == "signalwire.connect":
            self._hear_login(frame)
        elif method == "signalwire.ping":
            self.replies_to(frame)
        elif params.get("call_id") in self.good:
            self._do_well(frame, params["call_id"])
        elif self.obliging:
            self._oblige(frame)
        else:
            self.outstanding[frame["id"]] = frame
            if len(self.outstanding) > OUTSTANDING:
                del self.outstanding[next(iter(self.outstanding))]

    def _hear_login(self, frame: Frame) -> None:
        self.line.push(*self.noise)
        if self.login:
            self.line.push(f'{{"jsonrpc": "2.0", "id": "{frame["id"]}", "result": {self.login}}}')
        else:
            super()._hear_login(frame)

    def _oblige(self, frame: Frame) -> None:
        if frame["method"] == "messaging.send":
            self.replies_to(frame, message_id=f"{frame['params']['body']}-{next(self._messages)}")
        else:
            self.replies_to(frame)
        if frame["method"] == "calling.answer":
            self.state("answered", frame["params"]["call_id"])

    def _do_well(self, frame: Frame, call_id: str) -> None:
        self.replies_to(frame)
        if frame["method"] == "calling.answer":
            self.state("answered", call_id)
        elif frame["method"] == "calling.play":
            address = {"node_id": "node-1", "call_id": call_id, "control_id": frame["params"]["control_id"]}
            self.reports("calling.call.play", **address, state="playing")
            self.reports("calling.call.play", **address, state="finished")
        elif frame["method"] == "calling.end":
            self.state("ending", call_id, end_reason="hangup")
            self.state("ended", call_id, end_reason="hangup")
