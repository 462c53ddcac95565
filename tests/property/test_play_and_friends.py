"""An operation settles at most once, and by exactly the words that settle it.

What settles is told here from the rules of the wire, not from the tables: of each kind, its event types
and their last words, and of a collect's result those that are not final.
"""

from typing import Any

import pytest
from core_wire import CONTROL_ID, Server, answered, only, started
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core.effects import OperationSettled

LAST_WORDS = {
    "play": {"finished", "error"},
    "record": {"finished", "no_input", "error"},
    "collect": {"finished", "no_input", "no_match", "error"},
    "play_and_collect": {"finished", "no_input", "no_match", "error"},
}
OWN_EVENT = {"play": "play", "record": "record", "collect": "collect", "play_and_collect": "collect"}
ENDS_ANY_COLLECT = {"finished", "error"}
RUNNING = ["playing", "recording", "collecting", "paused", "new", None]
STATES = [*RUNNING, *RUNNING, "finished", "no_input", "no_match", "error"]
RESULTS = [
    "digit",
    "speech",
    "start_of_input",
    "start_of_input",
    "no_input",
    "no_match",
    "finished",
    "error",
    "new",
    None,
]

STATE_REPORTS = st.builds(
    lambda event, state: (event, {"state": state} if state else {}),
    st.sampled_from(["play", "record", "collect"]),
    st.sampled_from(STATES),
)
RESULT_REPORTS = st.builds(
    lambda state, kind, final: (
        "collect",
        {
            **({"state": state} if state else {}),
            "result": {"type": kind, "params": {}} if kind else {},
            **({} if final is None else {"final": final}),
        },
    ),
    st.sampled_from(["collecting", None, "collecting", None, "finished", "error"]),
    st.sampled_from(RESULTS),
    st.sampled_from([False, True, False, None]),
)
REPORTS = st.lists(STATE_REPORTS | RESULT_REPORTS, max_size=12)


def settles(kind: str, event: str, params: dict[str, Any], *, continuous: bool) -> bool:
    """Whether a report of this type and content is the last one of an operation, by the rules of the wire."""
    if event != OWN_EVENT[kind]:
        return False
    word = params.get("state")
    if event != "collect":
        return word in LAST_WORDS[kind]
    if word in ENDS_ANY_COLLECT:
        return True
    result = params.get("result")
    if result:
        if params.get("final") is False or result["type"] == "start_of_input":
            return False
        return not continuous or result["type"] in ENDS_ANY_COLLECT
    return word in LAST_WORDS[kind] and not continuous


@pytest.mark.parametrize(
    ("kind", "continuous"),
    [("play", False), ("record", False), ("collect", False), ("collect", True), ("play_and_collect", False)],
)
@given(reports=REPORTS, paused=st.booleans())
def test_settled_by_its_last_word(
    kind: str,
    continuous: bool,  # noqa: FBT001  a parameter of the test
    reports: list[tuple[str, dict[str, Any]]],
    paused: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    """The first report that the wire means as the last one settles an operation, and no other does."""
    server = Server()
    operation = started(server, answered(server), kind, continuous=continuous)
    if paused and kind != "collect":
        server.reply(operation.ask("pause", {}))
    told = [bool(only(OperationSettled, server.operation(event, **params))) for event, params in reports]
    last = [settles(kind, event, params, continuous=continuous) for event, params in reports]

    assert told == [is_last and True not in last[:place] for place, is_last in enumerate(last)]


@given(reports=REPORTS, kind=st.sampled_from(sorted(LAST_WORDS)), word=st.sampled_from(["ending", "ended"]))
def test_settled_when_the_call_is_over(reports: list[tuple[str, dict[str, Any]]], kind: str, word: str) -> None:
    """Between the end of the call and the end of the grace, an operation settles once, whatever is told."""
    server = Server()
    call = answered(server)
    started(server, call, kind)
    effects = server.state(word)
    for event, params in reports:
        effects += server.operation(event, CONTROL_ID, **params)
    effects += server.state("ended")
    call.grace_over()
    effects += server.take()

    assert len(only(OperationSettled, effects)) == 1


@given(reports=REPORTS)
def test_last_report_of_a_recording_is_kept(reports: list[tuple[str, dict[str, Any]]]) -> None:
    """A recording whose call has ended settles with the first last word that comes, for it holds the URL."""
    server = Server()
    call = answered(server)
    record = started(server, call, "record")
    server.state("ended")
    last = [params for event, params in reports if settles("record", event, params, continuous=False)]
    for event, params in reports:
        server.operation(event, **params)
    call.grace_over()

    assert record.result is not None
    assert record.result.params["state"] == (last[0]["state"] if last else "hung_up")
