"""One line for each thing worth knowing: structlog over the stdlib logger ``callfsm``.

The logger is silent until the program configures logging, as a library's should be; `configure` does it
for programs that have nothing better. Values are written as Python literals, so that nothing from the
wire can forge a line. Credentials and the digits that callers press are left out, and phone numbers masked.

That holds for the records themselves, so whatever handler and formatter the program uses: a traceback is
text by then (``exc_text``, each line indented; also ``record.callfsm["traceback"]``), and ``exc_info`` is
empty, because an exception holds whatever its text and its frames hold.

Every event, with what its line carries, stands in `callfsm.log_events` and in docs/log.md.
"""

import functools
import logging
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, Final, cast

from callfsm import secrecy
from callfsm.core import effects
from callfsm.core.model import Subject

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger

FORMS: Final = ("console", "json")

LEVELS: Final = ("debug", "info", "warning", "error", "critical")

_STDLIB: Final = logging.getLogger("callfsm")
_STDLIB.addHandler(logging.NullHandler())

if logging.getLogger("transitions").level == logging.NOTSET:
    # The engine logs several lines at INFO for each transition; ours has one, with everything in it.
    logging.getLogger("transitions").setLevel(logging.WARNING)

# At debug the library writes whole frames, credentials included; what it tells at info, the machines do.
for _name in ("callfsm.websockets", "callfsm.simulator.websockets"):
    logging.getLogger(_name).setLevel(logging.WARNING)
    logging.getLogger(_name).addFilter(secrecy.Censor(least=logging.WARNING))
_STDLIB.addFilter(secrecy.Censor())

_Fields = MutableMapping[str, Any]

conceal = secrecy.conceal


def _line(_logger: Any, _method: str, fields: _Fields) -> tuple[tuple[str], dict[str, Any]]:
    failure = fields.pop("exc_info", None)
    event = fields.pop("event")
    hide = secrecy.hider()
    fields = {key: hide(value) for key, value in fields.items()}
    text = " ".join([event, *[f"{key}={value!r}" for key, value in fields.items()]])
    return (text,), {"exc_info": failure, "extra": {"callfsm": {"event": event, **fields}}}


@functools.cache
def _structlog() -> Any:
    import structlog  # noqa: PLC0415  # it takes longer to import than everything else here, and few programs wait for a line

    return structlog.wrap_logger(
        _STDLIB,
        processors=[structlog.stdlib.filter_by_level, _line],
        wrapper_class=structlog.stdlib.BoundLogger,
    ).bind()


def _unwritten(_event: str, **_fields: object) -> None:
    pass


class _Logger:
    # What is not going to be written costs a look at the level.

    def __getattr__(self, method: str) -> Any:
        return getattr(_structlog(), method) if _STDLIB.isEnabledFor(_METHODS[method]) else _unwritten


_METHODS: Final = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
    "exception": logging.ERROR,
}

logger: Final = cast("BoundLogger", _Logger())  # the methods of one, with the fields of a line


def configure(level: str = "info", form: str = "console") -> None:
    """Write callfsm's log to standard error.

    Args:
        level: The least level that is written: ``debug``, ``info``, ``warning``, ``error`` or ``critical``.
        form: ``console`` for people, ``json`` for machines (one object a line).

    Raises:
        ValueError: An unknown level.
    """
    if level.lower() not in LEVELS:
        raise ValueError(f"log level {level!r}: must be one of {', '.join(LEVELS)}")
    handler = logging.StreamHandler(sys.stderr)
    coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    from callfsm.log_forms import ConsoleFormatter, JsonFormatter  # noqa: PLC0415  # many programs have forms of their own

    handler.setFormatter(JsonFormatter() if form == "json" else ConsoleFormatter(coloured=coloured))
    handler.set_name("callfsm")
    _STDLIB.setLevel(level.upper())
    for earlier in [each for each in _STDLIB.handlers if each.get_name() == "callfsm"]:
        _STDLIB.removeHandler(earlier)
    _STDLIB.addHandler(handler)


def configure_from_environment(environment: Mapping[str, str] = os.environ) -> None:
    """Do as ``SIGNALWIRE_LOG_LEVEL``, ``SIGNALWIRE_LOG_FORMAT`` and ``SIGNALWIRE_LOG_MODE`` say, if any is set."""
    level = environment.get("SIGNALWIRE_LOG_LEVEL", "")
    form = environment.get("SIGNALWIRE_LOG_FORMAT", "")
    mode = environment.get("SIGNALWIRE_LOG_MODE", "")
    if mode != "off" and (level or form or mode == "stderr"):
        configure(level if level.lower() in LEVELS else "info", form or "console")


def is_detailed() -> bool:
    """Whether frames are told, and transitions that stay where they are."""
    return _STDLIB.isEnabledFor(logging.DEBUG)


def is_informed() -> bool:
    """Whether transitions are told that lead from one state to another."""
    return _STDLIB.isEnabledFor(logging.INFO)


def frame(way: str, text: str | bytes) -> None:
    """A frame was ``sent`` or ``received``."""
    shown = secrecy.hider(decoded=True)(text) if isinstance(text, str) else f"{len(text)} bytes"
    logger.debug("frame", way=way, text=shown)


def transition(effect: effects.Transitioned, seconds: float) -> None:
    """A row was heard; ``seconds`` is how long the subject was in the state before."""
    stays = effect.source == effect.dest
    if not _STDLIB.isEnabledFor(logging.DEBUG if stays else logging.INFO):
        return
    write = logger.debug if stays else logger.info
    write(
        "heard" if stays else "transition",
        machine=effect.subject.machine,
        trigger=effect.trigger,
        speaker=effect.speaker.value,
        source=effect.source,
        dest=effect.dest,
        subject=effect.subject.name,
        seconds=round(seconds, 3),
    )


def _about(subject: Subject) -> dict[str, str]:
    return {"machine": subject.machine, "state": subject.state, "subject": subject.name}


def _refused(effect: effects.Refused) -> None:
    logger.warning("refused", command=effect.command, **_about(effect.subject))


def _asked_after_end(effect: effects.AskedAfterEnd) -> None:
    # Hanging up what has hung up is how well-behaved handlers end.
    ordinary = effect.times > 1 or effect.command == "hangup"
    write = logger.debug if ordinary else logger.warning
    write("asked after end", command=effect.command, subject=effect.subject.name, times=effect.times)


def _stale(effect: effects.Stale) -> None:
    write = logger.warning if effect.times == 1 else logger.debug
    write("stale report", word=effect.word[:100], times=effect.times, **_about(effect.subject))


def _unheard(effect: effects.Unheard) -> None:
    write = logger.warning if effect.why.startswith(("malformed", "request")) else logger.debug
    write("unheard", why=effect.why, what=effect.what[:100])


def _declined(effect: effects.Declined) -> None:
    logger.warning("declined", subject=effect.call.name, why=effect.why)


def _orphan_hung_up(effect: effects.OrphanHungUp) -> None:
    logger.warning("orphan hung up", subject=effect.call.name)


def _restart_asked(effect: effects.RestartAsked) -> None:
    logger.info("restart asked", fresh=effect.fresh)


WRITERS: Final[Mapping[type, Callable[[Any], None]]] = {
    effects.Refused: _refused,
    effects.AskedAfterEnd: _asked_after_end,
    effects.Stale: _stale,
    effects.Unheard: _unheard,
    effects.Declined: _declined,
    effects.OrphanHungUp: _orphan_hung_up,
    effects.RestartAsked: _restart_asked,
}
"""How each effect that only needs telling is told."""
