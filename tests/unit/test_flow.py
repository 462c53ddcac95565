"""A program's own flow as a picture, read from what its calls went through."""

import re
from pathlib import Path

import pytest
from handwritten import CALL, Writing, hangs_up, menu, rings

from callfsm import Call, tts
from callfsm.diagrams import FORMATS
from callfsm.flow import flow_diagram, recorded_flow_diagram
from callfsm.observing import Transition
from callfsm.testing.relay import MemoryRelay
from callfsm.testing.virtual_time import in_virtual_time


def ways(mermaid: str) -> set[tuple[str, str, str]]:
    """From what, by what, to what, in the words of a Mermaid text."""
    titles = dict(reversed(re.findall(r"^ +(met_\d+) : (.*)$", mermaid, re.MULTILINE)))
    return {
        (titles[source], label, titles[dest])
        for source, dest, labels in re.findall(r"^ +(met_\d+) --> (met_\d+) : (.*)$", mermaid, re.MULTILINE)
        for label in labels.split("<br/>")
    }


async def office(call: Call) -> None:
    """Answer, ask what is wanted, and say goodbye."""
    await call.answer()
    for _ in range(2):
        action = await call.play_and_collect([tts("Press 1 or 2")], {"digits": {"max": 1}, "initial_timeout": 3})
        event = await action.wait()
        if event.params["result"]["type"] == "digit":
            goodbye = await call.play([tts("Thank you")])
            await goodbye.wait()
            break
    await call.hangup()


@in_virtual_time
async def test_of_a_relay() -> None:
    """What callers met on a simulated RELAY is drawn: prompts by their words, and what led on, with how often."""
    async with MemoryRelay() as relay:
        await relay.serves(office)
        for digits in ("1", "2", ""):
            caller = relay.call("office")
            await caller.hears("Press 1")
            if digits:
                await caller.press(digits)
            else:
                await caller.hangs_up()
            await caller.is_over()
        drawn = ways(flow_diagram(relay))

    assert {
        ("the call comes to office", "then ×3", "“Press 1 or 2”"),
        ("“Press 1 or 2”", "digit 1 ×1", "“Thank you”"),
        ("“Press 1 or 2”", "digit 2 ×1", "“Thank you”"),
        ("“Press 1 or 2”", "the caller hangs up ×1", "over"),
        ("“Thank you”", "the program hangs up ×2", "over"),
    } == drawn


@in_virtual_time
async def test_silence() -> None:
    """Silence is something that happened, and leads where it led."""
    async with MemoryRelay() as relay:
        await relay.serves(office)
        caller = relay.call("office")
        await caller.stays_silent(30)
        drawn = ways(flow_diagram(relay))

    assert ("“Press 1 or 2”", "silence ×1", "“Press 1 or 2”") in drawn


def test_of_a_recording(tmp_path: Path) -> None:
    """A recording is drawn in the same words."""
    drawn = ways(flow_diagram(menu().save(tmp_path / "calls.jsonl")))

    assert {
        ("the call comes to office", "then ×1", "“Welcome to Acme”"),
        ("“Welcome to Acme”", "digit 1 ×1", "“https ·//x/y”"),
        ("“https ·//x/y”", "the caller hangs up ×1", "over"),
    } == drawn


def step(call_id: str, machine: str, source: str, dest: str, trigger: str = "x") -> Transition:
    """A transition, as observers are told of it."""
    return Transition(machine, f"{machine} of {call_id}", call_id, "report", trigger, source, dest, 0.0)


def test_of_transitions() -> None:
    """What observers were told is drawn by the kinds of operations."""
    told = [
        step("", "connection", "offline", "online"),
        step("1", "play", "requested", "playing"),
        step("1", "play", "playing", "finished"),
        step("1", "record", "requested", "recording"),
        step("2", "play", "requested", "playing"),
        step("2", "call", "ending", "ended", "ended"),
        step("1", "call", "answered", "ended", "lost"),
    ]

    assert {
        ("the call comes", "then ×2", "play"),
        ("play", "finished ×1", "record"),
        ("record", "report · lost ×1", "over"),
        ("play", "report · ended ×1", "over"),
    } == ways(flow_diagram(told))


def test_what_a_caller_notices(tmp_path: Path) -> None:
    """Records, bridges, queues and the like are met as well; how an end came about is told."""
    writing = Writing()
    rings(writing)
    writing.asks("calling.record", control_id="r", **CALL)
    writing.reports("calling.call.record", control_id="r", state="finished", **CALL)
    writing.asks("calling.connect", devices=[[{}, {}], [{}]], **CALL)
    writing.reports("calling.call.connect", connect_state="failed", **CALL)
    writing.asks("calling.queue.enter", queue_name="sales", **CALL)
    hangs_up(writing, reason="error")

    assert {
        ("the call comes to office", "then ×1", "record"),
        ("record", "recorded ×1", "bridge to 3"),
        ("bridge to 3", "failed ×1", "queue sales"),
        ("queue sales", "ended · error ×1", "over"),
    } == ways(flow_diagram(writing.save(tmp_path / "x")))


def test_speech_and_what_does_not_fit(tmp_path: Path) -> None:
    """What was said is told, and so is what did not fit."""
    writing = Writing()
    rings(writing)
    for result in ({"type": "speech", "params": {"text": "sales please"}}, {"type": "no_match"}, {"type": "odd"}):
        writing.asks("calling.collect", control_id="c", **CALL)
        writing.reports("calling.call.collect", control_id="c", result=result, **CALL)
    hangs_up(writing)
    labels = {label for _, label, _ in ways(flow_diagram(writing.save(tmp_path / "x")))}

    assert {"then ×1", "says “sales please” ×1", "something else ×1", "the caller hangs up ×1"} == labels


@pytest.mark.parametrize("form", FORMATS)
def test_forms(tmp_path: Path, form: str) -> None:
    """A flow is drawn in each form."""
    assert "Welcome to Acme" in flow_diagram(menu().save(tmp_path / "x"), form)


def test_nothing() -> None:
    """No calls are an empty picture."""
    assert set() == ways(flow_diagram([]))


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_in_each_form(tmp_path: Path, form: str) -> None:
    """A recording in which nobody has called yet is drawn, and says so."""
    assert "no call has met anything yet" in flow_diagram(Writing().save(tmp_path / "x"), form)


def test_media_that_are_none(tmp_path: Path) -> None:
    """What a program plays that is no media is drawn as something that nobody can name."""
    writing = Writing()
    rings(writing)
    writing.asks("calling.play", control_id="p", play=["Welcome", None, {"type": "silence"}], **CALL)

    assert {("the call comes to office", "then ×1", "“silence”")} == ways(flow_diagram(writing.save(tmp_path / "x")))


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_words(tmp_path: Path, form: str) -> None:
    """No word of the wire colours a terminal, turns a line round, ends a text or is longer than can be read."""
    hostile = "\x1b[31m\u202e\x00\ud800\x9b" + "x" * 1000
    writing = Writing()
    rings(writing, context=hostile)
    play = [{"type": hostile, "params": {"text": hostile}}]
    writing.asks("calling.play_and_collect", control_id="p", play=play, **CALL)
    writing.reports("calling.call.collect", control_id="p", result={"type": hostile}, **CALL)
    writing.asks("calling.queue.enter", queue_name=hostile, **CALL)
    hangs_up(writing, reason=hostile)
    told = flow_diagram(writing.save(tmp_path / "x"), form)

    assert ([], False) == (
        [each for each in told if not each.isprintable() and each not in "\n\u00a0"],
        "x" * 60 in told,
    )


def test_of_one_call(tmp_path: Path) -> None:
    """One call of a recording is drawn by itself."""
    writing = menu()
    rings(writing, "call-2", "sales")
    hangs_up(writing, "call-2")
    path = writing.save(tmp_path / "x")

    assert {("the call comes to sales", "the caller hangs up ×1", "over")} == ways(
        recorded_flow_diagram([path], "call-2")
    )


def test_of_a_rotated_recording(tmp_path: Path) -> None:
    """The files of one recording are one picture, also of the calls that go on from one into the next."""
    writing = menu()
    first, second = Writing(), Writing()
    second.lines[0] |= {"continues": True, "started": "2026-01-03T03:04:05.000+00:00"}
    first.lines += writing.lines[1:12]
    second.lines += writing.lines[12:]
    files = [second.save(tmp_path / "x"), first.save(tmp_path / "x.1")]

    assert flow_diagram(writing.save(tmp_path / "whole")) == recorded_flow_diagram(files)


def test_prompts_without_number(tmp_path: Path) -> None:
    """When no two calls hear the same words, what was met least shares a box, so that the picture can be read."""
    writing = Writing()
    for number in range(300):
        known = {"call_id": f"call-{number}", "node_id": "node-1"}
        rings(writing, f"call-{number}")
        for words in ("Welcome", f"Your number is {number}"):
            writing.asks("calling.play", play=[{"type": "tts", "params": {"text": words}}], control_id=words, **known)
        hangs_up(writing, f"call-{number}")
    drawn = flow_diagram(writing.save(tmp_path / "x"))

    assert (True, True) == (("“Welcome”", "then ×241", "241 others") in ways(drawn), len(ways(drawn)) < 150)
    assert flow_diagram(tmp_path / "x", "svg")
