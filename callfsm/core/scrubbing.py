"""What a log may show: frames and texts without credentials, phone numbers, digits and what is private in them.

A frame is taken apart, so that no way of writing a key or a value hides it. Any other text, and a frame that
cannot be read, is searched for the same keys as JSON, Python and addresses write them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from callfsm.core.frames import MAX_DEPTH, conceal

HIDDEN: Final = "***"

CREDENTIALS: Final = frozenset(
    {
        "token",
        "project",
        "project_id",
        "jwt_token",
        "authorization_state",
        "password",
        "control_token",
        "authorization_bearer_token",
        "post_prompt_auth_password",
        "web_hook_auth_password",
    }
)
"""Keys of what nobody is shown."""
PRIVATE: Final = frozenset(
    {
        "digits",
        "body",
        "combined_text",
        "result_text",
        "payment_card_number",
        "payment_card_expiration_date",
        "payment_card_security_code",
        "payment_card_postal_code",
        "payment_confirmation_code",
        # What is said to agents, transcribed and translated.
        "content",
        "delta",
        "conversation_log",
        "conversation_summary",
        "primary_conversation_summary",
        "secondary_conversation_summary",
    }
)
"""Keys of what people press, say, write and pay with."""
NUMBERS: Final = frozenset({"from_number", "to_number", "from", "to", "number", "caller_id", "caller_id_number"})
"""Keys of phone numbers and addresses."""
TOLD: Final = frozenset({"speech", "digit", "calling.ai.speech_detect"})
"""Types of results and of events whose params hold what a caller has said or pressed."""
SIP_USERS: Final = re.compile(r"sip_\w+_user")
SIP_FACTS: Final = re.compile(r"sip_\w+_uri")
SUSPECT: Final = re.compile("[=:+]")
"""What every text has in it that is a key and its value, a number, or an address."""

_USER: Final = re.compile(r"^(?!sips?:)[^@]*@", re.IGNORECASE)
_DIALLED: Final = re.compile(r"[\d+*#() .-]+")
_PRESSED: Final = re.compile(r"[0-9*#A-D]+")

_Replacement = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_REPLACEMENTS: Final[list[_Replacement]] = []


def _replacements() -> list[_Replacement]:
    # Compiled when there is something to search: that takes longer than all the rest of this module.
    if not _REPLACEMENTS:
        _REPLACEMENTS[:] = _compiled()  # In one step: lines are written from any thread.
    return _REPLACEMENTS


def _compiled() -> list[_Replacement]:
    keys = "|".join(sorted((*CREDENTIALS, *PRIVATE, "authorization"), key=len, reverse=True))
    string = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    # {"token": "x"}, {'token': 'x'}, token='x', token=x and Authorization: Bearer x.
    by_key = rf"""((?:{keys})["']?\s?(?:=|:)\s?)(?:{string}|(?:Bearer|Basic)\s[^\s,;"'&)]+|(?<==)[^\s,;"'&)]+)"""
    numbers_by_key = rf"""(["'](?:{"|".join(sorted(NUMBERS))})["']\s?:\s?["'])([\d+*#() .-]+)(?=["'])"""
    return [
        (re.compile(by_key, re.IGNORECASE), rf'\1"{HIDDEN}"'),
        (re.compile(numbers_by_key), lambda found: found[1] + mask(found[2])),
        (re.compile(r"(\bsips?:)[^\s@<>\"']{1,256}@", re.IGNORECASE), rf"\1{HIDDEN}@"),
        (re.compile(r"(://)[^\s@/<>\"']{1,256}@"), rf"\1{HIDDEN}@"),
        (re.compile(r"\+\d(?:[ ().-]{0,2}\d){4,}"), lambda number: mask(number.group())),
    ]


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """A text as a log may show it: no credentials, no full phone numbers, no digits that were pressed.

    Credentials go by their key, and by their value wherever it stands. A frame comes back as a frame.
    """
    known = list(secrets)
    if text.startswith("{"):
        try:
            frame = json.loads(text)
            return json.dumps(_scrubbed(frame, lambda leaf: _plain(leaf, known), MAX_DEPTH), separators=(",", ":"))
        except (ValueError, RecursionError):
            pass  # No frame; it is logged all the same, because it came.
    return _plain(text, [form for secret in known for form in {secret, json.dumps(secret)[1:-1]}])


def _plain(text: str, secrets: Iterable[str]) -> str:
    text = conceal(text, secrets)
    if not SUSPECT.search(text):
        return text  # Most words of a line are neither a key and its value, nor a number, nor an address.
    for pattern, replacement in _replacements():
        text = pattern.sub(replacement, text)
    return text


def _scrubbed(value: Any, plain: Callable[[str], str], depth: int) -> Any:
    if depth == 0:
        raise RecursionError
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_scrubbed(each, plain, depth - 1) for each in value]
    if not isinstance(value, dict):
        return value
    kind = kind_of(value)
    return {plain(key): _member(key, member, kind, plain, depth) for key, member in value.items()}


def _member(key: str, value: Any, kind: str, plain: Callable[[str], str], depth: int) -> Any:
    if key in CREDENTIALS:
        return HIDDEN
    if key == "params" and isinstance(value, dict) and kind in TOLD:
        # What a caller has said or pressed, in the words of collect and detect.
        value = {name: HIDDEN if told(name, each) else each for name, each in value.items()}
    if isinstance(value, dict):
        return _scrubbed(value, plain, depth - 1)
    if key in PRIVATE:
        return HIDDEN if value not in ("", None, []) else value
    if SIP_USERS.fullmatch(key) and isinstance(value, str):
        return masked_user(value)
    if (key in NUMBERS or SIP_FACTS.fullmatch(key)) and not isinstance(value, list):
        return masked(value, plain)
    return _scrubbed(value, plain, depth - 1)


def kind_of(value: dict[str, Any]) -> str:
    """The type of a result or of an event; ``""`` when there is none."""
    kind = value.get("type", value.get("event_type"))
    return kind if isinstance(kind, str) else ""


def told(name: str, value: object) -> bool:
    """Whether this param of a result of one of the types `TOLD` is what a caller has said or pressed."""
    return name == "text" or (name == "event" and isinstance(value, str) and bool(_PRESSED.fullmatch(value)))


def masked_user(value: str) -> str:
    """The user of an address, which may be a phone number."""
    return mask(value) if _DIALLED.fullmatch(value) else HIDDEN


def masked(value: Any, plain: Callable[[str], str]) -> Any:
    """A phone number or an address, without the user of it; ``plain`` is what hides what is left."""
    if isinstance(value, str):
        shown = value if _DIALLED.fullmatch(value) else plain(_USER.sub(f"{HIDDEN}@", value))
        return mask(shown) if _DIALLED.fullmatch(shown) else shown
    return HIDDEN if isinstance(value, int | float) and not isinstance(value, bool) else value


def mask(number: str) -> str:
    """A phone number with only its country's start and its last two digits left: ``+1555*****23``."""
    return number[:5] + "*" * max(len(number) - 7, 0) + number[-2:] if len(number) > 7 else "*" * len(number)
