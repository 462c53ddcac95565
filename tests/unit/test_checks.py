"""`callfsm.core.checks`: what the server would refuse is refused before anything is sent."""

import re
from typing import Any

import pytest
from clock import in_virtual_time, turns
from memory import Frame
from methods import given
from refusals import refused
from scripted import TTS, scripted

from callfsm.core import checks

PHONE = "devices[0][0].params"
CALL_DEVICE = {"type": "call", "params": {"node_id": "node-1", "call_id": "call-2"}}
SIP = {"type": "sip", "params": {"to": "sip:desk@example.com"}}
AUDIO_TAP = {"type": "audio", "params": {"direction": "both"}}
WEBSOCKET = {"type": "ws", "params": {"uri": "wss://media.example"}}


def phone(**params: Any) -> Frame:
    """The arguments of a connect to a telephone."""
    return {"devices": [[{"type": "phone", "params": params}]]}


def media(kind: str, **params: Any) -> Frame:
    """The arguments of a play of one thing."""
    return {"media": [{"type": kind, "params": params}]}


@pytest.mark.parametrize("value", [-40.1, 41, float("nan"), float("inf"), True, "loud"])
@pytest.mark.parametrize(
    "command", ["play", "play_tts", "play_audio", "play_ringtone", "play_and_collect", "prompt_tts", "prompt_audio"]
)
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
        ("connect", "max_price_per_minute", -0.1, "0 or more (a minute)"),
        ("collect", "initial_timeout", 0, "more than 0 (seconds)"),
        ("detect", "timeout", -0.5, "0 or more (seconds)"),
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
        (media("tts", text=""), "media[0].params.text", "", "a text that is not empty"),
        (media("tts", text="x", gender="robot"), "media[0].params.gender", "robot", "one of male, female"),
        (media("silence", duration=-1), "media[0].params.duration", -1, "more than 0 (seconds)"),
        (media("silence", duration=True), "media[0].params.duration", True, "more than 0 (seconds)"),
        (media("ringtone", name="us", duration=0), "media[0].params.duration", 0, "more than 0 (seconds)"),
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
        ({"digits": {}}, "collect.digits.max", None, "given for digits"),
        ({"digits": {"max": True}}, "collect.digits.max", True, "a whole number, 1 or more (digits)"),
        ({"digits": {"max": 1.5}}, "collect.digits.max", 1.5, "a whole number, 1 or more (digits)"),
        ({"digits": "12"}, "collect.digits", "12", "a dict"),
        ({"speech": True}, "collect.speech", True, "a dict"),
    ],
)
@in_virtual_time
async def test_bad_collect(collect: object, place: str, value: object, allowed: str) -> None:
    """A prompt that could take nothing is refused."""
    await refused("play_and_collect", {"media": [TTS], "collect": collect}, place, value, allowed)


@pytest.mark.parametrize(
    ("command", "arguments", "place", "value", "allowed"),
    [
        ("collect", {"speech": "yes"}, "speech", "yes", "a dict"),
        ("record", {"audio": "wav"}, "audio", "wav", "a dict"),
        ("send_digits", {"digits": ""}, "digits", "", "0-9 * # A-D w W"),
        ("send_digits", {"digits": "12 3"}, "digits", "12 3", "0-9 * # A-D w W"),
        ("bind_digit", {"digits": "x", "bind_method": "calling.play"}, "digits", "x", "0-9 * # A-D w W"),
        ("detect", {"detect": {"type": "parrot"}}, "detect", {"type": "parrot"}, "one of machine, fax, digit"),
        ("detect", {"detect": {"type": "fax", "params": []}}, "detect.params", [], "a dict"),
        ("detect", {"detect": {"type": "fax", "params": {"tone": "C"}}}, "detect.params.tone", "C", "one of CED, CNG"),
        ("detect", {"detect": {"params": {"initial_timeout": 0}}}, "detect.params.initial_timeout", 0, "more than 0"),
        ("detect", {"detect": {"type": ["fax"]}}, "detect", {"type": ["fax"]}, "one of machine, fax, digit"),
        ("hangup", {"reason": None}, "reason", None, "hangup, cancel, busy, noAnswer, decline, error"),
        ("hangup", {"reason": ""}, "reason", "", "hangup, cancel, busy, noAnswer, decline, error"),
        (
            "tap",
            {"tap": {"type": "audio"}, "device": WEBSOCKET},
            "tap.params.direction",
            None,
            "given for an audio tap",
        ),
        ("tap", {"tap": {"type": "video"}, "device": WEBSOCKET}, "tap", {"type": "video"}, "one of audio"),
        ("tap", {"tap": AUDIO_TAP, "device": SIP}, "device", SIP, "one of rtp, ws"),
        ("refer", {"device": WEBSOCKET}, "device", WEBSOCKET, "one of sip"),
        (
            "refer",
            {"device": {"type": "sip", "params": {"to": ""}}},
            "device.params.to",
            "",
            "a text that is not empty",
        ),
        ("pay", given("pay") | {"parameters": [7]}, "parameters[0]", 7, "a dict"),
        ("pay", given("pay") | {"parameters": {"name": "a"}}, "parameters", {"name": "a"}, "a list"),
        ("pay", given("pay") | {"parameters": [{"name": "a", "value": 7}]}, "parameters[0].value", 7, "a text"),
        (
            "pay",
            given("pay") | {"prompts": [{"for": "postal-code", "play": [7]}]},
            "prompts[0].play[0]",
            7,
            "one of tts",
        ),
    ],
)
@in_virtual_time
async def test_bad_argument(command: str, arguments: Frame, place: str, value: object, allowed: str) -> None:
    """Whatever else the server would refuse is refused too."""
    await refused(command, arguments, place, value, allowed)


@pytest.mark.parametrize("action", ["begin", {}, {"tomorrow": {}}, 7, {"start": {}, "stop": {}}])
@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("live_transcribe", "'stop', 'summarize', or a dict with exactly one of start, stop, summarize"),
        ("live_translate", "'stop', 'summarize', or a dict with exactly one of start, stop, summarize, inject"),
    ],
)
@in_virtual_time
async def test_bad_action(command: str, allowed: str, action: object) -> None:
    """A live transcription or translation is told one thing at a time, out of those that there are."""
    await refused(command, {"action": action}, "action", action, allowed)


@in_virtual_time
async def test_inject_into_a_transcription() -> None:
    """Only a translation can be spoken into."""
    action = {"inject": {"message": "hello", "direction": "local-caller"}}
    await refused("live_transcribe", {"action": action}, "action", action, "one of start, stop, summarize")


@pytest.mark.parametrize("device", [CALL_DEVICE, {"type": "queue"}, {"type": "stream"}])
@in_virtual_time
async def test_connected_only(device: Any) -> None:
    """Calls, queues and streams can be connected to, not dialled; nothing is sent."""
    place = re.escape(f"dial(devices[0][0]={device!r}): must be a dict whose type is one of phone, sip, fabric")
    async with scripted() as (client, server):
        with pytest.raises(ValueError, match=place):
            await client.dial([[device]])
        await turns()

        assert server.silent


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
        ("detect", {"detect": {}}),
        ("detect", {"detect": {"params": {"machine_ready_timeout": 0}}, "timeout": 0}),
        ("detect", {"detect": {"type": "digit", "params": None}}),
        ("record", {"audio": {}}),
        ("record", {"audio": None}),
        ("collect", {}),
        ("dial", phone(to_number="+491234567890")),
        ("connect", {"devices": [[CALL_DEVICE]]}),
        ("connect", phone(to_number="+491234567890", call_state_events=[], timeout=0)),
        ("transfer", {"dest": {"version": "1.0.0", "sections": {}}}),
        ("pay", given("pay") | {"parameters": [{"name": "note", "value": ""}], "prompts": []}),
        ("live_transcribe", {"action": "summarize"}),
        ("live_translate", {"action": {"stop": None, "tomorrow": 1}}),
        ("live_translate", {"action": {"summarize": {}}}),
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
