"""The example `reminder`, tested with the kit."""

from kit_examples import example

from callfsm.simulator import Caller, answering_machine
from callfsm.testing import Relay

NUMBER = "+15550100031"


async def test_person(relay: Relay) -> None:
    """A person is asked to confirm."""

    async def confirms(callee: Caller) -> None:
        await callee.says("Hello?")
        await callee.hears("Press 1 to confirm")
        await callee.press("1")

    program = example("reminder")
    relay.answers(NUMBER, after=2, then=confirms)
    await relay.serves(program.client)

    assert "confirmed" == await program.remind(NUMBER)


async def test_machine(relay: Relay) -> None:
    """An answering machine is spoken to, after its greeting."""
    machine = answering_machine("Nobody is in at the moment. Please speak after the tone.")
    program = example("reminder")
    relay.answers(NUMBER, after=2, person=machine)
    await relay.serves(program.client)

    assert "message left" == await program.remind(NUMBER)
