"""`callfsm.core.frames`: hostile texts are told apart, and secrets never reach a log."""

import json
import sys
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callfsm.core import frames
from callfsm.core.frames import Malformed, Reply, ServerRequest, parse

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.dictionaries(st.sampled_from(["id", "method", "params", "result", "error"]), JSON)


def why(text: str | bytes) -> str:
    """Why a text is no frame."""
    frame = parse(text)

    assert isinstance(frame, Malformed)
    return frame.why


def test_request_of_the_server() -> None:
    """A frame with a method is a request, with its id and params."""
    frame = parse('{"jsonrpc":"2.0","id":"e-1","method":"signalwire.event","params":{"event_type":"x"}}')

    assert frame == ServerRequest("e-1", "signalwire.event", {"event_type": "x"})


@pytest.mark.parametrize("params", ["", ',"params":null', ',"params":[1]'])
def test_request_without_params(params: str) -> None:
    """A request whose params are missing or no object has none."""
    assert parse('{"id":7,"method":"signalwire.ping"' + params + "}") == ServerRequest(7, "signalwire.ping", {})


@pytest.mark.parametrize("member", ["result", "error"])
def test_reply(member: str) -> None:
    """A frame with our id and a result or an error is a reply."""
    frame: dict[str, Any] = {"id": "id-1", member: None}

    assert parse(json.dumps(frame)) == Reply("id-1", frame)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"{}", "a binary message"),
        ("", "not JSON (JSONDecodeError)"),
        ("[1]", "JSON, but not an object"),
        ('{"method":7}', "a request whose method is not a string"),
        ('{"method":"m","id":[]}', "a request whose id is neither a string nor a number"),
        ('{"id":7,"result":{}}', "neither a request nor a reply to one of ours"),
        ("{}", "neither a request nor a reply to one of ours"),
        ('{"id":"id-1"}', "a reply with neither result nor error"),
    ],
)
def test_malformed(text: str | bytes, reason: str) -> None:
    """A text that is no frame is told apart, with the reason."""
    assert reason == why(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5_000])
def test_numbers_that_cannot_be_sent_back(number: str) -> None:
    """A number that could not be told in a reply makes the frame malformed, for the id has to go back."""
    assert why('{"method":"signalwire.ping","id":' + number + "}").startswith("not JSON")


@pytest.mark.parametrize("depth", [frames.MAX_DEPTH + 1, 300, 900, sys.getrecursionlimit(), 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_deep_nesting(depth: int, opening: str, closing: str) -> None:
    """A frame nested deeper than anything that RELAY knows is malformed, and nothing further in meets it."""
    nested = opening * depth + "1" + closing * depth

    assert why('{"method":"signalwire.ping","params":{"payload":' + nested + "}}") in (
        "not JSON (RecursionError)",
        "nested too deeply",
    )


def test_many_brackets_are_no_depth() -> None:
    """A long list, or brackets within a string, is a frame as any other."""
    frame = {"method": "m", "params": {"list": [[]] * 500, "text": "[" * 500}}

    assert parse(json.dumps(frame)) == ServerRequest(None, "m", frame["params"])  # type: ignore[arg-type]  # a dict


def test_duplicate_keys() -> None:
    """Of a key that stands twice the last one counts."""
    assert parse('{"method":"a","method":"b"}') == ServerRequest(None, "b", {})


@given(text=st.text() | st.binary())
@example(text="\ufeff{}")
@example(text='{"method":"\\ud800"}')
def test_any_text(text: str | bytes) -> None:
    """No text at all makes parsing raise."""
    assert isinstance(parse(text), ServerRequest | Reply | Malformed)


@given(frame=MEMBERS)
def test_any_frame(frame: dict[str, Any]) -> None:
    """Any JSON object is a request, a reply or malformed, and what holds an id can be answered."""
    parsed = parse(json.dumps(frame))
    reply = frames.result(parsed.id if isinstance(parsed, ServerRequest) else None, {})

    assert json.loads(reply)["result"] == {}


def test_request_text() -> None:
    """A request of ours is one JSON-RPC object."""
    frame = json.loads(frames.request("id-1", "calling.play", {"volume": 0}))

    assert frame == {"jsonrpc": "2.0", "id": "id-1", "method": "calling.play", "params": {"volume": 0}}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_request_with_a_number_json_has_not(value: float) -> None:
    """A number that JSON cannot tell is a ValueError rather than a frame that no server can read."""
    with pytest.raises(ValueError, match="JSON"):
        frames.request("id-1", "calling.play", {"volume": value})


def test_request_with_an_object_json_has_not() -> None:
    """An object that JSON cannot tell is a TypeError."""
    with pytest.raises(TypeError):
        frames.request("id-1", "calling.play", {"media": object()})


def test_error_text() -> None:
    """A refusal of ours is a JSON-RPC error under the id of the request."""
    frame = json.loads(frames.error(7, -32601, "Method not found: x"))

    assert frame == {"jsonrpc": "2.0", "id": 7, "error": {"code": -32601, "message": "Method not found: x"}}
