"""A survey whose own event never comes when the caller hangs up, so that the handler waits for ever."""

import asyncio

from callfsm import Call, CollectEvent

QUESTION = "On a scale from 1 to 5, how happy are you with us?"
answers: list[int] = []


async def ask(call: Call) -> asyncio.Queue[str]:
    """Ask the question; the answer is put into a queue when it comes."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    def listen(event: CollectEvent) -> None:
        if "type" in event.result:
            heard.put_nowait(event.digits)

    call.on(CollectEvent, listen)
    await call.prompt_tts(QUESTION, {"digits": {"max": 1}, "initial_timeout": 5.0})
    return heard


async def end(call: Call, answer: str) -> None:
    """Keep the answer, say goodbye and hang up."""
    if answer.isdigit():
        answers.append(int(answer))
    thanks = await call.play_tts("Thank you. Goodbye.")
    await thanks.wait()
    await call.hangup()


async def buggy(call: Call) -> None:
    """Waits for an answer, whatever happens to the call."""
    await call.answer()
    heard = await ask(call)
    await end(call, await heard.get())


async def corrected(call: Call) -> None:
    """Waits for an answer, or for the end of the call."""
    await call.answer()
    heard = await ask(call)
    answer = asyncio.create_task(heard.get())
    over = asyncio.create_task(call.wait_for_ended())
    await asyncio.wait({answer, over}, return_when=asyncio.FIRST_COMPLETED)
    over.cancel()
    if not answer.done():
        answer.cancel()
        return
    await end(call, answer.result())
