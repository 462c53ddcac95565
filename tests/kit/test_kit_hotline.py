"""The example `hotline`, tested with the kit."""

from kit_examples import example

from callfsm.testing import Relay


async def test_agent_takes_caller(relay: Relay) -> None:
    """An agent who calls in talks to the one who has waited longest."""
    await relay.serves(example("hotline").client)
    caller = relay.call("hotline")
    await caller.hears("You are number 1 in the queue")
    agent = relay.call("agents")
    await agent.hears("Connecting you to the next caller")
    await agent.stays_silent(1)
    await agent.says("What can I do for you?")

    await caller.hears("What can I do for you?")


async def test_places(relay: Relay) -> None:
    """Each caller hears their own place in the queue."""
    await relay.serves(example("hotline").client)
    first, second = relay.call("hotline"), relay.call("hotline")
    await first.hears("You are number 1 in the queue")

    await second.hears("You are number 2 in the queue")
