"""A text message: what the network has made of it.

An outbound message is ``queued`` from the start, an inbound one ``received``. States may be skipped, and
the last word stands.
"""

from typing import Final

from callfsm.core.tables.format import STAYS, Row, Speaker, Table

REPORT, LINE = Speaker.REPORT, Speaker.LINE

# fmt: off
MESSAGE: Final = Table(
    name="message",
    about="A text message, from the server's acceptance to its delivery or failure.",
    states={
        "queued":      "the server has taken it",
        "initiated":   "it is being sent",
        "sent":        "it has left",
        "delivered":   "it has arrived",
        "undelivered": "it did not arrive",
        "failed":      "it could not be sent",
        "lost":        "the session was lost before anything final was reported",
        "received":    "it came to us",
    },
    final="delivered undelivered failed lost received",
    on_final="settle",
    rows=(
        #   who     trigger        from                    guards  to             hooks
        Row(REPORT, "queued",      "queued",               "news", STAYS),
        Row(REPORT, "initiated",   "queued",               "",     "initiated"),
        Row(REPORT, "sent",        "queued initiated",     "",     "sent"),
        Row(REPORT, "delivered",   "queued initiated sent", "",    "delivered"),
        Row(REPORT, "undelivered", "queued initiated sent", "",    "undelivered", hooks="note_reason"),
        Row(REPORT, "failed",      "queued initiated sent", "",    "failed",      hooks="note_reason"),
        Row(LINE,   "lost",        "queued initiated sent", "",    "lost"),
    ),
)
# fmt: on
