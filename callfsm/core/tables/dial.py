"""An outbound dial: one tag, one or more legs, at most one winner.

The server goes on dialling when the program has stopped waiting. So a dial that was given up is
``abandoned``, not forgotten: its legs are hung up, those that are up and those which come up later.
"""

from typing import Final

from callfsm.core.tables.format import STAYS, Row, Speaker, Table

REPLY, REPORT, LINE, CLOCK, ASK = Speaker.REPLY, Speaker.REPORT, Speaker.LINE, Speaker.CLOCK, Speaker.ASK

# fmt: off
DIAL: Final = Table(
    name="dial",
    about="An outbound dial, from the command to the winner or the failure.",
    states={
        "requested": "the command has left",
        "dialing":   "the server is ringing the destinations",
        "answered":  "one leg has won and is the call",
        "failed":    "nobody answered",
        "abandoned": "the program has stopped waiting; whatever comes up is hung up",
    },
    final="answered failed",
    on_final="settle",
    on_enter={"abandoned": "hang_up_legs"},
    rows=(
        #   who     trigger      from                          guards  to           hooks
        Row(REPLY,  "accepted",  "requested",                  "",     "dialing"),
        Row(REPLY,  "rejected",  "requested dialing abandoned", "",    "failed",    hooks="note_reason"),

        Row(REPORT, "dialing",   "requested",                  "",     "dialing"),
        Row(REPORT, "dialing",   "dialing abandoned",          "",     STAYS),
        Row(REPORT, "answered",  "requested dialing",          "",     "answered",  hooks="note_winner"),
        Row(REPORT, "answered",  "abandoned",                  "",     "failed",    hooks="hang_up_winner"),
        Row(REPORT, "answered",  "failed",                     "",     STAYS,       hooks="hang_up_winner"),
        Row(REPORT, "failed",    "requested dialing abandoned", "",    "failed",    hooks="note_reason"),

        Row(LINE,   "lost",      "requested dialing abandoned", "",    "failed",    hooks="note_reason"),
        Row(CLOCK,  "abandoned", "requested dialing",          "",     "abandoned", hooks="note_reason"),
    ),
)
# fmt: on
