"""Voicemail: a greeting, a beep, a message. Whoever hangs up while speaking has left a message too.

callfsm run examples/voicemail.py --simulate    # then, in another shell:
callfsm caller ring --context voicemail
"""

from dataclasses import dataclass

from callfsm import Call, RelayClient

client = RelayClient(contexts=["voicemail"])


@dataclass
class VoiceMessage:
    """A message that somebody has left."""

    caller: str
    url: str
    seconds: float


messages: list[VoiceMessage] = []


@client.on_call
async def take_message(call: Call) -> None:
    """Greet, record until silence, the hash key or hang-up, and keep what was said."""
    await call.answer()
    greeting = await call.play_tts("Nobody is in. Please leave a message after the tone, then press hash or hang up.")
    await greeting.wait()
    recording = await call.record(
        {"beep": True, "terminators": "#", "initial_timeout": 5.0, "end_silence_timeout": 3.0}
    )
    event = await recording.wait()
    # The file's address comes with the recording's last report, also when the caller has hung up by then.
    if event.url:
        messages.append(VoiceMessage(call.from_number, event.url, event.duration))
    thanks = await call.play_tts("Thank you. Goodbye.")
    await thanks.wait()
    await call.hangup()


if __name__ == "__main__":
    client.run()
