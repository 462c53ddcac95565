"""A dialer: it calls a list of numbers, a few at a time, speaks to whoever answers, and reports.

callfsm simulate                                # then, in another shell, with the environment it prints:
python examples/dialer.py +15550100002 +15550100003
"""

import asyncio
import sys

from callfsm import DialError, RelayClient, phone

client = RelayClient()

FROM = "+15550100001"
TEXT = "This is Example Clinic. Your appointment is tomorrow at nine. Goodbye."
AT_ONCE = 5


async def remind(number: str) -> str:
    """Call one number and speak to it; tell how it went."""
    try:
        call = await client.dial([[phone(number, FROM, timeout=20)]], dial_timeout=60)
    except DialError as error:
        return error.reason
    reminder = await call.play_tts(TEXT)
    await reminder.wait()
    told = reminder.state == "finished"
    await call.hangup()
    await call.wait_for_ended()
    return "reminded" if told else "hung up early"


async def campaign(numbers: list[str]) -> dict[str, str]:
    """Call all of them, never more than a few at a time."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(number: str) -> str:
        async with free:
            return await remind(number)

    outcomes = await asyncio.gather(*(one(number) for number in numbers))
    return dict(zip(numbers, outcomes, strict=True))


async def main(numbers: list[str]) -> None:
    """Connect, call everybody, print how it went."""
    async with client:
        for number, outcome in (await campaign(numbers)).items():
            print(f"{number}: {outcome}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
