"""How input is taken, calls are recorded, and things are detected, tapped and referred."""

from typing import Literal, NotRequired, Required, TypedDict

from callfsm.shapes.devices import SipHeader


class CollectDigits(TypedDict):
    """How digits are taken."""

    max: int
    """The most digits to take, at least 1."""
    min: NotRequired[int]
    """The fewest, 0 or more; for prompts only."""
    terminators: NotRequired[str]
    """Keys that end the input early."""
    digit_timeout: NotRequired[float]
    """Seconds allowed between digits, more than 0; 5."""


SpeechModel = Literal["default", "enhanced", "enhanced.phone_call", "enhanced.video"]
SpeechEngine = Literal["Deepgram", "Google", "Google.V2"]


class CollectSpeech(TypedDict, total=False):
    """How speech is taken."""

    end_silence_timeout: float
    """Seconds of silence that end it, more than 0; 1."""
    speech_timeout: float
    """The longest speech in seconds, more than 0; 60."""
    language: str
    """A language tag; ``en-US``."""
    hints: list[str]
    """Words to expect."""
    model: SpeechModel
    engine: SpeechEngine
    """Deprecated in favour of ``model``."""


class Collect(TypedDict, total=False):
    """What input a prompt takes; digits, speech or both."""

    initial_timeout: float
    """Seconds to wait for the first input, more than 0; 4."""
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
    """How an answering machine is told from a person. Times are in seconds, more than 0."""

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

    type: NotRequired[Literal["machine"]]
    """A detector that tells no type is this one."""
    params: NotRequired[MachineParams]


class DetectFax(TypedDict):
    """Detect a fax machine."""

    type: Literal["fax"]
    params: NotRequired[FaxParams]


class DetectDigit(TypedDict):
    """Detect keys."""

    type: Literal["digit"]
    params: NotRequired[DigitParams]


Detect = DetectMachine | DetectFax | DetectDigit
"""What a detector listens for."""


Codec = Literal["OPUS", "PCMA", "PCMU"]


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
    codec: NotRequired[Codec]
    ptime: NotRequired[int]
    """Milliseconds."""


class WsParams(TypedDict):
    """A receiver of audio over a WebSocket."""

    uri: str
    codec: NotRequired[Codec]
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


ReferParams = TypedDict(
    "ReferParams",
    {"to": Required[str], "from": str, "username": str, "password": str, "headers": list[SipHeader]},
    total=False,
)
"""Where a SIP call is referred to: ``to`` is a ``sip:`` or ``sips:`` URI; ``headers`` have no effect."""


class ReferDevice(TypedDict):
    """A SIP destination of a REFER."""

    type: Literal["sip"]
    params: ReferParams
