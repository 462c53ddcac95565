"""Which argument of which command is looked at how. One word may mean two things, so both are the key."""

from collections.abc import Mapping
from typing import Final

from callfsm.core.checks import nested
from callfsm.core.checks.rules import Choice, Each, Number, Rule, text, text_or_dict

_GROUPS: Final = Each(Each(nested.DEVICE))
_DIALLED: Final = Each(Each(nested.DESTINATION))
_MEDIA: Final = Each(nested.MEDIA)
_PAYLOADS: Final = Choice(("relay", "cxml", "laml"))
_REASONS: Final = Choice(("hangup", "cancel", "busy", "noAnswer", "decline", "error"))
_SECONDS: Final = Number(0)
_FLAG: Final = Choice(("true", "false"))
_TIMES: Final = Number(0, unit="times", whole=True)
_TRACKS: Final = Choice(("inbound_track", "outbound_track", "both_tracks", "inbound", "outbound", "both"))
_VOLUME: Final = Number(-40, 40, "dB")

# fmt: off
RULES: Final[Mapping[tuple[str, str], Rule]] = {
    # (command,           argument):                      what it may be
    ("dial",              "devices"):                     _DIALLED,
    ("dial",              "max_duration"):                _SECONDS,
    ("hangup",            "reason"):                      _REASONS,
    ("connect",           "devices"):                     _GROUPS,
    ("connect",           "ringback"):                    _MEDIA,
    ("connect",           "max_duration"):                _SECONDS,
    ("connect",           "max_price_per_minute"):        Number(0, unit="a minute"),
    ("play",              "media"):                       _MEDIA,
    ("play",              "volume"):                      _VOLUME,
    ("play",              "direction"):                   nested.DIRECTION,
    ("play",              "loop"):                        _TIMES,
    ("volume",            "volume"):                      _VOLUME,
    ("record",            "audio"):                       nested.AUDIO,
    ("collect",           "digits"):                      nested.DIGITS,
    ("collect",           "speech"):                      nested.SPEECH,
    ("collect",           "initial_timeout"):             Number(0, open=True),
    ("play_and_collect",  "media"):                       _MEDIA,
    ("play_and_collect",  "collect"):                     nested.collect,
    ("play_and_collect",  "volume"):                      _VOLUME,
    ("send_digits",       "digits"):                      nested.TONES,
    ("detect",            "detect"):                      nested.DETECT,
    ("detect",            "timeout"):                     _SECONDS,
    ("refer",             "device"):                      nested.REFER_DEVICE,
    ("pay",               "payment_connector_url"):       text,
    ("pay",               "input_method"):                Choice(("dtmf", "voice", "speech")),
    ("pay",               "payment_method"):              Choice(("credit-card",)),
    ("pay",               "security_code"):               _FLAG,
    ("pay",               "token_type"):                  Choice(("one-time", "reusable")),
    ("pay",               "parameters"):                  Each(nested.PAY_PARAMETER, may_be_empty=True),
    ("pay",               "prompts"):                     Each(nested.PAY_PROMPT, may_be_empty=True),
    ("send_fax",          "document"):                    text,
    ("tap",               "tap"):                         nested.TAP,
    ("tap",               "device"):                      nested.TAP_DEVICE,
    ("stream",            "url"):                         text,
    ("stream",            "track"):                       _TRACKS,
    ("stream",            "status_url_method"):           nested.METHOD,
    ("transfer",          "dest"):                        text_or_dict,
    ("join_conference",   "name"):                        text,
    ("join_conference",   "beep"):                        Choice(("true", "false", "onEnter", "onExit")),
    ("join_conference",   "max_participants"):            Number(1, 250, "members", whole=True),
    ("join_conference",   "record"):                      Choice(("do-not-record", "record-from-start")),
    ("join_conference",   "trim"):                        Choice(("trim-silence", "do-not-trim")),
    ("join_conference",   "status_callback_event_type"):  _PAYLOADS,
    ("join_conference",   "status_callback_method"):      nested.METHOD,
    ("join_conference",   "recording_status_callback_event_type"): _PAYLOADS,
    ("join_conference",   "recording_status_callback_method"): nested.METHOD,
    ("leave_conference",  "conference_id"):               text,
    ("join_room",         "name"):                        text,
    ("bind_digit",        "digits"):                      nested.TONES,
    ("bind_digit",        "bind_method"):                 text,
    ("bind_digit",        "max_triggers"):                _TIMES,
    ("live_transcribe",   "action"):                      nested.LIVE_TRANSCRIBE,
    ("live_translate",    "action"):                      nested.LIVE_TRANSLATE,
    ("ai_message",        "role"):                        Choice(("system", "user", "assistant")),
    ("queue_enter",       "queue_name"):                  text,
    ("queue_leave",       "queue_name"):                  text,
}

REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    # command:          arguments that cannot be None
    "dial":             ("devices",),
    "hangup":           ("reason",),
    "connect":          ("devices",),
    "play":             ("media",),
    "play_and_collect": ("media", "collect"),
    "send_digits":      ("digits",),
    "detect":           ("detect",),
    "refer":            ("device",),
    "pay":              ("payment_connector_url",),
    "send_fax":         ("document",),
    "tap":              ("tap", "device"),
    "stream":           ("url",),
    "transfer":         ("dest",),
    "join_conference":  ("name",),
    "leave_conference": ("conference_id",),
    "join_room":        ("name",),
    "bind_digit":       ("digits", "bind_method"),
    "live_transcribe":  ("action",),
    "live_translate":   ("action",),
    "queue_enter":      ("queue_name",),
    "queue_leave":      ("queue_name",),
}
# fmt: on
