"""A booking line with one lock for each of two rooms: two callers who want both, the other way round, wait for ever."""

import asyncio

from callfsm import Call

rooms = {"1": asyncio.Lock(), "2": asyncio.Lock()}
OTHER = {"1": "2", "2": "1"}


async def ask(call: Call) -> str:
    """Which room the caller wants first; the first one when that is not clear."""
    prompt = await call.prompt_tts("Press 1 for the blue room first, 2 for the red one.", {"digits": {"max": 1}})
    event = await prompt.wait()
    return event.digits if event.digits in rooms else "1"


async def tell(call: Call, text: str) -> None:
    """Speak, and wait until it has been said."""
    action = await call.play_tts(text)
    await action.wait()


async def book(call: Call, first: str, second: str) -> None:
    """Hold both rooms while the caller hears of it."""
    async with rooms[first]:
        await tell(call, f"Room {first} is yours.")
        async with rooms[second]:
            await tell(call, f"And room {second}. Goodbye.")
    await call.hangup()


async def buggy(call: Call) -> None:
    """Takes the rooms in the order in which the caller names them."""
    await call.answer()
    first = await ask(call)
    await book(call, first, OTHER[first])


async def corrected(call: Call) -> None:
    """Takes the rooms in the same order for everybody."""
    await call.answer()
    first = await ask(call)
    await book(call, *sorted([first, OTHER[first]]))
