"""Reminders that know whom they have reached: a person is asked, an answering machine is spoken to.

callfsm simulate                                    # then, in another shell, with the environment it prints:
python examples/reminder.py +15550100031
"""

import asyncio
import sys

from callfsm import Call, DetectEvent, RelayClient, phone

client = RelayClient()

FROM = "+15550100001"


async def remind(number: str) -> str:
    """Call a number, and speak in the way that suits who has answered."""
    call = await client.dial([[phone(number, FROM, timeout=20)]])
    listening = await call.detect_answering_machine(detect_message_end=True, timeout=20)
    event: DetectEvent = await listening.wait()
    verdict = str(event.detect.get("params", {}).get("event", ""))
    outcome = await (leave_message(call) if verdict == "MACHINE" else ask(call))
    await listening.stop()
    await call.hangup()
    return outcome


async def leave_message(call: Call) -> str:
    """Wait for the beep, then speak."""
    await call.wait_for(DetectEvent, is_ready, timeout=30)
    message = await call.play_tts("This is Example Clinic. Please call us back about your appointment.")
    await message.wait()
    return "message left"


def is_ready(event: DetectEvent) -> bool:
    """Whether the machine's greeting is over."""
    return bool(event.detect.get("params", {}).get("event") == "READY")


async def ask(call: Call) -> str:
    """Let a person confirm."""
    asked = await call.prompt_tts("Your appointment is at nine. Press 1 to confirm.", {"digits": {"max": 1}})
    return "confirmed" if (await asked.wait()).digits == "1" else "not confirmed"


async def main(numbers: list[str]) -> None:
    """Connect, call one after the other, print how it went."""
    async with client:
        for number in numbers:
            print(f"{number}: {await remind(number)}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
