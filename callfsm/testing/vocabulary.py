"""What matters to a flow: the keys and words that it listens for, what it says, whom it calls, and when.

It is learned from the frames of a few first runs, and from what stands in the program's own code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any, Final

from callfsm.simulator.journal import FROM_RELAY, TO_RELAY
from callfsm.testing.memory import SIGNALLED
from callfsm.testing.relay import Relay
from callfsm.testing.remembering import Memory
from callfsm.testing.scripts import Act

MOST: Final = 40
"""How many things of each kind are remembered."""
_KEYS: Final = re.compile(r"[0-9*#]{1,16}")
_SPOKEN_KEY: Final = re.compile(r"(?<![\d.,:])[0-9*#](?![\d.,:]\d)")
_WORDS: Final = re.compile(r"[A-Za-z][A-Za-z' -]{1,30}")
_CHOICE: Final = re.compile(r"(?:for|say|or|to)\s+(?:the\s+|our\s+|a\s+)?([a-z]{3,})", re.IGNORECASE)
_MARKUP: Final = re.compile(r"<[^>]*>")
_LAST_WORDS: Final = 4
_SUPERFLUOUS: Final = frozenset({"calling.clear_digit_bindings"})


@dataclass(frozen=True)
class Vocabulary:
    """What matters to a flow, the most telling first."""

    keys: tuple[str, ...] = ("1", "2", "0", "9", "*", "#", "12", "1234#")
    """What can be pressed."""
    words: tuple[str, ...] = ("hello there", "yes", "no")
    """What can be said."""
    prompts: tuple[str, ...] = ()
    """What the flow says."""
    numbers: tuple[str, ...] = ()
    """Whom it calls."""
    methods: tuple[str, ...] = ("calling.answer", "calling.play", "calling.end")
    """What it asks of the server."""
    events: tuple[str, ...] = ("calling.call.state", "calling.call.play", "calling.call.receive")
    """What it is told by the server."""
    moments: tuple[float, ...] = ()
    """When something happened, in seconds after the call began."""
    routes: tuple[tuple[Act, ...], ...] = ()
    """What callers have done who answered whatever they were asked."""

    texts: tuple[tuple[str, str], ...] = ()
    """The text messages that it takes, each as the context that it goes to and what it says."""

    def __add__(self, other: Vocabulary) -> Vocabulary:
        """Both together, as far as there is room."""
        both = {
            name: tuple(dict.fromkeys((*mine, *getattr(other, name))))[:MOST]
            for name, mine in vars(self).items()
            if name != "moments"
        }
        return Vocabulary(**both, moments=_spread(sorted({*self.moments, *other.moments})))


GENERAL: Final = Vocabulary()
"""What matters to most flows."""
NOTHING: Final = Vocabulary((), (), (), (), (), ())
_OVERHEARING: Final = frozenset(("calling.ai", "calling.amazon_bedrock", "calling.live_transcribe"))
"""What tells a program everything that a caller says, whatever was asked."""


def of_code(memory: Memory) -> Vocabulary:
    """What stands in a program's code and tables."""
    written = {text for code in memory.code for text in _constants(code)}
    texts = [*sorted(written), *sorted(memory.texts - written)]
    keys = [text for text in texts if _KEYS.fullmatch(text)]
    return replace(NOTHING, keys=tuple(keys), words=tuple(text for text in texts if _WORDS.fullmatch(text)))


def ending_of(text: str) -> str:
    """The last words of a text: whoever has heard them has heard it all."""
    return " ".join(text.split()[-_LAST_WORDS:])


def of_run(relay: Relay, known: Vocabulary) -> Vocabulary:
    """What can be learned from the frames of a run.

    Of the words of the code, those count that are spoken; all of them, where the caller may say anything.
    """
    entries = relay.journal.entries()
    sent = [entry for entry in entries if entry.direction == TO_RELAY and entry.name not in SIGNALLED]
    frames = [(entry.name, entry.frame.get("params", {})) for entry in sent]
    prompts = tuple(dict.fromkeys(text for _, params in frames for text in spoken(params)))
    said = " ".join(prompts).lower()
    overheard = any(method in _OVERHEARING for method, _ in frames)
    words = [word for word in known.words if overheard or word.lower().strip() in said]
    words += [word for _, params in frames for word in _hints(params)]
    words += [word for text in prompts for word in _CHOICE.findall(text)]
    keys = [key for text in prompts for key in keys_spoken(text)]
    return Vocabulary(
        keys=tuple(key for _, params in frames for key in _fitting(params, (*keys, *known.keys))),
        words=tuple(words),
        prompts=prompts,
        numbers=tuple(number for _, params in frames for number in _numbers(params)),
        methods=tuple(method for method, _ in frames if relay.exchange.serves(method) and method not in _SUPERFLUOUS),
        events=tuple(entry.name for entry in entries if entry.direction == FROM_RELAY and entry.name.startswith("c")),
        moments=tuple(sorted({round(entry.time, 2) for entry in entries})),
    )


def keys_spoken(text: str) -> list[str]:
    """The keys that a prompt names."""
    return _SPOKEN_KEY.findall(text)


def _spread(times: list[float]) -> tuple[float, ...]:
    if len(times) <= MOST:
        return tuple(times)
    return tuple(times[index * len(times) // MOST] for index in range(MOST))


def _constants(code: CodeType) -> Iterator[str]:
    ahead: list[Any] = list(code.co_consts)
    while ahead:
        constant = ahead.pop()
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, CodeType):
            ahead += constant.co_consts
        elif isinstance(constant, tuple | frozenset):
            ahead += constant


def spoken(params: dict[str, Any]) -> Iterator[str]:
    """The texts that a command lets be spoken, as a person hears them."""
    for item in params.get("play") or ():
        text = " ".join(_MARKUP.sub(" ", str(item.get("params", {}).get("text", ""))).split())
        if text:
            yield text


def _collected(params: dict[str, Any]) -> dict[str, Any]:
    collect = params.get("collect")
    return collect if isinstance(collect, dict) else params


def _hints(params: dict[str, Any]) -> Iterable[str]:
    speech = _collected(params).get("speech")
    return map(str, speech.get("hints") or ()) if isinstance(speech, dict) else ()


def _fitting(params: dict[str, Any], keys: Iterable[str]) -> Iterator[str]:
    digits = _collected(params).get("digits")
    if isinstance(digits, str):
        yield digits  # What is bound to a command.
    if not isinstance(digits, dict):
        return
    most, last = int(digits.get("max") or 1), str(digits.get("terminators") or "")[:1]
    for key in dict.fromkeys((*keys, "1" * most, "9" * most, "1" * max(most - 1, 1))):
        if len(key) <= most:
            yield key + last * (len(key) < most)


def _numbers(params: Any) -> Iterator[str]:
    if isinstance(params, dict):
        if isinstance(params.get("to_number"), str):
            yield params["to_number"]
        for value in params.values():
            yield from _numbers(value)
    elif isinstance(params, list):
        for value in params:
            yield from _numbers(value)
