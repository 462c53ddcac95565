"""What programs do with a call as a whole, and with their own tasks: one function each, whose docstring tells what."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from callfsm import CallStateEvent, RelayError, RelayEvent
from callfsm.builders import phone
from stories.acting import HOME, Actor, StoryError, number, step
from stories.story import Step


@step
async def answer(actor: Actor, _step: Step) -> None:
    """Answer the call."""
    await actor.call.answer()


@step
async def hangup(actor: Actor, _step: Step) -> None:
    """Hang up."""
    await actor.call.hangup()


@step
async def pass_(actor: Actor, _step: Step) -> None:
    """Give the call back; it may be offered again."""
    actor.scene.given_up.add(actor.call.call_id)
    await actor.call.pass_()


@step
async def transfer(actor: Actor, _step: Step) -> None:
    """Hand the call over."""
    await actor.call.transfer("swml:elsewhere")


@step
async def pause(_actor: Actor, step: Step) -> None:
    """Do nothing for a while."""
    await asyncio.sleep(step.seconds)


@step
async def room(actor: Actor, step: Step) -> None:
    """Join a room, and perhaps leave it again."""
    await actor.call.join_room("lobby")
    await asyncio.sleep(step.seconds)
    if step.choice % 2:
        await actor.call.leave_room()


@step
async def connect(actor: Actor, step: Step) -> None:
    """Connect the call to somebody else."""
    await actor.call.connect([[phone(number(step.choice), HOME)]], timeout=10)


@step
async def disconnect(actor: Actor, _step: Step) -> None:
    """Part the call from the one it is connected to."""
    await actor.call.disconnect()


@step
async def send_digits(actor: Actor, _step: Step) -> None:
    """Send digits to the far end."""
    await actor.call.send_digits("12w3")


@step
async def queue(actor: Actor, step: Step) -> None:
    """Let the call wait in a queue, or leave it."""
    if step.choice % 2:
        await actor.call.queue_leave("support")
    else:
        await actor.call.queue_enter("support")


@step
async def conference(actor: Actor, step: Step) -> None:
    """Join a conference; perhaps leave it again, perhaps one in which the call never was."""
    told = await actor.call.join_conference("standup", end_on_exit=bool(step.choice % 2))
    await asyncio.sleep(step.seconds)
    if step.choice % 3 == 2:
        await actor.call.leave_conference(str(told.get("conference_id") or "no-such-conference"))


@step
async def hold(actor: Actor, step: Step) -> None:
    """Put the call on hold, and take it back."""
    await actor.call.hold()
    await asyncio.sleep(step.seconds)
    await actor.call.unhold()


@step
async def user_event(actor: Actor, _step: Step) -> None:
    """Send an event of the program's own."""
    await actor.call.user_event(event={"name": "milestone"})  # type: ignore[arg-type]  # as the server takes it


@step
async def wait_ended(actor: Actor, step: Step) -> None:
    """Wait for the end of the call, with a limit or without."""
    await actor.call.wait_for_ended(step.seconds or None)


@step
async def wait_answered(actor: Actor, step: Step) -> None:
    """Wait for the answer, with a limit or without."""
    await actor.call.wait_for_answered(step.seconds or None)


@step
async def wait_event(actor: Actor, step: Step) -> None:
    """Wait for an event that may never come, with a limit or without."""
    wanted: str | type[RelayEvent] = (CallStateEvent, "calling.call.dance", RelayEvent)[step.choice % 3]
    await actor.call.wait_for(wanted, timeout=step.seconds or None)


@step
async def listen(actor: Actor, step: Step) -> None:
    """Let a listener hear every event: a quick one, a slow one, or one that raises."""

    async def slowly(_event: RelayEvent) -> None:
        await asyncio.sleep(min(step.seconds, 1.5))

    def badly(_event: RelayEvent) -> None:
        raise StoryError("a listener's own fault")

    quickly: list[RelayEvent] = []
    actor.call.on(RelayEvent, (slowly, badly, quickly.append)[step.choice % 3])


@step
async def beside(actor: Actor, step: Step) -> None:
    """Do something beside the rest of the program: play, record, or wait for the end."""
    kind = ("play", "record", "wait_ended", "collect", "hangup")[step.choice % 5]
    actor.spawn(actor.scene.perform(actor, (Step(kind, step.seconds),)))


@step
async def cancel(actor: Actor, step: Step) -> None:
    """Begin something beside, and cancel it after a while."""
    kind = ("wait_ended", "play", "prompt", "answer", "record", "hangup")[step.choice % 6]
    task = actor.spawn(actor.scene.perform(actor, (Step(kind),)))
    await asyncio.sleep(step.seconds)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@step
async def raise_(_actor: Actor, _step: Step) -> None:
    """Raise an exception."""
    raise StoryError("the program's own fault")


@step
async def block(actor: Actor, step: Step) -> None:
    """Block the event loop for a while."""
    actor.scene.loop.block(step.seconds)


@step
async def spin(actor: Actor, step: Step) -> None:
    """Go on asking until the call ends, and a while longer."""
    for _ in range(5 * (1 + step.choice)):
        with suppress(RelayError):
            await actor.call.send_digits("1")
        await asyncio.sleep(step.seconds / 10)


@step
async def dial(actor: Actor, step: Step) -> None:
    """Call somebody else, and hang up when they have answered."""
    await actor.scene.dial(Step(step.kind, step.seconds, step.choice), (Step("pause", 1.0), Step("hangup")))
