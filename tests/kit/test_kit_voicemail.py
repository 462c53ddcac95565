"""The example `voicemail`, tested with the kit."""

from clock import until
from kit_examples import example

from callfsm.testing import Relay


async def test_message(relay: Relay) -> None:
    """A message that ends with the hash key is kept, and thanked for."""
    program = example("voicemail")
    await relay.serves(program.client)
    caller = relay.call("voicemail", from_="+15550100009")
    await caller.hears("leave a message after the tone")
    await caller.stays_silent(1)
    await caller.says("Please call me back.")
    await caller.press("#")
    await caller.hears("Thank you. Goodbye.")
    await caller.is_over()

    assert ["+15550100009"] == [message.caller for message in program.messages]


async def test_hangs_up_while_speaking(relay: Relay) -> None:
    """Who hangs up instead has left a message too."""
    program = example("voicemail")
    await relay.serves(program.client)
    caller = relay.call("voicemail")
    await caller.hears("leave a message after the tone")
    await caller.stays_silent(1)
    await caller.says("Please call me back.")
    await caller.hangs_up()
    await until(lambda: bool(program.messages))

    assert program.messages[0].url
