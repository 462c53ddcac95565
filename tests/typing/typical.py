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
    TapAction,
    answering_machine,
    collect,
    digits,
    fabric,
    fax_tone,
    keys,
    other_call,
    phone,
    queue,
    refer_to,
    rtp,
    sip,
    speech,
    stream,
    tap_audio,
    tts,
    websocket,
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


async def serve(call: Call) -> None:
    """What else is given: destinations, detectors, taps, and orders to what runs."""
    await call.connect([[phone("+15550100001", max_duration=600, confirm="https://example.com/confirm.json")]])
    await call.connect([[sip("sip:desk@example.com", "sip:me@example.com", encryption="optional", codecs=["OPUS"])]])
    await call.connect([[fabric("/private/desk", timeout=20), {"type": "webrtc", "params": {"to": "desk"}}]])
    await call.connect([[other_call("node-1", "call-2")], [queue("node-1", "support", execute_after_queue="hangup")]])
    await call.connect([[stream("wss://media.example", codec="L16@16000h", realtime=True)]])
    await call.collect(digits=digits(4, min=2), speech=speech(model="enhanced", engine="Google"))
    await call.prompt_tts("Press 1", collect(digits=digits(1), start_input_timers=True, partial_results=False))
    await call.detect(answering_machine(initial_timeout=4.5, machine_words_threshold=6))
    await call.detect({})
    await call.detect({"params": {"initial_timeout": 4.5}})
    await call.detect({"type": "fax"})
    await call.detect(fax_tone("CED"))
    await call.detect(keys("12"))
    assert_type(await call.tap(tap_audio("both"), rtp("192.0.2.1", 4000, codec="PCMU", ptime=20)), TapAction)
    await call.tap({"type": "audio", "params": {"direction": "listen"}}, websocket("wss://media.example", rate=8000))
    await call.refer(refer_to("sip:desk@example.com", username="me", password="secret"))
    await call.refer({"type": "sip", "params": {"to": "sip:desk@example.com", "from": "sip:me@example.com"}})
    await call.live_transcribe({"start": {"lang": "en-US", "direction": ["local-caller"], "ai_summary": True}})
    await call.live_transcribe({"stop": {}})
    await call.live_transcribe("summarize")
    await call.live_translate({"start": {"from_lang": "en", "to_lang": "de", "direction": ["remote-caller"]}})
    await call.live_translate({"inject": {"message": "Hello", "direction": "remote-caller"}})
    await call.live_translate({"summarize": {"prompt": "In a word"}})
    await call.pay(
        "https://pay.example",
        parameters=[{"name": "order", "value": "7"}],
        prompts=[
            {"for": "postal-code", "actions": [{"type": "Say", "phrase": "Your postcode"}]},
            {"for": "payment-failed", "play": [tts("It failed")], "error_type": "timeout"},
        ],
    )
    await call.ai(prompt={"text": "Be kind.", "temperature": 0.5}, post_prompt={"text": "Summarise."})
    await call.ai_message(message_text="Be brief.", role="system", reset={"full_reset": True})
    await call.join_conference("room", stream_obj={"url": "wss://media.example", "name": "copy"})


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
