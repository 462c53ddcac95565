"""What is promised of waits: each ends, and none harms another."""

from __future__ import annotations

from staging import Finding, Stage, promise

WAITS = "Waits"


def ends(how: str) -> Finding:
    """A wait that must end, by returning or by an error that is no cancellation."""
    return Finding(how.startswith("returns") or _raises(how), f"it {how}")


def returns(how: str) -> Finding:
    """A wait whose hope comes true: it must return."""
    return Finding(how.startswith("returns"), f"it {how}")


def raises(how: str) -> Finding:
    """A wait whose hope cannot come true: it must raise an error that is no cancellation."""
    return Finding(_raises(how), f"it {how}")


def _raises(how: str) -> bool:
    return how.startswith("raises") and "CancelledError" not in how


@promise(
    WAITS,
    "The wait for a play (`action.wait()`) ends when the caller hangs up, even if no report tells the end of the play",
)
async def play_wait_ends_with_call(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.say(stage.server.state("ending"), stage.server.state("ended", end_reason="hangup"))
    return returns(await stage.outcome())


@promise(WAITS, "`wait_for_answered()` ends when the call ends without an answer")
async def answered_wait_ends_with_call(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.say(stage.server.state("ended", end_reason="cancel"))
    return ends(await stage.outcome())


@promise(WAITS, "`wait_for(event)` ends when the call has ended and no such event can come any more")
async def event_wait_ends_with_call(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.say(stage.server.state("ending"), stage.server.state("ended", end_reason="hangup"))
    return raises(await stage.outcome())


@promise(
    WAITS,
    "After a `wait_for_ended(timeout=...)` whose time is over, the next `wait_for_ended()` still sees the call end",
)
async def expired_ended_wait_harms_nobody(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.say(stage.server.state("ended", end_reason="hangup"))
    return returns(await stage.outcome())


@promise(
    WAITS, "After an `action.wait(timeout=...)` whose time is over, the next `action.wait()` still sees the play end"
)
async def expired_action_wait_harms_nobody(stage: Stage) -> Finding:
    return await _play_finishes(stage)


@promise(WAITS, "A task that waits in `action.wait()` and is cancelled leaves the action to complete for the others")
async def cancelled_action_wait_harms_nobody(stage: Stage) -> Finding:
    return await _play_finishes(stage)


async def _play_finishes(stage: Stage) -> Finding:
    await stage.offers()
    control_id = (await stage.asked("calling.play"))["params"]["control_id"]
    await stage.told("waiting")
    stage.server.say(stage.server.report("play", control_id, state="finished"))
    return returns(await stage.outcome())


@promise(
    WAITS, "A task that waits in `message.wait()` and is cancelled leaves the message to be waited for by the others"
)
async def cancelled_message_wait_harms_nobody(stage: Stage) -> Finding:
    server = stage.server
    server.replies["messaging.send"] = lambda frame: [server.reply(frame, message_id="message-1")]
    await stage.told("waiting")
    server.say(server.event("messaging.state", message_id="message-1", message_state="delivered", direction="outbound"))
    return returns(await stage.outcome())


@promise(WAITS, "At `disconnect()`, a command that waits for its reply gets an error that is not `CancelledError`")
async def disconnect_ends_command(stage: Stage) -> Finding:
    stage.server.replies["calling.record"] = lambda _: []
    await stage.offers()
    return raises(await stage.outcome())


@promise(WAITS, "At `disconnect()`, `action.wait()` ends")
async def disconnect_ends_action_wait(stage: Stage) -> Finding:
    await stage.offers()
    return ends(await stage.outcome())
