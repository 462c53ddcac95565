"""Programs of the official client, one for each family of commands.

    python official_families.py FAMILY

Each logs in for the context of its family, and prints what has come of each thing it does.
"""

import asyncio
import sys
from typing import Any

from signalwire.relay import Call, Message, RelayClient

PEER = "+15550100120"
MACHINE = "+15550100121"
FAX = "+15550100122"
OURS = "+15550100001"

family = sys.argv[1]
client = RelayClient(contexts=[family])
over = asyncio.Event()
calls: list[Any] = []


def tell(*words: object) -> None:
    print(*words, flush=True)


def devices(number: str) -> list[list[dict[str, Any]]]:
    return [[{"type": "phone", "params": {"to_number": number, "from_number": OURS, "timeout": 20}}]]


async def finish(call: Call) -> None:
    await call.hangup()
    await call.wait_for_ended(timeout=20)
    tell("ended")
    over.set()


async def bridge(call: Call) -> None:
    await call.answer()
    connected = asyncio.create_task(
        call.wait_for("calling.call.connect", lambda event: event.params["connect_state"] == "connected", timeout=20)
    )
    await call.connect(devices(PEER))
    peer = (await connected).params["peer"]
    tell("connected to", peer["device"]["params"]["to_number"])
    parted = asyncio.create_task(
        call.wait_for("calling.call.connect", lambda event: event.params["connect_state"] == "disconnected", timeout=20)
    )
    await call.disconnect()
    await parted
    tell("disconnected")
    await finish(call)


async def record(call: Call) -> None:
    await call.answer()
    action = await call.record({"direction": "both", "format": "mp3", "end_silence_timeout": 0, "terminators": "#"})
    await (await call.play([{"type": "tts", "params": {"text": "Speak after the tone"}}])).wait(timeout=20)
    event = await action.wait(timeout=20)
    tell("recorded", event.params["state"], event.params["url"][-4:])
    await finish(call)


async def collect(call: Call) -> None:
    await call.answer()
    action = await call.play_and_collect(
        [{"type": "tts", "params": {"text": "Enter your number"}}],
        {"digits": {"max": 4, "terminators": "#"}, "initial_timeout": 20},
    )
    event = await action.wait(timeout=20)
    tell("digits", event.params["result"]["params"]["digits"])
    action = await call.collect(speech={"end_silence_timeout": 0.5}, initial_timeout=20, start_input_timers=True)
    await call.play([{"type": "tts", "params": {"text": "Say your name"}}])
    event = await action.wait(timeout=20)
    tell("speech", event.params["result"]["params"]["text"])
    await finish(call)


async def queue(call: Call) -> None:
    await call.answer()
    calls.append(call)
    if len(calls) == 1:
        dequeued = asyncio.create_task(
            call.wait_for("calling.call.queue", lambda event: event.params["status"] == "dequeue", timeout=30)
        )
        await call.queue_enter("support")
        tell("waiting")
        await dequeued
        tell("dequeued")
        return
    connected = asyncio.create_task(
        call.wait_for("calling.call.connect", lambda event: event.params["connect_state"] == "connected", timeout=20)
    )
    await call.connect([[{"type": "queue", "params": {"node_id": call.node_id, "queue_name": "support"}}]])
    await connected
    tell("connected")
    await calls[0].hangup()
    await finish(call)


async def conference(call: Call) -> None:
    await call.answer()
    joined = asyncio.create_task(
        call.wait_for("calling.conference", lambda event: event.params["status"] == "participant-join", timeout=20)
    )
    reply = await call.join_conference("standup")
    tell("joined", (await joined).params["size"])
    calls.append((call, reply["conference_id"]))
    if len(calls) == 2:
        for member, conference_id in calls:
            left = asyncio.create_task(
                member.wait_for(
                    "calling.conference", lambda event: event.params["status"] == "participant-leave", timeout=20
                )
            )
            await member.leave_conference(conference_id)
            tell("left", (await left).params["size"])
        await calls[0][0].hangup()
        await finish(call)


async def fax(call: Call) -> None:
    await call.answer()
    action = await call.receive_fax()
    taken = (await action.wait(timeout=20)).params["fax"]["params"]
    tell("received", taken["success"], taken["pages"], taken["document"])
    await call.hangup()
    other = await client.dial(devices(FAX))
    action = await other.send_fax("https://files.example.test/out.pdf")
    sent = (await action.wait(timeout=20)).params["fax"]["params"]
    tell("sent", sent["success"], sent["pages"])
    await finish(other)


async def detect(call: Call) -> None:
    await call.answer()
    other = await client.dial(devices(MACHINE))
    ready = asyncio.create_task(
        other.wait_for("calling.call.detect", lambda event: event.detect["params"]["event"] == "READY", timeout=20)
    )
    action = await other.detect({"type": "machine", "params": {}}, timeout=20)
    tell("detected", (await action.wait(timeout=20)).params["detect"]["params"]["event"])
    tell("ready, beep", (await ready).params["detect"]["params"]["beep"])
    await other.hangup()
    await finish(call)


async def pay(call: Call) -> None:
    await call.answer()
    action = await call.pay("https://connector.example.test/pay", postal_code="false", charge_amount="9.99")
    event = await action.wait(timeout=40)
    tell("paid", event.params["result"], event.params["payment_card_number"])
    await finish(call)


@client.on_message
async def message(text: Message) -> None:
    tell("received", text.body)
    for number in ("+15550100123", "+15550100124"):
        sent = await client.send_message(to_number=number, from_number=OURS, body=f"You said: {text.body}")
        await sent.wait(timeout=20)
        tell("sent", sent.state, sent.reason)
    over.set()


client.on_call(
    {
        "bridge": bridge,
        "record": record,
        "collect": collect,
        "queue": queue,
        "conference": conference,
        "fax": fax,
        "detect": detect,
        "pay": pay,
    }.get(family, finish)
)


async def main() -> None:
    async with client:
        tell("logged in")
        await asyncio.wait_for(over.wait(), 60)


asyncio.run(main())
