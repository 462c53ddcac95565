"""What is promised of outbound calls: a dial that is over leaves nothing up."""

from __future__ import annotations

import asyncio

from plain_server import NODE, PHONE, Frame
from staging import PATIENCE, Finding, Stage, promise
from waiting import raises

DIAL = "Outbound calls"


def _leg(stage: Stage, tag: str, word: str, call_id: str = "leg-1") -> Frame:
    return stage.server.state(word, call_id, tag=tag, direction="outbound")


def _answered(stage: Stage, tag: str, call_id: str = "leg-1") -> Frame:
    call = {"call_id": call_id, "node_id": NODE, "tag": tag, "device": PHONE, "dial_winner": True}
    return stage.server.event("calling.call.dial", node_id=NODE, tag=tag, dial_state="answered", call=call)


async def _late_leg(stage: Stage) -> Finding:
    tag = (await stage.asked("calling.dial"))["params"]["tag"]
    await stage.outcome()
    stage.server.say(_leg(stage, tag, "created"), _leg(stage, tag, "answered"), _answered(stage, tag))
    heard = await stage.server.hears("calling.end", PATIENCE, call_id="leg-1")
    return Finding(heard is not None, "it is hung up" if heard else "nothing is sent; it stays up")


@promise(DIAL, "A leg that is answered after its dial has timed out is hung up")
async def leg_after_timed_out_dial(stage: Stage) -> Finding:
    return await _late_leg(stage)


@promise(DIAL, "A leg that is answered after its dial's task was cancelled is hung up")
async def leg_after_cancelled_dial(stage: Stage) -> Finding:
    return await _late_leg(stage)


@promise(DIAL, "A leg that rings when its dial times out is hung up")
async def leg_ringing_at_time_out(stage: Stage) -> Finding:
    tag = (await stage.asked("calling.dial"))["params"]["tag"]
    stage.server.say(_leg(stage, tag, "created"), _leg(stage, tag, "ringing"))
    await stage.outcome()
    heard = await stage.server.hears("calling.end", PATIENCE, call_id="leg-1")
    return Finding(heard is not None, "it is hung up" if heard else "nothing is sent; it rings on")


@promise(DIAL, "The end of a leg that has lost leaves the call that has won as it is")
async def losing_leg(stage: Stage) -> Finding:
    server = stage.server
    tag = (await stage.asked("calling.dial"))["params"]["tag"]
    server.say(_leg(stage, tag, "created"), _leg(stage, tag, "created", "leg-2"))
    server.say(_leg(stage, tag, "answered", "leg-2"), _answered(stage, tag, "leg-2"))
    await stage.told("waiting")
    server.say(_leg(stage, tag, "ended"))
    await asyncio.sleep(1)
    early = stage.all_told("outcome")
    server.say(_leg(stage, tag, "ended", "leg-2"))
    how = await stage.outcome()
    kept = not early and how.startswith("returns")
    return Finding(kept, "it ends at its own end" if kept else "it ends with the other leg")


@promise(DIAL, "Two dials that are given one tag: the first still gets its call")
async def tag_given_twice(stage: Stage) -> Finding:
    await stage.asked("calling.dial")
    second = (await stage.told("second"))["how"]
    stage.server.say(_leg(stage, "ours", "created"), _leg(stage, "ours", "answered"), _answered(stage, "ours"))
    how = await stage.outcome()
    return Finding(how.startswith("returns"), f"the second dial {second}; the first {how}")


@promise(DIAL, "The call that `dial()` returns is `answered`, even if no report of its own has said so yet")
async def winner_is_answered(stage: Stage) -> Finding:
    tag = (await stage.asked("calling.dial"))["params"]["tag"]
    stage.server.say(_leg(stage, tag, "created"), _answered(stage, tag))
    state = (await stage.told("state"))["state"]
    return Finding(state == "answered", f"it is `{state}`")


@promise(DIAL, "A dial that nobody answers raises `RelayError`")
async def failed_dial(stage: Stage) -> Finding:
    tag = (await stage.asked("calling.dial"))["params"]["tag"]
    stage.server.say(stage.server.event("calling.call.dial", node_id=NODE, tag=tag, dial_state="failed", call={}))
    return raises(await stage.outcome())
