"""The simulator's journal and its sums."""

from typing import Any

import pytest
from simulator_wire import PHONE, TTS, Desk, to

from callfsm.simulator import Entry, Journal
from callfsm.simulator.journal import label


def entry(call_id: str = "", unexpected: str = "") -> Entry:
    """An entry about a call."""
    return Entry(0.0, "", "app->relay", call_id, "calling.play", "play", {}, unexpected)


def test_a_call_s_entries_in_order() -> None:
    """A call's entries are what its client sent and got, and what its caller did and heard."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    desk.clock.pass_(2)

    told = [
        ("caller->relay", "rings desk"),
        ("relay->app", "receive created"),
        ("app->relay", "answer"),
        ("relay->app", "200"),
        ("relay->app", "call answered"),
        ("app->relay", 'play "Press one for sales"'),
        ("relay->app", "200"),
        ("relay->app", "play playing"),
        ("relay->caller", 'hears "Press one for sales"'),
        ("relay->app", "play finished"),
    ]
    entries = desk.exchange.journal.entries(leg.call_id)
    assert told == [(found.direction, found.label) for found in entries]


def test_the_commands_of_a_call() -> None:
    """The journal tells exactly what a client has asked of a call."""
    desk = Desk()
    leg = desk.answered()
    desk.ask(leg, "calling.end", reason="hangup")

    assert desk.exchange.journal.methods(leg.call_id) == ["calling.answer", "calling.end"]


def test_a_dialled_call_has_its_dial() -> None:
    """The dial that a call came from, and its events, belong to the call's entries."""
    desk = Desk()
    desk.phone.ask("calling.dial", tag="t", devices=[to(PHONE)])
    desk.clock.pass_(2)
    (leg,) = desk.exchange.legs.values()

    labels = [found.label for found in desk.exchange.journal.entries(leg.call_id)]
    told = [
        'dial "t"',
        "200",
        "dial dialing",
        "call created",
        "call ringing",
        "answers",
        "call answered",
        "dial answered",
    ]
    assert told == labels


def test_a_full_journal_drops_its_oldest_entries() -> None:
    """What is dropped is counted, and unexpected frames stay counted."""
    journal = Journal(2)
    for number in range(5):
        journal.add(entry(str(number), unexpected="no" if number == 0 else ""))

    assert (["3", "4"], 3, 1, [], 2) == (
        [found.call_id for found in journal.entries()],
        journal.dropped,
        journal.unexpected,
        journal.unexpected_entries(),
        len(journal),
    )


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("calling.answer", {}, "answer"),
        ("calling.end", {"reason": "busy"}, "end (busy)"),
        ("calling.call.state", {"call_state": "ended", "end_reason": "busy"}, "call ended (busy)"),
        ("calling.call.connect", {"connect_state": "failed", "failed_reason": "busy"}, "connect failed (busy)"),
        ("calling.call.collect", {"state": "finished", "result": {"type": "no_input"}}, "collect no_input"),
        (
            "calling.call.collect",
            {"result": {"type": "speech", "params": {"text": "sales  please"}}},
            'collect speech "sales please"',
        ),
        ("calling.call.collect", {"result": {"type": "digit", "params": 7}}, "collect digit"),
        ("calling.play", {"play": [{"type": "silence", "params": {"duration": 1}}]}, 'play "silence"'),
        ("calling.play", {"play": ["junk"]}, 'play "?"'),
        ("calling.play", {"play": [TTS | {"params": {"text": "x" * 40}}]}, f'play "{"x" * 23}…"'),
        ("calling.send_digits", {"digits": "123"}, 'send_digits "123"'),
        ("calling.send_digits", {"digits": 123}, "send_digits"),
    ],
)
def test_labels(method: str, params: dict[str, Any], words: str) -> None:
    """A frame in a few words, whatever it holds."""
    assert words == label(method, params)


def test_the_sums() -> None:
    """Calls, operations, events and faults are counted."""
    desk = Desk()
    legs = [desk.answered(), desk.answered()]
    desk.ask(legs[0], "calling.play", control_id="p", play=[TTS])
    desk.ask(legs[1], "calling.record", control_id="r", record={"audio": {}})
    desk.ask(legs[1], "calling.answer")
    legs[1].person_hangs_up()
    desk.clock.pass_(1)

    sums = desk.exchange.statistics
    told = {
        "calls_made": 2,
        "calls_ended": 1,
        "calls_live": 1,
        "calls_live_at_most": 2,
        "operations_opened": 2,
        "operations_open": 1,
        "unexpected_frames": 1,
        "acknowledgements_missing": 0,
        "clients": 1,
        "entries_dropped": 0,
    }
    assert told == {name: getattr(sums, name) for name in told}
