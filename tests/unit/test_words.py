"""`callfsm.core.words`: what an event says, whichever way it says it."""

from typing import Any

import pytest
from core_words import JUNK
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core.words import (
    READERS,
    collect_word,
    conference_word,
    denoise_word,
    detect_word,
    fax_word,
    nested,
    pay_word,
    state_word,
    text,
)

FIELDS = ["state", "result", "final", "detect", "fax", "denoised", "status", "type", "params", "event"]
SAID = st.dictionaries(st.sampled_from(FIELDS), JUNK | st.dictionaries(st.sampled_from(FIELDS), JUNK, max_size=3))


@pytest.mark.parametrize("value", [None, 7, ["a"], True, {}])
def test_text_of_something_else(value: object) -> None:
    """What is no string counts as none."""
    assert text({"key": value}, "key") == ""


@pytest.mark.parametrize("value", [None, 7, ["a"], True, "a"])
def test_nested_in_something_else(value: object) -> None:
    """What is no object counts as an empty one."""
    assert nested({"key": value}, "key") == {}


def test_values_as_they_stand() -> None:
    """Strings and objects are given as they stand."""
    assert (text({"key": "a"}, "key"), nested({"key": {"b": 1}}, "key")) == ("a", {"b": 1})


@pytest.mark.parametrize(("params", "word"), [({"state": "playing"}, "playing"), ({"state": 7}, ""), ({}, "")])
def test_state_words(params: dict[str, Any], word: str) -> None:
    """Most events say what they say as their state."""
    assert state_word(params) == word


def result(kind: str, **more: Any) -> dict[str, Any]:
    """The params of a collect event with a result of one kind."""
    return {"result": {"type": kind, "params": {}}, **more}


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"state": "finished", "result": {"type": "digit"}}, "finished"),
        ({"state": "error"}, "error"),
        ({"state": "collecting"}, "collecting"),
        ({}, ""),
        ({"state": "no_input"}, "no_input"),
        ({"result": {}}, ""),
        ({"result": []}, ""),
        ({"state": "input"}, ""),
        ({"state": "partial"}, ""),
        (result("digit"), "input"),
        (result("speech"), "input"),
        (result("something new"), "input"),
        ({"result": {"x": 1}}, "input"),
        (result("start_of_input"), "start_of_input"),
        (result("no_input"), "no_input"),
        (result("no_match"), "no_match"),
        (result("finished"), "finished"),
        (result("error"), "error"),
        (result("speech", final=False), "partial"),
        (result("speech", final=True), "input"),
        (result("no_input", final=False), "partial"),
    ],
)
def test_collect_words(params: dict[str, Any], word: str) -> None:
    """A collect says its end as a state, and what the caller gave as a result."""
    assert collect_word(params) == word


def heard(event: object, kind: str = "machine") -> dict[str, Any]:
    """The params of a detect event."""
    return {"detect": {"type": kind, "params": {"event": event}}}


@pytest.mark.parametrize(
    ("params", "word"),
    [
        (heard("HUMAN"), "detected"),
        (heard("UNKNOWN"), "detected"),
        (heard("NOT_READY"), "detected"),
        (heard("CED", "fax"), "detected"),
        (heard("5", "digit"), "detected"),
        (heard(7), "detected"),
        ({"detect": {"type": "machine"}}, "detected"),
        ({"detect": {"params": []}}, "detected"),
        (heard("finished"), "finished"),
        (heard("error"), "error"),
        (heard("HUMAN") | {"state": "finished"}, "finished"),
        (heard("HUMAN") | {"state": "detecting"}, "detected"),
        ({"state": "finished"}, "finished"),
        ({"state": "error", "detect": {}}, "error"),
        ({"detect": {}}, ""),
        ({"state": "detected"}, ""),
        ({"detect": "HUMAN"}, ""),
    ],
)
def test_detect_words(params: dict[str, Any], word: str) -> None:
    """Whatever a detector hears is something detected; its end is told within, or as a state."""
    assert detect_word(params) == word


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"fax": {"type": "page"}}, "page"),
        ({"fax": {"type": "finished"}}, "finished"),
        ({"fax": {"type": "error"}}, "error"),
        ({"state": "finished"}, "finished"),
        ({"state": "error", "fax": {"type": "finished"}}, "error"),
        ({"state": "sending", "fax": {"type": "finished"}}, "finished"),
        ({"state": "finished", "fax": {"type": "page"}}, "finished"),
        ({"state": "page", "fax": {"type": "new"}}, "page"),
        ({"fax": {"type": 7}}, ""),
        ({"fax": "finished"}, ""),
        ({}, ""),
    ],
)
def test_fax_words(params: dict[str, Any], word: str) -> None:
    """A fax is over by its state or by its kind of event, whichever comes."""
    assert fax_word(params) == word


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({"for": "payment-card-number"}, "progress"),
        ({}, "progress"),
        ({"result": "success"}, "finished"),
        ({"result": "payment-connector-error"}, "finished"),
        ({"state": "finished"}, "finished"),
        ({"state": "error"}, "error"),
        ({"state": "error", "result": "internal-error"}, "error"),
        ({"state": "progress", "result": "success"}, "finished"),
        ({"state": "new"}, "new"),
        ({"result": ""}, "progress"),
        ({"result": 7, "state": []}, "progress"),
    ],
)
def test_pay_words(params: dict[str, Any], word: str) -> None:
    """A payment is over by its state or by any result, whichever comes; else it is under way."""
    assert pay_word(params) == word


@pytest.mark.parametrize(
    ("denoised", "word"), [(True, "on"), (False, "off"), (None, ""), (1, ""), ("true", ""), ([], "")]
)
def test_denoise_words(denoised: object, word: str) -> None:
    """Noise reduction is told as true or false, and as nothing else."""
    assert denoise_word({"denoised": denoised}) == word


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("participant-join", "participant-join"),
        ("participant-leave", "participant-leave"),
        ("conference-end", "conference-end"),
        ("participant-mute", "other"),
        ("something new", "other"),
        ("", ""),
        (7, ""),
    ],
)
def test_conference_words(status: object, word: str) -> None:
    """What changes a membership stands for itself; all else that happens in a conference is one word."""
    assert conference_word({"status": status}) == word


@pytest.mark.parametrize("read", [*READERS.values(), denoise_word, conference_word])
@given(params=SAID)
def test_junk(read: Any, params: dict[str, Any]) -> None:
    """Whatever stands in an event, it reads as some word, perhaps none."""
    assert isinstance(read(params), str)
