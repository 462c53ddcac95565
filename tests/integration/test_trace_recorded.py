"""What a client records of itself can be traced: the writer and the reader agree on the format."""

from pathlib import Path

import pytest

from callfsm import Call, IllegalCommandError, tts
from callfsm.flow import flow_diagram
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.virtual_time import in_virtual_time
from callfsm.trace.calls import calls
from callfsm.trace.page import page
from callfsm.trace.story import story
from callfsm.trace.walking import walk


async def office(call: Call) -> None:
    """Answer, record, ask for a digit; and ask for what cannot be."""
    await call.answer()
    await call.record(beep=True)
    menu = await call.play_and_collect([tts("Press 1 or 2")], {"digits": {"max": 1}, "initial_timeout": 3})
    await menu.wait()
    goodbye = await call.play([tts("Thank you")])
    with pytest.raises(IllegalCommandError):
        await goodbye.resume()
    await goodbye.wait()
    await call.hold()
    await call.hangup()


async def recorded(path: Path) -> str:
    """Record one call; its id."""
    async with MemoryRelay() as relay:
        await relay.serves(office, journal=str(path))
        caller = relay.call("office")
        await caller.hears("Press 1")
        await caller.press("1")
        await caller.is_over()
        return caller.call_id


@in_virtual_time
async def test_story(tmp_path: Path) -> None:
    """The story of the call is that of what the program did and the caller heard."""
    call_id = await recorded(tmp_path / "calls.jsonl")
    steps = story([tmp_path / "calls.jsonl"], call_id)
    asked = [step.label for step in steps if step.direction == "app->relay"]

    assert ["answer", "record", 'play_and_collect "Press 1 or 2"', 'play "Thank you"', "hold", "end (hangup)"] == asked
    assert ["rings office", 'hears "Press 1 or 2"', "presses ***", 'hears "Thank you"'] == [
        step.caller[1] for step in steps if step.caller[0]
    ]
    assert ["refused resume of play while requested"] == [
        step.finding.replace("playing", "requested") for step in steps if step.finding
    ]


@in_virtual_time
async def test_everything_is_told_to_an_end(tmp_path: Path) -> None:
    """The call has ended, nothing is open, and its way is that of the call machine."""
    call_id = await recorded(tmp_path / "calls.jsonl")
    (call,) = calls([tmp_path / "calls.jsonl"]).values()

    assert (call_id, True, set(), "hangup") == (call.call_id, call.ended, call.open_operations, call.end_reason)
    assert ({"record": 1, "play_and_collect": 1, "play": 1}, "ended") == (
        dict(call.operations),
        walk([tmp_path / "calls.jsonl"], call_id)["call"]["current"],
    )


@in_virtual_time
async def test_pages_and_flows(tmp_path: Path) -> None:
    """Its page and its flow are drawn."""
    call_id = await recorded(tmp_path / "calls.jsonl")
    (call,) = calls([tmp_path / "calls.jsonl"]).values()
    shown = page(call, story([tmp_path / "calls.jsonl"], call_id))

    assert ([True] * 4, True) == (
        [f'data-machine="{machine}"' in shown for machine in ("call", "record", "play", "hold")],
        "digit *** ×1" in flow_diagram(tmp_path / "calls.jsonl"),
    )
