"""What a client is told by its arguments and, where they are empty, by the environment."""

import os
import unicodedata
from typing import Final

from callfsm import constants
from callfsm.core import checks
from callfsm.core.model import Settings
from callfsm.transport import LOOPBACK

DEFAULT_MAX_ACTIVE_CALLS: Final = 1_000

_IN_LABELS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_IN_NAMES: Final = _IN_LABELS | frozenset(".:[]")
_LONGEST_NAME: Final = 253
_LONGEST_LABEL: Final = 63
_LAST_PORT: Final = 65_535
_SHOWN: Final = 100
"""How much of a wrong value its error shows."""


def settings(
    project: str | None,
    token: str | None,
    jwt_token: str | None,
    contexts: list[str] | None,
    max_active_calls: int | None,
) -> Settings:
    """The settings of a client; an argument that is empty is read from the environment.

    Raises:
        TypeError: A credential is no text.
        ValueError: There is neither a JWT nor both project and token, or the contexts are no list of texts.
    """
    found = Settings(
        project=credential("project", project or os.environ.get("SIGNALWIRE_PROJECT_ID", "")),
        token=credential("token", token or os.environ.get("SIGNALWIRE_API_TOKEN", "")),
        jwt_token=credential("jwt_token", jwt_token or os.environ.get("SIGNALWIRE_JWT_TOKEN", "")),
        contexts=checks.texts("RelayClient", "contexts", contexts or []),
        max_active_calls=_max_active_calls(max_active_calls),
    )
    if not found.jwt_token and not found.project:
        raise ValueError("project is required: pass project=... or set SIGNALWIRE_PROJECT_ID")
    if not found.jwt_token and not found.token:
        raise ValueError("token is required: pass token=... or set SIGNALWIRE_API_TOKEN")
    return found


def credential(name: str, value: object) -> str:
    """A credential, as it is; its error does not show it.

    Raises:
        TypeError: It is no text.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a text, not {type(value).__name__}")
    return value


def _max_active_calls(given: int | None) -> int:
    try:
        wanted = int(given if given is not None else os.environ.get("RELAY_MAX_ACTIVE_CALLS", ""))
    except ValueError:
        wanted = DEFAULT_MAX_ACTIVE_CALLS
    return max(wanted, 1)


def host(given: str | None, *, tls: bool) -> str:
    """The server to connect to, ``name`` or ``name:port``; IPv6 addresses stand in brackets.

    It is taken as it is or not at all: nothing is looked up, sent, stripped or put into another spelling.

    Raises:
        ValueError: It is no host name, or plain text would leave this machine.
    """
    in_environment = os.environ.get("SIGNALWIRE_SPACE", "")
    found = given or in_environment or constants.DEFAULT_RELAY_HOST
    why = _wrong(found)
    name = found if found.endswith("]") else found.rpartition(":")[0] or found
    if not why and not tls and name not in LOOPBACK:
        why = f"tls=False sends credentials in clear; only to {', '.join(LOOPBACK)}"
    if why:
        place = " (SIGNALWIRE_SPACE)" if found == in_environment and not given else ""
        raise ValueError(f"Invalid host {_shown(found)}{place}: {why}")
    return found


def _shown(found: str) -> str:
    # What stands before an @ may be a password. Written in ASCII, no letter can pass for another.
    before, at, rest = found.rpartition("@")
    shown = f"***@{rest}" if at and before else found
    return ascii(shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "...")


def _wrong(found: str) -> str:
    # Why a text is no host, and what to do about it; "" when it is one.
    for place, letter in enumerate(found, start=1):
        if letter not in _IN_NAMES:
            return f"{_letter(letter)} at position {place} is no part of a host; {_mend(found, letter)}"
    bracketed = found.startswith("[")
    name, closed, rest = found.partition("]") if bracketed else (found.partition(":")[0], "", "")
    port = rest if bracketed else found[len(name) :]
    why = _wrong_address(name[1:], closed) if bracketed else _wrong_name(found, name)
    return why or _wrong_port(port)


def _letter(letter: str) -> str:
    return f"{letter!r}" if letter.isascii() else f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".rstrip()


def _mend(found: str, letter: str) -> str:
    if "://" in found:
        return f"leave out {found.partition('://')[0] + '://'!a} and what follows the name: callfsm adds wss:// itself"
    if "@" in found:
        return "credentials go into project and token"
    if letter == "%" and found.startswith("["):
        return "an IPv6 address goes without its zone"
    if not letter.isascii():
        return "an international name is given in its ASCII spelling, which begins with xn--"
    return f"give a name, or name:port, such as {constants.DEFAULT_RELAY_HOST}"


def _wrong_address(address: str, closed: str) -> str:
    import ipaddress  # noqa: PLC0415  # most hosts are names

    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return "what stands in brackets must be an IPv6 address, such as [::1]"
    return "" if closed else "the bracket is never closed; write [address] or [address]:port"


def _wrong_name(found: str, name: str) -> str:
    if found.count(":") > 1:
        return "an IPv6 address stands in brackets, such as [::1] or [::1]:443"
    if len(name) > _LONGEST_NAME:
        return f"a name has at most {_LONGEST_NAME} characters, not {len(name)}"
    labels = name.split(".")
    wrong = next((label for label in labels if not _is_label(label)), None)
    if wrong is not None:
        return f"{wrong[:_SHOWN]!r} is no part of a name: 1 to 63 letters, digits and hyphens, no hyphen first or last"
    # "127.1" and "0x7f000001" are addresses to some resolvers.
    if labels[-1].isdigit() or labels[-1].lower().startswith("0x"):
        return _wrong_numbers(name)
    return ""


def _is_label(text: str) -> bool:
    return 0 < len(text) <= _LONGEST_LABEL and "-" not in (text[0], text[-1]) and _IN_LABELS.issuperset(text)


def _wrong_numbers(name: str) -> str:
    import ipaddress  # noqa: PLC0415  # most hosts are names

    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return "an IPv4 address has four numbers from 0 to 255, such as 127.0.0.1"
    return ""


def _wrong_port(port: str) -> str:
    fits = not port or (port[0] == ":" and _is_port(port[1:]))
    return "" if fits else f"{port!r} is no port: a colon and a number from 1 to {_LAST_PORT}"


def _is_port(text: str) -> bool:
    # Every letter is ASCII by now.
    return text.isdecimal() and text[0] != "0" and len(text) <= len(str(_LAST_PORT)) and int(text) <= _LAST_PORT
