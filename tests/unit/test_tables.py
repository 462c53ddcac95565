"""`callfsm.core.tables`: what every table holds, and the call machine row by row."""

import pytest

from callfsm.core import model
from callfsm.core.machine import SEND
from callfsm.core.tables import (
    CALL,
    COMMANDS,
    GUARDS,
    KINDS,
    MESSAGE,
    REPLIES,
    STANDINGS,
    TABLES,
    Command,
    Row,
    Speaker,
    Table,
)

SUBJECTS: dict[str, type[model.Subject]] = {
    "call": model.CallModel,
    "dial": model.DialModel,
    "connection": model.ConnectionModel,
    "message": model.MessageModel,
}
SUBJECTS |= dict.fromkeys(KINDS, model.OperationModel)
SUBJECTS |= dict.fromkeys((standing.table.name for standing in STANDINGS.values()), model.StandingModel)
every_table = pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
every_standing = pytest.mark.parametrize(
    "table", [standing.table for standing in STANDINGS.values()], ids=lambda table: table.name
)
every_operation = pytest.mark.parametrize(
    "table", [kind.table for kind in KINDS.values()], ids=lambda table: table.name
)


def steps(table: Table) -> set[tuple[str, str]]:
    """From which state to which the rows of a table lead."""
    return {(source, row.dest or source) for row in table.rows for source in row.sources.split()}


def reachable(table: Table) -> set[str]:
    """The states that can be reached from the initial one; a message that came to us begins as received."""
    found = {table.initial} | ({"received"} if table is MESSAGE else set())
    while further := {dest for source, dest in steps(table) if source in found} - found:
        found |= further
    return found


@every_table
def test_every_state_reachable(table: Table) -> None:
    """No state is drawn that nothing leads to."""
    assert set(table.states) == reachable(table)


@every_table
def test_every_state_named(table: Table) -> None:
    """Every state in a row, a hook or the finals is a state of the table."""
    hooked = {*table.on_enter, *table.on_exit, *table.final.split()}

    assert {state for step in steps(table) for state in step} | hooked <= set(table.states)


@every_table
def test_finals_are_final(table: Table) -> None:
    """Out of a final state nothing leads; what is heard there changes nothing."""
    leaving = [row for row in table.rows if set(row.sources.split()) & set(table.final.split()) and row.dest]

    assert [] == leaving


@every_table
def test_every_other_state_ends(table: Table) -> None:
    """From every state that is not final, something leads on."""
    leads_on = {source for source, dest in steps(table) if source != dest}

    assert set(table.states) - set(table.final.split()) == leads_on


@every_table
def test_one_speaker(table: Table) -> None:
    """Every trigger is one speaker's word, so that a report can never pass for a reply."""
    speakers: dict[str, set[Speaker]] = {}
    for row in table.rows:
        speakers.setdefault(row.trigger, set()).add(row.speaker)

    assert [] == [trigger for trigger, each in speakers.items() if len(each) > 1]


@every_table
def test_asks_move_nothing(table: Table) -> None:
    """An ask has no destination: only what arrives moves a machine."""
    assert [] == [row for row in table.rows if row.speaker is Speaker.ASK and row.dest]


@every_table
def test_only_asks_send(table: Table) -> None:
    """Nothing that arrives sends a frame by itself."""
    assert [] == [row for row in table.rows if row.sends and row.speaker is not Speaker.ASK]


@every_table
def test_no_row_twice(table: Table) -> None:
    """In one state a trigger has one row for each set of guards."""
    keys = [(row.trigger, source, row.guards) for row in table.rows for source in row.sources.split()]

    assert len(set(keys)) == len(keys)


@every_table
def test_no_row_hidden(table: Table) -> None:
    """No row stands behind an unguarded one for the same trigger in the same state."""
    open_already: set[tuple[str, str]] = set()
    hidden: list[Row] = []
    for row in table.rows:
        keys = {(row.trigger, source) for source in row.sources.split()}
        hidden += [row] if keys & open_already else []
        open_already |= keys if not row.guards else set()

    assert [] == hidden


@every_table
def test_guards_and_hooks_exist(table: Table) -> None:
    """Every guard and every hook is a method of the subject, with a docstring that says which it is."""
    guards = {guard for row in table.rows for guard in row.guards.split()}
    hooks = {hook for row in table.rows for hook in row.hooks.split()} | {SEND, *table.on_final.split()}
    hooks |= {hook for named in (table.on_enter, table.on_exit) for each in named.values() for hook in each.split()}
    subject = SUBJECTS[table.name]
    undocumented = [
        name
        for names, what in ((guards, "Guard: "), (hooks, ("Hook: ", "Hook of ", "Enter hook of ", "Exit hook of ")))
        for name in names
        if not (getattr(subject, name).__doc__ or "").startswith(what)
    ]

    assert [] == undocumented


def test_every_guard_explained() -> None:
    """Every guard says why it refuses, and no other is explained."""
    named = {guard for table in TABLES.values() for row in table.rows for guard in row.guards.split()}

    assert set(GUARDS) == named


@every_table
def test_every_state_described(table: Table) -> None:
    """Every state has its meaning in one line."""
    assert [] == [name for name, meaning in table.states.items() if not meaning]


@every_operation
def test_open_operations_hear_the_call_end(table: Table) -> None:
    """No operation outlives its call: every open state hears that the call has ended, or waits for a last report only."""
    hears = {state for row in table.rows if row.trigger == "call_ended" for state in row.sources.split()}

    assert set(table.states) - set(table.final.split()) - {"lingering"} == hears


@every_operation
def test_running_operations_hear_the_call_ending(table: Table) -> None:
    """A call that is ending takes everything along that runs in it."""
    stopped = {state for row in table.rows if row.trigger == "call_ending" for state in row.sources.split()}

    assert set(table.states) - set(table.final.split()) - {"stopping", "lingering"} == stopped


@every_operation
def test_a_grace_ends(table: Table) -> None:
    """What lingers after the call's end stops lingering when its time has passed."""
    ends = {state for row in table.rows if row.trigger == "grace_over" for state in row.sources.split()}

    assert {"lingering"} & set(table.states) == ends


@every_operation
def test_every_operation_settles(table: Table) -> None:
    """Entering any final state tells whoever waits."""
    assert table.on_final == "settle"


@every_operation
def test_stop_of_what_is_over(table: Table) -> None:
    """To stop what is over is to ask for what is so already: heard in every final state, and nothing is sent."""
    heard = {state for row in table.rows if (row.trigger, row.sends) == ("stop", "") for state in row.sources.split()}

    assert set(table.final.split()) == heard


@every_standing
def test_standings_begin_and_end_with_their_call(table: Table) -> None:
    """A standing is idle until something is reported, and over, from wherever it is, when its call is."""
    ends = {row.dest: set(row.sources.split()) for row in table.rows if row.trigger == "call_ended"}

    assert (table.initial, table.final, ends) == ("idle", "over", {"over": set(table.states) - {"over"}})


@every_standing
def test_standings_hear_only_reports(table: Table) -> None:
    """Nobody can ask anything of a standing: the server reports it, and the end of the call ends it."""
    assert {row.speaker for row in table.rows} == {Speaker.REPORT, Speaker.CALL}


def test_message_rows() -> None:
    """A message hears each word of the wire wherever that word is news, and nothing once it has its last state."""
    words = ["queued", "initiated", "sent", "delivered", "undelivered", "failed", "lost"]
    ranks = dict(zip(words, [0, 1, 2, 3, 3, 3, 3], strict=True))
    ahead = {word: [each for each in words[:3] if ranks[each] < rank] for word, rank in ranks.items()} | {
        "queued": ["queued"]
    }

    assert ahead == {row.trigger: row.sources.split() for row in MESSAGE.rows}


def test_call_states() -> None:
    """A call is created, answered, ending or ended, and nothing else."""
    assert list(CALL.states) == ["created", "answered", "ending", "ended"]


CALL_ROWS = """
ask    answer           created                 inbound undecided -        calling.answer .
ask    pass_            created                 inbound undecided -        calling.pass   .
ask    hangup           created answered        not_hanging_up    -        calling.end    .
reply  answer_accepted  created                 .                 answered .              .
reply  hangup_accepted  created                 .                 ending   .              tear_down
reply  hangup_accepted  answered                .                 ending   .              .
reply  pass_accepted    created                 .                 ended    .              note_cause
reply  gone             created answered ending .                 ended    .              note_cause
report created          created                 news              -        .              .
report ringing          created                 news              -        .              note_ringing
report answered         created                 .                 answered .              .
report answered         answered                news              -        .              .
report ending           created                 .                 ending   .              note_end tear_down
report ending           answered                .                 ending   .              note_end
report ending           ending                  news              -        .              note_end
report ended            created answered ending .                 ended    .              note_end
line   lost             created answered ending .                 ended    .              note_cause
"""


def told(row: Row) -> str:
    """A row in one line with single blanks, as `CALL_ROWS` tells it."""
    columns = (row.speaker, row.trigger, row.sources, row.guards, row.dest or "-", row.sends, row.hooks)
    return " ".join(column or "." for column in columns)


def test_call_rows() -> None:
    """The life of a call is the published table, row by row."""
    expected = [" ".join(line.split()) for line in CALL_ROWS.strip().splitlines()]
    commands = {command.name for command in COMMANDS}

    assert expected == [told(row) for row in CALL.rows if row.trigger not in commands]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_command_rows(command: Command) -> None:
    """A media command needs an answered call, or early media; another one a call that is not over."""
    rows = {"call": [("created answered", "")], "media": [("answered", ""), ("created", "early_media")]}[command.needs]

    assert [Row(Speaker.ASK, command.name, sources, guards, None, command.sends) for sources, guards in rows] == [
        row for row in CALL.rows if row.trigger == command.name
    ]


def test_teardown_hooks() -> None:
    """Leaving answered tears down what runs in the call; entering ended settles what is still open."""
    assert (CALL.on_exit, CALL.on_enter) == ({"answered": "tear_down"}, {"ended": "settle"})


def test_replies_name_triggers() -> None:
    """What a reply makes the call hear is a trigger of the call's replies, or that it was lost while nothing was heard."""
    assert set(REPLIES.values()) == {*CALL.triggers(Speaker.REPLY), "lost"}


@pytest.mark.parametrize(
    "table",
    [table for table in TABLES.values() if SUBJECTS[table.name] not in (model.ConnectionModel, model.StandingModel)],
    ids=lambda table: table.name,
)
def test_never_back(table: Table) -> None:
    """Except that a paused operation goes on, no row leads back to a state that was left for another one."""
    forward = {step for step in steps(table) if step not in {("paused", "playing"), ("paused", "recording")}}
    reach = {state: {state} for state in table.states}
    for _ in table.states:
        for source, dest in forward:
            reach[source] |= reach[dest]

    assert [] == [(a, b) for a in reach for b in reach[a] if a != b and a in reach[b]]
