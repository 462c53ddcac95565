"""A call drawn as a ladder."""

import pytest
from simulator_wire import TTS, Desk

from callfsm.ladder import ladder, ladder_text
from callfsm.simulator import Entry


def call() -> list[Entry]:
    """The entries of a call with a fault in it."""
    desk = Desk()
    desk.clock.pass_(100)
    leg = desk.ring()
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    desk.ask(leg, "calling.answer")
    desk.ask(leg, "calling.play", control_id="p", play=[TTS])
    desk.clock.pass_(0.6)
    leg.person_hangs_up()
    desk.clock.pass_(1)
    return desk.exchange.journal.entries(leg.call_id)


LADDER = """\
         app                           RELAY                        caller
    0.00 │                               │◀───────────────── rings desk ─│
    0.00 │◀──────────── receive created ─│                               │
    0.00 │─ play "Press one for sales" ─▶│                               │
         ! unexpected: Cannot play while it is created
    0.00 │◀─ 409 Cannot play while it … ─│                               │
    0.00 │─ answer ─────────────────────▶│                               │
    0.00 │◀────────────── call answered ─│                               │
    0.00 │─ play "Press one for sales" ─▶│                               │
    0.00 │◀─────────────── play playing ─│                               │
    0.00 │                               │─ hears "Press one for sale… ─▶│
    0.60 │                               │◀────────── hangs up (hangup) ─│
    0.60 │◀─────── call ending (hangup) ─│                               │
    0.65 │◀──────── call ended (hangup) ─│                               │"""


def test_a_call_is_drawn() -> None:
    """Each frame is an arrow from who sent it to who got it; accepted commands have no arrow back."""
    assert ladder_text(call(), width=74).splitlines() == LADDER.splitlines()


@pytest.mark.parametrize("width", [40, 74, 100, 200])
def test_no_line_is_wider_than_asked(width: int) -> None:
    """The ladder fits the terminal."""
    assert max(len(line) for line in ladder_text(call(), width=width).splitlines()) <= width


def test_colours_are_the_same_text() -> None:
    """For a terminal the same lines are drawn, in colours."""
    drawn = ladder(call(), width=74)

    assert (LADDER, True) == (drawn.plain, len({str(span.style) for span in drawn.spans}) > 1)


def test_no_entries_are_only_a_heading() -> None:
    """An empty ladder is drawn without complaint."""
    assert len(ladder_text([]).splitlines()) == 1
