"""Where a call stands in what the server reports without an operation: bridged, queued, on hold, and the like.

Nobody waits for these, and no ask is guarded by them: the server decides. They are machines so that the
program can see where its call stands, and so that a report which makes no sense is told from one that does.
Each begins ``idle`` and is ``over`` when its call is. States are the wire's own words, but for those of the
conference, whose words are many, and of noise reduction, which the wire tells as true or false.
"""

from typing import Final, NamedTuple

from callfsm.core.tables.format import STAYS, Row, Speaker, Table

REPORT, CALL = Speaker.REPORT, Speaker.CALL

_IDLE: Final = "nothing has been reported"
_OVER: Final = "the call has ended"

# fmt: off
BRIDGE: Final = Table(
    name="bridge",
    about="The bridge to another party, as `Call.connect` makes it.",
    states={
        "idle":         _IDLE,
        "connecting":   "the other party is being rung",
        "connected":    "both parties hear each other",
        "disconnected": "the bridge has come apart; this leg is still up",
        "failed":       "nobody answered",
        "over":         _OVER,
    },
    final="over",
    rows=(
        #   who     trigger         from                                                guards  to
        Row(REPORT, "connecting",   "idle disconnected failed",                         "",     "connecting"),
        Row(REPORT, "connected",    "idle connecting disconnected failed",              "",     "connected"),
        Row(REPORT, "disconnected", "idle connecting connected",                        "",     "disconnected"),
        Row(REPORT, "failed",       "idle connecting",                                  "",     "failed"),
        Row(CALL,   "call_ended",   "idle connecting connected disconnected failed",    "",     "over"),
    ),
)

SEND_DIGITS: Final = Table(
    name="send_digits",
    about="Tones on their way to the far end, as `Call.send_digits` sends them.",
    states={
        "idle":     _IDLE,
        "finished": "the last digits are out",
        "error":    "the last digits could not be sent",
        "over":     _OVER,
    },
    final="over",
    rows=(
        #   who     trigger       from                   guards  to
        Row(REPORT, "finished",   "idle error",          "",     "finished"),
        Row(REPORT, "finished",   "finished",            "",     STAYS),
        Row(REPORT, "error",      "idle finished",       "",     "error"),
        Row(REPORT, "error",      "error",               "",     STAYS),
        Row(CALL,   "call_ended", "idle finished error", "",     "over"),
    ),
)

REFER: Final = Table(
    name="refer",
    about="A SIP call on its way to another endpoint, as `Call.refer` sends it (RFC 3515).",
    states={
        "idle":       _IDLE,
        "inProgress": "the far end is trying",
        "success":    "the far end has been referred",
        "cancel":     "it was given up",
        "busy":       "the other endpoint was busy",
        "noAnswer":   "the other endpoint did not answer",
        "error":      "it failed",
        "over":       _OVER,
    },
    final="over",
    rows=(
        #   who     trigger       from                                          guards  to
        Row(REPORT, "inProgress", "idle success cancel busy noAnswer error",    "",     "inProgress"),
        Row(REPORT, "inProgress", "inProgress",                                 "",     STAYS),
        Row(REPORT, "success",    "idle inProgress",                            "",     "success"),
        Row(REPORT, "cancel",     "idle inProgress",                            "",     "cancel"),
        Row(REPORT, "busy",       "idle inProgress",                            "",     "busy"),
        Row(REPORT, "noAnswer",   "idle inProgress",                            "",     "noAnswer"),
        Row(REPORT, "error",      "idle inProgress",                            "",     "error"),
        Row(CALL,   "call_ended", "idle inProgress success cancel busy noAnswer error", "", "over"),
    ),
)

ECHO: Final = Table(
    name="echo",
    about="An echo test, as `Call.echo` begins it.",
    states={"idle": _IDLE, "echoing": "the caller hears themselves", "finished": "the test is over", "over": _OVER},
    final="over",
    rows=(
        #   who     trigger       from                    guards  to
        Row(REPORT, "echoing",    "idle finished",        "",     "echoing"),
        Row(REPORT, "finished",   "idle echoing",         "",     "finished"),
        Row(CALL,   "call_ended", "idle echoing finished", "",    "over"),
    ),
)

HOLD: Final = Table(
    name="hold",
    about="Whether the call is on hold.",
    states={"idle": _IDLE, "hold": "on hold", "unhold": "taken off hold", "over": _OVER},
    final="over",
    rows=(
        #   who     trigger       from               guards  to
        Row(REPORT, "hold",       "idle unhold",     "",     "hold"),
        Row(REPORT, "unhold",     "idle hold",       "",     "unhold"),
        Row(CALL,   "call_ended", "idle hold unhold", "",    "over"),
    ),
)

DENOISE: Final = Table(
    name="denoise",
    about="Whether noise is being taken out of the call.",
    states={"idle": _IDLE, "on": "noise is taken out", "off": "noise is left in", "over": _OVER},
    final="over",
    rows=(
        #   who     trigger       from          guards  to
        Row(REPORT, "on",         "idle off",   "",     "on"),
        Row(REPORT, "off",        "idle on",    "",     "off"),
        Row(CALL,   "call_ended", "idle on off", "",    "over"),
    ),
)

QUEUE: Final = Table(
    name="queue",
    about="The call's place in a queue.",
    states={
        "idle":    _IDLE,
        "enqueue": "waiting in the queue",
        "dequeue": "picked up, to be connected",
        "leave":   "has left without being connected",
        "over":    _OVER,
    },
    final="over",
    rows=(
        #   who     trigger       from                         guards  to
        Row(REPORT, "enqueue",    "idle dequeue leave",        "",     "enqueue"),
        Row(REPORT, "stats",      "enqueue",                   "",     STAYS),
        Row(REPORT, "dequeue",    "idle enqueue",              "",     "dequeue"),
        Row(REPORT, "leave",      "idle enqueue",              "",     "leave"),
        Row(CALL,   "call_ended", "idle enqueue dequeue leave", "",    "over"),
    ),
)

CONFERENCE: Final = Table(
    name="conference",
    about="The call's membership of a conference.",
    states={"idle": _IDLE, "joined": "a member", "left": "a member no more", "over": _OVER},
    final="over",
    rows=(
        #   who     trigger              from               guards  to
        Row(REPORT, "participant-join",  "idle left",       "",     "joined"),
        Row(REPORT, "participant-leave", "idle joined",     "",     "left"),
        Row(REPORT, "conference-end",    "idle joined",     "",     "left"),
        Row(REPORT, "other",             "idle joined left", "",    STAYS),
        Row(CALL,   "call_ended",        "idle joined left", "",    "over"),
    ),
)

ROOM: Final = Table(
    name="room",
    about="The call's membership of a room.",
    states={
        "idle":   _IDLE,
        "joined": "in the room",
        "failed": "could not join",
        "locked": "the room takes nobody",
        "cancel": "joining was given up",
        "leave":  "has left the room",
        "over":   _OVER,
    },
    final="over",
    rows=(
        #   who     trigger       from                                  guards  to
        Row(REPORT, "joined",     "idle failed locked cancel leave",    "",     "joined"),
        Row(REPORT, "failed",     "idle locked cancel leave",           "",     "failed"),
        Row(REPORT, "locked",     "idle failed cancel leave",           "",     "locked"),
        Row(REPORT, "cancel",     "idle failed locked leave",           "",     "cancel"),
        Row(REPORT, "leave",      "idle joined",                        "",     "leave"),
        Row(CALL,   "call_ended", "idle joined failed locked cancel leave", "", "over"),
    ),
)
# fmt: on


class Standing(NamedTuple):
    """What the core must know of a standing besides its table."""

    table: Table
    field: str
    """The field of the event that holds its word."""


STANDINGS: Final[dict[str, Standing]] = {
    # event type: whose it is, and where its word stands
    "calling.call.connect": Standing(BRIDGE, "connect_state"),
    "calling.call.send_digits": Standing(SEND_DIGITS, "state"),
    "calling.call.refer": Standing(REFER, "state"),
    "calling.call.echo": Standing(ECHO, "state"),
    "calling.call.hold": Standing(HOLD, "state"),
    "calling.call.denoise": Standing(DENOISE, "denoised"),
    "calling.call.queue": Standing(QUEUE, "status"),
    "calling.conference": Standing(CONFERENCE, "status"),
    "calling.call.room": Standing(ROOM, "join_status"),
}
