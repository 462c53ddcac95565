"""A flow that begins again when the line to the server was away, as if the server had sent the call anew."""

from callfsm import Call, GapEvent

NEWS = "Here is the news. It will rain tomorrow, and the day after. Goodbye."


async def tell(call: Call) -> None:
    """Answer the call and tell the news."""
    await call.answer()
    news = await call.play_tts(NEWS)
    await news.wait()
    await call.hangup()


async def buggy(call: Call) -> None:
    """Starts over when the line is back: who knows what was missed."""
    call.on(GapEvent, lambda _gap: tell(call))
    await tell(call)
    await call.wait_for_ended()


async def corrected(call: Call) -> None:
    """Needs to do nothing about the line: the call goes on, and its end is found out."""
    await tell(call)
    await call.wait_for_ended()
