"""How long hours of telephony take in virtual time: ``python bench/hours.py [calls] [questions]``.

In memory an IVR takes so many calls, a hundred at a time, each of which lasts ten minutes: once a minute, or as often
as is told, it asks for a key, the caller listens to the end and presses it, and hears what was chosen. The exit status
is 1 when this takes more than ten real seconds for a thousand calls.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Final

from asked import asked

from callfsm import Call
from callfsm.testing import MemoryRelay, Relay, run

CALLS: Final = 1_000
AT_ONCE: Final = 100
QUESTIONS: Final = 5
SECONDS: Final = 600.0
"""How long each call lasts, in virtual seconds."""
LONGEST: Final = 10.0
"""How many real seconds a thousand calls may take."""
NEVER: Final = 1e9
"""A limit in virtual seconds that no number of calls comes to."""
MENU: Final = "Press 1 for sales, or 2 for service."


class Ivr:
    """An IVR that asks so many questions, spread evenly over a call."""

    def __init__(self, questions: int) -> None:
        self.questions = questions

    async def menu(self, call: Call) -> None:
        """One call's whole life, for the program."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await call.answer()
        for question in range(1, self.questions + 1):
            prompt = await call.prompt_tts(MENU, {"digits": {"max": 1}, "initial_timeout": 5.0})
            chosen = (await prompt.wait()).digits
            told = await call.play_tts(f"You have pressed {chosen}.")
            await told.wait()
            await asyncio.sleep(begun + question * SECONDS / self.questions - loop.time())
        await call.hangup()

    async def calls(self, relay: Relay) -> float:
        """One call's whole life, for the caller; how long it has lasted."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        caller = relay.call("office")
        for question in range(self.questions):
            key = "12"[question % 2]
            await caller.hears("or 2 for service.", timeout=SECONDS)
            await caller.press(key)
            await caller.hears(f"pressed {key}.")
        await caller.is_over(timeout=SECONDS)
        return loop.time() - begun


async def serve(calls: int, ivr: Ivr) -> float:
    """Let so many people call; the virtual seconds that they have spent on the telephone."""
    spent = 0.0
    async with MemoryRelay() as relay:
        await relay.serves(ivr.menu)
        for begun in range(0, calls, AT_ONCE):
            lasted = await asyncio.gather(*(ivr.calls(relay) for _ in range(min(AT_ONCE, calls - begun))))
            assert min(lasted) >= SECONDS, f"a call was over after {min(lasted):.0f} s"
            spent += sum(lasted)
    return spent


def main(calls: int = CALLS, questions: int = QUESTIONS) -> int:
    """Run it; the exit status."""
    began, used = time.perf_counter(), time.process_time()
    spent = run(serve(calls, Ivr(questions)), NEVER)
    real, processor = time.perf_counter() - began, time.process_time() - used
    allowed = LONGEST * calls / CALLS
    print(f"{calls:,} calls with {questions} questions each: {spent / 3600:,.1f} hours on the telephone")
    print(f"{real:.2f} s, of which {processor:.2f} s of processor time; {allowed:g} s at most is the promise")
    return 0 if real <= allowed else 1


if __name__ == "__main__":
    sys.exit(main(asked(CALLS), asked(QUESTIONS, place=2)))
