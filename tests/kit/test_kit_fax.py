"""The example `fax`, tested with the kit."""

from kit_examples import example

from callfsm.testing import Relay


async def test_document(relay: Relay) -> None:
    """A fax that was sent is kept."""
    program = example("fax")
    await relay.serves(program.client)
    caller = relay.call("fax")
    caller.sends_fax("https://example.com/order.pdf", pages=3)
    await caller.is_over()

    assert 1 == len(program.documents)


async def test_sender_gives_up(relay: Relay) -> None:
    """Of a fax that breaks off, nothing is kept."""
    program = example("fax")
    await relay.serves(program.client)
    caller = relay.call("fax")
    caller.sends_fax("https://example.com/order.pdf", pages=30)
    await caller.is_answered()
    await caller.stays_silent(2)
    await caller.hangs_up()

    assert [] == program.documents
