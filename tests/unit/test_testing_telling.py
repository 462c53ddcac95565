"""What is told of a program that does not keep what it should."""

from __future__ import annotations

from callfsm import Call
from callfsm.simulator import Entry
from callfsm.simulator.journal import TO_RELAY
from callfsm.testing import Act, FlowError, Script, Story
from callfsm.testing.invariants import SENTENCES, Demands
from callfsm.testing.seen import Trouble
from callfsm.testing.telling import Failure
from callfsm.testing.trial import Outcome

STORY = Story((Script((Act("hangs_up"),)),))


async def flow(call: Call) -> None:
    """Any flow."""


def told(entries: list[Entry], trouble: Trouble) -> FlowError:
    """The error that tells of this trouble."""
    outcome = Outcome([trouble], STORY, entries, frozenset(), frozenset())
    return Failure(trouble.invariant, STORY, outcome, 17).told(flow, "office", Demands())


def asked(call_id: str, count: int = 1) -> list[Entry]:
    """So many commands of a call."""
    return [
        Entry(float(number), "", TO_RELAY, call_id, "calling.play", f"play {number}", {}) for number in range(count)
    ]


def test_order() -> None:
    """First what is wrong and what should be kept, then the story, the ladder, and the test."""
    text = str(told(asked("call-1"), Trouble("call ends", "nobody has hung up", "call-1")))
    parts = [
        "call ends: nobody has hung up\n" + f"({SENTENCES['call ends']})",
        "The shortest story in which that happens, of 17 that were tried:",
        '    caller = relay.call("office")\n    await caller.hangs_up()',
        "Call call-1:",
        "│─ play 0",
        "The same as a test:",
        "    async def test_call_ends(relay):",
    ]
    places = [text.index(part) for part in parts]

    assert sorted(places) == places


def test_values() -> None:
    """The error has the troubles, the story and the test as values too."""
    trouble = Trouble("call ends", "nobody has hung up", "call-1")
    error = told(asked("call-1"), trouble)

    assert ([trouble], STORY) == (error.troubles, error.story)
    assert error.test.startswith("from callfsm.testing import keeps\n")


def test_calls() -> None:
    """The ladder of the call that it is about comes first, and three are shown at most."""
    entries = [entry for call_id in "abcde" for entry in asked(call_id)]
    lines = str(told(entries, Trouble("call ends", "seen", "d"))).splitlines()

    assert ["Call d:", "Call a:", "Call b:"] == [line for line in lines if line.startswith("Call ")]


def test_about_no_call() -> None:
    """Trouble that is about no call shows the calls in their order."""
    lines = str(told([*asked("a"), *asked("b")], Trouble("no undeclared exception", "seen"))).splitlines()

    assert ["Call a:", "Call b:"] == [line for line in lines if line.startswith("Call ")]


def test_long_ladders() -> None:
    """Of a long ladder the beginning and the end are shown, and how much is left out."""
    text = str(told(asked("a", 100), Trouble("call ends", "seen", "a")))

    assert "... 61 more ..." in text
    assert ("play 0 " in text, "play 50 " in text, "play 99 " in text) == (True, False, True)
