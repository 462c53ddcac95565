"""What can be done to a frame: every way in which its values, keys and ids can be wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

from callfsm.core.frames import MAX_DEPTH
from fuzz.corpus import CODES, EVENTS, WORDS, Aims
from fuzz.drafts import Draft, Place

Spoiler = Callable[[Draft, random.Random, Aims], None]

_VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    "",
    "word",
    [],
    {},
    [[]],
    {"a": {}},
    [None],
    {"": None},
)
_NOT_NUMBERS: Final = ("NaN", "Infinity", "-Infinity", "1e999", "-1E+400")
_INTEGERS: Final = (10**400, -(10**400), 10**4299, 2**63, -(2**63), 2**64, 10**18)
_TOO_LONG: Final = "9" * 5000
_SURROGATES: Final = ("\ud800", "a\udfffb", "\udc00\ud800", "\ud83d")
_CONTROLS: Final = ("\0", "a\0b", "\x1b[31mred", "line\nforged event=x", "\r\n", "\u2028", "\u0085", "\u202ex", "\x7f")
_DIGITS: Final = (
    "\uff12\uff10\uff10",
    "\u0662\u0660\u0660",
    "\u00b2",
    "\u2460",
    "\u0967\u0966",
    "2\u06f00",
    "\u09e8\u09e6\u09e6",
)


def _many(count: int) -> tuple[str, ...]:
    return (
        "[" + ",".join(str(each) for each in range(count)) + "]",
        "[" + "{}," * (count - 1) + "[]]",
        "{" + ",".join(f'"k{each}":{each}' for each in range(count)) + "}",
        "{" + '"k":0,' * (count - 1) + '"k":1}',
    )


# The longest are so slow to read that there would be time for little else.
_MANY: Final = 4 * _many(1_000) + _many(10_000)
_KNOWN: Final = sorted({key for envelope in EVENTS.values() for key in envelope["params"]})
_ADDRESSES: Final = ("call_id", "control_id", "tag", "message_id", "conference_id", "id", "node_id")


def _any(draft: Draft, chance: random.Random) -> Place:
    places = draft.places()
    return chance.choice(places) if places else ({"nothing": None}, "nothing")


def _put(draft: Draft, chance: random.Random, value: Any) -> None:
    held_by, key = _any(draft, chance)
    held_by[key] = value


def wrong_type(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A value of another type, at any depth."""
    held_by, key = _any(draft, chance)
    others = [value for value in _VALUES if type(value) is not type(held_by[key])]
    held_by[key] = draft.raw(_written(chance.choice(others)))


def _written(value: Any) -> str:
    return Draft(value).text()


def null(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """Nothing where something was."""
    _put(draft, chance, None)


def missing(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A key, or an element, that is not there."""
    held_by, key = _any(draft, chance)
    del held_by[key]


def extra(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """Keys that do not belong there, of the wire's own words and others."""
    objects = [draft.frame] + [held_by[key] for held_by, key in draft.places()]
    objects = [each for each in objects if isinstance(each, dict)]
    if objects:
        values = [*_VALUES, *WORDS]
        told = {chance.choice([*_KNOWN, "result", "error", "method", "new"]): chance.choice(values) for _ in range(3)}
        chance.choice(objects).update(Draft(told).frame)


def huge_string(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A string of ten thousand characters, or of a million."""
    size = 1_000_000 if chance.random() < 0.02 else 10_000
    unit = chance.choice(("x", "\\n", "\\u0000", "[", "{", "+15550100001 ", '\\"', "\u00e9"))
    _put(draft, chance, draft.raw(f'"{unit * (size // len(unit))}"'))


def huge_list(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A list of a thousand or ten thousand elements, or an object of as many keys."""
    _put(draft, chance, draft.raw(chance.choice(_MANY)))


def deep(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """Lists in lists, or objects in objects, about as deep as is allowed, and far deeper."""
    depth = 100_000 if chance.random() < 0.02 else chance.randint(MAX_DEPTH - 8, MAX_DEPTH + 3)
    inner = chance.choice(("", "0", '"end"', "{}"))
    if chance.random() < 0.5:
        nested = "[" * depth + inner + "]" * depth
    else:
        nested = '{"k":' * depth + (inner or "null") + "}" * depth
    _put(draft, chance, draft.raw(nested))


def duplicate_key(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A key that is there twice, with two values."""
    places = [(held_by, key) for held_by, key in draft.places() if isinstance(held_by, dict)]
    if places:
        held_by, key = chance.choice(places)
        values = [_written(held_by[key]), _written(chance.choice([*_VALUES, *WORDS]))]
        if not any("\\u0002" in value for value in values):
            chance.shuffle(values)
            held_by[key] = draft.raw(f"{values[0]},{_written(key)}:{values[1]}")


def _address(draft: Draft, chance: random.Random) -> Place:
    places = [(held_by, key) for held_by, key in draft.places() if key in _ADDRESSES]
    return chance.choice(places) if places else _any(draft, chance)


def unknown_id(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """An id that nobody here knows."""
    held_by, key = _address(draft, chance)
    held_by[key] = chance.choice((f"unknown-{chance.getrandbits(32)}", "", " ", "None", "0", "__class__", "../.."))


def swapped_id(draft: Draft, chance: random.Random, aims: Aims) -> None:
    """The id of something else that is live."""
    held_by, key = _address(draft, chance)
    held_by[key] = chance.choice(aims.ids() or ["nobody"])


def not_a_number(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """What Python takes for a number and JSON does not know."""
    _put(draft, chance, draft.raw(chance.choice(_NOT_NUMBERS)))


def huge_integer(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """An integer that no machine word can hold, or that no reader takes."""
    _put(draft, chance, draft.raw(_TOO_LONG if chance.random() < 0.1 else str(chance.choice(_INTEGERS))))


def lone_surrogate(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """Half a character, escaped or as it is."""
    draft.ascii = chance.random() < 0.7
    _put(draft, chance, chance.choice(_SURROGATES))


def control_character(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A character that would forge a line or end a string, escaped or as it is."""
    told = chance.choice(_CONTROLS)
    _put(draft, chance, draft.raw(f'"{told}"') if chance.random() < 0.2 else told)


def long_key(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A key of a hundred thousand characters, with control characters at times."""
    held_by, key = _any(draft, chance)
    value = {
        chance.choice(("k", "\0", "\n", "\u00e9")) * chance.choice((1_000, 1_000, 1_000, 1_000, 100_000)): held_by[key]
    }
    held_by[key] = value


def number_as_string(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A string where a number was, or a number where a string was."""
    held_by, key = _any(draft, chance)
    value = held_by[key]
    text = chance.choice(("0", "1.5", "-1", "1e3", "0x10", "1_000", " 7 ", "+5"))
    held_by[key] = str(value) if isinstance(value, int | float) else chance.choice((0, 7, 200, 404, -1, 2.5, text))


def unicode_digits(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """Digits of other scripts, in codes first of all."""
    places = [(held_by, key) for held_by, key in draft.places() if key == "code"]
    held_by, key = chance.choice(places) if places else _any(draft, chance)
    held_by[key] = chance.choice(_DIGITS)


def odd_code(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A result code of any type."""
    places = [(held_by, key) for held_by, key in draft.places() if key == "code"]
    held_by, key = chance.choice(places) if places else _any(draft, chance)
    held_by[key] = chance.choice((*CODES, [200], {"code": 200}, "200\n", "2000", " 200", float(10**15), 10**300))


def odd_word(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """A word of any machine where a state is told, also those that only we say."""
    states = [place for place in draft.places() if "state" in str(place[1]) or place[1] in ("status", "type", "result")]
    held_by, key = chance.choice(states) if states else _any(draft, chance)
    held_by[key] = chance.choice([*WORDS, "new", "ENDED", "ended ", "input", "partial", "detected"])


def other_body(draft: Draft, chance: random.Random, _aims: Aims) -> None:
    """The params of one thing under the name of another."""
    places = [(held_by, key) for held_by, key in draft.places() if key in ("event_type", "method")]
    held_by, key = chance.choice(places) if places else _any(draft, chance)
    others = ("signalwire.event", "signalwire.ping", "signalwire.disconnect", "calling.play")
    held_by[key] = chance.choice(list(EVENTS) if key == "event_type" else others)


def nothing(_draft: Draft, _chance: random.Random, _aims: Aims) -> None:
    """The frame as it is: what is lawful goes on meanwhile."""


SPOILERS: Final[tuple[Spoiler, ...]] = (
    wrong_type, null, missing, extra, huge_string, huge_list, deep, duplicate_key, unknown_id, swapped_id,
    not_a_number, huge_integer, lone_surrogate, control_character, long_key, number_as_string, unicode_digits,
    odd_code, odd_word, other_body, nothing,
)  # fmt: skip
