"""The words of RELAY: methods, events, states and reasons as the wire spells them."""

from typing import Any, Final

# The protocol.
PROTOCOL_VERSION: Final[dict[str, Any]] = {"major": 2, "minor": 0, "revision": 0}
AGENT_STRING: Final[str] = "signalwire-agents-python/1.0"
METHOD_SIGNALWIRE_CONNECT: Final[str] = "signalwire.connect"
METHOD_SIGNALWIRE_EVENT: Final[str] = "signalwire.event"
METHOD_SIGNALWIRE_PING: Final[str] = "signalwire.ping"
METHOD_SIGNALWIRE_DISCONNECT: Final[str] = "signalwire.disconnect"
METHOD_SIGNALWIRE_RECEIVE: Final[str] = "signalwire.receive"
METHOD_SIGNALWIRE_UNRECEIVE: Final[str] = "signalwire.unreceive"
DEFAULT_RELAY_HOST: Final[str] = "relay.signalwire.com"

# Events, by the name they carry on the wire.
EVENT_AUTHORIZATION_STATE: Final[str] = "signalwire.authorization.state"
EVENT_CALL_STATE: Final[str] = "calling.call.state"
EVENT_CALL_RECEIVE: Final[str] = "calling.call.receive"
EVENT_CALL_CONNECT: Final[str] = "calling.call.connect"
EVENT_CALL_PLAY: Final[str] = "calling.call.play"
EVENT_CALL_COLLECT: Final[str] = "calling.call.collect"
EVENT_CALL_RECORD: Final[str] = "calling.call.record"
EVENT_CALL_DETECT: Final[str] = "calling.call.detect"
EVENT_CALL_FAX: Final[str] = "calling.call.fax"
EVENT_CALL_TAP: Final[str] = "calling.call.tap"
EVENT_CALL_SEND_DIGITS: Final[str] = "calling.call.send_digits"
EVENT_CALL_DIAL: Final[str] = "calling.call.dial"
EVENT_CALL_REFER: Final[str] = "calling.call.refer"
EVENT_CALL_DENOISE: Final[str] = "calling.call.denoise"
EVENT_CALL_PAY: Final[str] = "calling.call.pay"
EVENT_CALL_QUEUE: Final[str] = "calling.call.queue"
EVENT_CALL_STREAM: Final[str] = "calling.call.stream"
EVENT_CALL_ECHO: Final[str] = "calling.call.echo"
EVENT_CALL_TRANSCRIBE: Final[str] = "calling.call.transcribe"
EVENT_CONFERENCE: Final[str] = "calling.conference"
EVENT_CALLING_ERROR: Final[str] = "calling.error"
EVENT_MESSAGING_RECEIVE: Final[str] = "messaging.receive"
EVENT_MESSAGING_STATE: Final[str] = "messaging.state"

# The states of a call, in the order of its life.
CALL_STATE_CREATED: Final[str] = "created"
CALL_STATE_RINGING: Final[str] = "ringing"
CALL_STATE_ANSWERED: Final[str] = "answered"
CALL_STATE_ENDING: Final[str] = "ending"
CALL_STATE_ENDED: Final[str] = "ended"
CALL_STATES: Final[tuple[str, ...]] = (
    CALL_STATE_CREATED,
    CALL_STATE_RINGING,
    CALL_STATE_ANSWERED,
    CALL_STATE_ENDING,
    CALL_STATE_ENDED,
)

# Why a call ended.
END_REASON_HANGUP: Final[str] = "hangup"
END_REASON_CANCEL: Final[str] = "cancel"
END_REASON_BUSY: Final[str] = "busy"
END_REASON_NO_ANSWER: Final[str] = "noAnswer"
END_REASON_DECLINE: Final[str] = "decline"
END_REASON_ERROR: Final[str] = "error"
END_REASON_ABANDONED: Final[str] = "abandoned"
END_REASON_MAX_DURATION: Final[str] = "max_duration"
END_REASON_NOT_FOUND: Final[str] = "not_found"

# The states of a bridge, and of operations.
CONNECT_STATE_CONNECTING: Final[str] = "connecting"
CONNECT_STATE_CONNECTED: Final[str] = "connected"
CONNECT_STATE_DISCONNECTED: Final[str] = "disconnected"
CONNECT_STATE_FAILED: Final[str] = "failed"
PLAY_STATE_PLAYING: Final[str] = "playing"
PLAY_STATE_PAUSED: Final[str] = "paused"
PLAY_STATE_FINISHED: Final[str] = "finished"
PLAY_STATE_ERROR: Final[str] = "error"
RECORD_STATE_RECORDING: Final[str] = "recording"
RECORD_STATE_PAUSED: Final[str] = "paused"
RECORD_STATE_FINISHED: Final[str] = "finished"
RECORD_STATE_NO_INPUT: Final[str] = "no_input"
DETECT_TYPE_MACHINE: Final[str] = "machine"
DETECT_TYPE_FAX: Final[str] = "fax"
DETECT_TYPE_DIGIT: Final[str] = "digit"
ROOM_STATE_JOINING: Final[str] = "joining"
ROOM_STATE_JOIN: Final[str] = "join"
ROOM_STATE_LEAVING: Final[str] = "leaving"
ROOM_STATE_LEAVE: Final[str] = "leave"

# The states of a message.
MESSAGE_STATE_QUEUED: Final[str] = "queued"
MESSAGE_STATE_INITIATED: Final[str] = "initiated"
MESSAGE_STATE_SENT: Final[str] = "sent"
MESSAGE_STATE_DELIVERED: Final[str] = "delivered"
MESSAGE_STATE_UNDELIVERED: Final[str] = "undelivered"
MESSAGE_STATE_FAILED: Final[str] = "failed"
MESSAGE_STATE_RECEIVED: Final[str] = "received"
MESSAGE_TERMINAL_STATES: Final[tuple[str, ...]] = (
    MESSAGE_STATE_DELIVERED,
    MESSAGE_STATE_UNDELIVERED,
    MESSAGE_STATE_FAILED,
)

# How the line is re-established: delays in seconds.
RECONNECT_MIN_DELAY: Final[float] = 1.0
RECONNECT_MAX_DELAY: Final[float] = 30.0
RECONNECT_BACKOFF_FACTOR: Final[float] = 2.0
RECONNECT_MAX_AUTH_ATTEMPTS: Final[int] = 3
