"""`callfsm.audit`: what should not have happened, found in a recording."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from flows import swallowed_error
from handwritten import Writing
from recorded import Acts, Handler, menu, presses_and_speaks, record

from callfsm import Call, IllegalCommandError, audit
from callfsm.audit import (
    AFTER_END,
    ILLEGAL,
    KINDS_OF_FINDINGS,
    LEFT_ALONE,
    LOST_LINES,
    NOT_ENDED,
    RAISED,
    SLOW,
    STALE,
    UNANSWERED,
    UNSETTLED,
)
from callfsm.simulator import Caller
from callfsm.testing.relay import MemoryRelay
from callfsm.trace.reading import MANY_AFTER_END


def found(path: Path, **options: Any) -> list[str]:
    """The kinds of what is found in a recording."""
    return [finding.kind for finding in audit.audit([path], **options).findings]


async def plays_too_early(call: Call) -> None:
    """Plays before the call is answered."""
    with suppress(IllegalCommandError):
        await call.play_tts("Hello")
    await call.hangup()


async def breaks(_call: Call) -> None:
    """Raises."""
    raise KeyError("x")


def goes_on(times: int, command: str = "answer") -> Handler:
    """Asks so many times of a call that is over."""

    async def handler(call: Call) -> None:
        await call.wait_for_ended()
        for _ in range(times):
            await getattr(call, command)()

    return handler


async def waits(_relay: MemoryRelay, caller: Caller) -> None:
    """Waits for the end."""
    await caller.is_over()


async def gives_up(_relay: MemoryRelay, caller: Caller) -> None:
    """Hangs up while it rings."""
    await caller.stays_silent(1)
    await caller.hangs_up()


async def is_left_alone(_relay: MemoryRelay, caller: Caller) -> None:
    """Gives a number that nobody has, and gives up after a minute."""
    await caller.hears("account number")
    await caller.press("9999")
    await caller.stays_silent(60)
    await caller.hangs_up()


async def meets_a_slow_server(relay: MemoryRelay, caller: Caller) -> None:
    """The server takes its time to answer."""
    relay.delays(3.0, "reply", times=1)
    await caller.stays_silent(20)
    await caller.hangs_up()


async def meets_a_deaf_server(relay: MemoryRelay, caller: Caller) -> None:
    """The server never hears the command to play."""
    relay.loses("calling.play_and_collect")
    await caller.is_over(timeout=100)


async def meets_a_repeating_server(relay: MemoryRelay, caller: Caller) -> None:
    """The server says twice that the call was answered."""
    relay.duplicates("calling.call.state")
    await presses_and_speaks(relay, caller)


CASES: dict[str, tuple[Handler, Acts]] = {
    ILLEGAL: (plays_too_early, waits),
    RAISED: (breaks, waits),
    AFTER_END: (goes_on(MANY_AFTER_END), gives_up),
    LEFT_ALONE: (swallowed_error.buggy, is_left_alone),
    SLOW: (menu, meets_a_slow_server),
    UNANSWERED: (menu, meets_a_deaf_server),
    STALE: (menu, meets_a_repeating_server),
}


@pytest.mark.parametrize(("kind", "handler", "acts"), [(kind, *case) for kind, case in CASES.items()], ids=CASES)
def test_found(tmp_path: Path, kind: str, handler: Handler, acts: Acts) -> None:
    """Each kind of finding is found where it is."""
    assert kind in found(record(tmp_path / "calls.jsonl", handler, acts))


def test_nothing_found(tmp_path: Path) -> None:
    """In a sound call nothing is found."""
    assert [] == found(record(tmp_path / "calls.jsonl", calls=3))


@pytest.mark.parametrize(("times", "command"), [(MANY_AFTER_END - 1, "answer"), (MANY_AFTER_END + 1, "hangup")])
def test_ordinary_after_the_end(tmp_path: Path, times: int, command: str) -> None:
    """A few commands on a call that is over are ordinary, and hanging up is so as often as one likes."""
    assert [] == found(record(tmp_path / "calls.jsonl", goes_on(times, command), gives_up))


def test_what_would_have_been_allowed(tmp_path: Path) -> None:
    """What an error says of the commands that would have been allowed is left out; it is half a page."""

    async def plays_at_once(call: Call) -> None:
        await call.play_tts("Hello")

    findings = audit.audit([record(tmp_path / "calls.jsonl", plays_at_once, waits)]).findings
    raised = [finding.what for finding in findings if finding.kind == RAISED]

    assert 1 == len(raised)
    assert "cannot play call" in raised[0]
    assert "allowed now" not in raised[0]


def test_spins_after_the_end(tmp_path: Path) -> None:
    """From the tenth on each command tells which one it is."""
    findings = audit.audit([record(tmp_path / "calls.jsonl", goes_on(MANY_AFTER_END + 1), gives_up)]).findings

    assert [
        "answer was asked of a call that was over, command number 10 since then",
        "answer was asked of a call that was over, command number 11 since then",
    ] == [finding.what for finding in findings]


def test_ends_too_early(tmp_path: Path) -> None:
    """A recording that ends within a call tells what was still open in it."""
    path = record(tmp_path / "calls.jsonl")
    lines = path.read_text().splitlines(keepends=True)
    place = next(place for place, line in enumerate(lines) if '"trigger":"play_playing"' in line)
    path.write_text("".join(lines[: place + 1]))

    assert {NOT_ENDED, UNSETTLED} == set(found(path))


def test_lines_missing(tmp_path: Path) -> None:
    """Lines that were dropped are found."""
    path = record(tmp_path / "calls.jsonl")
    with path.open("a") as file:
        file.write(json.dumps({"t": 1, "w": 1, "kind": "dropped", "lines": 3}) + "\n")

    assert [LOST_LINES] == found(path)


@pytest.mark.parametrize("kept", [3, 60])
def test_damaged_line(tmp_path: Path, kept: int) -> None:
    """A line that cannot be read is missing; the others are looked through all the same."""
    path = record(tmp_path / "calls.jsonl", calls=2)
    lines = path.read_text().splitlines(keepends=True)
    place = next(place for place, line in enumerate(lines) if '"command":"answer"' in line) - 1
    lines[place] = lines[place][:kept] + ("}\n" if kept > 50 else "\n")
    path.write_text("".join(lines))
    audited = audit.audit([path])

    assert ([(LOST_LINES, f"calls.jsonl:{place + 1}")], 2) == (
        [(finding.kind, finding.place) for finding in audited.findings],
        audited.calls,
    )


@pytest.mark.parametrize("time", ["1" + "0" * 400, "1e999", '"noon"', "null"])
def test_a_time_that_cannot_be(tmp_path: Path, time: str) -> None:
    """A line whose time is none is looked at all the same: a file may have been through anything."""
    path = record(tmp_path / "calls.jsonl")
    with path.open("a") as file:
        file.write(f'{{"t":{time},"w":1,"kind":"failed","call_id":"x","error":"e","where":"w"}}\n')
        file.write(f'{{"t":{time},"w":1,"kind":"in","frame":{{"id":"1","result":{{}}}}}}\n')
        file.write(f'{{"t":{time},"w":1,"kind":"out","frame":{{"id":"2","method":"calling.play"}}}}\n')

    assert [RAISED, UNANSWERED] == found(path)


def test_of_another_version(tmp_path: Path) -> None:
    """A state that is not known here is none that anything has ended in."""
    path = record(tmp_path / "calls.jsonl")
    path.write_text(path.read_text().replace('"dest":"playing"', '"dest":"murmuring"'))

    assert [] == found(path)


@pytest.mark.parametrize(("dest", "kinds"), [("closed", []), ("offline", [UNANSWERED])])
def test_leaving(tmp_path: Path, dest: str, kinds: list[str]) -> None:
    """Who closes a client does not wait for its last reply; where the line was lost, that reply is missing."""
    writing = Writing()
    frame = {"jsonrpc": "2.0", "id": "1", "method": "signalwire.unreceive", "params": {"contexts": ["office"]}}
    writing.moves("connection", "connection", "line", "draining", "online", "draining", "")
    writing.tells("out", frame=frame)
    writing.moves("connection", "connection", "line", "closed", "draining", dest, "")
    writing.tells("replied", id="1", outcome="lost")

    assert kinds == found(writing.save(tmp_path / "calls.jsonl"))


def test_how_slow(tmp_path: Path) -> None:
    """Whoever looks says how slow is slow."""
    path = record(tmp_path / "calls.jsonl", menu, meets_a_slow_server)

    assert SLOW not in found(path, slow=10.0)


def test_every_kind_is_tested() -> None:
    """No kind of finding is without a test."""
    assert set(KINDS_OF_FINDINGS) == {*CASES, NOT_ENDED, UNSETTLED, LOST_LINES}
