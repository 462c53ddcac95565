"""What can be called, and what a call can be connected to."""

from typing import Any, Literal, NotRequired, Required, TypedDict


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
