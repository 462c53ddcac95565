"""What programs get wrong, as a type checker sees it: each line with a comment `# wrong` must be refused. Never run."""

from callfsm import Call, PlayEvent, RelayClient, phone, tts

client = RelayClient(project=1)  # wrong


async def handle(call: Call) -> None:
    """One mistake a line."""
    await call.play([{"type": "tts", "params": {"txt": "Hello"}}])  # wrong
    await call.play([{"type": "video", "params": {"url": "x"}}])  # wrong
    await call.play([{"type": "silence", "params": {"duration": "long"}}])  # wrong
    await call.play("Hello")  # wrong
    await call.play(tts("Hello"))  # wrong
    await call.play([tts("Hello")], volume="loud")  # wrong
    await call.play_tts(1)  # wrong
    await call.play_tts("Hello", langauge="en-US")  # wrong
    await call.record({"fromat": "wav"})  # wrong
    await call.record({"format": "ogg"})  # wrong
    await call.collect(digits={"maximum": 4})  # wrong
    await call.connect([phone("+15550100001")])  # wrong
    await call.connect([[{"type": "phone", "params": {"to": "+15550100001"}}]])  # wrong
    await call.detect({"type": "parrot", "params": {}})  # wrong
    await call.hangup(reason=1)  # wrong
    action = await call.play([tts("Hello")])
    await action.start_input_timers()  # wrong
    event = await action.wait()
    print(event.digits)  # wrong
    call.on(PlayEvent, 3)  # wrong
    call.on("calling.call.play")  # wrong
    call.state = "answered"  # wrong
    await call.wait_for(PlayEvent, lambda each: each.digits == "1")  # wrong
    recording = await call.record()
    await recording.volume(3.0)  # wrong
    print((await recording.wait()).text)  # wrong
    await call.answerr()  # wrong
    await client.dial([[phone()]])  # wrong
    await client.send_message("hello")  # wrong
