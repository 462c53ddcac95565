"""What a recording must not hold, taken out of frames fast enough to do it for every one.

It hides what `callfsm.core.scrubbing.scrub` hides in a log, with one difference: where nothing stands under the key
of a credential, nothing stands there in the recording either, since whoever reads it again has to see that.

1. Frames have few shapes. When one is seen again it is worked out which keys that hide something a frame of it can have;
   for the next ones no more is done than to replace their values. See `callfsm.recordings.recipes`.
2. A frame of another shape, in plain ASCII without a backslash, is cut at its quotation marks: every other piece is a
   string, and almost all of them have been looked at before.
3. Any other frame is decoded, walked through, and written anew.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from json.encoder import encode_basestring_ascii
from typing import Any, Final

from callfsm.core.frames import conceal
from callfsm.core.scrubbing import (
    CREDENTIALS,
    HIDDEN,
    NUMBERS,
    PRIVATE,
    SIP_FACTS,
    SIP_USERS,
    SUSPECT,
    TOLD,
    kind_of,
    masked,
    masked_user,
    scrub,
    told,
)
from callfsm.recordings.recipes import Known, Recipes, followed, plainly_written, shape
from callfsm.secrecy import SHORTEST_SECRET

REMEMBERED: Final = 16
"""How many credentials are concealed besides those of now."""
MOST_KNOWN: Final = 8_000
"""How many strings are remembered."""
_LONGEST_KNOWN: Final = 128
LONGEST_TEXT: Final = 1_000
"""How much is recorded of what is no frame, or too long."""
_LOOKED_AT: Final = 64 * 1024

_BY_KEY: Final = re.compile(
    rf"""((?:{"|".join(sorted((*CREDENTIALS, "authorization"), key=len, reverse=True))})["']?\s?(?:=|:)\s?)"""
    r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?:Bearer|Basic)\s[^\s,;"'&)]+|(?<==)[^\s,;"'&)]+)""",
    re.IGNORECASE,
)
_USER_INFO: Final = re.compile(r"(://)[^\s@/<>\"']{1,256}@")
encode: Final = json.JSONEncoder(separators=(",", ":")).encode


class Hider:
    """Makes frames and words fit for a recording.

    Args:
        masked: Whether phone numbers, digits, and what people say and write are hidden too.
    """

    def __init__(self, *, masked: bool = True) -> None:
        self._masked = masked
        self._remembered: deque[str] = deque(maxlen=REMEMBERED)
        self._known: frozenset[str] = frozenset()
        self._forms: tuple[str, ...] = ()
        keys = dict.fromkeys(CREDENTIALS, self._credential)
        if masked:
            keys |= dict.fromkeys(PRIVATE, _private) | dict.fromkeys(NUMBERS, self._number)
        self._keys = keys
        # What people have pressed, said and paid with is not kept anywhere.
        self._values = {hide: Known(hide, remembers=hide is not _private) for hide in keys.values()}
        self._recipes = Recipes({key: self._values[hide] for key, hide in keys.items()}, results=masked)
        self.recipe_of: Final = self._recipes.known.get
        """The recipe for frames of a shape; ``None`` when there is none, or none yet."""
        self._clean: set[str] = set()
        """Strings that are shown as they are."""
        self._words: dict[str, str] = {}

    def learn(self, now: tuple[str, ...]) -> None:
        """These are the credentials now; those of before are hidden as well."""
        held = [secret for secret in now if len(secret.strip()) >= SHORTEST_SECRET]
        self._remembered.extend(secret for secret in held if secret not in self._remembered)
        self._known = frozenset(self._remembered).union(held)
        self._forms = tuple(self._known)
        for known in self._values.values():
            known.clear()
        self._clean.clear()
        self._words.clear()

    def word(self, text: str) -> str:
        """A text as a JSON string."""
        known = self._words.get(text)
        if known is None:
            if len(self._words) >= MOST_KNOWN:
                self._words.clear()
            known = encode_basestring_ascii(self.plain(text))
            if len(text) <= _LONGEST_KNOWN:
                self._words[text] = known
        return known

    def plain(self, text: str) -> str:
        """A text that is no frame."""
        if not SUSPECT.search(text):
            return conceal(text, self._known) if self.holds_secret(text) else text
        if self._masked:
            # With a blank before it, no text is taken for a frame.
            return scrub(" " + text, self._known)[1:]
        text = conceal(text, {*self._known, *(encode(secret)[1:-1] for secret in self._known)})
        return _USER_INFO.sub(rf"\1{HIDDEN}@", _BY_KEY.sub(rf'\1"{HIDDEN}"', text))

    def beginning(self, text: str) -> str:
        """The beginning of a text that is too long, or no frame, as a JSON string."""
        return encode_basestring_ascii(self.plain(text[:_LOOKED_AT])[:LONGEST_TEXT])

    def frame(self, frame: str) -> str:
        """A frame, as a frame; nothing but valid JSON may be given."""
        shape_of_it = shape(frame)
        recipe = self.recipe_of(shape_of_it)
        if recipe is None:
            self._recipes.note(shape_of_it, frame)
            return self._rewritten(frame)
        shown = followed(recipe, frame)
        return self._rewritten(frame) if not shown or self.holds_secret(shown) else shown

    def _rewritten(self, frame: str) -> str:
        searched = self._searched(frame) if plainly_written(frame) else None
        return self._anew(frame) if searched is None else searched

    def holds_secret(self, text: str) -> bool:
        """Whether a credential stands in a text as it is."""
        for form in self._forms:  # noqa: SIM110  # a generator would take longer than what it does
            if form in text:
                return True
        return False

    def _searched(self, text: str) -> str | None:
        # `None` when the frame has to be decoded.
        pieces = text.split('"')
        for place in range(1, len(pieces), 2):
            if pieces[place] not in self._clean and not self._shown(pieces, place, pieces[place]):
                return None
        return '"'.join(pieces)

    def _shown(self, pieces: list[str], place: int, string: str) -> bool:
        # Whether this string is as it may be shown, or the value of its key now is; if not, the frame is decoded.
        hide = self._keys.get(string)
        if hide is None:
            return self._harmless(string)
        after = pieces[place + 1]
        if after != ":":
            return after.lstrip()[:1] != ":"
        shown = hide(pieces[place + 2])
        if '"' in shown or "\\" in shown:
            return False
        pieces[place + 2] = shown
        return True

    def _harmless(self, string: str) -> bool:
        if self._masked and (string in TOLD or string.startswith("sip_")):
            return False
        if SUSPECT.search(string):
            if self.plain(string) != string:
                return False
        elif self.holds_secret(string):
            return False
        if len(string) <= _LONGEST_KNOWN:
            _remember(self._clean, string)
        return True

    def _anew(self, text: str) -> str:
        return encode(self._walked(json.loads(text)))

    def _walked(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.plain(value)
        if isinstance(value, list):
            return [self._walked(each) for each in value]
        if not isinstance(value, dict):
            return value
        tells = self._masked and kind_of(value) in TOLD
        return {self.plain(key): self._member(key, member, tells=tells) for key, member in value.items()}

    def _member(self, key: str, value: Any, *, tells: bool) -> Any:
        if key in CREDENTIALS:
            return self._credential(value)
        if key == "params" and isinstance(value, dict) and tells:
            value = {name: HIDDEN if told(name, each) else each for name, each in value.items()}
        hide = self._keys.get(key) or (self._of_sip(key) if self._masked else None)
        if hide is None or isinstance(value, dict) or (isinstance(value, list) and key not in PRIVATE):
            return self._walked(value)
        return hide(value)

    def _of_sip(self, key: str) -> Callable[[Any], Any] | None:
        if SIP_USERS.fullmatch(key):
            return self._user
        return self._number if SIP_FACTS.fullmatch(key) else None

    def _user(self, value: Any) -> Any:
        return masked_user(value) if isinstance(value, str) else self._walked(value)

    def _credential(self, value: Any) -> Any:
        # What has no text has none in the recording either: the machines take nothing else for a credential.
        if value in ("", None, []):
            return value
        return HIDDEN if isinstance(value, str) else [HIDDEN]

    def _number(self, value: Any) -> Any:
        return masked(value, self.plain)


def _private(value: Any) -> Any:
    return value if value in ("", None, []) else HIDDEN


def _remember(known: set[str], text: str) -> None:
    if len(known) >= MOST_KNOWN:
        known.clear()
    known.add(text)


class Shown:
    """Hides nothing: for what comes from a recording, in which it is hidden already."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}

    def word(self, text: str) -> str:
        """A text as a JSON string."""
        known = self._words.get(text)
        if known is None:
            if len(self._words) >= MOST_KNOWN:
                self._words.clear()
            known = self._words[text] = encode_basestring_ascii(text)
        return known

    def frame(self, frame: str) -> str:
        """A frame as it is."""
        return frame

    def beginning(self, text: str) -> str:
        """The beginning of a text."""
        return encode_basestring_ascii(text[:LONGEST_TEXT])
