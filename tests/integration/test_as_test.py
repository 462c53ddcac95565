"""`callfsm replay --as-test`: a recorded call becomes a test that fails, until its flow is corrected."""

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from clock import run
from flows import answers_twice, silent_caller, speaks_after_transfer, spins, swallowed_error, waits_for_ever
from recorded import Acts, Handler, menu, presses_and_speaks, record

from callfsm import Call, IllegalCommandError, phone
from callfsm.reading import RecordingError
from callfsm.replaying.scripting import test_of as text_of
from callfsm.simulator import Caller
from callfsm.testing.relay import MemoryRelay
from callfsm.trace.calls import calls

FIRST = "simulated-7"
"""The id of the first call on a board of its own."""


async def speaks_too_early(call: Call) -> None:
    """A handler that plays before it answers, and hides that it may not."""
    try:
        await call.play_tts("Hello")
    except IllegalCommandError:
        await call.answer()
    await call.hangup()


async def speaks_in_time(call: Call) -> None:
    """The same, as it should be."""
    await call.answer()
    await (await call.play_tts("Hello")).wait()
    await call.hangup()


async def breaks_on_refusal(call: Call) -> None:
    """A handler that does not expect that the server may refuse to play."""
    await call.answer()
    await (await call.play_tts("Hello")).wait()
    await call.hangup()


async def survives_refusal(call: Call) -> None:
    """The same, as it should be."""
    await call.answer()
    try:
        await (await call.play_tts("Hello")).wait()
    except Exception:  # noqa: BLE001  # whatever the server says
        await call.hangup("error")
    await call.hangup()


async def hangs_up_in_the_prompt(_relay: MemoryRelay, caller: Caller) -> None:
    """Hangs up before the question is at its end."""
    await caller.is_answered()
    await caller.stays_silent(1.0)
    await caller.hangs_up()


async def has_no_account(_relay: MemoryRelay, caller: Caller) -> None:
    """Gives a number that nobody has, and gives up after a minute."""
    await caller.hears("account number")
    await caller.press("9999")
    await caller.stays_silent(60)
    await caller.hangs_up()


async def waits(_relay: MemoryRelay, caller: Caller) -> None:
    """Waits for the end."""
    await caller.is_over()


async def finds_play_refused(relay: MemoryRelay, caller: Caller) -> None:
    """Calls a server that will not play."""
    relay.replies(500, "calling.play")
    await caller.is_over()


async def goes_through_a_drop(relay: MemoryRelay, caller: Caller) -> None:
    """Calls while the line drops."""
    await caller.hears("Welcome")
    relay.drops_connection()
    await caller.hangs_up()


async def is_sold_to(_relay: MemoryRelay, caller: Caller) -> None:
    """Chooses the first desk."""
    await caller.hears("for sales")
    await caller.press("1")
    await caller.is_over()


async def says_nothing(_relay: MemoryRelay, caller: Caller) -> None:
    """Hears the question, presses nothing, and gives up."""
    await caller.hears("our address")
    await caller.stays_silent(60)
    await caller.hangs_up()


async def gives_up_waiting(_relay: MemoryRelay, caller: Caller) -> None:
    """Hangs up while being told to wait."""
    await caller.hears("hold the line")
    await caller.stays_silent(7)
    await caller.hangs_up()


async def loses_the_line(relay: MemoryRelay, caller: Caller) -> None:
    """Listens while the line drops."""
    await caller.is_answered()
    await caller.stays_silent(2)
    relay.drops_connection()
    await caller.is_over()


def outcome(text: str, handler: Handler) -> BaseException | None:
    """What a written test comes to when its handler is this one: what it raises, or nothing."""
    program = ModuleType("program")
    vars(program)["flow"] = handler
    names: dict[str, Any] = {}

    async def play() -> None:
        async with MemoryRelay() as relay:
            await next(value for name, value in names.items() if name.startswith("test_"))(relay)

    sys.modules["program"] = program
    try:
        exec(compile(text, "test_recorded.py", "exec"), names)  # noqa: S102  # it is what is tested
        run(play())
    except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # whatever it fails with
        return error
    finally:
        del sys.modules["program"]
    return None


SEEDED = {
    "waits for ever": (waits_for_ever.buggy, waits_for_ever.corrected, hangs_up_in_the_prompt),
    "swallows an error": (swallowed_error.buggy, swallowed_error.corrected, has_no_account),
    "speaks after a transfer": (speaks_after_transfer.buggy, speaks_after_transfer.corrected, is_sold_to),
    "leaves the silent alone": (silent_caller.buggy, silent_caller.corrected, says_nothing),
    "spins": (spins.buggy, spins.corrected, gives_up_waiting),
    "answers twice": (answers_twice.buggy, answers_twice.corrected, loses_the_line),
    "plays too early": (speaks_too_early, speaks_in_time, waits),
    "breaks on a refusal": (breaks_on_refusal, survives_refusal, finds_play_refused),
}


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(("buggy", "corrected", "acts"), SEEDED.values(), ids=SEEDED)
def test_seeded_bug(tmp_path: Path, buggy: Handler, corrected: Handler, acts: Acts, *, masked: bool) -> None:
    """The test of a recorded bug fails with the flow as it was, and passes with the corrected one."""
    path = record(tmp_path / "calls.jsonl", buggy, acts, masked=masked)
    text = text_of([path], FIRST, "program:flow")

    assert (True, None) == (outcome(text, buggy) is not None, outcome(text, corrected)), text


@pytest.mark.parametrize("acts", [presses_and_speaks, hangs_up_in_the_prompt, goes_through_a_drop])
def test_sound_call(tmp_path: Path, acts: Acts) -> None:
    """The test of a call in which nothing was wrong passes."""
    text = text_of([record(tmp_path / "calls.jsonl", menu, acts)], FIRST, "program:flow")

    assert outcome(text, menu) is None, text


def test_reads_like_the_call(tmp_path: Path) -> None:
    """The caller does in the test what the caller did."""
    text = text_of([record(tmp_path / "calls.jsonl", masked=False)], FIRST, "program:flow")
    acts = [line.strip() for line in text.splitlines() if "caller" in line]

    assert [
        "caller = relay.call('office', to='+15550100001', from_='+15550100003')",
        "await caller.is_answered()",
        "await caller.hears('Welcome. Press 1 for sales.')",
        "await caller.press('1')",
        'await caller.says("This is what I have to say.")',
        "await caller.hears('Goodbye.')",
        "await caller.is_over(timeout=600)",
    ] == acts


LONG = "This is a very long menu, and it goes on and on and on, until somebody presses a key, which may be any key."


async def long_menu(call: Call) -> None:
    """Asks twice, at length."""
    await call.answer()
    for _ in range(2):
        await (await call.prompt_tts(LONG, {"digits": {"max": 1}})).wait()
    await call.hangup()


async def interrupts(_relay: MemoryRelay, caller: Caller) -> None:
    """Knows the menu, and does not hear it out."""
    await caller.is_answered()
    for seconds in (1.0, 1.5):
        await caller.stays_silent(seconds)
        await caller.press("1")
    await caller.is_over()


def test_interrupted(tmp_path: Path) -> None:
    """Whoever pressed a key within a prompt does so in the test, and does not hear the prompt out."""
    text = text_of([record(tmp_path / "calls.jsonl", long_menu, interrupts, masked=False)], FIRST, "program:flow")
    acts = [line.strip() for line in text.splitlines() if "await caller" in line]

    assert [
        "await caller.is_answered()",
        "await caller.stays_silent(1.0)",
        "await caller.press('1')",
        "await caller.stays_silent(1.5)",
        "await caller.press('1')",
        "await caller.is_over(timeout=600)",
    ] == acts
    assert outcome(text, long_menu) is None, text


async def connects(call: Call) -> None:
    """Bridges the caller to somebody."""
    await call.answer()
    await call.connect([[phone("+15550100002", "+15550100001")]])
    await call.wait_for_ended()


async def talks(_relay: MemoryRelay, caller: Caller) -> None:
    """Talks for a while."""
    await caller.is_answered()
    await caller.stays_silent(20)
    await caller.hangs_up()


def test_others_in_the_call(tmp_path: Path) -> None:
    """The test says what is not played again in it."""
    text = text_of([record(tmp_path / "calls.jsonl", connects, talks)], FIRST, "program:flow")

    assert "# Not played again: what others did in connect." in text
    assert outcome(text, connects) is None, text


def test_far_leg(tmp_path: Path) -> None:
    """The far leg of a bridge has no caller, and that is what is said."""
    path = record(tmp_path / "calls.jsonl", connects, talks)
    far = next(call_id for call_id in calls([path]) if call_id != FIRST)

    with pytest.raises(RecordingError, match="only calls that came in become tests"):
        text_of([path], far, "program:flow")


@pytest.mark.parametrize(("code", "refused"), [("500", True), ("-32601", True), ("²", False), ("9" * 5000, False)])
def test_codes_of_replies(tmp_path: Path, code: str, *, refused: bool) -> None:
    """A refusal is given again with its code, also with a negative one; what is no code is none."""
    path = record(tmp_path / "calls.jsonl", survives_refusal, finds_play_refused)
    path.write_text(path.read_text().replace('"code":"500"', f'"code":"{code}"'))

    assert refused == (f"relay.replies({code}, 'calling.play')" in text_of([path], FIRST, "program:flow"))


@pytest.mark.parametrize(("call_id", "why"), [("nobody", "there is no call"), ("simulated-", "calls begin with")])
def test_which_call(tmp_path: Path, call_id: str, why: str) -> None:
    """A call that is not there, or could be several, is refused."""
    path = record(tmp_path / "calls.jsonl", calls=2)

    with pytest.raises(RecordingError, match=why):
        text_of([path], call_id, "program:flow")
