"""The example `conference`, tested with the kit."""

from clock import until
from kit_examples import example

from callfsm.testing import Relay


async def test_two_members(relay: Relay) -> None:
    """Whoever calls is greeted and joins, and when one leaves, the other stays."""
    program = example("conference")
    await relay.serves(program.client)
    first, second = relay.call("meeting"), relay.call("meeting")
    for caller in (first, second):
        await caller.hears("You are joining the weekly meeting")
    await until(lambda: "participant-join" in program.log)
    await first.hangs_up()
    await until(lambda: "participant-leave" in program.log)
    await second.stays_silent(5)

    assert 1 == program.log.count("participant-leave")
