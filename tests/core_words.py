"""What programs ask, servers tell and lines do, in words: legal, illegal and unheard of."""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

Thing = TypeVar("Thing")

CALLS = ["call-1", "call-2"]
LEGS = ["leg-1", "leg-2"]
CONTROLS = ["ctl-1", "ctl-2", "ctl-3"]
TAGS = ["tag-1", "tag-2"]
MESSAGES = ["msg-1", "msg-2"]
KINDS = [
    "play",
    "record",
    "collect",
    "play_and_collect",
    "detect",
    "send_fax",
    "receive_fax",
    "tap",
    "stream",
    "transcribe",
    "pay",
    "ai",
]
EVENTS = ["play", "record", "collect", "detect", "fax", "tap", "stream", "transcribe", "pay", "ai"]
COMMANDS = [
    "answer",
    "pass_",
    "hangup",
    "connect",
    "disconnect",
    "send_digits",
    "play",
    "transfer",
    "queue_enter",
    "hold",
    "denoise_stop",
    "join_conference",
    "nonsense",
]
OPERATION_COMMANDS = ["stop", "pause", "resume", "volume", "start_input_timers", "nonsense"]
CALL_WORDS = ["created", "ringing", "answered", "ending", "ended", "lost", "gone", "nonsense", ""]
RUNNING = [
    "playing",
    "recording",
    "collecting",
    "detected",
    "page",
    "tapping",
    "streaming",
    "transcribing",
    "progress",
    "paused",
]
WORDS = [*RUNNING, "finished", "no_input", "no_match", "error", "call_ended", ""]
RESULTS = ["digit", "speech", "start_of_input", "no_input", "no_match", "finished", "error", "new"]
HEARD = ["HUMAN", "MACHINE", "READY", "CED", "5", "finished", "error", "new"]
CODES = ["200", 200, "404", "410", "409", "500", None, "junk", 2000]
LINE_WORDS = ["opening", "opened", "opening", "opened", "dropped", "draining", "closed"]
MESSAGE_WORDS = ["queued", "initiated", "sent", "delivered", "undelivered", "failed", "received", "lost", "new", ""]
STANDINGS: dict[str, tuple[str, list[Any]]] = {
    # event type: the field of its word, and the words of the wire
    "calling.call.connect": ("connect_state", ["connecting", "connected", "disconnected", "failed"]),
    "calling.call.send_digits": ("state", ["finished", "error"]),
    "calling.call.refer": ("state", ["inProgress", "cancel", "busy", "noAnswer", "error", "success"]),
    "calling.call.echo": ("state", ["echoing", "finished"]),
    "calling.call.hold": ("state", ["hold", "unhold"]),
    "calling.call.denoise": ("denoised", [True, False]),
    "calling.call.queue": ("status", ["enqueue", "dequeue", "leave", "stats"]),
    "calling.conference": ("status", ["conference-end", "participant-join", "participant-leave", "record-start"]),
    "calling.call.room": ("join_status", ["joined", "failed", "leave", "cancel", "locked"]),
}


def junk(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[Any]:
    """Values of any kind, with these numbers among them."""
    return st.recursive(
        st.none() | st.booleans() | st.integers() | numbers | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
        max_leaves=3,
    )


JUNK = junk(st.floats())
TELLABLE = junk(st.floats(allow_nan=False, allow_infinity=False))
"""Junk that JSON can tell: a frame with any other is malformed, and so is not heard at all."""

MORE: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(
    st.sampled_from(
        [
            "end_reason",
            "device",
            "call_state",
            "state",
            "result",
            "final",
            "detect",
            "fax",
            "reason",
            "tag",
            "direction",
            "node_id",
        ]
    ),
    JUNK,
)
SAID: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.builds(lambda event: {"detect": {"type": "machine", "params": {"event": event}}}, st.sampled_from(HEARD)),
    st.builds(lambda kind: {"fax": {"type": kind}}, st.sampled_from(["page", "finished", "error", "new"])),
    st.builds(lambda result: {"result": result}, st.sampled_from(["success", "internal-error"])),
    st.just({"for": "security-code"}),
)
STANDING: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        name: st.sampled_from([word for field, words in STANDINGS.values() if field == name for word in words]) | JUNK
        for name in dict.fromkeys(field for field, _ in STANDINGS.values())
    }
)
INDEX = st.integers(0, 20)


def pick(things: Sequence[Thing], index: int) -> Thing:
    """One of these things, whatever the number."""
    return things[index % len(things)]
