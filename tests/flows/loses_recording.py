"""A voicemail that loses the message of everybody who hangs up when they have said what they wanted to say."""

from callfsm import Call
from callfsm.call import RecordAction

inbox: list[tuple[str, str]] = []


async def greet(call: Call) -> RecordAction:
    """Greet the caller and begin to record."""
    await call.answer()
    greeting = await call.play_tts("Please leave a message after the tone, then press hash.")
    await greeting.wait()
    return await call.record({"beep": True, "terminators": "#", "initial_timeout": 5.0, "end_silence_timeout": 3.0})


async def thank(call: Call) -> None:
    """Thank the caller and hang up."""
    thanks = await call.play_tts("Thank you. Goodbye.")
    await thanks.wait()
    await call.hangup()


async def buggy(call: Call) -> None:
    """Keeps the message when the caller has pressed hash."""
    recording = await greet(call)
    event = await recording.wait()
    if call.state != "answered":
        return  # The caller has hung up.
    if event.url:
        inbox.append((call.from_number, event.url))
    await thank(call)


async def corrected(call: Call) -> None:
    """Keeps the message, however it came to its end."""
    recording = await greet(call)
    event = await recording.wait()
    if event.url:
        inbox.append((call.from_number, event.url))
    if call.state == "answered":
        await thank(call)
