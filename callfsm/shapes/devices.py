"""What can be called, and what a call can be connected to."""

from typing import Any, Literal, NotRequired, Required, TypedDict

CallStateEvents = list[Literal["created", "ringing", "answered", "ended"]]
"""The states of a leg that its webhook is told; ``ended`` when left out."""


class LegOptions(TypedDict, total=False):
    """What can be told of any leg."""

    call_state_url: str
    """A webhook for this leg's state changes."""
    call_state_events: CallStateEvents
    confirm: str | list[Any]
    """An SWML prompt that has to be accepted before the bridge is made."""
    confirm_timeout: int
    """Seconds, 0 or more."""


class PhoneOptions(LegOptions, total=False):
    """What can be told of a telephone, besides its numbers and its ring time."""

    max_duration: int
    """Seconds, 0 or more."""


class PhoneParams(PhoneOptions, total=False):
    """A telephone."""

    to_number: Required[str]
    """E.164, such as ``+15551230001``."""
    from_number: str
    """E.164."""
    timeout: int
    """Ring time in seconds; 30."""


class SipHeader(TypedDict):
    """A custom SIP header; names begin with ``X-``."""

    name: str
    value: str


class SipOptions(LegOptions, total=False):
    """What can be told of a SIP endpoint, besides its addresses and its ring time."""

    from_name: str
    """The name that the callee is shown."""
    headers: list[SipHeader]
    codecs: list[str]
    """``PCMU``, ``PCMA``, ``OPUS``, ``G729``, ``G722``, ``AMR-WB``, ``VP8``, ``H264``."""
    webrtc_media: bool
    """False when left out."""
    encryption: Literal["forbidden", "mandatory", "optional"]
    username: str
    password: str
    session_timeout: int
    """Seconds."""
    max_duration: int
    """Seconds, 0 or more."""


_Ends = TypedDict("_Ends", {"to": Required[str], "from": str, "timeout": int}, total=False)


class SipParams(SipOptions, _Ends, total=False):
    """A SIP endpoint; ``to`` and ``from`` are SIP URIs, ``timeout`` is the ring time in seconds (30)."""


class AddressParams(LegOptions, _Ends, total=False):
    """A Call Fabric address, or the name of a WebRTC resource; ``timeout`` is the ring time in seconds (30)."""

    codecs: list[str]


_AgoraEnds = TypedDict("_AgoraEnds", {"to": str, "from": str}, total=False)


class AgoraParams(LegOptions, _AgoraEnds, total=False):
    """A channel of the Agora network."""

    appid: Required[str]
    channel: Required[str]


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


class StreamOptions(TypedDict, total=False):
    """What can be told of a stream, besides its address."""

    name: str
    codec: str
    """``PCMU`` (the default), ``PCMA``, ``G722`` or ``L16``, with rate and packet time: ``L16@16000h@20i``."""
    status_url: str
    status_url_method: Literal["GET", "POST"]
    """``POST`` when left out."""
    realtime: bool
    """False when left out."""
    authorization_bearer_token: str
    custom_parameters: dict[str, Any]


class StreamParams(StreamOptions):
    """A WebSocket that takes and gives audio; only to connect to, and for conferences."""

    url: str
    """A wss address."""


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


Destination = PhoneDevice | SipDevice | AddressDevice | AgoraDevice
"""Something to call."""

Device = Destination | CallDevice | QueueDevice | StreamDevice
"""Something to connect a call to."""
