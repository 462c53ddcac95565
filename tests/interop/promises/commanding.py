"""What is promised of commands: what is sent, what is not, and whom a slow reply concerns."""

from __future__ import annotations

import asyncio

from plain_server import CALL, Frame
from staging import PATIENCE, Finding, NotMeasuredError, Stage, promise
from waiting import returns

COMMANDS = "Commands"
_A_MOMENT = 0.5
"""How long what is on its way to the server may still take."""


async def _sent(stage: Stage, method: str) -> int:
    await asyncio.sleep(_A_MOMENT)
    return len(stage.server.heard_of(method))


@promise(
    COMMANDS,
    "A command that gets no reply within 10 s fails by itself; the line, and so the other calls, stay up",
    seconds=100,
)
async def unanswered_command_alone(stage: Stage) -> Finding:
    stage.server.replies["calling.record"] = lambda _: []
    await stage.offers()
    how = await stage.outcome()
    answer = await stage.server.answer_to(stage.server.request("signalwire.ping"))
    kept = answer is not None and len(stage.server.lines) == 1
    return Finding(kept, f"it {how}, and the line {'stays up' if kept else 'is closed'}")


@promise(COMMANDS, "A play before the call is answered raises an error, and nothing is sent")
async def play_before_answer(stage: Stage) -> Finding:
    await stage.offers()
    how = await stage.outcome()
    sent = await _sent(stage, "calling.play")
    kept = not sent and how.startswith("raises")
    return Finding(kept, f"it {how}, and {'is sent; the server decides' if sent else 'nothing is sent'}")


@promise(COMMANDS, "`hangup()` called by two tasks at once sends one frame, and both return")
async def hangup_twice(stage: Stage) -> Finding:
    await stage.offers()
    how = await stage.outcome()
    sent = await _sent(stage, "calling.end")
    return Finding(sent == 1 and how.startswith("returns"), f"it sends {sent} frame{'s' * (sent != 1)}, and {how}")


@promise(COMMANDS, "`hangup()` of a call that has ended sends nothing, and raises nothing")
async def hangup_after_end(stage: Stage) -> Finding:
    return await _after_end(stage, "calling.end")


@promise(COMMANDS, "`play()` into a call that has ended sends nothing, and gives an action that has ended")
async def play_after_end(stage: Stage) -> Finding:
    return await _after_end(stage, "calling.play")


async def _after_end(stage: Stage, method: str) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.say(stage.server.state("ended", end_reason="hangup"))
    how = await stage.outcome()
    sent = await _sent(stage, method)
    return Finding(not sent and how.startswith("returns"), f"it {how}, and {'is' if sent else 'nothing is'} sent")


@promise(COMMANDS, "`hangup()` that the server answers with 404, as the call has just gone, raises nothing")
async def hangup_of_gone_call(stage: Stage) -> Finding:
    server = stage.server
    server.replies["calling.end"] = lambda frame: [server.reply(frame, "404")]
    await stage.offers()
    return returns(await stage.outcome())


@promise(COMMANDS, "A command that the server refuses raises `RelayError` with the server's code")
async def refusal_raised(stage: Stage) -> Finding:
    server = stage.server
    server.replies["calling.play"] = lambda frame: [server.reply(frame, "500")]
    await stage.offers()
    how = await stage.outcome()
    return Finding(how == "raises RelayError with code 500", f"it {how}")


@promise(COMMANDS, "An extra keyword argument cannot send a command to another call than the one it is asked of")
async def keyword_cannot_redirect(stage: Stage) -> Finding:
    await stage.offers()
    how = await stage.outcome()
    await asyncio.sleep(_A_MOMENT)
    astray = [heard for heard in stage.server.heard_of("calling.play") if heard.frame["params"]["call_id"] != CALL]
    return Finding(not astray, f"it {how}, and {'is sent for the other call' if astray else 'nothing goes astray'}")


@promise(COMMANDS, "`hangup()` with a reason that the service does not have raises an error, and nothing is sent")
async def unknown_reason(stage: Stage) -> Finding:
    await stage.offers()
    how = await stage.outcome()
    sent = await _sent(stage, "calling.end")
    kept = not sent and how.startswith("raises")
    return Finding(kept, f"it {how}, and {'is sent; the server decides' if sent else 'nothing is sent'}")


@promise(COMMANDS, "A command asked while the line is down goes out after the next login")
async def queued_command_sent(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    await stage.loses_line()
    await stage.told("asked")
    stage.server.is_down = False
    await stage.logged_in(2)
    heard = await stage.server.hears("calling.play", PATIENCE)
    return Finding(heard is not None and heard.line == 1, "it goes out" if heard else "it does not go out")


@promise(COMMANDS, "A command in flight when the line drops fails, and is not sent a second time")
async def command_in_flight(stage: Stage) -> Finding:
    stage.server.replies["calling.record"] = lambda _: []
    await stage.offers()
    await stage.asked("calling.record")
    stage.server.drop()
    how = await stage.outcome()
    await stage.logged_in(2)
    sent = await _sent(stage, "calling.record")
    return Finding(how.startswith("raises") and sent == 1, f"it {how}, and is sent {'once' if sent == 1 else 'again'}")


@promise(COMMANDS, "While the login has not been answered, no other command goes out")
async def nothing_before_login(stage: Stage) -> Finding:
    server = stage.server
    server.holds_logins = True
    await stage.logged_in()
    stage.tells("the login has come")
    early = await server.hears("signalwire.receive", 2.0)
    server.accept_login(server.heard_of("signalwire.connect")[0].frame)
    if not early and await server.hears("signalwire.receive") is None:
        raise NotMeasuredError("the command was never sent")
    return Finding(early is None, "it is sent before" if early else "it is sent after the answer")


@promise(COMMANDS, "A handler that goes on playing into a call that has ended does not stop the client")
async def spinning_handler(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.say(stage.server.state("ended", end_reason="hangup"))
    await stage.told("spinning")
    answer: Frame | None = await stage.server.answer_to(stage.server.request("signalwire.ping"), PATIENCE)
    return Finding(answer is not None, "a ping is answered" if answer else "a ping is not answered 5 s later")
