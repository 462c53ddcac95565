"""What a recording must not hold, taken out of frames fast enough to do it for every one.

It hides what `callfsm.core.scrubbing.scrub` hides in a log, with one difference: where nothing stands under the key
of a credential, nothing stands there in the recording either, since whoever reads it again has to see that.

A frame in plain ASCII without a backslash is cut at its quotation marks: every other piece is a string, and almost
all of them have been looked at before. Any other frame is decoded, walked through, and written anew.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from callfsm.core.frames import conceal
from callfsm.core.scrubbing import CREDENTIALS, HIDDEN, NUMBERS, PRIVATE, TOLD, kind_of, mask, scrub
from callfsm.secrecy import SHORTEST_SECRET

_OFTEN: Final = ("project_id", "from_number", "to_number")
REMEMBERED: Final = 16
"""How many credentials are concealed besides those of now."""
MOST_KNOWN: Final = 8_000
"""How many strings are remembered as harmless."""
_LONGEST_KNOWN: Final = 128

_SIP_USERS: Final = re.compile(r"sip_\w+_user")
_SIP_FACT: Final = re.compile(r"sip_\w+_uri")
_USER: Final = re.compile(r"^(?!sips?:)[^@]*@", re.IGNORECASE)
_DIALLED: Final = re.compile(r"[\d+*#() .-]+")
_PRESSED: Final = re.compile(r"[0-9*#A-D]+")
_SUSPECT: Final = re.compile("[=:+]")
_BY_KEY: Final = re.compile(
    rf"""((?:{"|".join(sorted((*CREDENTIALS, "authorization"), key=len, reverse=True))})["']?\s?(?:=|:)\s?)"""
    r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|(?:Bearer|Basic)\s[^\s,;"'&)]+|(?<==)[^\s,;"'&)]+)""",
    re.IGNORECASE,
)
_USER_INFO: Final = re.compile(r"(://)[^\s@/<>\"']{1,256}@")

_REPLY: Final = '{"jsonrpc":"2.0","id":"'
_ACKNOWLEDGED: Final = '","result":{}}'
_ID: Final = len(_REPLY)
_END: Final = -len(_ACKNOWLEDGED)

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
        self._often = tuple(
            (f'"{key}":"', f'"{chr(number)}":"', keys[key]) for number, key in enumerate(_OFTEN, 1) if key in keys
        )
        """Keys that most frames have; while these are looked for, what no JSON can hold stands in for them."""
        self._clean: set[str] = set()
        self._words: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._forget()

    def learn(self, now: tuple[str, ...]) -> None:
        """These are the credentials now; those of before are hidden as well."""
        held = [secret for secret in now if len(secret.strip()) >= SHORTEST_SECRET]
        self._remembered.extend(secret for secret in held if secret not in self._remembered)
        self._known = frozenset(self._remembered).union(held)
        self._forms = tuple(self._known)
        self._forget()
        self._words.clear()
        self._numbers.clear()

    def word(self, text: str) -> str:
        """A text as a JSON string."""
        known = self._words.get(text)
        if known is None:
            if len(self._words) >= MOST_KNOWN:
                self._words.clear()
            known = encode(self.plain(text))
            if len(text) <= _LONGEST_KNOWN:
                self._words[text] = known
        return known

    def plain(self, text: str) -> str:
        """A text that is no frame."""
        if not _SUSPECT.search(text):
            return conceal(text, self._known)
        if self._masked:
            # With a blank before it, no text is taken for a frame.
            return scrub(" " + text, self._known)[1:]
        text = conceal(text, {*self._known, *(encode(secret)[1:-1] for secret in self._known)})
        return _USER_INFO.sub(rf"\1{HIDDEN}@", _BY_KEY.sub(rf'\1"{HIDDEN}"', text))

    def frame(self, frame: str) -> str:
        """A frame, as a frame; nothing but valid JSON may be given."""
        text, clean = frame, self._clean
        if text.endswith(_ACKNOWLEDGED) and text[_ID:_END] in clean and text.startswith(_REPLY):
            return text  # Every other frame is one.
        if not _plainly_written(text):
            return self._anew(text)
        told: list[tuple[str, str]] = []
        for key, stand_in, hide in self._often:
            place = text.find(key)
            if place >= 0:
                start = place + len(key)
                end = text.index('"', start)
                text = f"{text[:place]}{stand_in}{hide(text[start:end])}{text[end:]}"
                told.append((stand_in, key))
        searched = self._searched(text)
        if searched is None:
            return self._anew(frame)
        text = searched
        for stand_in, key in told:
            text = text.replace(stand_in, key)
        return text

    def _searched(self, text: str) -> str | None:
        # `None` when the frame has to be decoded.
        strings = text.split('"')[1::2]
        if self._clean.issuperset(strings):
            return text
        unknown = [string for string in strings if string not in self._clean]
        if self._keys.keys().isdisjoint(unknown) and all(map(self._harmless, unknown)):
            return text
        pieces = text.split('"')
        for place in range(1, len(pieces), 2):
            if pieces[place] not in self._clean and not self._hidden(pieces, place, pieces[place]):
                return None
        return '"'.join(pieces)

    def _hidden(self, pieces: list[str], place: int, string: str) -> bool:
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
        if _SUSPECT.search(string) or (self._masked and (string in TOLD or string.startswith("sip_"))):
            if string in TOLD or string.startswith("sip_") or self.plain(string) != string:
                return False
        else:
            for form in self._forms:
                if form in string:
                    return False
        if len(string) <= _LONGEST_KNOWN:
            if len(self._clean) >= MOST_KNOWN:
                self._forget()
            self._clean.add(string)
        return True

    def _forget(self) -> None:
        self._clean.clear()
        self._clean.update(stand_in[1:2] for _, stand_in, _ in self._often)

    def _anew(self, text: str) -> str:
        return encode(self._walked(json.loads(text)))

    def _walked(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.plain(value)
        if isinstance(value, list):
            return [self._walked(each) for each in value]
        if not isinstance(value, dict):
            return value
        told = self._masked and kind_of(value) in TOLD
        return {self.plain(key): self._member(key, member, told=told) for key, member in value.items()}

    def _member(self, key: str, value: Any, *, told: bool) -> Any:
        if key in CREDENTIALS:
            return self._credential(value)
        if key == "params" and isinstance(value, dict) and told:
            value = {name: HIDDEN if _told(name, each) else each for name, each in value.items()}
        hide = self._keys.get(key) or (self._of_sip(key) if self._masked else None)
        if hide is None or isinstance(value, dict) or (isinstance(value, list) and key not in PRIVATE):
            return self._walked(value)
        return hide(value)

    def _of_sip(self, key: str) -> Callable[[Any], Any] | None:
        if _SIP_USERS.fullmatch(key):
            return self._user
        return self._number if _SIP_FACT.fullmatch(key) else None

    def _user(self, value: Any) -> Any:
        if not isinstance(value, str):
            return self._walked(value)
        return mask(value) if _DIALLED.fullmatch(value) else HIDDEN

    def _credential(self, value: Any) -> Any:
        # What has no text has none in the recording either: the machines take nothing else for a credential.
        if value in ("", None, []):
            return value
        return HIDDEN if isinstance(value, str) else [HIDDEN]

    def _masked_number(self, value: str) -> str:
        return mask(value) if _DIALLED.fullmatch(value) else self.plain(_USER.sub(f"{HIDDEN}@", value))

    def _number(self, value: Any) -> Any:
        if isinstance(value, str):
            known = self._numbers.get(value)
            if known is None:
                if len(self._numbers) >= MOST_KNOWN:
                    self._numbers.clear()
                known = self._numbers[value] = self._masked_number(value)
            return known
        return HIDDEN if isinstance(value, int | float) and not isinstance(value, bool) else value


def _plainly_written(text: str) -> bool:
    # Then a quotation mark begins or ends a string, and the frame is on one line.
    return text.isascii() and not ("\\" in text or "\n" in text or "\r" in text)


def _private(value: Any) -> Any:
    return value if value in ("", None, []) else HIDDEN


def _told(name: str, value: object) -> bool:
    return name == "text" or (name == "event" and isinstance(value, str) and bool(_PRESSED.fullmatch(value)))


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
            known = self._words[text] = encode(text)
        return known

    def frame(self, frame: str) -> str:
        """A frame as it is."""
        return frame
