"""`callfsm.builders`: each makes the dict that a command takes, and leaves out what was not given."""

import inspect
from typing import Any

import pytest

from callfsm import builders
from callfsm.builders import (
    answering_machine,
    audio,
    collect,
    digits,
    fabric,
    fax_tone,
    keys,
    other_call,
    phone,
    queue,
    recording,
    refer_to,
    ringtone,
    rtp,
    silence,
    sip,
    speech,
    stream,
    tap_audio,
    tts,
    websocket,
)
from callfsm.core import checks

BUILDERS = [
    each
    for each in vars(builders).values()
    if inspect.isfunction(each) and each.__module__ == builders.__name__ and not each.__name__.startswith("_")
]


@pytest.mark.parametrize(
    ("built", "written"),
    [
        (tts("Hello"), {"type": "tts", "params": {"text": "Hello"}}),
        (
            tts("Hello", language="en-GB", gender="male", voice="amy"),
            {"type": "tts", "params": {"text": "Hello", "language": "en-GB", "gender": "male", "voice": "amy"}},
        ),
        (audio("https://a.example/1.mp3"), {"type": "audio", "params": {"url": "https://a.example/1.mp3"}}),
        (silence(0.5), {"type": "silence", "params": {"duration": 0.5}}),
        (ringtone("us"), {"type": "ringtone", "params": {"name": "us"}}),
        (ringtone("us", duration=3), {"type": "ringtone", "params": {"name": "us", "duration": 3}}),
    ],
)
def test_media(built: Any, written: dict[str, Any]) -> None:
    """A builder of media makes what a play takes."""
    checks.arguments("play", {"media": [built]})

    assert written == built


@pytest.mark.parametrize(
    ("built", "kind", "params"),
    [
        (phone("+15550100009"), "phone", {"to_number": "+15550100009"}),
        (
            phone("+15550100009", "+15550100001", timeout=20, max_duration=60),
            "phone",
            {"to_number": "+15550100009", "from_number": "+15550100001", "timeout": 20, "max_duration": 60},
        ),
        (sip("sip:desk@example.com"), "sip", {"to": "sip:desk@example.com"}),
        (
            sip("sip:desk@example.com", "sip:me@example.com", timeout=20, codecs=["OPUS"]),
            "sip",
            {"to": "sip:desk@example.com", "from": "sip:me@example.com", "timeout": 20, "codecs": ["OPUS"]},
        ),
        (other_call("node-1", "call-2"), "call", {"node_id": "node-1", "call_id": "call-2"}),
        (queue("node-1", "support"), "queue", {"node_id": "node-1", "queue_name": "support"}),
        (
            queue("node-1", "support", queue_id="q"),
            "queue",
            {"node_id": "node-1", "queue_name": "support", "queue_id": "q"},
        ),
        (
            queue("node-1", "support", execute_after_queue="https://a.example/after"),
            "queue",
            {"node_id": "node-1", "queue_name": "support", "execute_after_queue": "https://a.example/after"},
        ),
        (
            sip("sip:desk@example.com", encryption="optional", call_state_events=["ended"]),
            "sip",
            {"to": "sip:desk@example.com", "encryption": "optional", "call_state_events": ["ended"]},
        ),
        (fabric("/private/desk"), "fabric", {"to": "/private/desk"}),
        (
            fabric("/private/desk", "/private/me", timeout=20, confirm="https://a.example/confirm"),
            "fabric",
            {"to": "/private/desk", "from": "/private/me", "timeout": 20, "confirm": "https://a.example/confirm"},
        ),
        (stream("wss://a.example"), "stream", {"url": "wss://a.example"}),
        (stream("wss://a.example", codec="L16@16000h"), "stream", {"url": "wss://a.example", "codec": "L16@16000h"}),
    ],
)
def test_devices(built: Any, kind: str, params: dict[str, Any]) -> None:
    """A builder of devices makes what a connect takes."""
    checks.arguments("connect", {"devices": [[built]]})

    assert {"type": kind, "params": params} == built


@pytest.mark.parametrize(
    ("built", "written"),
    [
        (collect(digits=digits(4)), {"digits": {"max": 4}}),
        (
            collect(digits=digits(4, terminators="#", digit_timeout=2.5), initial_timeout=5),
            {"digits": {"max": 4, "terminators": "#", "digit_timeout": 2.5}, "initial_timeout": 5},
        ),
        (collect(digits=digits(4, min=2)), {"digits": {"max": 4, "min": 2}}),
        (
            collect(digits=digits(1), start_input_timers=True, partial_results=False),
            {"digits": {"max": 1}, "start_input_timers": True, "partial_results": False},
        ),
        (collect(speech=speech()), {"speech": {}}),
        (collect(speech=speech(engine="Google")), {"speech": {"engine": "Google"}}),
        (
            collect(
                speech=speech(
                    language="en-US", hints=["yes"], end_silence_timeout=0.5, speech_timeout=30, model="enhanced"
                )
            ),
            {
                "speech": {
                    "language": "en-US",
                    "hints": ["yes"],
                    "end_silence_timeout": 0.5,
                    "speech_timeout": 30,
                    "model": "enhanced",
                }
            },
        ),
    ],
)
def test_collect(built: Any, written: dict[str, Any]) -> None:
    """A builder of input makes what a prompt takes."""
    checks.arguments("play_and_collect", {"media": [tts("Hello")], "collect": built})

    assert written == built


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"beep": False, "stereo": True, "format": "wav", "direction": "both"},
        {"initial_timeout": 0, "end_silence_timeout": 1.5, "terminators": "", "max_length": 60},
        {"input_sensitivity": 0},
    ],
)
def test_recording(given: dict[str, Any]) -> None:
    """The settings of a recording are those that were given, empty ones too."""
    assert given == recording(**given)


@pytest.mark.parametrize(
    ("built", "written"),
    [
        (answering_machine(), {"type": "machine", "params": {}}),
        (
            answering_machine(initial_timeout=4.5, machine_words_threshold=6, detect_message_end=False),
            {
                "type": "machine",
                "params": {"initial_timeout": 4.5, "machine_words_threshold": 6, "detect_message_end": False},
            },
        ),
        (fax_tone(), {"type": "fax", "params": {}}),
        (fax_tone("CNG"), {"type": "fax", "params": {"tone": "CNG"}}),
        (keys(), {"type": "digit", "params": {}}),
        (keys("12"), {"type": "digit", "params": {"digits": "12"}}),
    ],
)
def test_detectors(built: Any, written: dict[str, Any]) -> None:
    """A builder of detectors makes what a detect takes."""
    checks.arguments("detect", {"detect": built})

    assert written == built


@pytest.mark.parametrize(
    ("built", "kind", "params"),
    [
        (rtp("192.0.2.1", 4000), "rtp", {"addr": "192.0.2.1", "port": 4000}),
        (
            rtp("192.0.2.1", 4000, codec="OPUS", ptime=20),
            "rtp",
            {"addr": "192.0.2.1", "port": 4000, "codec": "OPUS", "ptime": 20},
        ),
        (websocket("wss://a.example"), "ws", {"uri": "wss://a.example"}),
        (
            websocket("wss://a.example", codec="PCMU", rate=8000),
            "ws",
            {"uri": "wss://a.example", "codec": "PCMU", "rate": 8000},
        ),
    ],
)
def test_tap(built: Any, kind: str, params: dict[str, Any]) -> None:
    """A builder of receivers makes what a tap takes."""
    checks.arguments("tap", {"tap": tap_audio("both"), "device": built})

    assert {"type": kind, "params": params} == built


def test_tap_audio() -> None:
    """What a tap copies is audio, of a direction."""
    assert {"type": "audio", "params": {"direction": "listen"}} == tap_audio("listen")


@pytest.mark.parametrize(
    ("built", "params"),
    [
        (refer_to("sip:desk@example.com"), {"to": "sip:desk@example.com"}),
        (
            refer_to("sip:desk@example.com", "sip:me@example.com", username="me", password="p"),
            {"to": "sip:desk@example.com", "from": "sip:me@example.com", "username": "me", "password": "p"},
        ),
    ],
)
def test_refer_to(built: Any, params: dict[str, Any]) -> None:
    """A builder of SIP destinations makes what a refer takes."""
    checks.arguments("refer", {"device": built})

    assert {"type": "sip", "params": params} == built


@pytest.mark.parametrize("builder", BUILDERS, ids=lambda builder: builder.__name__)
def test_documented(builder: Any) -> None:
    """Every builder has a docstring; one that takes a number names its unit."""
    numbers = {"duration", "timeout", "initial_timeout", "digit_timeout", "end_silence_timeout", "max_length", "ptime"}
    timed = numbers & set(inspect.signature(builder).parameters)

    assert ("seconds" in builder.__doc__) == bool(timed)
