"""An account line that catches every exception to keep its log clean, and forgets that somebody is on the phone."""

import logging

from callfsm import Call

ACCOUNTS = {"1234": 20.5, "4321": 117.0}
log = logging.getLogger("accounts")


async def tell_balance(call: Call) -> None:
    """Ask for an account, and tell how much is on it."""
    prompt = await call.prompt_tts("Your account number, please.", {"digits": {"max": 4, "terminators": "#"}})
    event = await prompt.wait()
    if call.state != "answered":
        return
    balance = ACCOUNTS[event.digits]
    told = await call.play_tts(f"You have {balance:.2f} dollars. Goodbye.")
    await told.wait()


async def buggy(call: Call) -> None:
    """Writes down what went wrong, and leaves the caller in silence."""
    await call.answer()
    try:
        await tell_balance(call)
        await call.hangup()
    except Exception:
        log.info("no balance was told", exc_info=True)


async def corrected(call: Call) -> None:
    """Writes down what went wrong, and ends the call."""
    await call.answer()
    try:
        await tell_balance(call)
    except Exception:
        log.info("no balance was told", exc_info=True)
        sorry = await call.play_tts("We cannot help you now. Goodbye.")
        await sorry.wait()
    finally:
        await call.hangup()
