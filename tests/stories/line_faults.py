"""Faults of the line itself, of getting one, and of logging in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from stories.fault_table import line_fault
from stories.line import IN, OUT, Frame, Line
from stories.story import Fault

if TYPE_CHECKING:
    from stories.scene import Scene

ATTEMPTS: Final = 6
"""How many attempts an obstacle may last; five delays in a row may outlast the server's patience."""
LOGINS: Final = 3
"""How many logins may fail in a row."""


def break_line(scene: Scene) -> None:
    """Break the line that is open, if one is."""
    line = scene.wire.line
    if line is not None:
        line.reset()


@line_fault
def reset(scene: Scene, _fault: Fault) -> None:
    """The line breaks, and what is on its way is lost in both directions (close code 1006)."""
    break_line(scene)


@line_fault
def closed(scene: Scene, _fault: Fault) -> None:
    """The server closes the line (1000, 1001, 1011, 1012); what it said before arrives, what it is told does not."""
    line = scene.wire.line
    if line is not None:
        line.drop()


@line_fault
def reader_fails(scene: Scene, fault: Fault) -> None:
    """Reading from the line fails with an error of the operating system or of a library."""
    line = scene.wire.line
    if line is not None:
        failures = (OSError("no route to host"), RuntimeError("read failed"), TimeoutError("timed out"))
        line.drop(failures[fault.choice % len(failures)])


@line_fault
def silence(scene: Scene, fault: Fault) -> None:
    """The line looks open, and nothing passes it any more; the server notices after a while."""
    line = scene.wire.line
    if line is not None:
        line.fall_silent(fault.seconds)


@line_fault
def slow_close(scene: Scene, fault: Fault) -> None:
    """Closing the line takes its time, and then it breaks."""
    line = scene.wire.line
    if line is not None:
        line.closes_in = min(fault.seconds, 10.0)
        line.drop()


def _obstructed(scene: Scene, fault: Fault, obstacle: Callable[[], Awaitable[None]]) -> None:
    scene.wire.obstacles += [obstacle] * (1 + fault.choice % ATTEMPTS)
    break_line(scene)


@line_fault
def refused(scene: Scene, fault: Fault) -> None:
    """The line breaks, and the next attempts are refused."""

    async def obstacle() -> None:
        raise ConnectionRefusedError("nobody listens")

    _obstructed(scene, fault, obstacle)


def _response(status: int, reason: str, headers: dict[str, str]) -> InvalidStatus:
    return InvalidStatus(Response(status, reason, Headers(headers), b""))


@line_fault
def unavailable(scene: Scene, fault: Fault) -> None:
    """The line breaks, and the next handshakes are answered with 503."""

    async def obstacle() -> None:
        raise _response(503, "Service Unavailable", {})

    _obstructed(scene, fault, obstacle)


@line_fault
def redirected(scene: Scene, fault: Fault) -> None:
    """The line breaks, and the next handshakes are answered with a redirect."""

    async def obstacle() -> None:
        raise _response(301, "Moved Permanently", {"Location": "wss://elsewhere.invalid"})

    _obstructed(scene, fault, obstacle)


@line_fault
def unanswered(scene: Scene, fault: Fault) -> None:
    """The line breaks, and the next attempts take long and come to nothing."""

    async def obstacle() -> None:
        await asyncio.sleep(min(fault.seconds, 10.0))
        raise TimeoutError("timed out during opening handshake")

    _obstructed(scene, fault, obstacle)


def _logging_in(frame: Frame) -> bool:
    return frame.get("method") == "signalwire.connect"


def _at_login(scene: Scene, fault: Fault, deals: Callable[[Line, str, Frame], None]) -> None:
    # A fault of the login needs one: the line breaks, unless nobody has logged in yet.
    for _ in range(1 + fault.choice % LOGINS):
        scene.wire.catch(OUT, _logging_in, deals)
    break_line(scene)


def reply(line: Line, frame: Frame, **content: Any) -> None:
    """Let a reply to a request arrive which the server has not given."""
    line.arrive(IN, json.dumps({"jsonrpc": "2.0", "id": frame["id"], **content}))


@line_fault
def login_rejected(scene: Scene, fault: Fault) -> None:
    """The credentials are refused, once or up to three times."""

    def deals(line: Line, _text: str, frame: Frame) -> None:
        reply(line, frame, error={"code": -32002, "message": "Authentication failed"})

    _at_login(scene, fault, deals)


@line_fault
def login_fails(scene: Scene, fault: Fault) -> None:
    """The server fails to log the client in, with an internal error."""

    def deals(line: Line, _text: str, frame: Frame) -> None:
        reply(line, frame, error={"code": -32603, "message": "Internal error"})

    _at_login(scene, fault, deals)


@line_fault
def login_ignored(scene: Scene, fault: Fault) -> None:
    """The server does not answer the login."""
    _at_login(scene, fault, lambda _line, _text, _frame: None)


@line_fault
def login_late(scene: Scene, fault: Fault) -> None:
    """The server answers the login late, or after the client has given it up."""

    def deals(line: Line, text: str, _frame: Frame) -> None:
        scene.wire.later(fault.seconds, partial(line.arrive, OUT, text))

    _at_login(scene, fault, deals)


@line_fault
def login_closed(scene: Scene, fault: Fault) -> None:
    """The server closes the line in the middle of the login."""

    def deals(line: Line, _text: str, _frame: Frame) -> None:
        scene.loop.call_soon(line.drop)

    _at_login(scene, fault, deals)


@line_fault
def login_lost(scene: Scene, fault: Fault) -> None:
    """The login is accepted, and the line breaks before the client hears of it."""

    def deals(line: Line, text: str, _frame: Frame) -> None:
        scene.wire.catch(IN, lambda frame: "result" in frame, lambda *_: None)
        line.arrive(OUT, text)
        scene.loop.call_later(0.001, line.reset)

    _at_login(scene, fault, deals)
