"""A waiting line that goes on telling a caller their place after they have hung up."""

import asyncio

from callfsm import Call

SECONDS_TO_WAIT = 300.0
AGENT = "sip:agents@example.com"


async def tell_place(call: Call) -> None:
    """Tell the caller to wait."""
    told = await call.play_tts("All our agents are busy. Please hold the line.")
    await told.wait()


async def hand_over(call: Call) -> None:
    """Let an agent take the call."""
    await call.transfer(AGENT)


async def buggy(call: Call) -> None:
    """Tells the caller again and again until an agent is free."""
    await call.answer()
    free = asyncio.get_running_loop().time() + SECONDS_TO_WAIT
    while asyncio.get_running_loop().time() < free:
        await tell_place(call)
    await hand_over(call)


async def corrected(call: Call) -> None:
    """The same, as long as there is somebody to tell."""
    await call.answer()
    free = asyncio.get_running_loop().time() + SECONDS_TO_WAIT
    while call.state == "answered" and asyncio.get_running_loop().time() < free:
        await tell_place(call)
    if call.state == "answered":
        await hand_over(call)
