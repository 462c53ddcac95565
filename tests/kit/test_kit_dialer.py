"""The example `dialer`, tested with the kit."""

from kit_examples import example

from callfsm.simulator import Caller
from callfsm.testing import Relay

LISTENS, IMPATIENT, BUSY, DECLINES, AWAY = (f"+1555010004{digit}" for digit in range(5))


async def test_campaign(relay: Relay) -> None:
    """The dialer tells of each number how it went."""

    async def hangs_up_early(callee: Caller) -> None:
        await callee.stays_silent(1)
        await callee.hangs_up()

    program = example("dialer")
    relay.answers(LISTENS, after=3)
    relay.answers(IMPATIENT, after=1, then=hangs_up_early)
    relay.busy(BUSY)
    relay.declines(DECLINES)
    relay.no_answer(AWAY)
    await relay.serves(program.client)
    outcomes = await program.campaign([LISTENS, IMPATIENT, BUSY, DECLINES, AWAY])

    assert ["reminded", "hung up early", "busy", "decline", "noAnswer"] == list(outcomes.values())
