"""The kinds of the params that the simulator takes."""

from typing import Any

import pytest

from callfsm.simulator.checks import RefusedError
from callfsm.simulator.parameters import check

CONFERENCE = "calling.join_conference"


@pytest.mark.parametrize(
    "params",
    [
        {"name": "standup"},
        {"name": "standup", "muted": True, "max_participants": 3, "beep": "onEnter", "coach": ""},
        {"name": "standup", "muted": None},
        {"name": "standup", "something_new": object()},
    ],
)
def test_params_of_the_right_kinds_pass(params: dict[str, Any]) -> None:
    """What fits passes, null counts as not given, and what is not known is not judged."""
    check(CONFERENCE, params)


@pytest.mark.parametrize(
    ("method", "params", "fault"),
    [
        (CONFERENCE, {}, "name must be a string that is not empty, not None"),
        (CONFERENCE, {"name": ""}, "name must be a string that is not empty, not ''"),
        (CONFERENCE, {"name": "n", "muted": "yes"}, "muted must be true or false, not 'yes'"),
        (CONFERENCE, {"name": "n", "max_participants": 1.5}, "max_participants must be a whole number, 0 or more"),
        (CONFERENCE, {"name": "n", "coach": 1}, "coach must be a string, not 1"),
        (CONFERENCE, {"name": "n", "region": "moon"}, "region must be one of global, us, eu, ch, not 'moon'"),
        ("calling.echo", {"timeout": -1}, "timeout must be a number, 0 or more, not -1"),
        ("calling.echo", {"timeout": True}, "timeout must be a number, 0 or more, not True"),
        ("calling.ai_hold", {"timeout": 5}, "timeout must be a string of digits, not 5"),
        ("calling.ai_hold", {"timeout": "9" * 5000}, "timeout must be a string of digits, not '9999"),
        ("calling.echo", {"timeout": 10**400}, "timeout must be a number, 0 or more, not 1000"),
        (CONFERENCE, {"name": "n", "max_participants": 10**400}, "max_participants must be a whole number"),
        ("calling.user_event", {"event": []}, "event must be an object, not"),
        ("messaging.send", {"to_number": "a", "from_number": "b", "media": "c"}, "media must be a list, not 'c'"),
        ("calling.transfer", {"dest": 1}, "dest must be a string that is not empty, or an object, not 1"),
    ],
)
def test_the_first_fault_is_told(method: str, params: dict[str, Any], fault: str) -> None:
    """What does not fit is refused with 400, and the fault names the param and what is allowed."""
    with pytest.raises(RefusedError, match=fault) as refused:
        check(method, params)

    assert 400 == refused.value.code


def test_a_method_without_a_table_is_not_judged() -> None:
    """The commands that read their params themselves are not checked here."""
    check("calling.hold", {"anything": 1})
