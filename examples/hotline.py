"""A hotline: callers wait in a queue and hear where they stand; an agent takes them one by one.

callfsm run examples/hotline.py --simulate          # then, in another shell:
callfsm caller ring --context hotline
callfsm caller ring --context agents
"""

import asyncio

from callfsm import Call, CallEndedError, QueueEvent, RelayClient, queue

client = RelayClient(contexts=["hotline", "agents"])

QUEUE = "support"


@client.on_call
async def receive(call: Call) -> None:
    """A caller goes into the queue, an agent takes the next one out of it."""
    await call.answer()
    await (serve if call.context == "agents" else wait_in_line)(call)
    await call.hangup()


async def wait_in_line(call: Call) -> None:
    """Tell the caller their place, and keep them in the queue until an agent has talked to them."""
    # The event may be here before the command has returned, so listen first.
    entered = asyncio.create_task(call.wait_for(QueueEvent, lambda each: each.status == "enqueue", timeout=10))
    await call.queue_enter(QUEUE)
    try:
        event = await entered
    except (CallEndedError, TimeoutError):
        return  # The caller has hung up before there was a place for them, or there is none.
    place = await call.play_tts(f"You are number {event.position} in the queue.")
    await place.wait()
    await call.wait_for_ended()


async def serve(call: Call) -> None:
    """Connect an agent to whoever waits longest, until one of them hangs up."""
    greeting = await call.play_tts("Connecting you to the next caller.")
    await greeting.wait()
    await call.connect([[queue(call.node_id, QUEUE)]])
    await call.wait_for_ended()


if __name__ == "__main__":
    client.run()
