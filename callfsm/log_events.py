"""Every event of the log: at which levels it is told, what it carries, and what it means."""

from typing import Final, NamedTuple


class LogEvent(NamedTuple):
    """One kind of line."""

    levels: str
    """The level; or more than one, from the most pressing to the least."""
    fields: str
    """What the line carries; some of it only now and then."""
    means: str


_ABOUT: Final = "machine subject"

# fmt: off
EVENTS: Final[dict[str, LogEvent]] = {
    # event                level            fields                                            means
    "transition":          LogEvent("info", f"{_ABOUT} source dest speaker trigger seconds",
                                    "a machine moved: from which state to which, who said what, and after how long in the state before "
                                    "(0.0 when nobody logged its beginning)"),
    "heard":               LogEvent("debug", f"{_ABOUT} source dest speaker trigger seconds",
                                    "a row was heard that leaves the state as it is"),
    "refused":             LogEvent("warning", f"command {_ABOUT} state",
                                    "the program asked what the state does not permit; nothing was sent, and it got an `IllegalCommandError`"),
    "asked after end":     LogEvent("warning debug", "command subject times",
                                    "a command on a call that is over; at debug from the second one on, and for `hangup`"),
    "stale report":        LogEvent("warning debug", f"word times {_ABOUT} state",
                                    "the server reported what moves nothing: repeated, overtaken or unknown; at debug from the second one on"),
    "unheard":             LogEvent("warning debug", "why what",
                                    "a frame that nobody here can take; at debug for what is ordinary"),
    "declined":            LogEvent("warning", "subject why", "an inbound call was turned away"),
    "orphan hung up":      LogEvent("warning", "subject", "a leg came up after its dial had been given up"),
    "hang-up failed":      LogEvent("warning", "call error", "the server refused to hang up a call that nobody holds"),
    "restart asked":       LogEvent("info", "fresh", "the server is going to close the connection"),
    "line":                LogEvent("error warning info", "what why error seconds",
                                    "something happened to the connection: it dropped, an attempt failed, it was given up, ..."),
    "frame":               LogEvent("debug", "way text", "a frame was sent or received, as far as a log may show it"),
    "handler raised":      LogEvent("error", "handler call traceback", "a handler of the program failed"),
    "handler cancelled":   LogEvent("warning", "handler call", "a handler of the program was cancelled"),
    "listener too slow":   LogEvent("warning", "listener backlog", "reports of progress are dropped for a listener that falls behind"),
    "message dropped":     LogEvent("error", "why message", "a text message found too many handlers at work"),
    "recording":           LogEvent("error warning", "what path error", "the journal cannot be written, or can be again; calls go on"),
}
# fmt: on


_HEAD: Final = """\
# The log

callfsm writes to the standard library's logger `callfsm`, which is silent until a program configures logging. Every line is
one event with fields. Credentials, phone numbers and pressed digits are never in it, and nothing that came over the wire can
forge a line or a field.

To see it:

- `callfsm run MODULE:CLIENT --log-format console --log-level info`: lines for people, aligned, in colours on a terminal.
- `callfsm run MODULE:CLIENT --log-format json`: for machines, one object a line, in ASCII. `time`, `level` and `event` stand
  in each; the other fields are those of the table.
- In a program: `callfsm.log.configure(level="info", form="json")`, or `SIGNALWIRE_LOG_LEVEL`, `SIGNALWIRE_LOG_FORMAT` and
  `SIGNALWIRE_LOG_MODE`. With a logging of your own, each record carries its fields as `record.callfsm`.

```
2026-01-02 03:04:05,678 INFO    transition       created → answered         reply: answer_accepted   call 5b1c  after 0.021 s
2026-01-02 03:04:09,310 WARNING refused          command=resume machine=play state=playing subject='play 77e0'
```

`subject` is what moved, such as `call 5b1c…`; `machine` is its kind (see [../diagrams/](../diagrams/README.md)); `speaker` is
who was heard: `ask` (the program), `reply`, `report` (the server), `call`, `line` or `clock`. At `info` there is one line for
each transition, so that a call can be read from its lines; at `debug` there are the frames as well.

| event | level | fields | when |
| --- | --- | --- | --- |
"""


def log_document() -> str:
    """What stands in docs/log.md."""
    rows = [
        f"| `{name}` | {event.levels.replace(' ', ', ')} | {', '.join(f'`{field}`' for field in event.fields.split())} | {event.means} |\n"
        for name, event in EVENTS.items()
    ]
    return _HEAD + "".join(rows)
