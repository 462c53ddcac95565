"""An AI receptionist who lets a person take over when the caller asks for one."""

from typing import Any

from callfsm import AIAction, AISpeechDetectEvent, Call, CallEndedError, phone

PEOPLE = [[phone("+15550100099", "+15550100001")]]


async def wants_a_person(call: Call, agent: AIAction) -> bool:
    """Whether the caller asks for a person before the talk with the agent is over."""

    def asks(event: Any) -> bool:
        return "person" in event.text.lower()

    try:
        await call.wait_for(AISpeechDetectEvent, asks, timeout=120)
    except (CallEndedError, TimeoutError):
        return False
    return not agent.is_done


async def buggy(call: Call) -> None:
    """Connects the caller while the agent is still on the call."""
    await call.answer()
    agent = await call.ai(prompt={"text": "You are the receptionist."})
    if await wants_a_person(call, agent):
        await call.connect(PEOPLE)
        await call.wait_for_ended()
    await call.hangup()


async def corrected(call: Call) -> None:
    """Lets the agent go first."""
    await call.answer()
    agent = await call.ai(prompt={"text": "You are the receptionist."})
    if await wants_a_person(call, agent):
        await agent.stop()
        await agent.wait()
        await call.connect(PEOPLE)
        await call.wait_for_ended()
    await call.hangup()
