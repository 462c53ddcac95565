"""A menu that has a branch for each key, and none for a caller who presses nothing."""

from callfsm import Call

MENU = "Press 1 for opening hours, press 2 for our address."
HOURS = "We are open from nine to five."
ADDRESS = "You find us at 1 Main Street."


async def say(call: Call, text: str) -> None:
    """Speak, and wait until it has been said."""
    action = await call.play_tts(text)
    await action.wait()


async def buggy(call: Call) -> None:
    """Reads the key, and goes on when there is one."""
    await call.answer()
    prompt = await call.prompt_tts(MENU, {"digits": {"max": 1}})
    event = await prompt.wait()
    if event.digits == "1":
        await say(call, HOURS)
        await call.hangup()
    elif event.digits == "2":
        await say(call, ADDRESS)
        await call.hangup()
    elif event.digits:
        await say(call, "That is not a choice. Goodbye.")
        await call.hangup()


async def corrected(call: Call) -> None:
    """The same; whoever presses nothing hears so."""
    await call.answer()
    prompt = await call.prompt_tts(MENU, {"digits": {"max": 1}})
    event = await prompt.wait()
    if event.digits == "1":
        await say(call, HOURS)
    elif event.digits == "2":
        await say(call, ADDRESS)
    else:
        await say(call, "That is not a choice. Goodbye." if event.digits else "We did not hear you. Goodbye.")
    await call.hangup()
