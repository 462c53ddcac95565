"""What is promised of the connection: it comes back, and as it was."""

from __future__ import annotations

import asyncio
from typing import Final

from plain_server import PROTOCOL, Frame
from staging import Finding, NotMeasuredError, Stage, promise
from waiting import raises, returns
from websockets.protocol import State

CONNECTION = "Connection"
_BACK_OFF: Final = 10.0
_LONGEST: Final = 60.0
_REFUSED: Final[Frame] = {"error": {"code": -32002, "message": "Authentication failed"}}
_UNWELL: Final[Frame] = {"error": {"code": -32603, "message": "Internal error"}}


async def _comes_back(stage: Stage) -> Frame | None:
    stage.server.drop()
    heard = await stage.server.hears("signalwire.connect", _BACK_OFF, times=2)
    return heard.frame["params"] if heard else None


@promise(CONNECTION, "After `connect()`, a line that drops is opened again")
async def connect_comes_back(stage: Stage) -> Finding:
    await stage.told("waiting")
    login = await _comes_back(stage)
    return Finding(login is not None, "it is" if login else "it is not 10 s later")


@promise(CONNECTION, "Under `run()`, a line that drops is opened again, and takes up its session")
async def run_comes_back(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    login = await _comes_back(stage)
    if login is None:
        return Finding(kept=False, words="it is not opened 10 s later")
    kept = login.get("protocol") == PROTOCOL
    return Finding(kept, "it does" if kept else "it is opened with a new session")


@promise(CONNECTION, "A call that was up before the line dropped hears what is reported of it afterwards")
async def call_outlives_line(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    if await _comes_back(stage) is None:
        raise NotMeasuredError("the line has not come back")
    await asyncio.sleep(0.5)
    stage.server.say(stage.server.state("ended", end_reason="hangup"))
    return returns(await stage.outcome())


@promise(CONNECTION, "Contexts that were added by `receive()` are asked for again after the line has dropped")
async def contexts_come_back(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    login = await _comes_back(stage)
    if login is None:
        raise NotMeasuredError("the line has not come back")
    asked = "sales" in login.get("contexts", []) or await stage.server.hears("signalwire.receive", 3.0, times=2)
    return Finding(bool(asked), "they are" if asked else "they are not; their calls come no more")


@promise(
    CONNECTION, "Asked to start afresh (`signalwire.disconnect` with `restart`), the next login is to a new session"
)
async def fresh_session(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    await stage.server.answer_to(stage.server.request("signalwire.disconnect", restart=True))
    login = await _comes_back(stage)
    if login is None:
        raise NotMeasuredError("the line has not come back")
    return Finding("protocol" not in login, "it is" if "protocol" not in login else "it names the old session")


@promise(CONNECTION, "After `disconnect()` the client can be connected again")
async def connected_again(stage: Stage) -> Finding:
    return returns(await stage.outcome())


@promise(CONNECTION, "Refused credentials end `run()` with the server's error, after three attempts")
async def refused_credentials(stage: Stage) -> Finding:
    stage.server.logins += [_REFUSED] * 10
    left = await stage.hears("left", 40)
    attempts = len(stage.server.heard_of("signalwire.connect"))
    if left is None:
        return Finding(kept=False, words=f"it goes on after {attempts} attempts")
    kept = attempts == 3 and "Authentication failed" in left["error"]
    return Finding(kept, f"it ends after {attempts}, {'with' if kept else 'without'} the server's error")


@promise(CONNECTION, "A server that fails the first four logins with an internal error is tried again, not given up")
async def unwell_server(stage: Stage) -> Finding:
    stage.server.logins += [_UNWELL] * 4
    heard = await stage.server.hears("signalwire.connect", 40, times=5)
    attempts = len(stage.server.heard_of("signalwire.connect"))
    return Finding(
        heard is not None, "the fifth login is accepted" if heard else f"it gives up after {attempts} attempts"
    )


@promise(CONNECTION, "Five logins that are refused leave no task, file or socket open, after `async with`")
async def refused_login_leaks_nothing(stage: Stage) -> Finding:
    stage.server.logins += [_REFUSED] * 10
    told = await stage.told("left over", 40)
    kept = not told["files"] and not told["tasks"]
    return Finding(kept, "none" if kept else f"{told['files']} files and {told['tasks']} tasks are left")


@promise(
    CONNECTION,
    "A server that goes silent on an idle line is found out, and another line opened, within 35 s",
    seconds=100,
)
async def silent_server(stage: Stage) -> Finding:
    await stage.logged_in()
    await asyncio.sleep(0.5)
    stage.server.fall_silent()
    return await found_silent(stage, 35.0)


async def found_silent(stage: Stage, limit: float) -> Finding:
    """How long it takes to open another line; looked at for longer than is promised."""
    clock = asyncio.get_running_loop().time
    silent_since = clock()
    if await stage.server.until(lambda: len(stage.server.lines) > 1 or None, _LONGEST) is None:
        return Finding(kept=False, words=f"it is not {_LONGEST:g} s later")
    seconds = clock() - silent_since
    # Told in steps of five, so that the page does not change with every run.
    return Finding(seconds <= limit, "it is" if seconds <= limit else f"it takes about {round(seconds / 5) * 5} s")


@promise(
    CONNECTION, "A login that is not answered is tried again on a new line within 15 s, and the old line is closed"
)
async def unanswered_login(stage: Stage) -> Finding:
    server = stage.server
    server.holds_logins = True
    await stage.logged_in()
    if await server.hears("signalwire.connect", 15.0, times=2) is None:
        return Finding(kept=False, words="it is not tried again 15 s later")
    await asyncio.sleep(1)
    closed = server.lines[0].state is not State.OPEN
    return Finding(closed, f"it is tried again, and the old line is {'closed' if closed else 'left open'}")


@promise(
    CONNECTION,
    "A command that is asked while the line is down, and stays down, ends with an error within 15 s",
    seconds=100,
)
async def command_without_line(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    await stage.loses_line()
    return raises(await stage.outcome())
