"""Flows that say something, for the tests of the kit."""

from callfsm import Call


async def says(call: Call, text: str) -> None:
    """Speak, and wait until it has been said."""
    action = await call.play_tts(text)
    await action.wait()


async def greets(call: Call) -> None:
    """Answer, greet, and hang up: nothing is wrong with it."""
    await call.answer()
    await says(call, "Hello")
    await call.hangup()
