"""What is promised of calls and commands across a drop of the line."""

from __future__ import annotations

import asyncio

from connecting import found_silent
from plain_server import CALL, Frame
from staging import Finding, Stage, promise
from waiting import returns

RESUMING = "After a drop"


async def _away(stage: Stage) -> None:
    stage.server.drop()
    await stage.logged_in(2)


@promise(
    RESUMING,
    "A call that has ended while the line was down, so that no report tells it, is found out within 8 s of the new login",
)
async def missed_end_found(stage: Stage) -> Finding:
    server = stage.server
    await stage.offers()
    await stage.told("waiting")

    def gone(frame: Frame) -> list[Frame]:
        return [server.reply(frame, "404" if frame["params"].get("call_id") == CALL else "200")]

    for method in ("calling.clear_digit_bindings", "calling.play", "calling.end"):
        server.replies[method] = gone
    await _away(stage)
    told = await stage.hears("ended", 8.0)
    return Finding(
        told is not None, "`wait_for_ended()` returns" if told else "`wait_for_ended()` still waits 8 s later"
    )


@promise(
    RESUMING,
    "When the server has begun a new session instead of taking up the old one, the calls that are lost with it end",
)
async def lost_session_told(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.logins.append({"result": {"protocol": "signalwire_2", "identity": "identity-2"}})
    await _away(stage)
    return returns(await stage.outcome())


@promise(RESUMING, "A command that waits for the line and whose task is cancelled is not sent afterwards")
async def cancelled_command_not_sent(stage: Stage) -> Finding:
    server = stage.server
    await stage.offers()
    await stage.told("waiting")
    await stage.loses_line()
    await stage.told("cancelled")
    server.is_down = False
    await stage.asked("calling.record")
    await asyncio.sleep(1)
    sent = server.heard_of("calling.play")
    return Finding(not sent, "it is sent" if sent else "it is not sent")


@promise(
    RESUMING,
    "A server that goes silent while a command waits for its reply is found out, and another line opened, within 18 s",
    seconds=100,
)
async def silent_server_with_command(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.fall_silent()
    return await found_silent(stage, 18.0)
