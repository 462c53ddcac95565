"""What is promised of those who listen to a call's events."""

from __future__ import annotations

from staging import PATIENCE, Finding, Stage, promise

LISTENERS = "Listeners"
REPORTS = 5


async def _reported(stage: Stage, times: int = 1) -> None:
    await stage.offers()
    await stage.told("waiting")
    for number in range(times):
        stage.server.say(stage.server.report("play", "play-1", state="playing", number=number))


@promise(LISTENERS, "A slow coroutine that listens to a call does not hold up the line")
async def slow_listener(stage: Stage) -> Finding:
    await _reported(stage)
    await stage.told("listening")
    answer = await stage.server.answer_to(stage.server.request("signalwire.ping"), PATIENCE)
    return Finding(answer is not None, "a ping is answered" if answer else "a ping is not answered 5 s later")


@promise(LISTENERS, "A slow coroutine that listens to a call does not delay the other listeners")
async def slow_listener_alone(stage: Stage) -> Finding:
    await _reported(stage)
    heard = await stage.hears("heard", PATIENCE)
    return Finding(heard is not None, "they hear at once" if heard else "they wait")


@promise(LISTENERS, "A listener that raises keeps nobody else from hearing")
async def raising_listener(stage: Stage) -> Finding:
    await _reported(stage)
    heard = await stage.hears("heard", PATIENCE)
    return Finding(heard is not None, "the next one hears" if heard else "the next one does not hear")


@promise(
    LISTENERS, "A coroutine that listens has done with one event before it gets the next, in the order they were sent"
)
async def listener_in_order(stage: Stage) -> Finding:
    await _reported(stage, REPORTS)
    order = (await stage.told("order"))["order"]
    kept = order == list(range(REPORTS))
    return Finding(
        kept, "it has" if kept else "it is run for several events at once, and has done with the later ones first"
    )
