"""What is promised of operations: plays, recordings, faxes, payments and collected input."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from staging import PATIENCE, Finding, Stage, promise
from waiting import returns

if TYPE_CHECKING:
    from plain_server import Frame

OPERATIONS = "Operations"
URL = "https://files.example.test/recording.mp3"


async def _begun(stage: Stage, method: str) -> str:
    await stage.offers()
    control_id: str = (await stage.asked(method))["params"]["control_id"]
    await stage.told("waiting")
    return control_id


@promise(OPERATIONS, "`on_completed` is called when the call ends and the play with it")
async def completion_told_at_call_end(stage: Stage) -> Finding:
    await _begun(stage, "calling.play")
    stage.server.say(stage.server.state("ending"), stage.server.state("ended", end_reason="hangup"))
    called = await stage.hears("completed", PATIENCE)
    return Finding(called is not None, "it is called" if called else "it is not called 5 s later")


@promise(OPERATIONS, "A recording whose `finished` report comes half a second after the call's end still gives its URL")
async def late_recording_kept(stage: Stage) -> Finding:
    control_id = await _begun(stage, "calling.record")
    stage.server.say(stage.server.state("ending"), stage.server.state("ended", end_reason="hangup"))
    await asyncio.sleep(0.5)
    stage.server.say(stage.server.report("record", control_id, state="finished", url=URL, duration=4.2, size=1000))
    how = await stage.outcome()
    if not how.startswith("returns"):
        return Finding(kept=False, words=f"`action.wait()` {how}, and there is no URL")
    url = (await stage.told("url"))["url"]
    return Finding(url == URL, f"`action.wait()` returns {'with' if url == URL else 'without'} the URL")


@promise(
    OPERATIONS,
    "A fax completes on the event that the service's specification gives: `fax.type` finished, without a `state`",
)
async def fax_completes_by_type(stage: Stage) -> Finding:
    control_id = await _begun(stage, "calling.receive_fax")
    fax = {"type": "finished", "params": {"direction": "receive", "pages": 1, "success": True, "result": 0}}
    stage.server.say(stage.server.report("fax", control_id, fax=fax))
    return returns(await stage.outcome())


@promise(
    OPERATIONS, "A payment completes on the event that the service's specification gives: a `result`, without a `state`"
)
async def payment_completes_by_result(stage: Stage) -> Finding:
    control_id = await _begun(stage, "calling.pay")
    stage.server.say(stage.server.report("pay", control_id, result="success"))
    return returns(await stage.outcome())


async def _collected(stage: Stage, early: Frame, wanted: Frame) -> Finding:
    control_id = await _begun(stage, "calling.collect")
    stage.server.say(stage.server.report("collect", control_id, **early))
    await asyncio.sleep(0.5)
    stage.server.say(stage.server.report("collect", control_id, **wanted))
    got = (await stage.told("result"))["result"]
    kept = got == wanted["result"]
    return Finding(kept, f"it ends with {'the final result' if kept else 'the earlier event'}")


@promise(OPERATIONS, "Collecting with `partial_results` ends with the final result, not with a partial one")
async def partial_result_is_not_final(stage: Stage) -> Finding:
    early = {"final": False, "result": {"type": "speech", "params": {"text": "one", "confidence": 40}}}
    wanted = {"final": True, "result": {"type": "speech", "params": {"text": "one two", "confidence": 90}}}
    return await _collected(stage, early, wanted)


@promise(OPERATIONS, "Collecting with `send_start_of_input` ends with the input, not with the news that it begins")
async def start_of_input_is_not_final(stage: Stage) -> Finding:
    wanted = {"result": {"type": "digit", "params": {"digits": "12", "terminator": "#"}}}
    return await _collected(stage, {"result": {"type": "start_of_input"}}, wanted)


@promise(OPERATIONS, "`play_and_collect` ends with the input, not with the end of the prompt")
async def prompt_is_not_input(stage: Stage) -> Finding:
    control_id = await _begun(stage, "calling.play_and_collect")
    stage.server.say(stage.server.report("play", control_id, state="finished"))
    await asyncio.sleep(0.5)
    result = {"type": "digit", "params": {"digits": "1", "terminator": ""}}
    stage.server.say(stage.server.report("collect", control_id, result=result))
    got = (await stage.told("result"))["result"]
    return Finding(got == result, f"it ends with {'the input' if got == result else 'the prompt'}")


@promise(OPERATIONS, "`detect` ends its wait with the first thing detected")
async def detect_ends_with_first(stage: Stage) -> Finding:
    control_id = await _begun(stage, "calling.detect")
    detected = {"type": "machine", "params": {"event": "HUMAN"}}
    stage.server.say(stage.server.report("detect", control_id, detect=detected))
    return returns(await stage.outcome())


@promise(OPERATIONS, "Two plays that are given one `control_id`: the wait for the first still ends with its report")
async def control_id_given_twice(stage: Stage) -> Finding:
    control_id = await _begun(stage, "calling.play")
    stage.server.say(stage.server.report("play", control_id, state="finished"))
    how = await stage.outcome()
    second = (await stage.told("second"))["how"]
    return Finding(how.startswith("returns"), f"the second `play()` {second}, the first `action.wait()` {how}")


@promise(OPERATIONS, "A play's last report that comes before the reply to the play ends it")
async def report_before_reply(stage: Stage) -> Finding:
    server = stage.server

    def overtaken(frame: Frame) -> list[Frame]:
        return [server.report("play", frame["params"]["control_id"], state="finished"), server.reply(frame)]

    server.replies["calling.play"] = overtaken
    await stage.offers()
    return returns(await stage.outcome())


@promise(OPERATIONS, "A play that the server answers with 404, as the call has just gone, raises nothing and has ended")
async def play_of_gone_call(stage: Stage) -> Finding:
    server = stage.server
    server.replies["calling.play"] = lambda frame: [server.reply(frame, "404")]
    await stage.offers()
    return returns(await stage.outcome())
