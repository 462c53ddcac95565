"""`callfsm.shapes`: what an editor knows of an object is what the schemas tell of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from callfsm import shapes

SCHEMAS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "schemas.json").read_text())
SHAPES: dict[str, Any] = {
    "media.tts": shapes.TtsParams,
    "media.audio": shapes.AudioParams,
    "media.silence": shapes.SilenceParams,
    "media.ringtone": shapes.RingtoneParams,
    "device.phone": shapes.PhoneParams,
    "device.sip": shapes.SipParams,
    "device.fabric": shapes.AddressParams,
    "device.webrtc": shapes.AddressParams,
    "device.agora": shapes.AgoraParams,
    "device.call": shapes.CallParams,
    "device.queue": shapes.QueueParams,
    "device.stream": shapes.StreamParams,
    "detect.machine": shapes.MachineParams,
    "detect.fax": shapes.FaxParams,
    "detect.digit": shapes.DigitParams,
    "tap.audio": shapes.TapDirection,
    "tap_device.rtp": shapes.RtpParams,
    "tap_device.ws": shapes.WsParams,
    "refer_device.sip": shapes.ReferParams,
    "collect": shapes.Collect,
    "digits": shapes.CollectDigits,
    "speech": shapes.CollectSpeech,
    "audio": shapes.RecordAudio,
    "parameter": shapes.PayParameter,
    "prompt": shapes.PayPrompt,
    "reset": shapes.AIMessageReset,
    "agent": shapes.AIPrompt,
    "transcribe.start": shapes.TranscribeParams,
    "transcribe.summarize": shapes.SummarizeParams,
    "translate.start": shapes.TranslateParams,
    "translate.summarize": shapes.SummarizeParams,
    "translate.inject": shapes.InjectParams,
}
NOT_TOLD = {
    ("device.fabric", "codecs"): "one shape serves for addresses and WebRTC resources",
    ("agent", "pom"): "the schema tells of it in a note",
}
"""Keys that a shape has and the schema does not, and why."""
NOT_GIVEN = {("tap_device.rtp", "rate"): "it is only reported"}
"""Keys that a schema has and the shape does not, and why."""
EMPTY = {"transcribe.stop", "translate.stop"}
"""Objects that hold nothing."""


def test_every_schema_has_a_shape() -> None:
    """Each object of the schemas has a type, unless it is empty."""
    assert set(SCHEMAS) - EMPTY == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_keys(name: str) -> None:
    """A shape has the keys of its schema."""
    told = set(SCHEMAS[name]["keys"]) | {key for shape, key in NOT_TOLD if shape == name}
    given = set(SHAPES[name].__annotations__) | {key for shape, key in NOT_GIVEN if shape == name}

    assert told == given


@pytest.mark.parametrize("name", SHAPES)
def test_needed(name: str) -> None:
    """A shape needs the keys that its schema needs."""
    assert set(SCHEMAS[name]["needs"]) == set(SHAPES[name].__required_keys__)
