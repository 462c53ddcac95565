"""What the load server says: frames of RELAY, serialised before the run but for the ids in them."""

from __future__ import annotations

from itertools import count
from typing import Final

NODE: Final = b"7b3f0a52-node-7@relay.bench.example"
PROJECT: Final = b"0f2ac1de-3c55-4d0e-9a3e-5f1c8a0b7d11"

ACCEPTED: Final = b'{"jsonrpc":"2.0","id":"%b","result":{"code":"200","message":"OK"}}'
PONG: Final = b'{"jsonrpc":"2.0","id":"%b","result":{}}'
LOGGED_IN: Final = (
    b'{"jsonrpc":"2.0","id":"%b","result":{"protocol":"signalwire_bench","identity":"bench@relay.bench.example",'
    b'"authorization":{},"ice_servers":[]}}'
)


def _event(kind: bytes, params: bytes) -> bytes:
    return (
        b'{"jsonrpc":"2.0","id":"bench-event-%d","method":"signalwire.event","params":{"event_type":"' + kind + b'",'
        b'"event_channel":"signalwire_bench_channel","timestamp":1790000000.125,"project_id":"' + PROJECT + b'",'
        b'"space_id":"bench-space","params":{"node_id":"' + NODE + b'",' + params + b"}}}"
    )


_DEVICE: Final = b'"device":{"type":"phone","params":{"from_number":"+15550100003","to_number":"+15550100001"}}'
_STATE: Final = b"calling.call.state"

RECEIVE: Final = _event(
    b"calling.call.receive",
    b'"call_id":"%b","segment_id":"bench-segment","call_state":"created","direction":"inbound","context":"bench",'
    + _DEVICE,
)
ANSWERED: Final = _event(_STATE, b'"call_id":"%b","call_state":"answered","direction":"inbound",' + _DEVICE)
ENDING: Final = _event(_STATE, b'"call_id":"%b","call_state":"ending","end_reason":"hangup",' + _DEVICE)
ENDED: Final = _event(_STATE, b'"call_id":"%b","call_state":"ended","end_reason":"hangup",' + _DEVICE)

PLAYING: Final = _event(b"calling.call.play", b'"call_id":"%b","control_id":"%b","state":"playing"')
PLAYED: Final = _event(b"calling.call.play", b'"call_id":"%b","control_id":"%b","state":"finished"')

PARTIAL: Final = _event(
    b"calling.call.collect",
    b'"call_id":"%b","control_id":"%b","state":"collecting","final":false,'
    b'"result":{"type":"speech","params":{"text":"two tickets for the","confidence":87.5}}',
)
HEARD: Final = _event(
    b"calling.call.collect",
    b'"call_id":"%b","control_id":"%b","final":true,'
    b'"result":{"type":"speech","params":{"text":"two tickets for the evening","confidence":93.0}}',
)

_LEG: Final = b'"call_id":"%b","tag":"%b","call_state":"'
LEG_CREATED: Final = _event(_STATE, _LEG + b'created","direction":"outbound",' + _DEVICE)
LEG_RINGING: Final = _event(_STATE, _LEG + b'ringing","direction":"outbound",' + _DEVICE)
LEG_ANSWERED: Final = _event(_STATE, _LEG + b'answered","direction":"outbound",' + _DEVICE)
DIALLED: Final = _event(
    b"calling.call.dial",
    b'"tag":"%b","dial_state":"answered","call":{"call_id":"%b","node_id":"'
    + NODE
    + b'","tag":"%b","dial_winner":true,'
    + _DEVICE
    + b"}",
)


class Outgoing:
    """What waits to be written: WebSocket frames, joined in one write.

    Attributes:
        events: How many events have been said, each of which is to be acknowledged.
    """

    def __init__(self) -> None:
        self.events = 0
        self._numbers = count(1)
        self._parts: list[bytes] = []

    def reply(self, template: bytes, request_id: str) -> None:
        """Say a reply."""
        self._text(template % request_id.encode())

    def event(self, template: bytes, *names: str) -> None:
        """Say an event, of a call, an operation or a dial by these names."""
        self.events += 1
        self._text(template % (next(self._numbers), *[name.encode() for name in names]))

    def _text(self, text: bytes) -> None:
        # A server's frames are not masked (RFC 6455, 5.2), so that header and text are all there is to it.
        size = len(text)
        header = b"\x81" + (bytes((size,)) if size < 126 else b"\x7e" + size.to_bytes(2, "big"))
        self._parts += (header, text)

    def take(self) -> bytes:
        """All that waits, as it is to be written."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
