"""`callfsm.core.tables.kinds`: what the core knows of each kind of operation besides its table."""

import json
from pathlib import Path

import pytest

from callfsm.core.tables import COMMANDS, KINDS, Kind, Speaker
from callfsm.core.words import READERS
from callfsm.event import EVENT_CLASS_MAP

EVENTS = json.loads((Path(__file__).parents[1] / "data" / "events.json").read_text())
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))

EVENT_OF = {
    "play": "play",
    "record": "record",
    "collect": "collect",
    "play_and_collect": "collect",
    "detect": "detect",
    "send_fax": "fax",
    "receive_fax": "fax",
    "tap": "tap",
    "stream": "stream",
    "transcribe": "transcribe",
    "pay": "pay",
    "ai": "ai",
}
"""The published events of each kind, without their prefix."""


def test_every_kind() -> None:
    """There is a kind for each operation of RELAY, and each settles with the event that is published for it."""
    assert {name: kind.event_type for name, kind in KINDS.items()} == {
        name: f"calling.call.{event}" for name, event in EVENT_OF.items()
    }


def test_named_like_their_tables() -> None:
    """A kind is found under the name of its table, which is the command that begins it."""
    assert list(KINDS) == [kind.table.name for kind in KINDS.values()]


@every_kind
def test_begun_by_a_media_command(kind: Kind) -> None:
    """Every operation is begun by a command of the call that needs the call's audio."""
    assert [command.needs for command in COMMANDS if command.name == kind.table.name] == ["media"]


@every_kind
def test_known_events(kind: Kind) -> None:
    """Every event that speaks of an operation is a known one, and what settles it has a class of its own."""
    assert {kind.event_type, *kind.also} <= set(EVENTS)
    assert kind.event_type in EVENT_CLASS_MAP


@every_kind
def test_known_reader(kind: Kind) -> None:
    """Every kind's events are read in a way that exists."""
    assert kind.reads in READERS


def test_every_reader_is_used() -> None:
    """No way of reading events is there for nothing."""
    assert {kind.reads for kind in KINDS.values()} == set(READERS)


@every_kind
def test_further_events_have_rows(kind: Kind) -> None:
    """What a further event says is heard under its prefix: each prefix begins some report of the table."""
    reports = kind.table.triggers(Speaker.REPORT)
    silent = [prefix for prefix in kind.also.values() if not any(report.startswith(prefix) for report in reports)]

    assert silent == []


def test_what_leaves_something_behind() -> None:
    """A recording, a fax and a transcription have a last report that is worth waiting for past the call's end."""
    lingering = [name for name, kind in KINDS.items() if "lingering" in kind.table.states]

    assert lingering == ["record", "send_fax", "receive_fax", "transcribe"]
