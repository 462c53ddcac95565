"""What the server reports, as typed objects: one class for each event type.

Whatever the wire holds, an event can be made from it: a field that is missing, or is not of the
type told here, has its default (``""``, ``0``, ``0.0``, ``False``, ``{}``, ``[]``, or as noted).
The frame as it came is in `RelayEvent.params`. Source: the RELAY events, https://developer.signalwire.com/.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, make_dataclass
from typing import Any, ClassVar, Final, NamedTuple, Self, TypeVar, dataclass_transform

from callfsm import constants

_END_REASONS: Final = {
    "maxDuration": constants.END_REASON_MAX_DURATION,
    "notFound": constants.END_REASON_NOT_FOUND,
}


def end_reason(params: Mapping[str, Any]) -> str:
    """Why a call ended, in the spelling of the ``END_REASON_`` constants; ``""`` when not told."""
    reason = params.get("end_reason")
    return _END_REASONS.get(reason, reason) if isinstance(reason, str) else ""


@dataclass(eq=False, repr=False)
class RelayEvent:
    """Any event. Types that have no class of their own arrive as exactly this class.

    Attributes:
        event_type: The name on the wire, such as ``calling.call.play``.
        params: The event's own data, by reference; never ``None``.
        call_id: The call it is about, or ``""``.
        timestamp: When the server sent it, in seconds since the epoch; 0.0 when not told.
    """

    event_type: str
    params: dict[str, Any]
    call_id: str = ""
    timestamp: float = 0.0

    _wire_names: ClassVar[Mapping[str, str]] = {}

    # As dataclasses have them, written once: to have them made for each of fifty classes is slow.
    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # as everything has that can be changed

    def __repr__(self) -> str:
        shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))
        return f"{type(self).__qualname__}({shown})"

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """Make an event of this class from an envelope ``{"event_type": ..., "params": {...}}``."""
        params = payload.get("params")
        if not isinstance(params, dict):
            params = {}
        event_type, call_id = payload.get("event_type"), params.get("call_id")
        stamp = payload["timestamp"] if "timestamp" in payload else params.get("timestamp")
        return cls(
            event_type if type(event_type) is str else _fitting(event_type, ""),
            params,
            call_id if type(call_id) is str else _fitting(call_id, ""),
            stamp if type(stamp) is float else _fitting(stamp, 0.0),
            **cls._read(params),
        )

    @classmethod
    def _read(cls, params: dict[str, Any]) -> dict[str, Any]:
        read = {}
        for name, wire, kind, default, make in _readers(cls, cls._wire_names):
            value = params.get(wire)
            if type(value) is not kind:
                fallback = default if make is None else make()
                value = fallback if value is None else _fitting(value, fallback)
            read[name] = value
        return read


class _Constructor:
    # The ``__init__`` of a dataclass, made when it is first wanted. Python compiles it, which takes longer than to make
    # the rest of the class; and most programs see few of the fifty.

    def __init__(self, event_class: type[RelayEvent]) -> None:
        self._event_class = event_class

    @property
    def __wrapped__(self) -> Callable[..., None]:
        parameters = [(each.name, each.type, each) for each in fields(self._event_class)]
        alike = make_dataclass(self._event_class.__qualname__, parameters, eq=False, repr=False)
        made: Callable[..., None] = vars(alike)["__init__"]
        setattr(self._event_class, "__init__", made)  # noqa: B010  # to mypy, no class has another one
        return made

    def __get__(self, event: RelayEvent | None, owner: type[RelayEvent]) -> Callable[..., None]:
        bound: Callable[..., None] = self.__wrapped__.__get__(event, owner)
        return bound


AnyEvent = TypeVar("AnyEvent", bound=RelayEvent)


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def _event(event_class: type[AnyEvent]) -> type[AnyEvent]:
    # A dataclass in every respect; what reads or calls its constructor finds the one of a dataclass there.
    made = dataclass(init=False, eq=False, repr=False)(event_class)
    setattr(made, "__init__", _Constructor(made))  # noqa: B010  # to mypy, no class has another one
    return made


class _Reader(NamedTuple):
    """How one field that a class adds to `RelayEvent` is read."""

    name: str
    wire: str
    kind: type
    default: Any
    make: Callable[[], Any] | None


_READERS: Final[dict[type[RelayEvent], list[_Reader]]] = {}


def _readers(event_class: type[RelayEvent], wire_names: Mapping[str, str]) -> list[_Reader]:
    readers = _READERS.get(event_class)
    if readers is None:
        inherited = {each.name for each in fields(RelayEvent)}
        readers = _READERS[event_class] = [
            _reader(each, wire_names.get(each.name, each.name))
            for each in fields(event_class)
            if each.name not in inherited
        ]
    return readers


def _reader(each: Field[Any], wire: str) -> _Reader:
    if each.default_factory is MISSING:
        return _Reader(each.name, wire, type(each.default), each.default, None)
    return _Reader(each.name, wire, type(each.default_factory()), None, each.default_factory)


def _fitting(value: Any, default: Any) -> Any:
    if type(value) is type(default):
        return value
    if isinstance(value, bool):
        return value if default is None or isinstance(default, bool) else default
    if isinstance(default, float) and isinstance(value, int):
        return float(value) if abs(value) < 2**63 else default
    return value if isinstance(value, type(default)) else default


@_event
class CallStateEvent(RelayEvent):
    """Fired when a call enters a state.

    ``end_reason`` has the spelling of the ``END_REASON_`` constants, whichever the wire used.
    """

    call_state: str = ""
    end_reason: str = ""
    direction: str = ""
    device: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def _read(cls, params: dict[str, Any]) -> dict[str, Any]:
        return super()._read(params) | {"end_reason": end_reason(params)}


@_event
class CallReceiveEvent(RelayEvent):
    """Fired when an inbound call is offered to this client."""

    call_state: str = ""
    direction: str = ""
    device: dict[str, Any] = field(default_factory=dict)
    node_id: str = ""
    project_id: str = ""
    context: str = ""
    segment_id: str = ""
    tag: str = ""

    @classmethod
    def _read(cls, params: dict[str, Any]) -> dict[str, Any]:
        read = super()._read(params)
        # Older servers name the context "protocol".
        return read | {"context": read["context"] or _fitting(params.get("protocol"), "")}


@_event
class DialEvent(RelayEvent):
    """Fired as an outbound dial goes on: ``dialing``, then ``answered`` (with the winner) or ``failed``."""

    tag: str = ""
    dial_state: str = ""
    call: dict[str, Any] = field(default_factory=dict)


@_event
class ConnectEvent(RelayEvent):
    """Fired as a bridge goes on: ``connecting``, ``connected``, ``disconnected`` or ``failed``."""

    connect_state: str = ""
    peer: dict[str, Any] = field(default_factory=dict)


@_event
class PlayEvent(RelayEvent):
    """Fired as playback goes on: ``playing``, ``paused``, ``finished`` or ``error``."""

    control_id: str = ""
    state: str = ""


@_event
class RecordEvent(RelayEvent):
    """Fired as a recording goes on: ``recording``, ``paused``, ``finished`` or ``no_input``.

    On ``finished``, ``url`` is where the file is, ``duration`` is in seconds and ``size`` in bytes.
    """

    control_id: str = ""
    state: str = ""
    url: str = ""
    duration: float = 0.0
    size: int = 0
    record: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def _read(cls, params: dict[str, Any]) -> dict[str, Any]:
        nested = params.get("record")
        if not isinstance(nested, dict):
            return super()._read(params)
        inner = {key: nested[key] for key in ("url", "duration", "size") if key in nested}
        return super()._read(params | inner)


@_event
class CollectEvent(RelayEvent):
    """Fired when the caller gave input, or failed to.

    ``result`` is ``{"type": ..., "params": {...}}``; ``final`` is ``None`` unless partial or continuous
    results were asked for.
    """

    control_id: str = ""
    state: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    final: bool | None = None

    def _detail(self, name: str, default: Any) -> Any:
        params = self.result.get("params")
        return _fitting(params.get(name), default) if isinstance(params, dict) else default

    @property
    def digits(self) -> str:
        """The keys that were pressed, without the terminator; ``""`` when none."""
        digits: str = self._detail("digits", "")
        return digits

    @property
    def text(self) -> str:
        """What was said, as recognised; ``""`` when nothing."""
        text: str = self._detail("text", "")
        return text

    @property
    def confidence(self) -> float:
        """How sure the recogniser is, 0 to 100; 0.0 when it gave no score."""
        confidence: float = self._detail("confidence", 0.0)
        return confidence


@_event
class DetectEvent(RelayEvent):
    """Fired when a detector heard something; the verdict is ``detect["params"]["event"]``."""

    control_id: str = ""
    detect: dict[str, Any] = field(default_factory=dict)


@_event
class FaxEvent(RelayEvent):
    """Fired for each fax page, and once at the end of the fax."""

    control_id: str = ""
    fax: dict[str, Any] = field(default_factory=dict)


@_event
class TapEvent(RelayEvent):
    """Fired when a tap starts (``tapping``) and when it ends (``finished``)."""

    control_id: str = ""
    state: str = ""
    tap: dict[str, Any] = field(default_factory=dict)
    device: dict[str, Any] = field(default_factory=dict)


@_event
class StreamEvent(RelayEvent):
    """Fired when a stream starts (``streaming``) and when it ends (``finished``)."""

    control_id: str = ""
    state: str = ""
    url: str = ""
    name: str = ""


@_event
class SendDigitsEvent(RelayEvent):
    """Fired when the digits have been sent (``finished``) or could not be (``error``)."""

    control_id: str = ""
    state: str = ""


@_event
class ReferEvent(RelayEvent):
    """Fired as a SIP REFER goes on (RFC 3515); the codes are SIP response codes."""

    state: str = ""
    sip_refer_to: str = ""
    sip_refer_response_code: str = ""
    sip_notify_response_code: str = ""


@_event
class DenoiseEvent(RelayEvent):
    """Fired when noise reduction was switched on or off."""

    denoised: bool = False


@_event
class PayEvent(RelayEvent):
    """Fired as a payment goes on, and with its outcome."""

    control_id: str = ""
    state: str = ""


@_event
class QueueEvent(RelayEvent):
    """Fired when the call enters, moves in, or leaves a queue."""

    control_id: str = ""
    status: str = ""
    queue_id: str = ""
    queue_name: str = ""
    position: int = 0
    size: int = 0

    _wire_names: ClassVar[Mapping[str, str]] = {"queue_id": "id", "queue_name": "name"}


@_event
class EchoEvent(RelayEvent):
    """Fired when an echo test starts (``echoing``) and when it ends (``finished``)."""

    state: str = ""


@_event
class TranscribeEvent(RelayEvent):
    """Fired when a transcription starts and when it ends; ``duration`` is in seconds, ``size`` in bytes."""

    control_id: str = ""
    state: str = ""
    url: str = ""
    recording_id: str = ""
    duration: float = 0.0
    size: int = 0


@_event
class HoldEvent(RelayEvent):
    """Fired when the call is put on hold (``hold``) or taken off it (``unhold``)."""

    state: str = ""


@_event
class ConferenceEvent(RelayEvent):
    """Fired when a conference starts, ends, or a participant does something."""

    conference_id: str = ""
    name: str = ""
    status: str = ""


@_event
class CallingErrorEvent(RelayEvent):
    """Fired when something went wrong on the server that no reply could tell."""

    code: str = ""
    message: str = ""


@_event
class MessageReceiveEvent(RelayEvent):
    """Fired when a text message arrives."""

    message_id: str = ""
    context: str = ""
    direction: str = ""
    from_number: str = ""
    to_number: str = ""
    body: str = ""
    media: list[str] = field(default_factory=list)
    segments: int = 0
    message_state: str = ""
    tags: list[str] = field(default_factory=list)


@_event
class MessageStateEvent(RelayEvent):
    """Fired when a text message that was sent enters a state."""

    message_id: str = ""
    context: str = ""
    direction: str = ""
    from_number: str = ""
    to_number: str = ""
    body: str = ""
    media: list[str] = field(default_factory=list)
    segments: int = 0
    message_state: str = ""
    reason: str = ""
    tags: list[str] = field(default_factory=list)


@_event
class AIEvent(RelayEvent):
    """Fired when the AI agent of a call has ended: ``finished`` or ``error``."""

    control_id: str = ""
    state: str = ""


@_event
class RoomEvent(RelayEvent):
    """Fired when the call joins or leaves a room, or cannot: ``joined``, ``failed``, ``leave``, ``cancel``, ``locked``."""

    join_status: str = ""
    room_name: str = ""


@_event
class AIStartEvent(RelayEvent):
    """Fired when the conversation with an AI agent begins."""


@_event
class AIStopEvent(RelayEvent):
    """Fired when the conversation with an AI agent is over; times are in microseconds since the epoch."""

    start_time: int = 0
    end_time: int = 0
    wallet_paused_sec: float = 0.0
    billing: dict[str, Any] = field(default_factory=dict)


@_event
class AIBeginSpeakingEvent(RelayEvent):
    """Fired when the agent begins to speak."""


@_event
class AIUserSpeakingEvent(RelayEvent):
    """Fired when the caller speaks to the agent."""


@_event
class AICompletionEvent(RelayEvent):
    """Fired when the agent has made up an answer."""

    text: str = ""
    type: str = ""


@_event
class AIResponseEvent(RelayEvent):
    """Fired with an answer of the agent."""

    response: str = ""


@_event
class AIResponseUtteranceEvent(RelayEvent):
    """Fired with a piece of what the agent says."""

    utterance: str = ""


@_event
class AISpeechDetectEvent(RelayEvent):
    """Fired with what the caller has said to the agent."""

    text: str = ""


@_event
class AIPartialResultEvent(RelayEvent):
    """Fired with what the caller has said so far; ``barged`` when it interrupts the agent."""

    text: str = ""
    barged: bool = False


@_event
class AIWarningEvent(RelayEvent):
    """Fired when something goes wrong that the agent survives."""

    error: str = ""
    tokens: float = 0.0


@_event
class AITransparentBargeEvent(RelayEvent):
    """Fired when the caller interrupts, with all they have said."""

    combined_text: str = ""


@_event
class TranscribeUtteranceEvent(RelayEvent):
    """Fired with each utterance of a live transcription; ``confidence`` is from 0 to 1.

    ``utterance`` has the keys ``role`` (who speaks), ``content`` (what is said), ``lang`` and others.
    """

    utterance: dict[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    call_info: dict[str, Any] = field(default_factory=dict)
    channel_data: dict[str, Any] = field(default_factory=dict)


@_event
class TranscribeSummaryEvent(RelayEvent):
    """Fired with the log and summary of a live transcription, on demand and at its end."""

    conversation_log: list[Any] = field(default_factory=list)
    conversation_summary: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    call_info: dict[str, Any] = field(default_factory=dict)
    channel_data: dict[str, Any] = field(default_factory=dict)


@_event
class TranslateDeltaEvent(RelayEvent):
    """Fired with each piece of a live translation, as it was said and as it was translated."""

    input_utterance: dict[str, Any] = field(default_factory=dict)
    output_utterance: dict[str, Any] = field(default_factory=dict)
    call_info: dict[str, Any] = field(default_factory=dict)
    channel_data: dict[str, Any] = field(default_factory=dict)


@_event
class TranslateSummaryEvent(RelayEvent):
    """Fired with the logs and summaries of a live translation, in both languages."""

    primary_conversation_summary: str = ""
    secondary_conversation_summary: str = ""
    primary_conversation_log: list[Any] = field(default_factory=list)
    secondary_conversation_log: list[Any] = field(default_factory=list)
    translate_data: dict[str, Any] = field(default_factory=dict)


@_event
class ConnectionEvent(RelayEvent):
    """Told by the client itself when its connection has entered a state; see `RelayClient.on`.

    Attributes:
        source: The state it was in.
        dest: The state it is in now: ``connecting``, ``authenticating``, ``online``, ``waiting``, ``draining``,
            ``refused`` or ``closed``.
        trigger: What has moved it, such as ``dropped``.
        reason: Why, as far as anybody knows; ``""`` when all is well.
        resumed: Whether the server has taken up the session, and with it the calls, from before.
        seconds_away: How long the line has been down, in seconds; 0.0 when it had not been up.
    """

    source: str = ""
    dest: str = ""
    trigger: str = ""
    reason: str = ""
    resumed: bool = False
    seconds_away: float = 0.0


@_event
class GapEvent(RelayEvent):
    """Told by the client itself to each call when the line is back: events of the call may have been missed.

    The server is asked at once whether it still knows the call; one that it does not know ends as ``lost``.

    Attributes:
        seconds: How long the line was down, in seconds.
    """

    seconds: float = 0.0


EVENT_CLASS_MAP: Final[Mapping[str, type[RelayEvent]]] = {
    constants.EVENT_CALL_STATE: CallStateEvent,
    constants.EVENT_CALL_RECEIVE: CallReceiveEvent,
    constants.EVENT_CALL_DIAL: DialEvent,
    constants.EVENT_CALL_CONNECT: ConnectEvent,
    constants.EVENT_CALL_PLAY: PlayEvent,
    constants.EVENT_CALL_RECORD: RecordEvent,
    constants.EVENT_CALL_COLLECT: CollectEvent,
    constants.EVENT_CALL_DETECT: DetectEvent,
    constants.EVENT_CALL_FAX: FaxEvent,
    constants.EVENT_CALL_TAP: TapEvent,
    constants.EVENT_CALL_STREAM: StreamEvent,
    constants.EVENT_CALL_SEND_DIGITS: SendDigitsEvent,
    constants.EVENT_CALL_REFER: ReferEvent,
    constants.EVENT_CALL_DENOISE: DenoiseEvent,
    constants.EVENT_CALL_PAY: PayEvent,
    constants.EVENT_CALL_QUEUE: QueueEvent,
    constants.EVENT_CALL_ECHO: EchoEvent,
    constants.EVENT_CALL_TRANSCRIBE: TranscribeEvent,
    "calling.call.hold": HoldEvent,
    constants.EVENT_CONFERENCE: ConferenceEvent,
    constants.EVENT_CALLING_ERROR: CallingErrorEvent,
    constants.EVENT_MESSAGING_RECEIVE: MessageReceiveEvent,
    constants.EVENT_MESSAGING_STATE: MessageStateEvent,
    # From here on, what the official SDK has no class for.
    "calling.call.ai": AIEvent,
    "calling.call.room": RoomEvent,
    "calling.ai.start": AIStartEvent,
    "calling.ai.stop": AIStopEvent,
    "calling.ai.begin_speaking": AIBeginSpeakingEvent,
    "calling.ai.user_speaking": AIUserSpeakingEvent,
    "calling.ai.completion": AICompletionEvent,
    "calling.ai.response": AIResponseEvent,
    "calling.ai.response_utterance": AIResponseUtteranceEvent,
    "calling.ai.speech_detect": AISpeechDetectEvent,
    "calling.ai.partial_result": AIPartialResultEvent,
    "calling.ai.warning": AIWarningEvent,
    "calling.ai.transparent_barge": AITransparentBargeEvent,
    "calling.ai.transcribe.utterance": TranscribeUtteranceEvent,
    "calling.ai.transcribe.live_summarize": TranscribeSummaryEvent,
    "calling.ai.transcribe.conversation_log": TranscribeSummaryEvent,
    "calling.ai.translate.transcript_delta": TranslateDeltaEvent,
    "calling.ai.translate.live_summary": TranslateSummaryEvent,
    "calling.ai.translate.conversation_log": TranslateSummaryEvent,
}


def parse_event(payload: Mapping[str, Any]) -> RelayEvent:
    """The typed event in an envelope; a plain `RelayEvent` for types without a class of their own."""
    event_type = payload.get("event_type")
    event_class = EVENT_CLASS_MAP.get(event_type, RelayEvent) if isinstance(event_type, str) else RelayEvent
    return event_class.from_payload(payload)
