"""A call centre that rings two agents at once, each with a dial of its own, and forgets the one that lost."""

import asyncio
from collections.abc import Iterable

from callfsm import Call, RelayClient, phone

HOME = "+15550100001"
AGENTS = ("+15550100021", "+15550100022")

buggy = RelayClient("project", "token", contexts=["office"])
corrected = RelayClient("project", "token", contexts=["office"])


def ring_agents(client: RelayClient) -> list[asyncio.Task[Call]]:
    """Ring every agent."""
    dials = (client.dial([[phone(number, HOME, timeout=20)]]) for number in AGENTS)
    return [asyncio.create_task(dial) for dial in dials]


async def announce(caller: Call, dials: Iterable[asyncio.Task[Call]]) -> None:
    """Tell the agent who has picked up that somebody called, and end both calls."""
    agents = [dial.result() for dial in dials if not dial.cancelled() and dial.exception() is None]
    try:
        for agent in agents:
            told = await agent.play_tts(f"{caller.from_number} has called.")
            await told.wait()
    finally:
        await asyncio.gather(*(each.hangup() for each in (*agents, caller)), return_exceptions=True)


@buggy.on_call
async def ring(call: Call) -> None:
    """Takes the first agent who picks up."""
    await call.answer()
    done, _pending = await asyncio.wait(ring_agents(buggy), return_when=asyncio.FIRST_COMPLETED)
    await announce(call, done)


@corrected.on_call
async def ring_and_give_up(call: Call) -> None:
    """Takes the first agent who picks up, and gives up the other one; a dial that is cancelled hangs up its legs."""
    await call.answer()
    done, pending = await asyncio.wait(ring_agents(corrected), return_when=asyncio.FIRST_COMPLETED)
    for dial in pending:
        dial.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    await announce(call, [*done, *pending])
