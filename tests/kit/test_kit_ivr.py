"""The example `ivr`, tested with the kit."""

from kit_examples import example

from callfsm.testing import Relay


async def test_key(relay: Relay) -> None:
    """Who presses a key gets the department behind it."""
    await relay.serves(example("ivr").client)
    caller = relay.call("ivr")
    await caller.hears("Press 1 for sales")
    await caller.press("1")
    await caller.hears("our sales desk is closed today")

    assert "hangup" == await caller.is_over()


async def test_word(relay: Relay) -> None:
    """Who says what they need gets it too."""
    await relay.serves(example("ivr").client)
    caller = relay.call("ivr")
    await caller.hears("say what you need")
    await caller.says("I need service, please")
    await caller.hears("our service desk is closed today")

    assert "hangup" == await caller.is_over()


async def test_wrong_key(relay: Relay) -> None:
    """A key that means nothing is told, and the question asked again."""
    await relay.serves(example("ivr").client)
    caller = relay.call("ivr")
    await caller.hears("Press 1 for sales")
    await caller.press("7")
    await caller.hears("That is not a choice")
    await caller.hears("Press 1 for sales")
    await caller.hangs_up()

    assert 2 == relay.methods(caller.call_id).count("calling.play_and_collect")


async def test_silence(relay: Relay) -> None:
    """Who says nothing is asked three times, and taken leave of."""
    await relay.serves(example("ivr").client)
    caller = relay.call("ivr")
    await caller.hears("Goodbye", timeout=120)

    assert "hangup" == await caller.is_over()
    assert 3 == caller.heard.count("We did not hear you.")
