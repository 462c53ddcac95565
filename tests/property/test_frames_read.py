"""`callfsm.core.frames.parse`: the quick reader of JSON and the standard library's are of one mind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callfsm.core import frames

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec=None))  # Halves of surrogate pairs too, which JSON may hold.
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def params_of(text: str) -> Any:
    """The params of a request that was read."""
    frame = frames.parse(text)
    assert isinstance(frame, frames.ServerRequest), frame
    return frame.params


@given(params=st.dictionaries(TEXTS, VALUES, max_size=5), is_ascii=st.booleans())
@example(params={"large": 2**64, "larger": -(2**70), "half": "\ud800", "minus": -0.0, "tiny": 5e-324}, is_ascii=True)
def test_what_was_written_is_read(*, params: dict[str, Any], is_ascii: bool) -> None:
    """Whatever JSON can hold is read as the standard library reads it, value for value and type for type."""
    text = json.dumps({"jsonrpc": "2.0", "id": "1", "method": "m", "params": params}, ensure_ascii=is_ascii)
    (expected, read) = (json.loads(text)["params"], params_of(text))

    assert (expected, repr(expected)) == (read, repr(read))


@pytest.mark.parametrize(
    "value", ["1E5", "-0", "1.0", "0.1e-400", "123456789012345678901234567890", '"\\u0000"', '"\\ud83d\\ude00"', "[ ]"]
)
def test_spellings(value: str) -> None:
    """Every spelling of a value is read as the standard library reads it."""
    text = f'{{"id": "1", "method": "m", "params": {{"value": {value}, "value": {value}}}}}'

    assert repr(json.loads(text)["params"]) == repr(params_of(text))


@given(st.text(max_size=50) | st.text('{}[]",:0eE-+.nulltrfas \t\n\\u', max_size=30))
def test_nonsense(text: str) -> None:
    """What the standard library does not take for JSON, or JSON has no word for, is malformed."""
    try:
        read = json.loads(text)
        is_frame = isinstance(read, dict)
    except ValueError:
        is_frame = False

    assert is_frame or isinstance(frames.parse(text), frames.Malformed)
