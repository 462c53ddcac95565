"""An operation settles at most once, and by exactly the words that settle it.

What settles is told here from the rules of the wire, not from the tables: of each kind, its event type and
its last states; of a collect's result those that are not final; of a detector anything it hears; of a fax the
kind of its event; of a payment any result.
"""

from typing import Any

import pytest
from core_wire import CONTROL_ID, Server, answered, only, started
from core_words import EVENTS, HEARD, KINDS, RUNNING
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core.effects import OperationSettled

OWN_EVENT = {kind: kind for kind in KINDS} | {"play_and_collect": "collect", "send_fax": "fax", "receive_fax": "fax"}
ENDS_ANY = {"finished", "error"}
LAST_STATES = dict.fromkeys(KINDS, ENDS_ANY) | {
    "record": {"finished", "no_input", "error"},
    "collect": {"finished", "no_input", "no_match", "error"},
    "play_and_collect": {"finished", "no_input", "no_match", "error"},
}
LEAVES_SOMETHING = ["record", "send_fax", "receive_fax", "transcribe"]

STATES = [*RUNNING, "new", None, *RUNNING, "input", "partial", "finished", "no_input", "no_match", "error"]
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
Report = tuple[str, str, dict[str, Any]]
"""The type of an event, the control id that it carries, and what it says."""


def said(**fields: Any) -> dict[str, Any]:
    """These fields without those that are not told."""
    return {name: value for name, value in fields.items() if value is not None}


STATE_ONLY = st.builds(lambda state: said(state=state), st.sampled_from(STATES))
SAYS: dict[str, st.SearchStrategy[dict[str, Any]]] = dict.fromkeys(EVENTS, STATE_ONLY) | {
    "collect": STATE_ONLY
    | st.builds(
        lambda state, kind, final: said(state=state, result={"type": kind, "params": {}} if kind else {}, final=final),
        st.sampled_from(["collecting", None, "collecting", None, "finished", "error"]),
        st.sampled_from(RESULTS),
        st.sampled_from([False, True, False, None]),
    ),
    "detect": STATE_ONLY
    | st.builds(
        lambda state, event: said(state=state, detect={"type": "machine", "params": {"event": event}} if event else {}),
        st.sampled_from([None, None, "finished", "new"]),
        st.sampled_from([*HEARD, None]),
    ),
    "fax": STATE_ONLY
    | st.builds(
        lambda state, kind: said(state=state, fax={"type": kind}),
        st.sampled_from([None, None, "page", "error"]),
        st.sampled_from(["page", "page", "page", "finished", "error", "new"]),
    ),
    "pay": STATE_ONLY
    | st.builds(
        lambda state, result: said(state=state, result=result),
        st.sampled_from([None, None, "progress", "error"]),
        st.sampled_from([None, None, "", "success", "internal-error"]),
    ),
}
REPORTS: st.SearchStrategy[list[Report]] = st.lists(
    st.sampled_from(EVENTS).flatmap(
        lambda event: st.tuples(st.just(event), st.sampled_from([CONTROL_ID, CONTROL_ID, "ctl-9"]), SAYS[event])
    ),
    max_size=12,
)


def own_reports(kind: str) -> st.SearchStrategy[list[Report]]:
    """Reports of this kind for the most part, and any others among them."""
    own = st.tuples(st.just(OWN_EVENT[kind]), st.just(CONTROL_ID), SAYS[OWN_EVENT[kind]])
    return st.lists(own, max_size=6).flatmap(
        lambda first: REPORTS.flatmap(lambda others: st.permutations([*first, *others]))
    )


def settles(kind: str, report: Report, *, continuous: bool) -> bool:
    """Whether a report is one that settles an operation of this kind, by the rules of the wire."""
    event, control_id, params = report
    if (event, control_id) != (OWN_EVENT[kind], CONTROL_ID):
        return False
    if event == "collect":
        return collect_settles(params, continuous=continuous)
    further = {
        "detect": bool(params.get("detect")),
        "fax": params.get("fax", {}).get("type") in ENDS_ANY,
        "pay": bool(params.get("result")),
    }
    return params.get("state") in LAST_STATES[kind] or further.get(event, False)


def collect_settles(params: dict[str, Any], *, continuous: bool) -> bool:
    """Whether what a collect event says is final."""
    state, result = params.get("state"), params.get("result")
    if state in ENDS_ANY:
        return True
    if result:
        if params.get("final") is False or result["type"] == "start_of_input":
            return False
        return not continuous or result["type"] in ENDS_ANY
    return state in LAST_STATES["collect"] and not continuous


def ends(kind: str, report: Report, *, continuous: bool) -> bool:
    """Whether a report is the last one: that which settles, but a detector goes on when it has heard something."""
    _, _, params = report
    if kind == "detect" and params.get("detect") and params.get("state") not in ENDS_ANY:
        return settles(kind, report, continuous=False) and params["detect"]["params"]["event"] in ENDS_ANY
    return settles(kind, report, continuous=continuous)


def tell(server: Server, report: Report) -> list[OperationSettled]:
    """Report something; which operations settle with that."""
    event, control_id, params = report
    return only(OperationSettled, server.operation(event, control_id, **params))


@pytest.mark.parametrize(("kind", "continuous"), [(kind, False) for kind in KINDS] + [("collect", True)])
@given(data=st.data(), paused=st.booleans())
def test_settled_by_its_last_word(
    kind: str,
    continuous: bool,  # noqa: FBT001  a parameter of the test
    data: st.DataObject,
    paused: bool,  # noqa: FBT001  a parameter of the test
) -> None:
    """The first report that the wire means to settle an operation does, and no other does."""
    server = Server()
    operation = started(server, answered(server), kind, continuous=continuous)
    if paused and kind in ("play", "record", "play_and_collect"):
        server.reply(operation.ask("pause", {}))
    reports = data.draw(own_reports(kind))
    told = [[each.event.params for each in tell(server, report)] for report in reports]
    settling = [settles(kind, report, continuous=continuous) for report in reports]
    over = any(ends(kind, report, continuous=continuous) for report in reports)

    assert [settling[place] and True not in settling[:place] for place in range(len(reports))] == [
        bool(each) for each in told
    ]
    assert over == operation.over


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data(), word=st.sampled_from(["ending", "ended"]))
def test_settled_when_the_call_is_over(kind: str, data: st.DataObject, word: str) -> None:
    """From its beginning to the end of its call and of the grace, an operation settles once, whatever is told."""
    server = Server()
    call = answered(server)
    operation = started(server, call, kind)
    for report in data.draw(own_reports(kind)):
        tell(server, report)
    server.state(word)
    for report in data.draw(own_reports(kind)):
        tell(server, report)
    server.state("ended")
    call.grace_over()
    server.take()

    assert len(only(OperationSettled, server.done)) == 1
    assert operation.over


@pytest.mark.parametrize("kind", LEAVES_SOMETHING)
@given(data=st.data())
def test_last_report_is_kept(kind: str, data: st.DataObject) -> None:
    """What leaves something behind settles with the first last word after its call, for that holds the address."""
    server = Server()
    call = answered(server)
    operation = started(server, call, kind)
    server.state("ended")
    reports = data.draw(own_reports(kind))
    last = [report[2] for report in reports if settles(kind, report, continuous=False)]
    for report in reports:
        tell(server, report)
    call.grace_over()

    assert operation.result is not None
    expected = last[0] if last else {"state": "hung_up"}
    assert {name: operation.result.params[name] for name in expected} == expected


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in LEAVES_SOMETHING])
@given(data=st.data())
def test_nothing_is_waited_for(kind: str, data: st.DataObject) -> None:
    """What leaves nothing behind is over with its call, and whatever is told then settles nobody."""
    server = Server()
    operation = started(server, answered(server), kind)
    server.state("ended")
    over = operation.over
    told = [tell(server, report) for report in data.draw(own_reports(kind))]

    assert over
    assert [[]] * len(told) == told
