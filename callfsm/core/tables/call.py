"""The call machine: created, answered, ending, ended.

1. A call's state is what the server has said of it, never what the program has asked for.
2. It never goes back. A report of a state that is behind moves nothing.
3. Any state may be skipped: a caller who gives up goes straight from created to ended.

The wire knows a fifth word, ``ringing``: it is heard within ``created`` and changes nothing that the
program may ask, so it is a fact about a created call and not a state.

The reply to ``answer`` comes before the report ``answered``, and a program goes on at the reply. So
the accepted reply moves the call as well, and the report which follows confirms it; likewise for
``hangup`` and ``pass_``. Guard ``news`` tells such a confirmation from a repetition: it holds while the
server itself has not reported this word yet.
"""

from typing import Final, NamedTuple

from callfsm.core.tables.format import STAYS, Row, Speaker, Table

ASK, REPLY, REPORT, LINE = Speaker.ASK, Speaker.REPLY, Speaker.REPORT, Speaker.LINE


class Command(NamedTuple):
    """A command of a call."""

    name: str
    sends: str
    needs: str
    """``call`` when the call has to be up only, ``media`` when it has to be answered."""


# fmt: off
COMMANDS: Final = (
    #       method                  wire method                     needs
    Command("connect",              "calling.connect",              "call"),
    Command("disconnect",           "calling.disconnect",           "call"),
    Command("transfer",             "calling.transfer",             "call"),
    Command("refer",                "calling.refer",                "call"),
    Command("user_event",           "calling.user_event",           "call"),
    Command("bind_digit",           "calling.bind_digit",           "call"),
    Command("clear_digit_bindings", "calling.clear_digit_bindings", "call"),
    Command("queue_enter",          "calling.queue.enter",          "call"),
    Command("queue_leave",          "calling.queue.leave",          "call"),
    Command("leave_conference",     "calling.leave_conference",     "call"),
    Command("leave_room",           "calling.leave_room",           "call"),
    Command("play",                 "calling.play",                 "media"),
    Command("record",               "calling.record",               "media"),
    Command("collect",              "calling.collect",              "media"),
    Command("play_and_collect",     "calling.play_and_collect",     "media"),
    Command("send_digits",          "calling.send_digits",          "media"),
    Command("detect",               "calling.detect",               "media"),
    Command("send_fax",             "calling.send_fax",             "media"),
    Command("receive_fax",          "calling.receive_fax",          "media"),
    Command("tap",                  "calling.tap",                  "media"),
    Command("stream",               "calling.stream",               "media"),
    Command("transcribe",           "calling.transcribe",           "media"),
    Command("live_transcribe",      "calling.live_transcribe",      "media"),
    Command("live_translate",       "calling.live_translate",       "media"),
    Command("pay",                  "calling.pay",                  "media"),
    Command("ai",                   "calling.ai",                   "media"),
    Command("amazon_bedrock",       "calling.amazon_bedrock",       "media"),
    Command("ai_message",           "calling.ai_message",           "media"),
    Command("ai_hold",              "calling.ai_hold",              "media"),
    Command("ai_unhold",            "calling.ai_unhold",            "media"),
    Command("join_conference",      "calling.join_conference",      "media"),
    Command("join_room",            "calling.join_room",            "media"),
    Command("hold",                 "calling.hold",                 "media"),
    Command("unhold",               "calling.unhold",               "media"),
    Command("denoise",              "calling.denoise",              "media"),
    Command("denoise_stop",         "calling.denoise.stop",         "media"),
    Command("echo",                 "calling.echo",                 "media"),
)

_LIFE: Final = (
    #   who     trigger            from                       guards                   to          sends             hooks
    Row(ASK,    "answer",          "created",                 "inbound undecided",     STAYS,      "calling.answer"),
    Row(ASK,    "pass_",           "created",                 "inbound undecided",     STAYS,      "calling.pass"),
    Row(ASK,    "hangup",          "created answered",        "not_hanging_up",        STAYS,      "calling.end"),

    Row(REPLY,  "answer_accepted", "created",                 "",                      "answered"),
    Row(REPLY,  "hangup_accepted", "created",                 "",                      "ending",   hooks="tear_down"),
    Row(REPLY,  "hangup_accepted", "answered",                "",                      "ending"),
    Row(REPLY,  "pass_accepted",   "created",                 "",                      "ended",    hooks="note_cause"),
    Row(REPLY,  "gone",            "created answered ending", "",                      "ended",    hooks="note_cause"),

    Row(REPORT, "created",         "created",                 "news",                  STAYS),
    Row(REPORT, "ringing",         "created",                 "news",                  STAYS,      hooks="note_ringing"),
    Row(REPORT, "answered",        "created",                 "",                      "answered"),
    Row(REPORT, "answered",        "answered",                "news",                  STAYS),
    Row(REPORT, "ending",          "created",                 "",                      "ending",   hooks="note_end tear_down"),
    Row(REPORT, "ending",          "answered",                "",                      "ending",   hooks="note_end"),
    Row(REPORT, "ending",          "ending",                  "news",                  STAYS,      hooks="note_end"),
    Row(REPORT, "ended",           "created answered ending", "",                      "ended",    hooks="note_end"),

    Row(LINE,   "lost",            "created answered ending", "",                      "ended",    hooks="note_cause"),
)

REPLIES: Final = {
    # (command,  outcome of its reply): what the call hears. A 410 says that the call is gone, whatever
    # was asked; a 404 says so only where nothing but the call itself can be meant. A call that is gone
    # when it is asked about after the line was away, or after a long silence, was lost meanwhile.
    ("answer",   "accepted"): "answer_accepted",
    ("hangup",   "accepted"): "hangup_accepted",
    ("pass_",    "accepted"): "pass_accepted",
    ("answer",   "unknown"):  "gone",
    ("hangup",   "unknown"):  "gone",
    ("pass_",    "unknown"):  "gone",
    ("probe",    "unknown"):  "gone",
    ("resync",   "unknown"):  "lost",
    ("resync",   "gone"):     "lost",
    ("any",      "gone"):     "gone",
}

GUARDS: Final = {
    # guard: why it refuses
    "inbound":        "only an inbound call is answered or passed",
    "undecided":      "it is being answered, passed or hung up already",
    "not_hanging_up": "it is being hung up already",
    "early_media":    "media commands need an answered call (`await call.answer()` or "
                      "`await call.wait_for_answered()` first, or RelayClient(early_media=True))",
    "news":           "the server has said so before",
    "one_shot":       "it takes one input only",
    "continuous":     "it goes on after each input",
    "leaving":        "it is not going away",
    "refusals_left":  "the credentials were refused too often",
}
# fmt: on


def _rows(command: Command) -> tuple[Row, ...]:
    if command.needs == "call":
        return (Row(ASK, command.name, "created answered", "", STAYS, command.sends),)
    return (
        Row(ASK, command.name, "answered", "", STAYS, command.sends),
        Row(ASK, command.name, "created", "early_media", STAYS, command.sends),
    )


CALL: Final = Table(
    name="call",
    about="One leg of a call, from the server's first word of it to its last.",
    states={
        "created": "the server has made the leg; it may be ringing",
        "answered": "both ends hear each other",
        "ending": "hang-up is under way; nothing new begins",
        "ended": "gone, for good",
    },
    final="ended",
    rows=_LIFE + tuple(row for command in COMMANDS for row in _rows(command)),
    on_exit={"answered": "tear_down"},
    on_enter={"ended": "settle"},
)
