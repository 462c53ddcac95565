"""The example `receptionist`, tested with the kit."""

from kit_examples import example

from callfsm.simulator import Caller
from callfsm.testing import Relay

EXTENSION = "+15550100021"


async def test_bridges(relay: Relay) -> None:
    """Caller and extension hear each other, and the call ends when the extension hangs up."""

    async def desk(callee: Caller) -> None:
        await callee.hears("is this the desk?")
        await callee.says("It is. Goodbye.")
        await callee.hangs_up()

    relay.answers(EXTENSION, after=2, then=desk)
    await relay.serves(example("receptionist").client)
    caller = relay.call("reception")
    await caller.hears("Please enter the extension")
    await caller.press("21")
    await caller.stays_silent(4)
    await caller.says("Hello, is this the desk?")
    await caller.hears("It is. Goodbye.")

    assert "hangup" == await caller.is_over()


async def test_busy_extension(relay: Relay) -> None:
    """When the extension is busy, the call is handed over to the operator."""
    relay.busy(EXTENSION)
    await relay.serves(example("receptionist").client)
    caller = relay.call("reception")
    await caller.hears("Please enter the extension")
    await caller.press("21")
    await caller.hears("I connect you to the operator")
    await caller.is_over()

    assert ["context:operator"] == [sent["dest"] for sent in relay.frames("calling.transfer", caller.call_id)]
