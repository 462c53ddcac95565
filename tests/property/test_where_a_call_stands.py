"""Whatever the server reports of a call without an operation, in any order, the call stands somewhere."""

from typing import Any

from core_wire import CALL_ID, Server, answered, only
from core_words import STANDINGS, TELLABLE
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core.effects import Transitioned
from callfsm.core.model import CallModel
from callfsm.core.tables import STANDINGS as TABLED
from callfsm.core.tables import TABLES

WORDS: list[Any] = [word for _, words in STANDINGS.values() for word in words] + ["idle", "over", "call_ended", ""]
"""Of all standings together: what means something to one of them is a stranger to the others."""
REPORTS = st.lists(
    st.sampled_from([*STANDINGS]).flatmap(
        lambda event_type: st.tuples(
            st.just(event_type), st.sampled_from(STANDINGS[event_type][1]) | st.sampled_from(WORDS) | TELLABLE
        )
    ),
    max_size=20,
)


ANY_ORDER = ["calling.call.hold", "calling.call.echo", "calling.call.send_digits"]
"""The standings in which any word may follow any other."""


def tell(server: Server, event_type: str, said: object) -> None:
    """Report a word of one standing."""
    server.event(event_type, {"call_id": CALL_ID, "node_id": "node-1", STANDINGS[event_type][0]: said})


def states(call: CallModel) -> dict[str, str]:
    """Where the call stands."""
    return {name: standing.state for name, standing in call.standings.items()}


@given(reports=REPORTS)
def test_every_report_in_any_order(reports: list[tuple[str, Any]]) -> None:
    """Each standing that was reported is in a state of its table, and has moved only by the rows of it."""
    server = Server()
    call = answered(server)
    for report in reports:
        tell(server, *report)
    rows = {
        (row.trigger, source, row.dest or source)
        for name in call.standings
        for row in TABLES[name].rows
        for source in row.sources.split()
    }
    moves = [each for each in only(Transitioned, server.done) if each.subject in call.standings.values()]

    assert set(call.standings) == {TABLED[event_type].table.name for event_type, _ in reports}
    assert [] == [move for move in moves if (move.trigger, move.source, move.dest) not in rows]


@given(reports=REPORTS)
def test_last_word_counts(reports: list[tuple[str, Any]]) -> None:
    """Hold, echo and digits stand where the last word that means something to them has brought them."""
    server = Server()
    call = answered(server)
    last: dict[str, str] = {}
    for event_type, word in reports:
        tell(server, event_type, word)
        if event_type in ANY_ORDER and word in STANDINGS[event_type][1]:
            last[TABLED[event_type].table.name] = word

    assert last == {name: states(call)[name] for name in last}


@given(before=REPORTS, ending=REPORTS, after=REPORTS)
def test_over_with_the_call(
    before: list[tuple[str, Any]], ending: list[tuple[str, Any]], after: list[tuple[str, Any]]
) -> None:
    """Once the call has ended every standing is over, no report moves one, and no report makes one."""
    server = Server()
    call = answered(server)
    # What lingers keeps the call known, so that reports still reach it.
    call.start("record", "ctl-1", {})
    for report in before:
        tell(server, *report)
    server.state("ending")
    for report in ending:
        tell(server, *report)
    server.state("ended")
    known = states(call)
    for report in after:
        tell(server, *report)
    for event_type, said in after:
        standing = call.standings.get(TABLED[event_type].table.name)
        if standing is not None:
            standing.hear_event({STANDINGS[event_type][0]: said})

    assert dict.fromkeys({TABLED[event_type].table.name for event_type, _ in [*before, *ending]}, "over") == known
    assert known == states(call)
