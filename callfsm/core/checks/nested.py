"""What the objects in arguments may hold: media, devices, detectors and the like, as rules."""

import re
from typing import Final

from callfsm.core.checks.rules import (
    Choice,
    Each,
    Number,
    OneKey,
    Pattern,
    Place,
    Rule,
    Shape,
    Typed,
    anything,
    string,
    text,
)

DIRECTION: Final = Choice(("listen", "speak", "both"))
METHOD: Final = Choice(("GET", "POST"))
TONES: Final = Pattern(re.compile(r"[0-9*#A-Da-dwW]+"), "of 0-9 * # A-D w W, and not empty")

_E164 = r"\+[1-9]\d{1,14}"
_EXAMPLE = "a number in E.164, such as '+15551230001'"
_TO_NUMBER: Final = Pattern(re.compile(_E164, re.ASCII), _EXAMPLE)
# An empty number of one's own is as good as none: the server fills in another.
_FROM_NUMBER: Final = Pattern(re.compile(f"({_E164})?", re.ASCII), _EXAMPLE)

_POSITIVE: Final = Number(0, open=True)
_NOT_NEGATIVE: Final = Number(0)

MEDIA: Final = Typed(
    {
        "tts": Shape("tts media", ("text",), {"text": text, "gender": Choice(("male", "female"))}),
        "audio": Shape("audio media", ("url",), {"url": text}),
        "silence": Shape("silence media", ("duration",), {"duration": _POSITIVE}),
        "ringtone": Shape("ringtone media", ("name",), {"name": text, "duration": _POSITIVE}),
    }
)

_LEG: Final[dict[str, Rule]] = {
    "timeout": _NOT_NEGATIVE,
    "max_duration": _NOT_NEGATIVE,
    "confirm_timeout": _NOT_NEGATIVE,
    "call_state_events": Each(Choice(("created", "ringing", "answered", "ended")), may_be_empty=True),
}
_SIP: Final[dict[str, Rule]] = {"to": text, "encryption": Choice(("forbidden", "mandatory", "optional"))}
_DESTINATIONS: Final = {
    "phone": Shape("a phone device", ("to_number",), _LEG | {"to_number": _TO_NUMBER, "from_number": _FROM_NUMBER}),
    "sip": Shape("a sip device", ("to",), _LEG | _SIP),
    "fabric": Shape("a fabric device", ("to",), _LEG | {"to": text}),
    "webrtc": Shape("a webrtc device", ("to",), _LEG | {"to": text}),
    "agora": Shape("an agora device", ("appid", "channel"), _LEG | {"appid": text, "channel": text}),
}
DESTINATION: Final = Typed(_DESTINATIONS)
"""What can be dialled."""
DEVICE: Final = Typed(
    _DESTINATIONS
    | {
        "call": Shape("a call device", ("node_id", "call_id"), {"node_id": text, "call_id": text}),
        "queue": Shape("a queue device", ("node_id", "queue_name"), {"node_id": text, "queue_name": text}),
        "stream": Shape("a stream device", ("url",), {"url": text, "status_url_method": METHOD}),
    }
)
"""What a call can be connected to."""

DIGITS: Final = Shape(
    "digits",
    ("max",),
    {
        "max": Number(1, unit="digits", whole=True),
        "min": Number(0, unit="digits", whole=True),
        "digit_timeout": _POSITIVE,
    },
)
SPEECH: Final = Shape(
    "speech",
    (),
    {
        "end_silence_timeout": _POSITIVE,
        "speech_timeout": _POSITIVE,
        "model": Choice(("default", "enhanced", "enhanced.phone_call", "enhanced.video")),
    },
)
_COLLECT: Final = Shape("a prompt", (), {"digits": DIGITS, "speech": SPEECH, "initial_timeout": _POSITIVE})


def collect(place: Place, value: object) -> None:
    """What a prompt takes: digits, speech or both."""
    if not isinstance(value, dict) or not (value.get("digits") is not None or value.get("speech") is not None):
        raise place.wrong(value, 'a dict with "digits" or "speech", or both')
    _COLLECT(place, value)


AUDIO: Final = Shape(
    "a recording",
    (),
    {
        "format": Choice(("mp3", "wav", "mp4")),
        "direction": DIRECTION,
        "input_sensitivity": Number(0, 100, "of 100"),
        "initial_timeout": _NOT_NEGATIVE,
        "end_silence_timeout": _NOT_NEGATIVE,
        "max_length": _NOT_NEGATIVE,
    },
)

_MACHINE: Final[dict[str, Rule]] = {
    "initial_timeout": _POSITIVE,
    "end_silence_timeout": _POSITIVE,
    # No page tells where this one begins.
    "machine_ready_timeout": _NOT_NEGATIVE,
    "machine_voice_threshold": _POSITIVE,
    "machine_words_threshold": Number(0, unit="words", open=True),
}
DETECT: Final = Typed(
    {
        "machine": Shape("a machine detector", (), _MACHINE),
        "fax": Shape("a fax detector", (), {"tone": Choice(("CED", "CNG"))}),
        "digit": Shape("a digit detector"),
    },
    default="machine",
)

TAP: Final = Typed({"audio": Shape("an audio tap", ("direction",), {"direction": DIRECTION})})
TAP_DEVICE: Final = Typed(
    {
        "rtp": Shape("an rtp device", ("addr", "port"), {"addr": text, "port": Number(1, 65535, "port", whole=True)}),
        "ws": Shape("a ws device", ("uri",), {"uri": text}),
    }
)
REFER_DEVICE: Final = Typed({"sip": Shape("a sip destination", ("to",), {"to": text})})

_SIDE: Final = Choice(("local-caller", "remote-caller"))
_STOPPING: Final = ("stop", "summarize")
_LIVE: Final[dict[str, Rule]] = {"direction": Each(_SIDE), "vad_thresh": Number(0, 1800, "of 1800")}
_TRANSCRIBE: Final = Shape("a transcription", ("lang", "direction"), _LIVE | {"lang": text})
_TRANSLATE: Final = Shape(
    "a translation",
    ("from_lang", "to_lang", "direction"),
    _LIVE | {"from_lang": text, "to_lang": text},
)
_INJECT: Final = Shape("what is spoken", ("message", "direction"), {"message": text, "direction": _SIDE})
LIVE_TRANSCRIBE: Final = OneKey(_STOPPING, {"start": _TRANSCRIBE, "stop": anything, "summarize": anything})
LIVE_TRANSLATE: Final = OneKey(
    _STOPPING, {"start": _TRANSLATE, "stop": anything, "summarize": anything, "inject": _INJECT}
)

PAY_PARAMETER: Final = Shape("a parameter", ("name", "value"), {"name": text, "value": string})
PAY_PROMPT: Final = Shape(
    "a prompt",
    ("for",),
    {
        "for": Choice(
            (
                "payment-card-number",
                "expiration-date",
                "security-code",
                "postal-code",
                "bank-routing-number",
                "bank-account-number",
                "payment-processing",
                "payment-completed",
                "payment-failed",
                "payment-canceled",
            )
        ),
        "play": Each(MEDIA, may_be_empty=True),
    },
)
