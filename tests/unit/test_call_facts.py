"""`callfsm.core.model.facts`: what a server has told of a call is there when it is asked for, as it came."""

import json
import sys
from typing import Any

import pytest
from core_wire import Server
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core.model import CallModel

PHONE = {"type": "phone", "params": {"from_number": "+15550100001", "to_number": "+15550100002"}}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(), each, max_size=3),
    max_leaves=8,
)


def rung(device: Any, **more: Any) -> CallModel:
    """A call that was offered with this device, which it has not kept."""
    return Server().ring(device=json.loads(json.dumps(device)), **more)


DEVICES: dict[str, dict[str, Any]] = {
    "telephone": PHONE,
    "the other way round": {"params": PHONE["params"], "type": "phone"},
    "one number": {"type": "phone", "params": {"to_number": "+15550100002"}},
    "more than that": PHONE | {"timeout": 30},
    "sip": {"type": "sip", "params": {"from": "sip:a@sip.example", "to": "sip:b@sip.example", "headers": [{"a": "b"}]}},
    "no numbers": {"type": "phone", "params": {"from_number": None, "to_number": {"a": [1.5, True]}}},
    "no params": {"type": "phone", "params": "+15550100001"},
    "half a pair": {"type": "phone", "params": {"from_number": "\ud83d", "to_number": "+15550100002"}},
    "large": {"type": "phone", "params": {"from_number": 2**64, "to_number": -(2**200)}},
    "nothing": {},
}


@pytest.mark.parametrize("device", DEVICES.values(), ids=DEVICES)
def test_device(device: dict[str, Any]) -> None:
    """Whatever the endpoint is, it is told as it came, in its order."""
    call = rung(device, segment_id="segment-1")

    assert (json.dumps(device), "segment-1") == (json.dumps(call.device), call.segment_id)


@given(device=st.dictionaries(st.sampled_from(["type", "params", "x"]), JSON, max_size=3), segment_id=st.text())
def test_any_device(device: dict[str, Any], segment_id: str) -> None:
    """So is any that can be told in JSON."""
    call = rung(device, segment_id=segment_id)

    assert (device, segment_id) == (call.facts["device"], call.facts["segment_id"])
    assert (device, segment_id) == (call.device, call.segment_id)


def test_the_same_object() -> None:
    """What a program writes into the endpoint stays there."""
    call = rung(PHONE)
    call.device["checked"] = True

    assert (PHONE | {"checked": True}, call.device) == (call.device, call.facts["device"])


@pytest.mark.parametrize(
    ("device", "numbers"),
    [
        (PHONE, ("+15550100001", "+15550100002")),
        (DEVICES["sip"], ("sip:a@sip.example", "sip:b@sip.example")),
        (DEVICES["one number"], ("", "+15550100002")),
        (DEVICES["no numbers"], ("", "")),
        (DEVICES["no params"], ("", "")),
        ({}, ("", "")),
    ],
)
def test_numbers(device: dict[str, Any], numbers: tuple[str, str]) -> None:
    """Who calls and who is called is told wherever it stands, before the endpoint was asked for and after."""
    call = rung(device)
    before = (call.number("from"), call.number("to"))
    assert device == call.device

    assert (numbers, numbers) == (before, (call.number("from"), call.number("to")))


def test_small_until_it_is_asked_for() -> None:
    """An endpoint that nobody has asked for takes less room than one of its numbers' strings would, twice."""
    call = rung(PHONE)
    assert "+15550100001" == call.number("from")

    assert isinstance(call._told, bytes)
    assert 2 * sys.getsizeof("+15550100001") > sys.getsizeof(call._told)


def test_shared_by_calls() -> None:
    """What is the same in many calls is one object in all of them."""
    calls = [rung(PHONE, project_id="project-2") for _ in range(2)]
    names = ("node_id", "project_id", "context", "direction")

    assert [True] * 4 == [getattr(calls[0], name) is getattr(calls[1], name) for name in names]
