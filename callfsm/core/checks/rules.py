"""How a value is looked at: small rules, of which the tables are made. What they say lives there, not here."""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

INFINITE = float("inf")


class Place(Struct, frozen=True):
    """Where a value stands: in which command, under which name."""

    command: str
    name: str

    def key(self, key: str) -> "Place":
        """The place of what stands under a key here."""
        return Place(self.command, f"{self.name}.{key}")

    def item(self, index: int) -> "Place":
        """The place of an item of the list here."""
        return Place(self.command, f"{self.name}[{index}]")

    def wrong(self, value: object, allowed: str) -> ValueError:
        """The error that names this place, the value and what is allowed."""
        return ValueError(f"{self.command}({self.name}={value!r}): must be {allowed}")


Rule = Callable[[Place, object], None]
"""Looks at a value, and raises `ValueError` when the server would refuse it."""


def anything(_place: Place, _value: object) -> None:
    """Any value passes."""


def text(place: Place, value: object) -> None:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise place.wrong(value, "a text that is not empty")


def string(place: Place, value: object) -> None:
    """A text, which may be empty."""
    if not isinstance(value, str):
        raise place.wrong(value, "a text")


def text_or_dict(place: Place, value: object) -> None:
    """A text that is not empty, or a dict."""
    if not isinstance(value, str | dict) or value == "":
        raise place.wrong(value, "a text that is not empty, or a dict")


class Pattern(Struct, frozen=True):
    """A text of a certain form."""

    pattern: re.Pattern[str]
    allowed: str

    def __call__(self, place: Place, value: object) -> None:
        """Refuse what has another form."""
        if not isinstance(value, str) or not self.pattern.fullmatch(value):
            raise place.wrong(value, self.allowed)


class Choice(Struct, frozen=True):
    """One of a few words."""

    choices: tuple[str, ...]

    def __call__(self, place: Place, value: object) -> None:
        """Refuse every other word."""
        if value not in self.choices:
            raise place.wrong(value, f"one of {', '.join(self.choices)}")


class Number(Struct, frozen=True):
    """A number in a range; both ends belong to it, unless it is open below."""

    least: float
    most: float = INFINITE
    unit: str = "seconds"
    open: bool = False
    whole: bool = False

    def __call__(self, place: Place, value: object) -> None:
        """Refuse what is outside, and what is no number."""
        kind = int if self.whole else int | float
        inside = isinstance(value, kind) and not isinstance(value, bool) and self.least <= value <= self.most
        if not inside or (self.open and value == self.least):
            raise place.wrong(value, self.allowed)

    @property
    def allowed(self) -> str:
        """The range and its unit, in words."""
        if self.most != INFINITE:
            told = f"{self.least:g} to {self.most:g}"
        else:
            told = f"more than {self.least:g}" if self.open else f"{self.least:g} or more"
        return f"{'a whole number, ' if self.whole else ''}{told} ({self.unit})"


class Each(Struct, frozen=True):
    """A list, every item of which obeys a rule."""

    rule: Rule
    may_be_empty: bool = False

    def __call__(self, place: Place, value: object) -> None:
        """Refuse what is no list, and the first item that is wrong."""
        if not isinstance(value, list | tuple) or not (value or self.may_be_empty):
            raise place.wrong(value, "a list" if self.may_be_empty else "a list with at least one item")
        for index, item in enumerate(value):
            self.rule(place.item(index), item)


class Shape(Struct, frozen=True):
    """A dict: the keys it needs, and the rules for some of its keys. Other keys pass."""

    what: str
    """What it is the shape of, as errors tell it."""
    needs: tuple[str, ...] = ()
    keys: Mapping[str, Rule] = {}

    def __call__(self, place: Place, value: object) -> None:
        """Refuse what is no dict, what lacks a key, and the first value that is wrong."""
        if not isinstance(value, dict):
            raise place.wrong(value, "a dict")
        for needed in self.needs:
            if value.get(needed) is None:
                raise place.key(needed).wrong(None, f"given for {self.what}")
        for key, rule in self.keys.items():
            if value.get(key) is not None:
                rule(place.key(key), value[key])


class Typed(Struct, frozen=True):
    """A thing of the form ``{"type": ..., "params": {...}}``: the shape of the params, by type."""

    types: Mapping[str, Shape]
    default: str | None = None
    """The type of what tells none."""

    def __call__(self, place: Place, value: object) -> None:
        """Refuse an unknown type, and what is wrong in the params."""
        kind = value.get("type", self.default) if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, str) or kind not in self.types:
            raise place.wrong(value, f"a dict whose type is one of {', '.join(self.types)}")
        params = value.get("params")
        self.types[kind](place.key("params"), {} if params is None else params)


class OneKey(Struct, frozen=True):
    """A bare word, or a dict with exactly one of a few keys, whose value obeys the rule of that key."""

    words: tuple[str, ...]
    keys: Mapping[str, Rule]

    def __call__(self, place: Place, value: object) -> None:
        """Refuse other words, and dicts with none or several of the keys."""
        if isinstance(value, str) and value in self.words:
            return
        found = [key for key in self.keys if key in value] if isinstance(value, dict) else []
        if not isinstance(value, dict) or len(found) != 1:
            words = ", ".join(map(repr, self.words))
            raise place.wrong(value, f"{words}, or a dict with exactly one of {', '.join(self.keys)}")
        self.keys[found[0]](place.key(found[0]), value[found[0]])
