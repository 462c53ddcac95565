"""`callfsm.recordings.hiding`: a recording hides what a log hides, and nothing that the machines look at."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from callfsm.core import scrubbing
from callfsm.recordings import hiding, recipes
from callfsm.recordings.hiding import Hider

SECRETS = ("SECRET-TOKEN", "", "SECRET-PROJECT", 'state:"quoted\\')
KEYS = sorted(scrubbing.CREDENTIALS | scrubbing.PRIVATE | scrubbing.NUMBERS)
WORDS = st.sampled_from(
    [
        *KEYS,
        *SECRETS,
        "params",
        "type",
        "speech",
        "digit",
        "text",
        "event",
        "sip_from_user",
        "sip_request_uri",
        "alice@example.com",
        "token=abcdef",
        "'to': '5550100'",
        "Authorization: Bearer abc",
        "https://me:pass@example.com/",
        "sip:alice@example.com",
        "+15550100001",
        "5550100001",
        "12#",
        "We're +1 555 010 0001",
        "call-1",
        "{",
        '{"token": "x"}',
    ]
)
TEXTS = WORDS | st.text(max_size=8) | st.builds(lambda a, b: a + b, WORDS, WORDS)
LEAVES = TEXTS | st.integers(-9, 20_000_000_000) | st.booleans() | st.none() | st.floats(allow_nan=False, width=16)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
FRAMES = st.dictionaries(TEXTS, VALUES, max_size=5)


def hider(*, masked: bool = True) -> Hider:
    """A hider that knows the credentials."""
    made = Hider(masked=masked)
    made.learn(SECRETS)
    return made


def emptied(frame: Any) -> Any:
    """A frame in which what stands under the key of a credential is hidden even where there is nothing to hide."""
    if isinstance(frame, list):
        return [emptied(each) for each in frame]
    if not isinstance(frame, dict):
        return frame
    return {key: "***" if key in scrubbing.CREDENTIALS else emptied(value) for key, value in frame.items()}


@given(frame=FRAMES, ascii_only=st.booleans(), spaced=st.booleans())
@example(frame={"digits": "\\"}, ascii_only=True, spaced=False)
@example(frame={"to": "from", "from": "to", "type": "digits"}, ascii_only=True, spaced=True)
def test_as_a_log_hides(frame: dict[str, Any], *, ascii_only: bool, spaced: bool) -> None:
    """Whatever way a frame is written, it is hidden as a log hides it."""
    text = json.dumps(frame, ensure_ascii=ascii_only, separators=None if spaced else (",", ":"))
    expected = json.loads(scrubbing.scrub(text, [secret for secret in SECRETS if secret]))

    assert emptied(expected) == emptied(json.loads(hider().frame(text)))


@given(frames=st.lists(FRAMES, min_size=2, max_size=4))
def test_has_no_memory(frames: list[dict[str, Any]]) -> None:
    """What was seen in one frame changes nothing in the next."""
    used = hider()
    texts = [json.dumps(frame, separators=(",", ":")) for frame in frames]

    assert [hider().frame(text) for text in texts] == [used.frame(text) for text in texts]


@given(frame=FRAMES)
def test_once_is_enough(frame: dict[str, Any]) -> None:
    """What has been hidden is not hidden again: a recording can be held against its replay."""
    once = hider().frame(json.dumps(frame))

    assert json.loads(once) == json.loads(hider().frame(once))


@given(frame=FRAMES)
def test_one_line(frame: dict[str, Any]) -> None:
    """A frame stays on one line, in ASCII, whatever is in it."""
    text = hider().frame(json.dumps(frame, ensure_ascii=False, indent=1))

    assert text.isascii()
    assert text.isprintable()


@given(frame=FRAMES)
def test_unmasked(frame: dict[str, Any]) -> None:
    """Credentials are hidden also where numbers and digits are shown."""
    shown = json.dumps(json.loads(hider(masked=False).frame(json.dumps(frame))), ensure_ascii=False)

    assert "SECRET-" not in shown


def test_numbers_and_digits_shown() -> None:
    """Numbers, digits and words are shown when that is asked for."""
    frame = {"from": "+15550100001", "digits": "12", "type": "speech", "params": {"text": "hello"}}

    assert frame == json.loads(hider(masked=False).frame(json.dumps(frame)))


@pytest.mark.parametrize("value", ["", None])
def test_no_credential(value: object) -> None:
    """That there is no credential is shown: whoever replays it must not find one."""
    assert {"authorization_state": value} == json.loads(hider().frame(json.dumps({"authorization_state": value})))


def test_credential_of_before() -> None:
    """A credential that has been replaced is hidden still."""
    made = hider()
    made.frame('{"x":"y"}')
    made.learn(("ANOTHER-TOKEN", "", "", ""))

    assert ["***", "***"] == json.loads(made.frame('{"x":["SECRET-TOKEN","ANOTHER-TOKEN"]}'))["x"]


def test_harmless_until_it_is_a_credential() -> None:
    """A word that was shown is hidden from when it is a credential on."""
    made = hider()
    before = made.frame('{"x":"LATER-TOKEN"}'), made.word("LATER-TOKEN")
    made.learn(("LATER-TOKEN", "", "", ""))

    assert ('{"x":"LATER-TOKEN"}', '"LATER-TOKEN"') == before
    assert ('{"x":"***"}', '"***"') == (made.frame('{"x":"LATER-TOKEN"}'), made.word("LATER-TOKEN"))


@pytest.mark.parametrize(
    "frame",
    [
        {"method": "calling.stream", "params": {"authorization_bearer_token": "BEARER-1"}},
        {"method": "calling.ai", "params": {"post_prompt_auth_password": "BEARER-1"}},
        {"method": "calling.ai", "params": {"SWAIG": {"defaults": {"web_hook_auth_password": "BEARER-1"}}}},
        {"params": {"event_type": "calling.ai.speech_detect", "params": {"text": "BEARER-1"}}},
        {"params": {"event_type": "calling.ai.transcribe.utterance", "params": {"utterance": {"content": "BEARER-1"}}}},
        {"params": {"params": {"conversation_log": [{"role": "user", "content": "BEARER-1"}]}}},
        {"params": {"params": {"input_utterance": {"delta": "BEARER-1"}}}},
    ],
)
def test_agents(frame: dict[str, Any]) -> None:
    """Passwords for webhooks, and what callers say to agents, stand neither in a recording nor in a log."""
    text = json.dumps(frame)

    assert ("BEARER-1" in text, "BEARER-1" in hider().frame(text), "BEARER-1" in scrubbing.scrub(text)) == (
        True,
        False,
        False,
    )


def disguised(value: Any, change: Callable[[str], str]) -> Any:
    """A frame of the same shape, with other strings in it: keys too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [disguised(each, change) for each in value]
    if not isinstance(value, dict):
        return value
    return {change(key): disguised(each, change) for key, each in value.items()}


CHANGES: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [
        str,
        lambda text: text + "0",
        lambda text: "ab" + text,
        lambda text: text[:1] + "-" + text[1:],
        lambda text: "".join(each for each in text if each not in "0123456789abcdefABCDEF-"),
        lambda text: text.replace("tokn", "token").replace("projt", "project").replace("igits", "digits"),
    ]
)


def for_text(_text: str) -> Callable[[str], str]:
    """Which change a text has."""
    return str


@given(frame=FRAMES, change=st.functions(like=for_text, returns=CHANGES, pure=True), masked=st.booleans())
def test_shape_tells_nothing(
    frame: dict[str, Any], change: Callable[[str], Callable[[str], str]], *, masked: bool
) -> None:
    """What was seen in frames of one shape hides no less in the next, whatever stands in its keys and values."""
    used = hider(masked=masked)
    other = disguised(frame, lambda text: change(text)(text))
    texts = [json.dumps(each, separators=(",", ":")) for each in (frame, other)]
    for text in (texts[0], texts[0], texts[0], texts[1], texts[1], texts[1]):
        assert json.loads(hider(masked=masked).frame(text)) == json.loads(used.frame(text))


@pytest.mark.parametrize(
    ("like", "text", "shown"),
    [
        ('{"tokn":"x"}', '{"token":"x"}', '{"token":"***"}'),
        ('{"token":"x"}', '{"tokn":"x"}', '{"tokn":"x"}'),
        ('{"toa":"x","to":"y"}', '{"to":"+15550100001","toa":"y"}', '{"to":"+1555*****01","toa":"y"}'),
        ('{"to":"+15550100001"}', '{"to":"+15550100002"}', '{"to":"+1555*****02"}'),
        ('{"digits":"1"}', '{"digits":"123"}', '{"digits":"***"}'),
        ('{"digits":""}', '{"digits":"1"}', '{"digits":"***"}'),
        ('{"igits":1}', '{"digits":1}', '{"digits":"***"}'),
        ('{"to":1}', '{"to":23}', '{"to":"***"}'),
        (
            '{"type":"sph","params":{"text":"x"}}',
            '{"type":"speech","params":{"text":"x"}}',
            '{"type":"speech","params":{"text":"***"}}',
        ),
        ('{"x":"SRT-TOKN"}', '{"x":"SECRET-TOKEN"}', '{"x":"***"}'),
        ('{"project_id":"1"}', '{"project_id":"SECRET-PROJECT"}', '{"project_id":"***"}'),
    ],
)
def test_same_shape(like: str, text: str, shown: str) -> None:
    """A frame that looks like others is hidden as if it were the first."""
    made = hider()
    for _ in range(3):
        made.frame(like)

    assert [shown] * 3 == [made.frame(text) for _ in range(3)]


def test_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is remembered of strings, words and numbers does not grow for ever."""
    monkeypatch.setattr(hiding, "MOST_KNOWN", 20)
    monkeypatch.setattr(recipes, "MOST_SHAPES", 20)
    monkeypatch.setattr(recipes, "MOST_VALUES", 20)
    made = hider()
    for number in range(200):
        for _ in range(3):
            made.frame(f'{{"{"x" * number}":"b{number}","to":"{number:07}"}}')
        made.word(f"c{number}")

    assert max(map(len, (made._clean, made._words, made._recipes.known, made._recipes._tried))) <= 20
    assert max(map(len, made._values.values())) <= 20
