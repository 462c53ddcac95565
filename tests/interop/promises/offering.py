"""What is promised of inbound calls: nobody is left ringing, and each has one handler."""

from __future__ import annotations

import asyncio
import signal

from staging import PATIENCE, Finding, NotMeasuredError, Stage, promise

INBOUND = "Inbound calls"


async def _ended(stage: Stage, call_id: str = "call-1") -> Finding:
    heard = await stage.server.hears("calling.end", PATIENCE, call_id=call_id)
    if heard is None:
        return Finding(kept=False, words="nothing is sent; the call is left as it is")
    return Finding(kept=True, words=f"it is ended with reason `{heard.frame['params'].get('reason')}`")


@promise(INBOUND, "A call that is offered again (the same `calling.call.receive`) has one handler")
async def offered_again(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("handler")
    stage.server.say(stage.server.offer())
    await asyncio.sleep(2)
    handlers = len(stage.all_told("handler"))
    return Finding(handlers == 1, f"{handlers} handler{'s' * (handlers != 1)}")


@promise(INBOUND, "A call over `max_active_calls` is declined, not left ringing")
async def over_capacity(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("handler")
    stage.server.say(stage.server.offer("call-2"))
    return await _ended(stage, "call-2")


@promise(INBOUND, "A call for which the program has no handler is declined, not left ringing")
async def no_handler(stage: Stage) -> Finding:
    await stage.offers()
    return await _ended(stage)


@promise(INBOUND, "A call whose handler raises is hung up")
async def raising_handler(stage: Stage) -> Finding:
    await stage.offers()
    await stage.asked("calling.answer")
    return await _ended(stage)


@promise(INBOUND, "A slow handler does not delay the handler of the next call")
async def slow_handler(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("handler")
    stage.server.say(stage.server.offer("call-2"))
    answered = await stage.server.hears("calling.answer", PATIENCE, call_id="call-2")
    return Finding(answered is not None, "the next call is answered" if answered else "it waits")


@promise(INBOUND, "`call.state` never goes back: a late `created` after `answered` leaves it as it is")
async def state_never_back(stage: Stage) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.server.say(stage.server.state("created"))
    await stage.told("heard")
    state = (await stage.told("state"))["state"]
    return Finding(state == "answered", f"it is `{state}`")


@promise(INBOUND, "`call.context` is the context that the call has come in on")
async def context_told(stage: Stage) -> Finding:
    await stage.offers()
    context = (await stage.told("context"))["context"]
    return Finding(context == "office", "it is" if context == "office" else "it is the name of the session")


@promise(INBOUND, "An event tells when the server has sent it (`event.timestamp`)")
async def timestamp_told(stage: Stage) -> Finding:
    await stage.offers()
    timestamp = (await stage.told("timestamp"))["timestamp"]
    return Finding(timestamp == 1790000000.5, "it does" if timestamp else "it is 0.0")


async def _finishes_after(stage: Stage, number: signal.Signals) -> Finding:
    await stage.offers()
    await stage.told("waiting")
    stage.process.send_signal(number)
    heard = await stage.server.hears("calling.end", 2 * PATIENCE)
    if heard is not None:
        return Finding(kept=True, words="the handler finishes, and the call is hung up")
    if stage.process.returncode is None:
        raise NotMeasuredError("the program neither left nor hung up")
    return Finding(kept=False, words="the program leaves at once, and the call stays up")


@promise(INBOUND, "Stopped by SIGINT (Ctrl-C) under `run()`, a call that is up may finish before the program leaves")
async def interrupted(stage: Stage) -> Finding:
    return await _finishes_after(stage, signal.SIGINT)


@promise(INBOUND, "Stopped by SIGTERM under `run()`, a call that is up may finish before the program leaves")
async def terminated(stage: Stage) -> Finding:
    return await _finishes_after(stage, signal.SIGTERM)
