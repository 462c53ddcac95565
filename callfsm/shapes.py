"""The nested objects that commands take, as types: a wrong key or value is an error in the editor.

They are plain dicts at run time. `callfsm.builders` makes them; writing them out is as good. Defaults
told here are the server's, for what is left out.
"""

from typing import Any, Literal, NotRequired, Required, TypedDict


class TtsParams(TypedDict):
    """Text to speak."""

    text: str
    """Words, or SSML."""
    language: NotRequired[str]
    """A language tag; ``en-US``."""
    gender: NotRequired[Literal["male", "female"]]
    voice: NotRequired[str]
    """A named voice; it beats language and gender."""


class AudioParams(TypedDict):
    """A sound file."""

    url: str
    """An http or https address."""


class SilenceParams(TypedDict):
    """A pause."""

    duration: float
    """Seconds, more than 0."""


class RingtoneParams(TypedDict):
    """A ringing tone."""

    name: str
    """A country such as ``us`` or ``de``, or ``bong``."""
    duration: NotRequired[float]
    """Seconds, more than 0."""


class TtsMedia(TypedDict):
    """Media that is spoken."""

    type: Literal["tts"]
    params: TtsParams


class AudioMedia(TypedDict):
    """Media that is a sound file."""

    type: Literal["audio"]
    params: AudioParams


class SilenceMedia(TypedDict):
    """Media that is silence."""

    type: Literal["silence"]
    params: SilenceParams


class RingtoneMedia(TypedDict):
    """Media that is a ringing tone."""

    type: Literal["ringtone"]
    params: RingtoneParams


Media = TtsMedia | AudioMedia | SilenceMedia | RingtoneMedia
"""Something to play."""


class _Leg(TypedDict, total=False):
    timeout: int
    """Ring time in seconds; 30."""
    call_state_url: str
    """A webhook for this leg's state changes."""
    call_state_events: list[Literal["created", "ringing", "answered", "ended"]]
    confirm: str | list[Any]
    """An SWML prompt that has to be accepted before the bridge is made."""
    confirm_timeout: int
    """Seconds."""
    max_duration: int
    """Seconds."""


class PhoneParams(_Leg, total=False):
    """A telephone."""

    to_number: Required[str]
    """E.164, such as ``+15551230001``."""
    from_number: str
    """E.164."""


class SipHeader(TypedDict):
    """A custom SIP header; names begin with ``X-``."""

    name: str
    value: str


SipParams = TypedDict(
    "SipParams",
    {
        "to": Required[str],
        "from": str,
        "from_name": str,
        "timeout": int,
        "headers": list[SipHeader],
        "codecs": list[str],
        "webrtc_media": bool,
        "encryption": Literal["forbidden", "mandatory", "optional"],
        "username": str,
        "password": str,
        "session_timeout": int,
        "max_duration": int,
        "call_state_url": str,
        "call_state_events": list[Literal["created", "ringing", "answered", "ended"]],
        "confirm": str | list[Any],
        "confirm_timeout": int,
    },
    total=False,
)
"""A SIP endpoint; ``to`` and ``from`` are SIP URIs, times are in seconds."""

AddressParams = TypedDict(
    "AddressParams",
    {
        "to": Required[str],
        "from": str,
        "timeout": int,
        "codecs": list[str],
        "call_state_url": str,
        "call_state_events": list[Literal["created", "ringing", "answered", "ended"]],
        "confirm": str | list[Any],
        "confirm_timeout": int,
    },
    total=False,
)
"""A Call Fabric address, or the name of a WebRTC resource."""


class AgoraParams(TypedDict, total=False):
    """A channel of the Agora network."""

    appid: Required[str]
    channel: Required[str]
    to: str
    call_state_url: str


class CallParams(TypedDict):
    """Another call; only to connect to."""

    node_id: str
    call_id: str


class QueueParams(TypedDict):
    """A queue; only to connect to."""

    node_id: str
    queue_name: str
    queue_id: NotRequired[str]
    execute_after_queue: NotRequired[str]


class StreamParams(TypedDict):
    """A WebSocket that takes and gives audio; only to connect to."""

    url: str
    """A wss address."""
    name: NotRequired[str]
    codec: NotRequired[str]
    status_url: NotRequired[str]
    status_url_method: NotRequired[Literal["GET", "POST"]]
    realtime: NotRequired[bool]
    authorization_bearer_token: NotRequired[str]
    custom_parameters: NotRequired[dict[str, Any]]


class PhoneDevice(TypedDict):
    """A telephone to call."""

    type: Literal["phone"]
    params: PhoneParams


class SipDevice(TypedDict):
    """A SIP endpoint to call."""

    type: Literal["sip"]
    params: SipParams


class AddressDevice(TypedDict):
    """A Call Fabric address or WebRTC resource to call."""

    type: Literal["fabric", "webrtc"]
    params: AddressParams


class AgoraDevice(TypedDict):
    """An Agora channel to call."""

    type: Literal["agora"]
    params: AgoraParams


class CallDevice(TypedDict):
    """Another call to connect to."""

    type: Literal["call"]
    params: CallParams


class QueueDevice(TypedDict):
    """A queue to connect to."""

    type: Literal["queue"]
    params: QueueParams


class StreamDevice(TypedDict):
    """A stream to connect to."""

    type: Literal["stream"]
    params: StreamParams


Device = PhoneDevice | SipDevice | AddressDevice | AgoraDevice | CallDevice | QueueDevice | StreamDevice
"""Something to call, or to connect a call to."""


class CollectDigits(TypedDict):
    """How digits are taken."""

    max: int
    """The most digits to take, at least 1."""
    min: NotRequired[int]
    terminators: NotRequired[str]
    """Keys that end the input early."""
    digit_timeout: NotRequired[float]
    """Seconds allowed between digits; 5."""


class CollectSpeech(TypedDict, total=False):
    """How speech is taken."""

    end_silence_timeout: float
    """Seconds of silence that end it; 1."""
    speech_timeout: float
    """The longest speech in seconds; 60."""
    language: str
    """A language tag; ``en-US``."""
    hints: list[str]
    """Words to expect."""
    model: str
    """``default``, ``enhanced``, ``enhanced.phone_call`` or ``enhanced.video``."""
    engine: str
    """Deprecated in favour of ``model``."""


class Collect(TypedDict, total=False):
    """What input a prompt takes; digits, speech or both."""

    initial_timeout: float
    """Seconds to wait for the first input; 4."""
    digits: CollectDigits
    speech: CollectSpeech
    start_input_timers: bool
    partial_results: bool


class RecordAudio(TypedDict, total=False):
    """How a call is recorded."""

    beep: bool
    """Whether a tone begins it."""
    format: Literal["mp3", "wav", "mp4"]
    stereo: bool
    direction: Literal["listen", "speak", "both"]
    """Whose voice: ``speak`` when left out."""
    initial_timeout: float
    """Seconds to wait for the first sound; 0 waits for ever."""
    end_silence_timeout: float
    """Seconds of silence that end it; 0 is never."""
    terminators: str
    """Keys that end it; ``#``."""
    input_sensitivity: float
    """0 hears nothing, 100 everything; 44."""
    max_length: float
    """Seconds; 0 is no limit."""


class MachineParams(TypedDict, total=False):
    """How an answering machine is told from a person. Times are in seconds."""

    initial_timeout: float
    end_silence_timeout: float
    machine_ready_timeout: float
    machine_voice_threshold: float
    machine_words_threshold: int
    detect_interruptions: bool
    detect_message_end: bool


class FaxParams(TypedDict, total=False):
    """Which fax tone is listened for."""

    tone: Literal["CED", "CNG"]


class DigitParams(TypedDict, total=False):
    """Which keys are listened for."""

    digits: str


class DetectMachine(TypedDict):
    """Detect a person or an answering machine."""

    type: Literal["machine"]
    params: MachineParams


class DetectFax(TypedDict):
    """Detect a fax machine."""

    type: Literal["fax"]
    params: FaxParams


class DetectDigit(TypedDict):
    """Detect keys."""

    type: Literal["digit"]
    params: DigitParams


Detect = DetectMachine | DetectFax | DetectDigit
"""What a detector listens for."""


class TapDirection(TypedDict):
    """Whose audio is copied."""

    direction: Literal["listen", "speak", "both"]


class Tap(TypedDict):
    """What a tap copies."""

    type: Literal["audio"]
    params: TapDirection


class RtpParams(TypedDict):
    """A receiver of RTP packets."""

    addr: str
    """A public IPv4 address."""
    port: int
    codec: NotRequired[Literal["OPUS", "PCMA", "PCMU"]]
    ptime: NotRequired[int]
    """Milliseconds."""


class WsParams(TypedDict):
    """A receiver of audio over a WebSocket."""

    uri: str
    codec: NotRequired[Literal["OPUS", "PCMA", "PCMU"]]
    rate: NotRequired[int]
    """Hertz."""


class RtpDevice(TypedDict):
    """Send what is tapped as RTP."""

    type: Literal["rtp"]
    params: RtpParams


class WsDevice(TypedDict):
    """Send what is tapped over a WebSocket."""

    type: Literal["ws"]
    params: WsParams


TapDevice = RtpDevice | WsDevice
"""Where a tap sends its audio."""


class ReferParams(TypedDict):
    """Where a SIP call is referred to."""

    to: str
    """A ``sip:`` or ``sips:`` URI."""
    username: NotRequired[str]
    password: NotRequired[str]


class ReferDevice(TypedDict):
    """A SIP destination of a REFER."""

    type: Literal["sip"]
    params: ReferParams
