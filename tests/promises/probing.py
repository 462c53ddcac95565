"""Scripted servers whose lines drop: what they are asked besides pings and probes, and delays that can be told."""

from __future__ import annotations

import random

from clock import until
from memory import SIGNALLED, Frame
from scripted import ScriptedServer, reopened

PROBE = "calling.clear_digit_bindings"


class Delays(random.Random):
    """A source of delays that are always the same share of the longest: all of it unless told otherwise."""

    def __init__(self, share: float = 1.0) -> None:
        super().__init__(1)
        self._share = share

    def random(self) -> float:
        """The share."""
        return self._share


def is_probe(request: Frame) -> bool:
    """Whether the request only asks if the server still knows a call."""
    return bool(request["method"] == PROBE) and request["params"].get("realm") == "callfsm-probe"


def commands(server: ScriptedServer) -> list[Frame]:
    """The requests of the client, in order, without logins, pings and probes."""
    return [each for each in server.requests if each["method"] not in SIGNALLED and not is_probe(each)]


def methods(server: ScriptedServer) -> list[str]:
    """The methods of those requests."""
    return [request["method"] for request in commands(server)]


def probes(server: ScriptedServer) -> list[Frame]:
    """The probes of the client, in order."""
    return [request for request in server.requests if is_probe(request)]


async def command(server: ScriptedServer, method: str, number: int = 1) -> Frame:
    """The command of this method that comes as number so many, as soon as it is there."""

    def found() -> list[Frame]:
        return [each for each in commands(server) if each["method"] == method]

    await until(lambda: len(found()) >= number)
    return found()[number - 1]


async def dropped_and_back(server: ScriptedServer, *, fresh: bool = False) -> None:
    """Let the line drop and come back: to the same session, or to a fresh one."""
    if fresh:
        server.protocol += "-fresh"
    lines = len(server.lines)
    server.lines[-1].drop()
    await reopened(server, lines + 1)
