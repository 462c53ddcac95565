"""Callers, networks and stories as values: they run as they are printed."""

from __future__ import annotations

from typing import Any

import pytest

from callfsm import Call
from callfsm.simulator import Person
from callfsm.testing import Act, MemoryRelay, Network, NetworkAct, Script, Story, in_virtual_time
from callfsm.testing.scripts import literal

OTHER = "+15550100004"


async def greets(call: Call) -> None:
    """Answer, greet, and hang up."""
    await call.answer()
    greeting = await call.play_tts("Hello and welcome")
    await greeting.wait()
    await call.hangup()


async def acted(*acts: Act) -> Script:
    """What has come of these acts, on a call that `greets`."""
    async with MemoryRelay() as relay:
        await relay.serves(greets)
        return await Script(acts).acts_on(relay.call("office"))


@pytest.mark.parametrize("does", ["dances", "is_over", "leg"])
def test_unknown_act(does: str) -> None:
    """An act that nobody can do is refused, and the error has those that can be done."""
    with pytest.raises(ValueError, match=f"'{does}': must be one of is_answered, hears, press"):
        Act(does)


def test_unknown_network_act() -> None:
    """The same of a network's."""
    with pytest.raises(ValueError, match=r"'explodes': must be one of delays, duplicates"):
        NetworkAct("explodes")


@pytest.mark.parametrize(
    ("act", "printed"),
    [
        (Act("is_answered"), "await caller.is_answered()"),
        (Act("press", "1#"), 'await caller.press("1#")'),
        (Act("stays_silent", 2.5), "await caller.stays_silent(2.5)"),
        (Act("hears", 'a "b"\\\n'), r'await caller.hears("a \"b\"\\\n")'),
        (Act("says", "yes", cut_off=True), 'with suppress(CallOverError):\n    await caller.says("yes")'),
    ],
)
def test_printed_acts(act: Act, printed: str) -> None:
    """An act is printed as the statement that does it."""
    assert printed == str(act)


@pytest.mark.parametrize("text", ["", "a\tb", "ünï", '"', "\\n", "\n"])
def test_literals(text: str) -> None:
    """A text is written so that a program reads the same."""
    namespace: dict[str, Any] = {}
    exec(f"read = {literal(text)}", namespace)  # noqa: S102  # what is printed is to be run

    assert text == namespace["read"]


@in_virtual_time
async def test_script_runs() -> None:
    """Everything in a script is done, in order."""
    script = Script((Act("is_answered"), Act("hears", "welcome"), Act("stays_silent", 0.01)))

    assert script == await acted(*script.acts)


@in_virtual_time
async def test_hopes_that_do_not_come_true() -> None:
    """Words that are not spoken are silence for so long, in what has happened: until the call is over, at most."""
    script = await acted(Act("hears", "goodbye"), Act("press", "1"))

    assert (Act("stays_silent", 1.02),) == script.acts


@in_virtual_time
async def test_cut_off() -> None:
    """Who is cut off while they speak has begun to speak, and does nothing more."""
    script = await acted(Act("says", "a long story that takes until the call is over"), Act("press", "1"))

    assert [("says", True)] == [(act.does, act.cut_off) for act in script.acts]


@pytest.mark.parametrize(
    ("act", "printed"),
    [
        (NetworkAct("delays", (0.5,)), "relay.delays(0.5)"),
        (NetworkAct("replies", (409, "calling.play")), 'relay.replies(409, "calling.play")'),
        (NetworkAct("drops_connection"), "relay.drops_connection()"),
        (NetworkAct("restarts", at=3.0), "relay.exchange.clock.later(3.0, relay.restarts)"),
        (
            NetworkAct("duplicates", ("calling.call.play", 2), at=1.0),
            'relay.exchange.clock.later(1.0, lambda: relay.duplicates("calling.call.play", 2))',
        ),
        (
            NetworkAct("answers", (OTHER, 2.0), then=Script((Act("hangs_up"),))),
            f'async def callee(caller):\n    await caller.hangs_up()\n\nrelay.answers("{OTHER}", 2.0, then=callee)',
        ),
    ],
)
def test_printed_network_acts(act: NetworkAct, printed: str) -> None:
    """What a network does is printed as the statement that lets it happen."""
    assert printed == str(act)


@in_virtual_time
async def test_network_runs() -> None:
    """What a network does happens in its time, and what people do who are called is done."""
    callee = Script((Act("stays_silent", 1.0), Act("hangs_up", "busy")))
    network = Network((NetworkAct("answers", (OTHER, 2.0), then=callee), NetworkAct("delays", (0.25,), at=1.0)))
    async with MemoryRelay() as relay:
        client = await relay.serves(greets)
        network.begins(relay)
        idle_before = relay.meddling.idle
        call = await client.dial([[{"type": "phone", "params": {"to_number": OTHER, "from_number": "+15550100001"}}]])
        await call.wait_for_ended()
        relay.heals()

    assert (True, "busy") == (idle_before, call.end_reason)


@pytest.mark.parametrize(
    ("does", "hurts"), [("delays", False), ("duplicates", False), ("busy", False), ("loses", True), ("restarts", True)]
)
def test_what_hurts(does: str, hurts: bool) -> None:  # noqa: FBT001  # one of two outcomes
    """A network hurts when a program may be told of it by an exception."""
    assert hurts == Network((NetworkAct(does, ("calling.play",)),)).hurts


def test_printed_story() -> None:
    """One caller is told in a row; what the network does comes first."""
    story = Story((Script((Act("press", "1"),)),), Network((NetworkAct("restarts"),)))

    assert 'relay.restarts()\ncaller = relay.call("office")\nawait caller.press("1")' == str(story)


def test_printed_story_of_two() -> None:
    """Two callers are told as two coroutines, each from the moment on at which they call."""
    machine = Script((), person=Person(greeting="Hi."), context="sales", from_=OTHER, to="+15550100009", at=1.5)
    told = Story((Script((Act("hangs_up"),)), machine)).program("office")

    assert (
        "async def caller_1():\n"
        '    caller = relay.call("office")\n'
        "    await caller.hangs_up()\n"
        "\n"
        "async def caller_2():\n"
        "    await asyncio.sleep(1.5)\n"
        f'    caller = relay.call("sales", to="+15550100009", from_="{OTHER}", person=Person(greeting=\'Hi.\'))\n'
        "\n"
        "await asyncio.gather(caller_1(), caller_2())"
    ) == told


@in_virtual_time
async def test_story_runs() -> None:
    """Everybody calls in their time, and what has happened is a story that happens again."""
    story = Story((Script((Act("hears", "hello"),)), Script((Act("is_answered"),), from_=OTHER, at=5.0)))
    async with MemoryRelay() as relay:
        await relay.serves(greets)
        went = await story.happens(relay, "office")
        rings = [entry.time for entry in relay.journal.entries() if entry.name == "ring"]

    assert story == went
    assert [0.0, 5.0] == rings
