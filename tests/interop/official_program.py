"""A program of the official client: answer, speak, hang up; one call, then it leaves."""

import asyncio

from signalwire.relay import RelayClient

client = RelayClient(contexts=["interop"])
over = asyncio.Event()


@client.on_call
async def greet(call):
    await call.answer()
    action = await call.play([{"type": "tts", "params": {"text": "Hello from the official client"}}])
    event = await action.wait(timeout=20)
    print("play ended:", event.params.get("state"), flush=True)
    await call.hangup()
    await call.wait_for_ended(timeout=20)
    print("Call ended", flush=True)
    over.set()


async def main():
    async with client:
        print("connected", flush=True)
        await over.wait()


asyncio.run(main())
