"""An IVR: a menu that takes a key or a spoken word, asks again, and gives up politely.

callfsm run examples/ivr.py --simulate          # then, in another shell:
callfsm caller ring --context ivr
"""

from callfsm import Call, CollectEvent, RelayClient, RelayEvent

client = RelayClient(contexts=["ivr"])

MENU = "Welcome to Example Motors. Press 1 for sales, press 2 for service, or say what you need."
SORRY = {"no_input": "We did not hear you.", "no_match": "That is not a choice."}
DEPARTMENTS = {"1": "sales", "2": "service"}


def chosen(event: RelayEvent) -> str:
    """The department that the caller wants; ``""`` when that is not clear."""
    if not isinstance(event, CollectEvent):
        return ""
    spoken = [name for name in DEPARTMENTS.values() if name in event.text.lower()]
    return DEPARTMENTS.get(event.digits) or next(iter(spoken), "")


async def say(call: Call, text: str) -> None:
    """Speak, and wait until it has been said."""
    action = await call.play_tts(text)
    await action.wait()


@client.on_call
async def menu(call: Call) -> None:
    """Ask three times; a caller who hangs up ends every wait, so nothing here has to watch for it."""
    await call.answer()
    for _attempt in range(3):
        prompt = await call.prompt_tts(MENU, {"digits": {"max": 1}, "speech": {}, "initial_timeout": 4.0})
        event = await prompt.wait()
        if call.state != "answered":
            return
        department = chosen(event)
        if department:
            await say(call, f"Thank you. Our {department} desk is closed today. Please call again tomorrow.")
            break
        result = event.params.get("result") or {}
        await say(call, SORRY.get(result.get("type", ""), SORRY["no_match"]))
    else:
        await say(call, "Goodbye.")
    await call.hangup()


if __name__ == "__main__":
    client.run()
