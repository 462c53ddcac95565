"""What programs ask, servers tell and lines do, in words: legal, illegal and unheard of."""

from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

Thing = TypeVar("Thing")

CALLS = ["call-1", "call-2"]
LEGS = ["leg-1", "leg-2"]
CONTROLS = ["ctl-1", "ctl-2", "ctl-3"]
TAGS = ["tag-1", "tag-2"]
KINDS = ["play", "record", "collect", "play_and_collect"]
COMMANDS = ["answer", "pass_", "hangup", "connect", "disconnect", "send_digits", "play", "nonsense"]
OPERATION_COMMANDS = ["stop", "pause", "resume", "volume", "start_input_timers", "nonsense"]
CALL_WORDS = ["created", "ringing", "answered", "ending", "ended", "lost", "gone", "nonsense", ""]
WORDS = ["playing", "recording", "collecting", "paused", "finished", "no_input", "no_match", "error", "call_ended", ""]
RESULTS = ["digit", "speech", "start_of_input", "no_input", "no_match", "finished", "error", "new"]
CODES = ["200", 200, "404", "410", "409", "500", None, "junk", 2000]
LINE_WORDS = ["opening", "opened", "opening", "opened", "dropped", "draining", "closed"]

JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=3,
)
MORE: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.dictionaries(
    st.sampled_from(["end_reason", "device", "call_state", "state", "result", "final", "tag", "direction", "node_id"]),
    JUNK,
)
INDEX = st.integers(0, 20)


def pick(things: Sequence[Thing], index: int) -> Thing:
    """One of these things, whatever the number."""
    return things[index % len(things)]
