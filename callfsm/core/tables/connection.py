"""The connection to the server: opened, authenticated, lost and opened again.

Calls outlive it: the server owns them, and a connection that comes back under the same protocol takes
them up again. Requests do not: what was in flight when the line dropped may or may not have run, and is
never sent a second time.
"""

from typing import Final

from callfsm.core.tables.format import STAYS, Row, Speaker, Table

REPLY, LINE = Speaker.REPLY, Speaker.LINE

# fmt: off
CONNECTION: Final = Table(
    name="connection",
    about="The client's connection to the RELAY server.",
    states={
        "offline":        "not asked to connect yet",
        "connecting":     "the socket is being opened",
        "authenticating": "the socket is open; the server has not accepted us yet",
        "online":         "commands go out, reports come in",
        "waiting":        "the line is down; the next attempt comes after a delay",
        "draining":       "going away: no new calls, the live ones may finish",
        "refused":        "the server does not accept the credentials",
        "closed":         "closed by the program",
    },
    final="",
    on_enter={
        "authenticating": "log_in",
        "online":         "send_queued",
        "waiting":        "lose_requests",
        "refused":        "lose_requests",
        "closed":         "lose_requests",
    },
    rows=(
        #   who    trigger         from                                guards           to                hooks
        Row(LINE,  "opening",      "offline refused closed",           "",              "connecting",     hooks="note_start"),
        Row(LINE,  "opening",      "waiting",                          "",              "connecting"),
        Row(LINE,  "opened",       "connecting",                       "",              "authenticating"),
        Row(REPLY, "accepted",     "authenticating",                   "leaving",       "draining",       hooks="note_session send_queued"),
        Row(REPLY, "accepted",     "authenticating",                   "",              "online",         hooks="note_session"),
        Row(REPLY, "refused",      "authenticating",                   "refusals_left", "waiting",        hooks="note_refusal"),
        Row(REPLY, "refused",      "authenticating",                   "",              "refused",        hooks="note_refusal"),
        Row(REPLY, "login_failed", "authenticating",                   "",              "waiting"),
        Row(LINE,  "dropped",      "connecting authenticating online draining", "",     "waiting"),
        Row(LINE,  "draining",     "online",                           "",              "draining",       hooks="note_leaving"),
        Row(LINE,  "draining",     "connecting authenticating waiting", "",             STAYS,            hooks="note_leaving"),
        Row(LINE,  "closed",       "offline connecting authenticating online waiting draining refused", "", "closed"),
    ),
)
# fmt: on
