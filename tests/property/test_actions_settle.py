"""An action settles once, with the first report that settles its kind, in every order of reports.

Through a real call: the reports are those of the wire, with duplicates, reports of other operations, of
other types and of unknown states among them; the call may end anywhere between.
"""

from typing import Any, Final

import pytest
from clock import run, turns, until
from hypothesis import given
from hypothesis import strategies as st
from kinds import KINDS, Report, reports, running
from scripted import ADDRESS, ScriptedServer

Said = tuple[Report, str]
"""A report, and the control id that it is under."""
Outcome = tuple[dict[str, Any] | None, int]
"""What an action was settled with, by what the report said, and how many times it was completed."""

STRANGE: Final[list[Report]] = [
    ("calling.call.play", {}),
    ("calling.call.connect", {"connect_state": "finished"}),
    ("calling.call.unheard_of", {"state": "finished"}),
]


def strangers(kind: str) -> list[Said]:
    """Reports that are not about an action of this kind, and reports of it that say nothing known."""
    unknown: list[Report] = [(KINDS[kind]["event"], {"state": word}) for word in ("unheard_of", "")]
    # An event that another kind shares is about this one: it is told by its control id alone.
    own = {event_type for event_type, _ in [*reports(kind, "goes_on"), *reports(kind, "settles")]}
    foreign = [said for other in KINDS for said in reports(other, "settles") if said[0] not in own]
    elsewhere = [(said, "another") for said in reports(kind, "settles")]
    return [*((said, "c") for said in [*unknown, *STRANGE, *foreign]), *elsewhere]


def orders(kind: str) -> st.SearchStrategy[list[Said]]:
    """Reports in every order, with duplicates."""
    going = [(said, "c") for said in reports(kind, "goes_on")] or strangers(kind)
    settling = [(said, "c") for said in reports(kind, "settles")]
    each = st.sampled_from(going) | st.sampled_from(strangers(kind)) | st.sampled_from(settling)
    return st.lists(each, max_size=8)


def first_that_settles(kind: str, order: list[Said]) -> dict[str, Any] | None:
    """What the first report that settles the action says."""
    return next((said[1] for said, control_id in order if settles(kind, said, control_id)), None)


def settles(kind: str, said: Report, control_id: str) -> bool:
    """Whether a report settles an action of this kind."""
    return control_id == "c" and said in reports(kind, "settles")


async def told(kind: str, before: list[Said], after: list[Said] | None) -> Outcome:
    """What becomes of an action: reports while its call is up, perhaps its end, and reports in the grace after it."""
    async with running(kind) as (action, server, completed):
        await hear(server, before)
        if after is not None:
            server.state("ended")
            await until(lambda: action.call.state == "ended")
            await hear(server, after)
            await action.wait()
        said_last = None if action.result is None else action.result.params

        assert [action.result] * len(completed) == completed
        assert (said_last is not None) == action.is_done == bool(completed)
        return _without_address(said_last), len(completed)


async def hear(server: ScriptedServer, order: list[Said]) -> None:
    """Let the client read all of this at once, and let whatever follows happen."""
    events = [
        (event_type, {**ADDRESS, "control_id": control_id, **params}) for (event_type, params), control_id in order
    ]
    server.tells(*(server.event(event_type, **params) for event_type, params in events))
    await turns()


def _without_address(params: dict[str, Any] | None) -> dict[str, Any] | None:
    return params and {key: each for key, each in params.items() if key not in ("node_id", "call_id", "control_id")}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_first_last_word(kind: str, data: st.DataObject) -> None:
    """The first report that settles an action does; nothing before it, and nothing after it, counts."""
    order = data.draw(orders(kind))
    expected = first_that_settles(kind, order)

    assert (expected, int(expected is not None)) == run(told(kind, order, None))


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_end_of_the_call(kind: str, data: st.DataObject) -> None:
    """With its call an action settles for certain: with its own last word, in the grace too if it leaves something."""
    before, after = data.draw(orders(kind)), data.draw(orders(kind))
    expected = first_that_settles(kind, [*before, *(after if KINDS[kind]["lingers"] else [])])
    said, times = run(told(kind, before, after))

    assert times == 1
    assert said is not None
    assert (expected or {"state": "hung_up"}).items() <= said.items()
