"""The operations of a call: play, record, collect, play_and_collect.

1. An operation joins its call in ``requested`` before its command leaves, since a report may overtake the reply.
2. The wire's words are states as they stand. Our own are ``requested``, ``stopping``, ``lingering`` and
   ``hung_up`` (the call ended first), ``rejected`` and ``gone`` (the command that should have begun it was refused).
3. Every state that is not final hears ``call_ended``: no operation outlives its call, except that one which
   leaves something behind (a recording's URL) lingers until ``grace_over``.
4. A reply to ``pause`` or ``resume`` moves the operation as the report would, because the program goes on at
   the reply; guard ``news`` lets the report confirm it once.
5. Entering a final state settles whoever waits. ``stop`` of an operation that is over asks for what is so
   already: it is heard, and sends nothing.
"""

from typing import Final

from callfsm.core.tables.format import STAYS, Row, Speaker, Table

ASK, REPLY, REPORT, CALL, CLOCK = Speaker.ASK, Speaker.REPLY, Speaker.REPORT, Speaker.CALL, Speaker.CLOCK

_STATES: Final = {
    "requested": "the command has left; the server has reported nothing yet",
    "playing": "media is being heard",
    "recording": "the call is being recorded",
    "collecting": "listening for digits or speech",
    "paused": "on hold until resumed",
    "stopping": "the call is ending and takes this along; its last report may still come",
    "lingering": "the call has ended; its last report may still come for a short time",
    "finished": "complete",
    "no_input": "the caller gave nothing in time",
    "no_match": "what the caller gave did not fit",
    "error": "the server could not go on",
    "rejected": "the server refused to begin it",
    "gone": "the server knew nothing to begin it on",
    "hung_up": "the call ended first",
}


def _states(names: str) -> dict[str, str]:
    return {name: _STATES[name] for name in names.split()}


# fmt: off
PLAY: Final = Table(
    name="play",
    about="Media played into a call.",
    states=_states("requested playing paused stopping finished error rejected gone hung_up"),
    final="finished error rejected gone hung_up",
    on_final="settle",
    rows=(
        #   who     trigger            from                                guards  to          sends
        Row(ASK,    "pause",           "requested playing",                "",     STAYS,      "calling.play.pause"),
        Row(ASK,    "resume",          "paused",                           "",     STAYS,      "calling.play.resume"),
        Row(ASK,    "volume",          "requested playing paused",         "",     STAYS,      "calling.play.volume"),
        Row(ASK,    "stop",            "requested playing paused",         "",     STAYS,      "calling.play.stop"),
        Row(ASK,    "stop",            "finished error rejected gone hung_up", "", STAYS),

        Row(REPLY,  "rejected",        "requested stopping",               "",     "rejected"),
        Row(REPLY,  "gone",            "requested stopping",               "",     "gone"),
        Row(REPLY,  "pause_accepted",  "requested playing",                "",     "paused"),
        Row(REPLY,  "resume_accepted", "paused",                           "",     "playing"),

        Row(REPORT, "playing",         "requested paused",                 "",     "playing"),
        Row(REPORT, "playing",         "playing",                          "news", STAYS),
        Row(REPORT, "paused",          "requested playing",                "",     "paused"),
        Row(REPORT, "paused",          "paused",                           "news", STAYS),
        Row(REPORT, "finished",        "requested playing paused stopping", "",    "finished"),
        Row(REPORT, "error",           "requested playing paused stopping", "",    "error"),

        Row(CALL,   "call_ending",     "requested playing paused",         "",     "stopping"),
        Row(CALL,   "call_ended",      "requested playing paused stopping", "",    "hung_up"),
    ),
)

RECORD: Final = Table(
    name="record",
    about="A recording of a call. It leaves a file behind, so its last report is waited for past the call's end.",
    states=_states("requested recording paused stopping lingering finished no_input error rejected gone hung_up"),
    final="finished no_input error rejected gone hung_up",
    on_final="settle",
    rows=(
        #   who     trigger            from                                           guards  to           sends
        Row(ASK,    "pause",           "requested recording",                         "",     STAYS,       "calling.record.pause"),
        Row(ASK,    "resume",          "paused",                                      "",     STAYS,       "calling.record.resume"),
        Row(ASK,    "stop",            "requested recording paused",                  "",     STAYS,       "calling.record.stop"),
        Row(ASK,    "stop",            "finished no_input error rejected gone hung_up", "",  STAYS),

        Row(REPLY,  "rejected",        "requested stopping lingering",                "",     "rejected"),
        Row(REPLY,  "gone",            "requested stopping lingering",                "",     "gone"),
        Row(REPLY,  "pause_accepted",  "requested recording",                         "",     "paused"),
        Row(REPLY,  "resume_accepted", "paused",                                      "",     "recording"),

        Row(REPORT, "recording",       "requested paused",                            "",     "recording"),
        Row(REPORT, "recording",       "recording",                                   "news", STAYS),
        Row(REPORT, "paused",          "requested recording",                         "",     "paused"),
        Row(REPORT, "paused",          "paused",                                      "news", STAYS),
        Row(REPORT, "finished",        "requested recording paused stopping lingering", "",   "finished"),
        Row(REPORT, "no_input",        "requested recording paused stopping lingering", "",   "no_input"),
        Row(REPORT, "error",           "requested recording paused stopping lingering", "",   "error"),

        Row(CALL,   "call_ending",     "requested recording paused",                  "",     "stopping"),
        Row(CALL,   "call_ended",      "requested recording paused stopping",         "",     "lingering"),
        Row(CLOCK,  "grace_over",      "lingering",                                   "",     "hung_up"),
    ),
)

COLLECT: Final = Table(
    name="collect",
    about="Digits or speech taken from the caller. Only a final result settles it; with `continuous`, only its end.",
    states=_states("requested collecting stopping finished no_input no_match error rejected gone hung_up"),
    final="finished no_input no_match error rejected gone hung_up",
    on_final="settle",
    rows=(
        #   who     trigger               from                            guards        to            sends
        Row(ASK,    "start_input_timers", "requested collecting",         "",           STAYS,        "calling.collect.start_input_timers"),
        Row(ASK,    "stop",               "requested collecting",         "",           STAYS,        "calling.collect.stop"),
        Row(ASK,    "stop",               "finished no_input no_match error rejected gone hung_up", "", STAYS),

        Row(REPLY,  "rejected",           "requested stopping",           "",           "rejected"),
        Row(REPLY,  "gone",               "requested stopping",           "",           "gone"),

        Row(REPORT, "collecting",         "requested",                    "",           "collecting"),
        Row(REPORT, "collecting",         "collecting stopping",          "",           STAYS),
        Row(REPORT, "start_of_input",     "requested",                    "",           "collecting"),
        Row(REPORT, "start_of_input",     "collecting stopping",          "",           STAYS),
        Row(REPORT, "partial",            "requested",                    "",           "collecting"),
        Row(REPORT, "partial",            "collecting stopping",          "",           STAYS),
        Row(REPORT, "input",              "requested collecting stopping", "one_shot",  "finished"),
        Row(REPORT, "input",              "requested",                    "continuous", "collecting"),
        Row(REPORT, "input",              "collecting stopping",          "continuous", STAYS),
        Row(REPORT, "no_input",           "requested collecting stopping", "one_shot",  "no_input"),
        Row(REPORT, "no_input",           "requested",                    "continuous", "collecting"),
        Row(REPORT, "no_input",           "collecting stopping",          "continuous", STAYS),
        Row(REPORT, "no_match",           "requested collecting stopping", "one_shot",  "no_match"),
        Row(REPORT, "no_match",           "requested",                    "continuous", "collecting"),
        Row(REPORT, "no_match",           "collecting stopping",          "continuous", STAYS),
        Row(REPORT, "finished",           "requested collecting stopping", "",          "finished"),
        Row(REPORT, "error",              "requested collecting stopping", "",          "error"),

        Row(CALL,   "call_ending",        "requested collecting",         "",           "stopping"),
        Row(CALL,   "call_ended",         "requested collecting stopping", "",          "hung_up"),
    ),
)

PLAY_AND_COLLECT: Final = Table(
    name="play_and_collect",
    about="A prompt and the answer to it, under one control_id. Only a report of the collect phase settles it.",
    states=_states("requested playing paused collecting stopping finished no_input no_match error rejected gone hung_up"),
    final="finished no_input no_match error rejected gone hung_up",
    on_final="settle",
    rows=(
        #   who     trigger               from                                        guards  to            sends
        Row(ASK,    "pause",              "requested playing",                        "",     STAYS,        "calling.play_and_collect.pause"),
        Row(ASK,    "resume",             "paused",                                   "",     STAYS,        "calling.play_and_collect.resume"),
        Row(ASK,    "volume",             "requested playing paused collecting",      "",     STAYS,        "calling.play_and_collect.volume"),
        Row(ASK,    "start_input_timers", "requested playing paused collecting",      "",     STAYS,        "calling.collect.start_input_timers"),
        Row(ASK,    "stop",               "requested playing paused collecting",      "",     STAYS,        "calling.play_and_collect.stop"),
        Row(ASK,    "stop",               "finished no_input no_match error rejected gone hung_up", "", STAYS),

        Row(REPLY,  "rejected",           "requested stopping",                       "",     "rejected"),
        Row(REPLY,  "gone",               "requested stopping",                       "",     "gone"),
        Row(REPLY,  "pause_accepted",     "requested playing",                        "",     "paused"),
        Row(REPLY,  "resume_accepted",    "paused",                                   "",     "playing"),

        Row(REPORT, "play_playing",       "requested paused",                         "",     "playing"),
        Row(REPORT, "play_playing",       "playing",                                  "news", STAYS),
        Row(REPORT, "play_paused",        "requested playing",                        "",     "paused"),
        Row(REPORT, "play_paused",        "paused",                                   "news", STAYS),
        Row(REPORT, "play_finished",      "requested playing paused",                 "",     "collecting"),
        Row(REPORT, "play_finished",      "collecting stopping",                      "news", STAYS),
        Row(REPORT, "play_error",         "requested playing paused",                 "",     "collecting"),
        Row(REPORT, "play_error",         "collecting stopping",                      "news", STAYS),

        Row(REPORT, "collecting",         "requested playing paused",                 "",     "collecting"),
        Row(REPORT, "collecting",         "collecting stopping",                      "",     STAYS),
        Row(REPORT, "start_of_input",     "requested playing paused",                 "",     "collecting"),
        Row(REPORT, "start_of_input",     "collecting stopping",                      "",     STAYS),
        Row(REPORT, "partial",            "requested playing paused",                 "",     "collecting"),
        Row(REPORT, "partial",            "collecting stopping",                      "",     STAYS),
        Row(REPORT, "input",              "requested playing paused collecting stopping", "", "finished"),
        Row(REPORT, "no_input",           "requested playing paused collecting stopping", "", "no_input"),
        Row(REPORT, "no_match",           "requested playing paused collecting stopping", "", "no_match"),
        Row(REPORT, "finished",           "requested playing paused collecting stopping", "", "finished"),
        Row(REPORT, "error",              "requested playing paused collecting stopping", "", "error"),

        Row(CALL,   "call_ending",        "requested playing paused collecting",      "",     "stopping"),
        Row(CALL,   "call_ended",         "requested playing paused collecting stopping", "", "hung_up"),
    ),
)
# fmt: on
