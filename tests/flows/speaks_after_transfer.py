"""A front desk that says goodbye after it has handed the call over to somebody else."""

from callfsm import Call

DESKS = {"1": "sip:sales@example.com", "2": "sip:service@example.com"}


async def chosen(call: Call) -> str:
    """The desk that the caller wants; the first one when that is not clear."""
    prompt = await call.prompt_tts("Press 1 for sales, 2 for service.", {"digits": {"max": 1}})
    event = await prompt.wait()
    return DESKS.get(event.digits, DESKS["1"])


async def buggy(call: Call) -> None:
    """Hands over, and tells the caller so."""
    await call.answer()
    desk = await chosen(call)
    await call.transfer(desk)
    told = await call.play_tts("You are being connected. Goodbye.")
    await told.wait()


async def corrected(call: Call) -> None:
    """Tells the caller, and hands over."""
    await call.answer()
    desk = await chosen(call)
    told = await call.play_tts("You are being connected. Goodbye.")
    await told.wait()
    await call.transfer(desk)
