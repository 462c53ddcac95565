"""A time service that hangs up while it is still speaking: starting to speak is not having spoken."""

from callfsm import Call


async def buggy(call: Call) -> None:
    """Waits for the first announcement, and forgets to wait for the last."""
    await call.answer()
    greeting = await call.play_tts("This is the time service.")
    await greeting.wait()
    await call.play_tts("It is half past nine. Thank you for calling, and goodbye.")
    await call.hangup()


async def corrected(call: Call) -> None:
    """Waits until everything has been said."""
    await call.answer()
    greeting = await call.play_tts("This is the time service.")
    await greeting.wait()
    goodbye = await call.play_tts("It is half past nine. Thank you for calling, and goodbye.")
    await goodbye.wait()
    await call.hangup()
