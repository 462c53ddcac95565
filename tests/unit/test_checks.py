"""`callfsm.core.checks`: what the server would refuse is refused here, with the argument, the value and what is allowed."""

import re
from typing import Any

import pytest
from core_words import JUNK
from hypothesis import given
from hypothesis import strategies as st

from callfsm.core import checks

PHONE = {"type": "phone", "params": {"to_number": "+15551230001", "from_number": "+15551230002"}}
NAMES = ["media", "ringback", "devices", "collect", "digits", "detect", "volume", "reason", "new"]

ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("hangup", {"reason": "busy"}),
    ("hangup", {"reason": None}),
    ("connect", {"reason": "nonsense"}),
    ("play", {"volume": -40, "loop": 0}),
    ("play", {"volume": 40.0, "direction": "both"}),
    ("play", {"volume": None, "direction": None}),
    ("join_conference", {"max_participants": 250, "beep": "onEnter"}),
    ("play", {"media": [{"type": "tts", "params": {"text": "Hello"}}]}),
    ("play", {"media": ({"type": "silence", "params": {"duration": 0.5}},)}),
    ("play", {"media": [{"type": "audio", "params": {"url": "https://files.invalid/1"}, "new": 1}]}),
    ("play", {"media": [{"type": "ringtone", "params": {"name": "us", "duration": 3}}]}),
    ("connect", {"devices": [[PHONE]], "ringback": None}),
    ("connect", {"devices": [[{"type": "phone", "params": {"to_number": "+15551230001", "new": 1}}], [PHONE]]}),
    ("connect", {"devices": [[{"type": "sip", "params": {"to": "sip:a@example.invalid"}}]]}),
    ("connect", {"devices": [[{"type": "agora", "params": {"appid": "1", "channel": "2"}}]]}),
    ("collect", {"digits": {"max": 1}}),
    ("collect", {"digits": None}),
    ("play_and_collect", {"collect": {"digits": {"max": 4}}}),
    ("play_and_collect", {"collect": {"speech": {}}}),
    ("send_digits", {"digits": "123*#wWAd"}),
    ("detect", {"detect": {"type": "machine", "params": {}}}),
    ("detect", {"detect": {"type": "fax"}}),
]

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "hangup",
        {"reason": "nonsense"},
        "reason='nonsense'): must be one of hangup, cancel, busy, noAnswer, decline, error",
    ),
    ("pay", {"token_type": ""}, "token_type=''): must be one of one-time, reusable"),
    ("play", {"volume": -40.1}, "volume=-40.1): must be -40 to 40 (dB)"),
    ("play", {"volume": 41}, "volume=41): must be -40 to 40 (dB)"),
    ("play", {"volume": float("nan")}, "volume=nan): must be -40 to 40 (dB)"),
    ("play", {"volume": True}, "volume=True): must be -40 to 40 (dB)"),
    ("play", {"volume": "3"}, "volume='3'): must be -40 to 40 (dB)"),
    ("play", {"loop": -1}, "loop=-1): must be 0 or more (times)"),
    ("join_conference", {"max_participants": 251}, "max_participants=251): must be 1 to 250 (members)"),
    ("play", {"media": None}, "media=None): must be a list with at least one item"),
    ("connect", {"devices": None}, "devices=None): must be a list with at least one item"),
    ("play", {"media": []}, "media=[]): must be a list with at least one item"),
    ("play", {"media": "tts"}, "media='tts'): must be a list with at least one item"),
    ("play", {"media": ["tts"]}, "media[0]='tts'): must be a dict whose type is one of tts, audio, silence, ringtone"),
    ("play", {"media": [{"type": "video"}]}, "must be a dict whose type is one of tts, audio, silence, ringtone"),
    ("play", {"media": [{"type": "tts", "params": []}]}, "media[0].params=[]): must be a dict"),
    ("play", {"media": [{"type": "tts"}]}, "media[0].params.text=None): must be given for tts media"),
    ("connect", {"ringback": [{"type": "tts", "params": {"text": ""}}]}, "ringback[0].params.text=''): must be given"),
    (
        "play",
        {"media": [{"type": "silence", "params": {"duration": -1}}]},
        "media[0].params.duration=-1): must be a number of seconds, more than 0",
    ),
    (
        "play",
        {"media": [{"type": "silence", "params": {"duration": True}}]},
        "media[0].params.duration=True): must be a number of seconds, more than 0",
    ),
    ("connect", {"devices": []}, "devices=[]): must be a list with at least one item"),
    ("connect", {"devices": [[PHONE], []]}, "devices[1]=[]): must be a list with at least one item"),
    ("connect", {"devices": [PHONE]}, "must be a list with at least one item"),
    ("connect", {"devices": [[{"type": "pigeon"}]]}, "must be a dict whose type is one of phone, sip, fabric"),
    (
        "connect",
        {"devices": [[{"type": "phone"}]]},
        "devices[0][0].params.to_number=None): must be given for a phone device",
    ),
    (
        "connect",
        {"devices": [[{"type": "phone", "params": {"to_number": "555 1230"}}]]},
        "devices[0][0].params.to_number='555 1230'): must be a number in E.164, such as '+15551230001'",
    ),
    (
        "connect",
        {"devices": [[{"type": "phone", "params": {"to_number": "+15551230001", "from_number": "+0"}}]]},
        "devices[0][0].params.from_number='+0'): must be a number in E.164, such as '+15551230001'",
    ),
    ("play_and_collect", {"collect": {}}, 'collect={}): must be a dict with "digits" or "speech", or both'),
    ("play_and_collect", {"collect": []}, 'collect=[]): must be a dict with "digits" or "speech", or both'),
    ("play_and_collect", {"collect": {"digits": {}}}, 'collect.digits={}): must be a dict with "max"'),
    (
        "collect",
        {"digits": {"max": 0}},
        "digits={'max': 0}): must be a dict with \"max\", a number of digits of 1 or more",
    ),
    ("collect", {"digits": {"max": True}}, 'must be a dict with "max"'),
    ("collect", {"digits": "12"}, "digits='12'): must be a dict with \"max\""),
    ("send_digits", {"digits": ""}, "digits=''): must be of 0-9 * # A-D w W, and not empty"),
    ("send_digits", {"digits": "12x"}, "digits='12x'): must be of 0-9 * # A-D w W, and not empty"),
    ("send_digits", {"digits": {"max": 1}}, "must be of 0-9 * # A-D w W, and not empty"),
    ("detect", {"detect": {"type": "human"}}, "must be a dict whose type is one of machine, fax, digit"),
    ("detect", {"detect": {"type": "fax", "params": 1}}, "detect.params=1): must be a dict"),
]


@pytest.mark.parametrize(("command", "arguments"), ALLOWED)
def test_allowed(command: str, arguments: dict[str, Any]) -> None:
    """What the server takes, or may have learnt to take, passes."""
    checks.arguments(command, arguments)


@pytest.mark.parametrize(("command", "arguments", "told"), REFUSED)
def test_refused(command: str, arguments: dict[str, Any], told: str) -> None:
    """What the server would refuse is refused with the argument, the value and what is allowed."""
    with pytest.raises(ValueError, match=re.escape(told)) as caught:
        checks.arguments(command, arguments)

    assert str(caught.value).startswith(f"{command}(")


@pytest.mark.parametrize("number", ["+15551230001", "+12"])
def test_numbers(number: str) -> None:
    """A number in E.164 passes."""
    checks.number("dial", "from_number", number)


@pytest.mark.parametrize(
    "number", ["", "5551230001", "+0123456", "+1", "+1234567890123456", "+1555123x", "+\u0661\u0662\u0663", None, 7]
)
def test_no_numbers(number: object) -> None:
    """Another number is refused."""
    with pytest.raises(ValueError, match=r"must be a number in E\.164"):
        checks.number("dial", "from_number", number)


@given(
    command=st.sampled_from(["play", "collect", "connect", "detect", "hangup", "new"]),
    arguments=st.dictionaries(
        st.sampled_from(NAMES),
        JUNK | st.lists(st.fixed_dictionaries({"type": JUNK | st.sampled_from(["tts", "phone"]), "params": JUNK})),
    ),
)
def test_junk(command: str, arguments: dict[str, Any]) -> None:
    """Whatever is given, it passes or is refused as a value: no other error comes of it."""
    refusals = []
    try:
        checks.arguments(command, arguments)
    except ValueError as refusal:
        refusals.append(str(refusal))

    assert [] == [refusal for refusal in refusals if "): must be " not in refusal]
