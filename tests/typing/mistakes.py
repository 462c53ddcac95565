"""What programs get wrong, as a type checker sees it: each line with a comment `# wrong` must be refused. Never run."""

from callfsm import (
    Call,
    PlayEvent,
    RelayClient,
    answering_machine,
    digits,
    fabric,
    fax_tone,
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


async def connect(call: Call) -> None:
    """Destinations that there are not."""
    await call.connect([[phone("+15550100001", max_durations=60)]])  # wrong
    await call.connect([[phone("+15550100001", codecs=["OPUS"])]])  # wrong
    await call.connect([[sip("sip:desk@example.com", encryption="always")]])  # wrong
    await call.connect([[fabric("/private/desk", max_duration=60)]])  # wrong
    await call.connect([[stream("wss://media.example", status_url_method="PUT")]])  # wrong
    await client.dial([[other_call("node-1", "call-2")]])  # wrong
    await client.dial([[queue("node-1", "support")]])  # wrong
    await client.dial([[{"type": "stream", "params": {"url": "wss://media.example"}}]])  # wrong


async def serve(call: Call) -> None:
    """Detectors, taps and orders that there are not."""
    await call.collect(digits=digits("4"))  # wrong
    await call.collect(speech=speech(model="best"))  # wrong
    await call.collect(speech={"engine": "Whisper"})  # wrong
    await call.detect(answering_machine(words=6))  # wrong
    await call.detect(fax_tone("CEN"))  # wrong
    await call.detect(tts("Hello"))  # wrong
    await call.tap({"type": "audio"}, websocket("wss://media.example"))  # wrong
    await call.tap(tap_audio("up"), websocket("wss://media.example"))  # wrong
    await call.tap(tap_audio("both"), refer_to("sip:desk@example.com"))  # wrong
    await call.tap(tap_audio("both"), {"type": "rtp", "params": {"addr": "192.0.2.1"}})  # wrong
    await call.refer(rtp("192.0.2.1", 4000))  # wrong
    await call.refer({"type": "sip", "params": {"uri": "sip:desk@example.com"}})  # wrong
    await call.live_transcribe("begin")  # wrong
    await call.live_transcribe({"start": {"lang": "en-US"}})  # wrong
    await call.live_transcribe({"inject": {"message": "Hello", "direction": "local-caller"}})  # wrong
    await call.live_translate({"inject": {"message": "Hello", "direction": "left"}})  # wrong
    await call.pay("https://pay.example", prompts=[{"for": "lunch"}])  # wrong
    await call.pay("https://pay.example", parameters=[{"name": "order"}])  # wrong
    await call.ai(prompt={"texts": "Be kind."})  # wrong
    await call.ai_message(reset={"full_reset": "yes"})  # wrong
    await call.join_conference("room", stream_obj={"name": "copy"})  # wrong
