"""Whatever happens to a client, its recording replays as it was recorded; and what was altered in it is found."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recorded import record
from stories import scene
from stories.drawing import draw
from stories.run import Teller

from callfsm import RelayClient
from callfsm.core.tables import TABLES
from callfsm.replay import Replayed, replay
from callfsm.testing.relay import MemoryRelay

FIRST, STORIES = 3_000_000, 400
WORDS = sorted({state for table in TABLES.values() for state in table.states} | {"partial", "other"})
STATES = ("call_state", "state", "dial_state")


@pytest.mark.parametrize("first", range(FIRST, FIRST + STORIES, 100))
def test_stories(tmp_path: Path, silent_log: None, monkeypatch: pytest.MonkeyPatch, first: int) -> None:
    """Random programs, callers and faults: nothing comes out otherwise."""
    assert silent_log is None
    path = tmp_path / "calls.jsonl"
    monkeypatch.setattr(scene, "RelayClient", partial(RelayClient, journal=path))
    teller = Teller()
    diverged: list[tuple[int, Replayed]] = []
    for seed in range(first, first + 100):
        path.unlink(missing_ok=True)
        teller.tell(draw(seed))
        done = replay([path])
        if not done.ok or done.notes:
            diverged.append((seed, done))
    teller.close()

    assert [] == diverged


class Lines(list[str]):
    """The lines of a recording, which are too many to be printed with an example."""

    def __repr__(self) -> str:
        return f"{len(self)} lines"


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The lines of a recording of three calls."""

    async def acts(relay: MemoryRelay, caller: Any) -> None:
        await caller.hears("for sales")
        if len(relay.callers) == 2:
            await caller.stays_silent(1)
            relay.drops_connection()
            await caller.stays_silent(3)
        await caller.press("1")
        await caller.says("hello")
        await caller.hangs_up()

    path = record(tmp_path_factory.mktemp("recording") / "calls.jsonl", acts=acts, calls=3)
    assert replay([path]).ok
    return Lines(path.read_text().splitlines(keepends=True))


def reports(lines: list[str]) -> list[int]:
    """Which lines are reports that tell a state."""
    return [place for place, line in enumerate(lines) if '"kind":"in"' in line and _told(json.loads(line)["frame"])]


def _told(frame: dict[str, Any]) -> list[str]:
    params = frame.get("params", {}).get("params", {})
    return [key for key in STATES if isinstance(params.get(key), str)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 10_000), word=st.sampled_from(WORDS))
def test_altered_report(tmp_path: Path, lines: list[str], number: int, word: str) -> None:
    """A report whose word is another one is found, and named; or the machines heard nothing in either.

    An offer is heard whatever state it tells; that shows when the program asks the first thing of the call.
    """
    told = reports(lines)
    place = told[number % len(told)]
    line = json.loads(lines[place])
    params = line["frame"]["params"]["params"]
    key = _told(line["frame"])[0]
    before, params[key] = params[key], word
    path = tmp_path / "altered.jsonl"
    path.write_text("".join([*lines[:place], json.dumps(line, separators=(",", ":")) + "\n", *lines[place + 1 :]]))
    done = replay([path])

    if done.divergence is None:
        assert params[key] == before or moves_nothing(lines, place)
    else:
        assert done.divergence.line.number > place + 1
    if done.divergence is not None and "calling.call.receive" not in lines[place]:
        assert done.divergence.heard == path.read_text().splitlines()[place].partition(",")[2].partition(",")[2][:-1]


def moves_nothing(lines: list[str], place: int) -> bool:
    """Whether nothing but an acknowledgement followed a report: a call that is offered may be created in any way."""
    receive = '"event_type":"calling.call.receive"' in lines[place]
    return receive or '"kind":"transition"' not in lines[place + 2]


def test_altered_byte(tmp_path: Path, lines: list[str]) -> None:
    """One byte of a report is altered: the replay names the line, what it should have been, and what was heard."""
    place = next(place for place in reports(lines) if '"call_state":"answered"' in lines[place])
    path = tmp_path / "altered.jsonl"
    altered = lines[place].replace('"call_state":"answered"', '"call_state":"enswered"')
    path.write_text("".join([*lines[:place], altered, *lines[place + 1 :]]))
    parted = replay([path]).divergence

    assert parted is not None
    assert (place + 3, '"trigger":"answered"', '"kind":"stale"') == (
        parted.line.number,
        '"trigger":"answered"' if '"trigger":"answered"' in parted.recorded else parted.recorded,
        '"kind":"stale"' if parted.recomputed.startswith('"kind":"stale"') else parted.recomputed,
    )
    assert "enswered" in parted.heard
