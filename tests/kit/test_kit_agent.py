"""The example `agent`, tested with the kit."""

from kit_examples import example

from callfsm.testing import Relay


async def test_conversation(relay: Relay) -> None:
    """The agent answers, the program listens along, and the call ends with the caller's goodbye."""
    program = example("agent")
    await relay.serves(program.client)
    caller = relay.call("agent")
    await caller.hears("how can I help you?")
    await caller.says("What are your opening hours?")
    await caller.hears("You said: What are your opening hours?")
    await caller.says("Thank you, goodbye.")
    await caller.is_over()

    assert ["What are your opening hours?", "Thank you, goodbye."] == program.heard
