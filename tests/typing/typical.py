"""What programs write, as a type checker sees it: no complaint is wanted here. Never run."""

from typing import assert_type

from callfsm import (
    Call,
    CollectEvent,
    Message,
    PlayAction,
    PlayEvent,
    RecordAction,
    RecordEvent,
    RelayClient,
    RelayEvent,
    collect,
    digits,
    phone,
    sip,
    speech,
    tts,
)

client = RelayClient(project="p", token="t", host="example.signalwire.com", contexts=["office"])


@client.on_call
async def handle(call: Call) -> None:
    """Raw dicts and builders, typed events and typed actions."""
    await call.answer()
    await call.answer(codecs=["PCMU"], max_duration=3600)
    assert_type(await call.play([{"type": "tts", "params": {"text": "Hello"}}]), PlayAction)
    await call.play([tts("Hello"), {"type": "silence", "params": {"duration": 0.5}}], volume=-3.0, loop=2)
    await call.play(
        [{"type": "audio", "params": {"url": "https://example.com/a.mp3"}}], status_url="https://example.com"
    )
    prompt = await call.prompt_tts("Press 1", collect(digits=digits(1), initial_timeout=5.0))
    assert_type(await prompt.wait(), CollectEvent)
    print((await prompt.wait(timeout=3)).digits)
    await call.prompt_tts("Say it", {"speech": speech(language="en-US"), "initial_timeout": 4})
    recording = await call.record({"format": "wav", "stereo": True}, on_completed=keep)
    assert_type(recording, RecordAction)
    assert_type(await recording.wait(), RecordEvent)
    await recording.pause(behavior="silence")
    await call.connect([[phone("+15550100001", timeout=20)], [sip("sip:desk@example.com")]], ringback=[tts("Wait")])
    await call.connect([[{"type": "phone", "params": {"to_number": "+15550100001"}}]])
    call.on("calling.call.play", lambda event: print(event.event_type))
    call.on(PlayEvent, shown)
    call.on(RelayEvent, lambda event: print(event.call_id))
    assert_type(await call.wait_for(PlayEvent, lambda event: event.state == "finished", timeout=3), PlayEvent)
    assert_type(await call.wait_for("calling.call.play"), RelayEvent)
    detector = await call.detect({"type": "machine", "params": {"initial_timeout": 4.5}}, timeout=20)
    print((await detector.wait()).detect)
    await call.hangup()
    await call.wait_for_ended(timeout=5)


async def keep(event: RecordEvent) -> None:
    """Called once, with the file's address."""
    print(event.url, event.duration, event.size)


def shown(event: PlayEvent) -> None:
    """A plain function is a handler too."""
    print(event.state)


@client.on_message
async def receive(message: Message) -> None:
    """Text messages."""
    answer = await client.send_message(to_number=message.from_number, from_number=message.to_number, body="hi")
    await answer.wait(timeout=60)
    print(answer.state, answer.reason)


async def dial() -> None:
    """Outbound calls."""
    async with client:
        call = await client.dial([[phone("+15550100001", "+15550100002")]], dial_timeout=30)
        assert_type(call, Call)
        print(call.state, call.end_reason, call.standing)
        await client.execute("calling.end", {"call_id": call.call_id, "node_id": call.node_id})


client.run()
