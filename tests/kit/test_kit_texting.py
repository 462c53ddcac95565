"""The example `texting`, tested with the kit."""

from clock import until
from kit_examples import example

from callfsm.testing import Relay

SENDER = "+15550100077"


async def test_answer(relay: Relay) -> None:
    """A text is answered, and the answer arrives."""
    program = example("texting")
    await relay.serves(program.client)
    relay.message("texts", "Hi", from_=SENDER)

    await relay.receives_text(SENDER, "You wrote: Hi")


async def test_undeliverable(relay: Relay) -> None:
    """An answer that cannot arrive is told so."""
    program = example("texting")
    relay.undeliverable(SENDER)
    await relay.serves(program.client)
    relay.message("texts", "Hi", from_=SENDER)
    await until(lambda: bool(program.deliveries))

    assert ["undelivered"] == program.deliveries
