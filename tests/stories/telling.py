"""Letting a story happen, and looking at what is left of it.

A story ends in five parts: the program's errands and the callers come to their end, or a minute passes; no fault is
to come any more, and the line comes back; whatever the client should have hung up by itself is gone; everybody
hangs up, and every call ends at the client too; the client disconnects, and nothing of it is left.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from callfsm import RelayError
from callfsm.core.model.watched import QUIET_ROUNDS
from callfsm.dialing import DIAL_SECONDS
from callfsm.line import UNREACHABLE
from callfsm.simulator.journal import Entry
from callfsm.simulator.leg import Leg
from callfsm.supervisor import AUDIT_SECONDS
from callfsm.testing.virtual_time import DeadEndError, VirtualTimeLoop
from callfsm.testing.watching import tell_tasks
from stories import callers
from stories.legality import misled
from stories.remains import abandon, look_after, running
from stories.scene import FAILED, RUNNING, Scene
from stories.story import Story
from stories.watching import Breach

STAGE_SECONDS: Final = 60.0
"""How long errands, callers and faults have."""
BACK_SECONDS: Final = 120.0
"""Within how long the line is back: half-open lines noticed, an attempt given up, the longest delay waited."""
ORPHAN_SECONDS: Final = 2 * AUDIT_SECONDS + 15.0
"""Within how long a leg that nobody holds is hung up once the line is back, also when the first hang-up was lost."""
ENDED_SECONDS: Final = AUDIT_SECONDS * (QUIET_ROUNDS + 2) + 30.0
"""Within how long a call whose leg is gone has ended, also when nothing tells so: all audits, and a reply's limit."""
WAIT_SECONDS: Final = DIAL_SECONDS + 30.0
"""Within how long every wait of the program ends once its calls have; a dial of which no more is heard waits longest."""
QUICKLY_SECONDS: Final = 15.0
"""Within how long all that happens when no fault has taken away a reply, a command or an event for good."""
VIRTUAL_LIMIT: Final = 3_600.0


class Told(NamedTuple):
    """How a story went."""

    breaches: list[Breach]
    seen: Counter[str]
    pairs: set[tuple[str, str]]
    journal: list[Entry]
    """What has gone over the wire, and what the callers did."""
    scene: Scene


def tell(story: Story, loop: VirtualTimeLoop) -> Told:
    """Let a story happen on a loop, which can be used for the next one after it."""
    loop.failures.clear()
    scene: Scene | None = None
    begun: list[asyncio.Task[Any]] = []

    async def whole() -> Scene:
        nonlocal scene
        scene = Scene(story, loop)
        loop.each_turn = scene.watch.turn
        await _happen(scene)
        return scene

    # Kept here, they are found more quickly than by `asyncio.all_tasks`, which looks through all that ever were.
    keep_no_more = tell_tasks(loop, begun.append)
    try:
        loop.run_until_complete(whole())
    except DeadEndError as error:
        assert scene is not None, "a story that has not begun has no dead end"
        scene.watch.breach("every wait ends", f"{error}; still running: {running(begun)}")
        abandon(loop, begun)
    assert scene is not None, "the story has been told"
    loop.each_turn = None
    look_after(scene, loop, begun)
    keep_no_more()
    return Told(scene.watch.breaches, scene.seen, scene.pairs, scene.board.journal.entries(), scene)


async def _happen(scene: Scene) -> None:
    scene.arm()
    await _connect(scene)
    people = [
        asyncio.create_task(callers.call_in(scene, caller), name="story caller") for caller in scene.story.callers
    ]
    errands = asyncio.create_task(scene.errands(), name="story errands")
    scene.tasks.append(errands)
    await asyncio.wait([*people, errands], timeout=STAGE_SECONDS)
    await asyncio.sleep(2.0)
    scene.heal()
    await _come_back(scene)
    hung_up = ORPHAN_SECONDS if misled(scene) else QUICKLY_SECONDS
    await _until(
        scene,
        lambda: not _unheld(scene),
        hung_up,
        "what nobody holds is hung up",
        lambda: f"{[leg.call_id for leg in _unheld(scene)]}",
    )
    await _everybody_hangs_up(scene)
    await asyncio.gather(*people)
    await scene.client.disconnect()
    await asyncio.sleep(0.5)
    await scene.board.close()
    scene.wire.close()
    for _ in range(5):
        await asyncio.sleep(0)


async def _connect(scene: Scene) -> None:
    for _ in range(6):
        try:
            await scene.client.connect()
        except (RelayError, *UNREACHABLE) as error:
            scene.seen[f"raised {type(error).__name__}"] += 1
            await asyncio.sleep(1.0)
        else:
            return


async def _until(
    scene: Scene, reached: Callable[[], bool], seconds: float, promise: str, seen: Callable[[], str]
) -> None:
    # Looks more and more rarely: most of what is waited for comes at once.
    pause, deadline = 0.1, scene.loop.time() + seconds
    while not reached():
        if scene.loop.time() >= deadline:
            scene.watch.breach(promise, f"not within {seconds:g} s: {seen()}")
            return
        await asyncio.sleep(pause)
        pause = min(pause * 2, 10.0)


async def _come_back(scene: Scene) -> None:
    client = scene.client

    def closed() -> bool:
        return client.state in ("closed", "refused", "offline")

    def back() -> bool:
        line = scene.wire.line
        return client.state == "online" and line is not None and not line.silent

    # A login that is under way may still come to nothing, and close a client that the program has just connected.
    for _ in range(2):
        if closed():
            await _connect(scene)
        await _until(scene, lambda: back() or closed(), BACK_SECONDS, "the line comes back", lambda: client.state)
    if not back():
        scene.watch.breach("the line comes back", client.state)


def _unheld(scene: Scene) -> list[Leg]:
    """The legs that the client knows of and that nobody holds: it should have hung them up."""
    held = {call.call_id for call in scene.client.calls}
    return [
        leg
        for leg in scene.board.exchange.legs.values()
        if leg.up and not leg.transferred and leg.call_id in scene.watch.calls and _nobody_holds(scene, leg, held)
    ]


def _nobody_holds(scene: Scene, leg: Leg, known: set[str]) -> bool:
    fate = scene.held.get(leg.call_id)
    if leg.session is None or leg.call_id in scene.given_up:
        return False  # It has been passed on, or its session is over, and its end is on its way.
    if leg.tag in scene.client._session.switchboard.dials:
        return False  # It rings for a dial that somebody waits for.
    if fate is None or fate == FAILED:
        return True
    return fate == RUNNING and leg.call_id not in known


async def _everybody_hangs_up(scene: Scene) -> None:
    client = scene.client

    def over() -> bool:
        for leg in list(scene.board.exchange.legs.values()):
            leg.end("hangup", leg.direction)
        return not scene.board.exchange.legs and not client.calls

    ended = ENDED_SECONDS if misled(scene) else QUICKLY_SECONDS
    await _until(scene, over, ended, "every call ends, or is reported lost", lambda: f"{client.calls}")
    await _until(
        scene,
        lambda: over() and not _busy(scene),
        max(ended, WAIT_SECONDS),
        "no task outlives its waits",
        lambda: f"{_busy(scene)}",
    )


def _busy(scene: Scene) -> list[asyncio.Future[object]]:
    pump = scene.client._pump
    tasks = (*pump.tasks._running, *pump.handlers._running, *scene.tasks)
    return [task for task in tasks if not task.done() and task not in scene.patient]
