"""The operations that the server does for a call: detect, fax, tap, stream, transcribe, pay, AI.

The laws are those of `callfsm.core.tables.operations`. Three peculiarities:

1. A detector settles its waiter with the first thing it hears, as programs rely on, and goes on: `detected`
   is not final.
2. Fax and pay events of the wire carry no state; what they say is read from ``fax.type`` and ``result``.
3. A fax and a transcription leave something behind, so their last report is waited for past the call's end.
"""

from typing import Final

from callfsm.core.tables.format import STAYS, Row, Speaker, Table

ASK, REPLY, REPORT, CALL, CLOCK = Speaker.ASK, Speaker.REPLY, Speaker.REPORT, Speaker.CALL, Speaker.CLOCK

_STATES: Final = {
    "requested": "the command has left; the server has reported nothing yet",
    "detected": "something was heard, and whoever waited has been told; the detector goes on",
    "page": "a page has gone through",
    "tapping": "audio is being copied",
    "streaming": "audio is being streamed",
    "transcribing": "the call is being transcribed",
    "progress": "the caller is being asked, or the payment is being made",
    "stopping": "the call is ending and takes this along; its last report may still come",
    "lingering": "the call has ended; its last report may still come for a short time",
    "finished": "complete",
    "error": "the server could not go on",
    "rejected": "the server refused to begin it",
    "gone": "the server knew nothing to begin it on",
    "hung_up": "the call ended first",
}
_FINAL: Final = "finished error rejected gone hung_up"


def _states(running: str) -> dict[str, str]:
    return {name: _STATES[name] for name in f"requested {running} {_FINAL}".split()}


def _beginning(*, lingers: bool = False) -> tuple[Row, ...]:
    # The call may end before the server has answered the command.
    sources = "requested stopping" + (" lingering" if lingers else "")
    return (
        Row(REPLY, "rejected", sources, "", "rejected"),
        Row(REPLY, "gone", sources, "", "gone"),
    )


def _service(name: str, about: str, word: str, stop: str, *, lingers: bool = False) -> Table:
    """A service with one word for its being under way; ``word`` is that word, on the wire and as a state."""
    last = f"requested {word} stopping" + (" lingering" if lingers else "")
    # fmt: off
    rows = (
        #   who     trigger        from                          guards  to          sends
        Row(ASK,    "stop",        f"requested {word}",          "",     STAYS,      stop),
        Row(ASK,    "stop",        _FINAL,                       "",     STAYS),

        *_beginning(lingers=lingers),

        Row(REPORT, word,          "requested",                  "",     word),
        Row(REPORT, word,          f"{word} stopping",           "",     STAYS),
        Row(REPORT, "finished",    last,                         "",     "finished"),
        Row(REPORT, "error",       last,                         "",     "error"),

        Row(CALL,   "call_ending", f"requested {word}",          "",     "stopping"),
        Row(CALL,   "call_ended",  f"requested {word} stopping", "",     "lingering" if lingers else "hung_up"),
    )
    # fmt: on
    if lingers:
        rows += (Row(CLOCK, "grace_over", "lingering", "", "hung_up"),)
    running = f"{word} stopping" + (" lingering" if lingers else "")
    return Table(name=name, about=about, states=_states(running), final=_FINAL, on_final="settle", rows=rows)


# fmt: off
DETECT: Final = Table(
    name="detect",
    about="A detector of a person, an answering machine, a fax or keys. The first thing it hears settles it.",
    states=_states("detected stopping"),
    final=_FINAL,
    on_final="settle",
    rows=(
        #   who     trigger        from                          guards  to          sends / hooks
        Row(ASK,    "stop",        "requested detected",         "",     STAYS,      "calling.detect.stop"),
        Row(ASK,    "stop",        _FINAL,                       "",     STAYS),

        *_beginning(),

        Row(REPORT, "detected",    "requested",                  "",     "detected", hooks="settle"),
        Row(REPORT, "detected",    "detected",                   "",     STAYS),
        Row(REPORT, "detected",    "stopping",                   "",     STAYS,      hooks="settle"),
        Row(REPORT, "finished",    "requested detected stopping", "",    "finished"),
        Row(REPORT, "error",       "requested detected stopping", "",    "error"),

        Row(CALL,   "call_ending", "requested detected",         "",     "stopping"),
        Row(CALL,   "call_ended",  "requested detected stopping", "",    "hung_up"),
    ),
)
# fmt: on

SEND_FAX: Final = _service("send_fax", "A document sent as a fax.", "page", "calling.send_fax.stop", lingers=True)
RECEIVE_FAX: Final = _service(
    "receive_fax", "A fax taken from the far end.", "page", "calling.receive_fax.stop", lingers=True
)
TAP: Final = _service("tap", "The call's audio copied to another place.", "tapping", "calling.tap.stop")
STREAM: Final = _service("stream", "The call's audio streamed over a WebSocket.", "streaming", "calling.stream.stop")
TRANSCRIBE: Final = _service(
    "transcribe", "A transcription of the call.", "transcribing", "calling.transcribe.stop", lingers=True
)
PAY: Final = _service("pay", "A payment taken from the caller.", "progress", "calling.pay.stop")

# fmt: off
AI: Final = Table(
    name="ai",
    about="An AI agent on the call. The server may never say that it has ended; the end of the call does.",
    states=_states("stopping"),
    final=_FINAL,
    on_final="settle",
    rows=(
        #   who     trigger        from                 guards  to          sends
        Row(ASK,    "stop",        "requested",         "",     STAYS,      "calling.ai.stop"),
        Row(ASK,    "stop",        _FINAL,              "",     STAYS),

        *_beginning(),

        Row(REPORT, "finished",    "requested stopping", "",    "finished"),
        Row(REPORT, "error",       "requested stopping", "",    "error"),

        Row(CALL,   "call_ending", "requested",         "",     "stopping"),
        Row(CALL,   "call_ended",  "requested stopping", "",    "hung_up"),
    ),
)
# fmt: on
