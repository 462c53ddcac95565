"""`callfsm.core.checks.nested`: the objects in arguments are looked at as the schemas tell."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from clock import in_virtual_time
from memory import Frame
from methods import given
from refusals import refused
from scripted import TTS

from callfsm.core import checks

SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "schemas.json").read_text())
LEFT_TO_THE_SERVER = {
    ("media.ringtone", "name"): "the pages have different lists",
    ("device.sip", "codecs"): "codecs are added without a word",
    ("device.webrtc", "codecs"): "codecs are added without a word",
    ("tap_device.rtp", "codec"): "codecs are added without a word",
    ("tap_device.ws", "codec"): "codecs are added without a word",
    ("speech", "engine"): "it is deprecated, and what it takes changes",
    ("transcribe.start", "speech_engine"): "engines are added without a word",
    ("translate.start", "speech_engine"): "engines are added without a word",
    ("translate.start", "mode"): "modes are added without a word",
}
"""What the pages tell and is not checked, and why."""
LISTS = {"call_state_events", ("transcribe.start", "direction"), ("translate.start", "direction")}
"""Keys that take a list of words; everywhere, or in one object."""
NEEDED = [(shape, key) for shape, told in SCHEMAS.items() for key in told["needs"]]
WORDS = [(shape, key, told["choices"][key]) for shape, told in SCHEMAS.items() for key in told["choices"]]
BOUNDS = [(shape, key, told["ranges"][key]) for shape, told in SCHEMAS.items() for key in told["ranges"]]
FITTING: Frame = {
    "to_number": "+15550100009",
    "duration": 1.5,
    "port": 4000,
    "max": 1,
    "for": "postal-code",
    "direction": "both",
}
"""What a needed key is given; every other one gets its own name."""
WEBSOCKET = {"type": "ws", "params": {"uri": "wss://media.example"}}
AUDIO_TAP = {"type": "audio", "params": {"direction": "both"}}


def kind_of(shape: str) -> str:
    """The word after the point in a shape's name."""
    return shape.partition(".")[2]


def holding(shape: str, params: Frame) -> tuple[str, Frame, str]:
    """A command whose arguments hold an object of a shape; the command, the arguments, and where the object is."""
    item = {"type": kind_of(shape), "params": params}
    live = {"action": {kind_of(shape): params}}
    places: dict[str, tuple[str, Frame, str]] = {
        "media": ("play", {"media": [item]}, "media[0].params"),
        "device": ("connect", {"devices": [[item]]}, "devices[0][0].params"),
        "detect": ("detect", {"detect": item}, "detect.params"),
        "tap": ("tap", {"tap": item, "device": WEBSOCKET}, "tap.params"),
        "tap_device": ("tap", {"tap": AUDIO_TAP, "device": item}, "device.params"),
        "refer_device": ("refer", {"device": item}, "device.params"),
        "collect": ("play_and_collect", {"media": [TTS], "collect": {"speech": {}} | params}, "collect"),
        "digits": ("collect", {"digits": params}, "digits"),
        "speech": ("collect", {"speech": params}, "speech"),
        "audio": ("record", {"audio": params}, "audio"),
        "parameter": ("pay", given("pay") | {"parameters": [params]}, "parameters[0]"),
        "prompt": ("pay", given("pay") | {"prompts": [params]}, "prompts[0]"),
        "transcribe": ("live_transcribe", live, f"action.{kind_of(shape)}"),
        "translate": ("live_translate", live, f"action.{kind_of(shape)}"),
    }
    return places[shape.partition(".")[0]]


def listed(shape: str, key: str) -> bool:
    """Whether a key takes a list of words."""
    return key in LISTS or (shape, key) in LISTS


def fitting(shape: str) -> Frame:
    """The least object of a shape."""
    told: Frame = {}
    for key in SCHEMAS[shape]["needs"]:
        words = SCHEMAS[shape]["choices"].get(key, [FITTING.get(key, key)])
        told[key] = words[:1] if listed(shape, key) else words[0]
    return told


def beyond(told: str) -> tuple[list[float], list[float]]:
    """The nearest numbers that a range lets in, and the nearest that it does not."""
    least, *most = (float(bound) for bound in re.findall(r"-?\d+(?:\.\d+)?", told))
    inside, outside = [least + 1, *most], [least - 1, *(bound + 1 for bound in most)]
    (outside if told.startswith(">") and "=" not in told else inside).append(least)
    return inside, outside


def whole(number: float) -> float:
    """The number, as a whole one if it is."""
    return int(number) if number == int(number) else number


@pytest.mark.parametrize(("shape", "key"), NEEDED)
@in_virtual_time
async def test_needed_key(shape: str, key: str) -> None:
    """An object without a key that it needs is refused, with the place of that key."""
    command, arguments, place = holding(shape, {name: value for name, value in fitting(shape).items() if name != key})
    await refused(command, arguments, f"{place}.{key}", None, "given for ")


@pytest.mark.parametrize(("shape", "key", "words"), WORDS)
def test_words_of_the_schemas(shape: str, key: str, words: list[str]) -> None:
    """Whatever the schemas allow is taken."""
    for word in words:
        command, arguments, _ = holding(shape, fitting(shape) | {key: [word] if listed(shape, key) else word})
        checks.arguments(command, arguments)


@pytest.mark.parametrize(
    ("shape", "key", "words"), [each for each in WORDS if (each[0], each[1]) not in LEFT_TO_THE_SERVER]
)
@in_virtual_time
async def test_other_word(shape: str, key: str, words: list[str]) -> None:
    """A word that a schema does not tell is refused, with all that it tells."""
    many = listed(shape, key)
    command, arguments, place = holding(shape, fitting(shape) | {key: ["else"] if many else "else"})
    await refused(command, arguments, f"{place}.{key}{'[0]' if many else ''}", "else", f"one of {', '.join(words)}")


@pytest.mark.parametrize(
    ("shape", "key", "words"), [each for each in WORDS if (each[0], each[1]) in LEFT_TO_THE_SERVER]
)
def test_word_left_to_the_server(shape: str, key: str, words: list[str]) -> None:
    """Where the pages do not tell all, other words pass."""
    command, arguments, _ = holding(shape, fitting(shape) | {key: "else"})
    checks.arguments(command, arguments)

    assert "else" not in words


@pytest.mark.parametrize(("shape", "key", "told"), BOUNDS)
def test_inside_the_bounds(shape: str, key: str, told: str) -> None:
    """Numbers inside a range of the schemas are taken."""
    for number in beyond(told)[0]:
        command, arguments, _ = holding(shape, fitting(shape) | {key: whole(number)})
        checks.arguments(command, arguments)


@pytest.mark.parametrize(("shape", "key", "told"), BOUNDS)
@in_virtual_time
async def test_outside_the_bounds(shape: str, key: str, told: str) -> None:
    """Numbers outside a range of the schemas are refused."""
    for number in map(whole, beyond(told)[1]):
        command, arguments, place = holding(shape, fitting(shape) | {key: number})
        await refused(command, arguments, f"{place}.{key}", number, "(")


@pytest.mark.parametrize("shape", [shape for shape in SCHEMAS if shape not in ("agent", "reset")])
def test_least_object(shape: str) -> None:
    """The least object that the schemas allow is taken, with a key that nobody knows and one that is None."""
    command, arguments, _ = holding(shape, fitting(shape) | {"tomorrow": object(), "timeout": None})
    checks.arguments(command, arguments)
