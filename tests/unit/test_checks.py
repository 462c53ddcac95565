"""`callfsm.core.checks`: what the server would refuse is refused before anything is sent."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from clock import in_virtual_time, turns
from memory import Frame
from methods import COMMANDS, given, required
from scripted import TTS, answered

from callfsm.core import checks

SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "schemas.json").read_text())
CHOICES = [
    (name, argument, choices)
    for name, method in COMMANDS.items()
    for argument, choices in method.get("choices", {}).items()
]
RANGES = [
    (name, argument, told) for name, method in COMMANDS.items() for argument, told in method.get("ranges", {}).items()
]
LEFT_TO_THE_SERVER = {
    ("join_conference", "region"): "regions are opened without a word",
    ("echo", "timeout"): "the server takes any, and clamps it",
}
"""What the pages tell and is not checked, and why."""
PHONE = "devices[0][0].params"


def phone(**params: Any) -> Frame:
    """The arguments of a connect to a telephone."""
    return {"devices": [[{"type": "phone", "params": params}]]}


def media(kind: str, **params: Any) -> Frame:
    """The arguments of a play of one thing."""
    return {"media": [{"type": kind, "params": params}]}


def nested_in(name: str) -> str:
    """Under which word the choices of a method stand: its own, or that of the thing that it makes."""
    return COMMANDS[name].get("media_type") or COMMANDS[name].get("detect_type") or name


@pytest.mark.parametrize(("name", "argument", "choices"), CHOICES)
def test_choices_of_the_pages(name: str, argument: str, choices: list[str]) -> None:
    """Whatever the pages allow is allowed, and each choice of theirs is checked or knowingly left to the server."""
    known = checks.CHOICES.get((nested_in(name), argument))

    assert (known is None) == ((name, argument) in LEFT_TO_THE_SERVER)
    assert set(choices) <= set(known or choices)


@pytest.mark.parametrize(("name", "argument", "told"), RANGES)
def test_ranges_of_the_pages(name: str, argument: str, told: str) -> None:
    """Each range of the pages is checked, or knowingly left to the server."""
    bounds = re.findall(r"-?\d+(?:\.\d+)?", told.split(";", maxsplit=1)[0])
    if argument == "duration":
        # That of a media item, which `test_bad_media` tries.
        assert told == ">0"
    elif (name, argument) in LEFT_TO_THE_SERVER:
        assert argument not in checks.RANGES
    else:
        least, most, _ = checks.RANGES[argument]

        # One page begins at 1, another lets 0 mean no limit.
        assert least in (float(bounds[0]), 0.0)
        assert most == (float(bounds[1]) if len(bounds) > 1 else float("inf"))


def test_nothing_that_the_pages_do_not_tell() -> None:
    """No choice is checked that no page tells of."""
    told = {(nested_in(name), argument) for name, argument, _ in CHOICES}

    assert set() == set(checks.CHOICES) - told


def test_media() -> None:
    """Media types, and what each needs, are those of the schema."""
    assert SCHEMAS["media"] == {kind: [needed] for kind, needed in checks.MEDIA.items()}


def test_devices() -> None:
    """Device types, and what each needs, are those of the schema."""
    assert SCHEMAS["devices"] == {kind: list(needed) for kind, needed in checks.DEVICES.items()}


def test_detectors() -> None:
    """Detectors are those of the schema."""
    assert SCHEMAS["detectors"] == list(checks.DETECTORS)


def test_required() -> None:
    """What cannot be left out of a command cannot be None either."""
    own = [name for name, method in COMMANDS.items() if not method.keys() & {"media_type", "detect_type"}]
    needed = {name: required(name) + (["reason"] if name == "hangup" else []) for name in own}

    assert {name: tuple(each) for name, each in needed.items() if each} == dict(checks.REQUIRED)


@pytest.mark.parametrize(("command", "argument"), [(name, each) for name in checks.REQUIRED for each in required(name)])
@in_virtual_time
async def test_none_for_what_is_required(command: str, argument: str) -> None:
    """None for a required argument is the caller's error; nothing is sent."""
    await refused(command, given(command) | {argument: None}, argument, None, "must be")


async def refused(command: str, arguments: Frame, place: str, value: object, allowed: str) -> None:
    """A command is refused with an error that names the argument, the value and what is allowed; nothing is sent."""
    async with answered() as (call, server):
        with pytest.raises(ValueError, match=re.escape(f"({place}={value!r}): must be ")) as caught:
            await getattr(call, command)(**arguments)
        await turns()

        assert (True, True, []) == (allowed in str(caught.value), server.silent, call.actions)


@pytest.mark.parametrize(
    ("command", "argument"),
    [(name, argument) for name, argument, _ in CHOICES if (name, argument) not in LEFT_TO_THE_SERVER],
)
@in_virtual_time
async def test_other_choice(command: str, argument: str) -> None:
    """A value that is not among the choices is refused, with all of them."""
    kind = nested_in(command)
    part = {"play_tts": "media[0].params.", "prompt_tts": "media[0].params.", "detect_fax": "detect.params."}
    allowed = f"one of {', '.join(checks.CHOICES[kind, argument])}"
    await refused(command, given(command) | {argument: "else"}, part.get(command, "") + argument, "else", allowed)


@pytest.mark.parametrize("value", [-40.1, 41, float("nan"), float("inf"), True, "loud"])
@pytest.mark.parametrize("command", [name for name, argument, _ in RANGES if argument == "volume"])
@in_virtual_time
async def test_volume(command: str, value: object) -> None:
    """A volume out of its range, or no number, is refused."""
    await refused(command, given(command) | {"volume": value}, "volume", value, "-40 to 40 (dB)")


@pytest.mark.parametrize(
    ("command", "argument", "value", "allowed"),
    [
        ("play", "loop", -1, "0 or more (times)"),
        ("join_conference", "max_participants", 0, "1 to 250 (members)"),
        ("join_conference", "max_participants", 251, "1 to 250 (members)"),
        ("bind_digit", "max_triggers", -1, "0 or more (times)"),
        ("connect", "max_duration", -1, "0 or more (seconds)"),
        ("collect", "initial_timeout", -0.5, "0 or more (seconds)"),
    ],
)
@in_virtual_time
async def test_out_of_range(command: str, argument: str, value: object, allowed: str) -> None:
    """A number out of its range is refused, with the range and the unit."""
    await refused(command, given(command) | {argument: value}, argument, value, allowed)


@pytest.mark.parametrize(
    ("arguments", "place", "value", "allowed"),
    [
        ({"media": []}, "media", [], "a list with at least one item"),
        ({"media": TTS}, "media", TTS, "a list with at least one item"),
        ({"media": ["hello"]}, "media[0]", "hello", "one of tts, audio, silence, ringtone"),
        (media("video"), "media[0]", media("video")["media"][0], "one of tts, audio, silence, ringtone"),
        ({"media": [{"type": "tts", "params": 7}]}, "media[0].params", 7, "a dict"),
        ({"media": [{"type": "tts"}]}, "media[0].params.text", None, "given for tts media"),
        (media("tts", text=""), "media[0].params.text", "", "given for tts media"),
        (media("tts", text="x", gender="robot"), "media[0].params.gender", "robot", "one of male, female"),
        (media("audio"), "media[0].params.url", None, "given for audio media"),
        (media("ringtone"), "media[0].params.name", None, "given for ringtone media"),
        (media("silence"), "media[0].params.duration", None, "given for silence media"),
        (media("silence", duration=-1), "media[0].params.duration", -1, "a number of seconds, more than 0"),
        (media("silence", duration=True), "media[0].params.duration", True, "a number of seconds, more than 0"),
        (media("ringtone", name="us", duration=0), "media[0].params.duration", 0, "more than 0"),
        ({"media": [TTS, {"type": "audio"}]}, "media[1].params.url", None, "given for audio media"),
    ],
)
@in_virtual_time
async def test_bad_media(arguments: Frame, place: str, value: object, allowed: str) -> None:
    """Media that the server would refuse are refused, wherever the fault stands."""
    await refused("play", arguments, place, value, allowed)


@in_virtual_time
async def test_bad_ringback() -> None:
    """What the caller hears meanwhile is media too."""
    arguments = phone(to_number="+15550100009") | {"ringback": []}
    await refused("connect", arguments, "ringback", [], "a list with at least one item")


@pytest.mark.parametrize(
    ("arguments", "place", "value", "allowed"),
    [
        ({"devices": []}, "devices", [], "a list with at least one item"),
        ({"devices": [[]]}, "devices[0]", [], "a list with at least one item"),
        ({"devices": [{"type": "phone"}]}, "devices[0]", {"type": "phone"}, "a list with at least one item"),
        ({"devices": [[{"type": "pigeon"}]]}, "devices[0][0]", {"type": "pigeon"}, "one of phone, sip, fabric"),
        (phone(), f"{PHONE}.to_number", None, "given for a phone device"),
        (phone(to_number="555"), f"{PHONE}.to_number", "555", "a number in E.164"),
        (phone(to_number="+0155512"), f"{PHONE}.to_number", "+0155512", "a number in E.164"),
        (phone(to_number="+1555123456789012"), f"{PHONE}.to_number", "+1555123456789012", "a number in E.164"),
        (phone(to_number=5), f"{PHONE}.to_number", 5, "a number in E.164"),
        (phone(to_number="+15550100009", from_number="me"), f"{PHONE}.from_number", "me", "a number in E.164"),
        *(
            (
                {"devices": [[{"type": kind, "params": {}}]]},
                f"devices[0][0].params.{needed[0]}",
                None,
                f"given for a {kind} device",
            )
            for kind, needed in checks.DEVICES.items()
        ),
    ],
)
@in_virtual_time
async def test_bad_devices(arguments: Frame, place: str, value: object, allowed: str) -> None:
    """Devices that the server would refuse are refused, wherever the fault stands."""
    await refused("connect", arguments, place, value, allowed)


@pytest.mark.parametrize(
    ("collect", "place", "value", "allowed"),
    [
        ({}, "collect", {}, '"digits" or "speech"'),
        ("1", "collect", "1", '"digits" or "speech"'),
        ({"digits": {}}, "collect.digits", {}, '"max"'),
        ({"digits": {"max": 0}}, "collect.digits", {"max": 0}, "1 or more"),
        ({"digits": {"max": True}}, "collect.digits", {"max": True}, "1 or more"),
        ({"digits": "12"}, "collect.digits", "12", '"max"'),
    ],
)
@in_virtual_time
async def test_bad_collect(collect: object, place: str, value: object, allowed: str) -> None:
    """A prompt that could take nothing is refused."""
    await refused("play_and_collect", {"media": [TTS], "collect": collect}, place, value, allowed)


@pytest.mark.parametrize(
    ("command", "arguments", "place", "value", "allowed"),
    [
        ("collect", {"digits": {"max": 0}}, "digits", {"max": 0}, "1 or more"),
        ("send_digits", {"digits": ""}, "digits", "", "0-9 * # A-D w W"),
        ("send_digits", {"digits": "12 3"}, "digits", "12 3", "0-9 * # A-D w W"),
        ("bind_digit", {"digits": "x", "bind_method": "calling.play"}, "digits", "x", "0-9 * # A-D w W"),
        ("detect", {"detect": {"type": "parrot"}}, "detect", {"type": "parrot"}, "one of machine, fax, digit"),
        ("detect", {"detect": {"type": "fax", "params": []}}, "detect.params", [], "a dict"),
        ("detect", {"detect": {"type": "fax", "params": {"tone": "C"}}}, "detect.params.tone", "C", "one of CED, CNG"),
        ("hangup", {"reason": None}, "reason", None, "hangup, cancel, busy, noAnswer, decline, error"),
        ("hangup", {"reason": ""}, "reason", "", "hangup, cancel, busy, noAnswer, decline, error"),
    ],
)
@in_virtual_time
async def test_bad_argument(command: str, arguments: Frame, place: str, value: object, allowed: str) -> None:
    """Whatever else the server would refuse is refused too."""
    await refused(command, arguments, place, value, allowed)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("play", media("silence", duration=0.5)),
        ("play", media("tts", text="x", gender="female", tomorrow=1)),
        ("play", {"media": (TTS,)}),
        ("play", {"media": [TTS], "volume": -40, "loop": 0}),
        ("connect", phone(to_number="+491234567890", from_number="", tomorrow=1)),
        ("connect", {"devices": [[{"type": "sip", "params": {"to": "sip:a@b.example", "from": "x"}}]]}),
        ("send_digits", {"digits": "0123456789*#ABCDwW"}),
        ("detect", {"detect": {"type": "machine"}}),
        ("detect", {"detect": {"type": "fax", "params": {"tone": "CNG"}}}),
        ("play_and_collect", {"media": [TTS], "collect": {"speech": {}}}),
        ("stream", {"url": "wss://media.example", "track": "both"}),
        ("stream", {"url": "wss://media.example", "track": None}),
        ("ai_message", {"role": "system"}),
        ("tomorrow", {"anything": object()}),
    ],
)
def test_taken(command: str, told: Frame) -> None:
    """What the server may take passes, and what is not known here does too."""
    checks.arguments(command, told)


@pytest.mark.parametrize("value", ["", None, 7])
def test_no_text(value: object) -> None:
    """A text that has to be there is one, and is not empty."""
    with pytest.raises(ValueError, match=re.escape(f"send_message(to_number={value!r}): must be a text")):
        checks.text("send_message", "to_number", value)
