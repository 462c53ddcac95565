"""Hosts: what could mean another address than it seems to is refused before anything is sent, with its mend."""

import contextlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import ScriptedServer

from callfsm import RelayClient, environment

REFUSED = {
    "wss://relay.example": "leave out 'wss://'",
    "https://relay.example/path": "leave out 'https://'",
    "relay.example/path": "'/' at position 14",
    "relay.example?a=b": "'?' at position 14",
    "relay.example#a": "'#' at position 14",
    "relay.example\\a": "at position 14",
    "user@relay.example": "credentials go into project and token",
    "relay.example\r\nX-Forged: 1": r"'\r' at position 14",
    "relay.example\n": r"'\n' at position 14",
    " relay.example": "' ' at position 1",
    "relay example": "' ' at position 6",
    "relay\texample": r"'\t' at position 6",
    "relay.example\x00": r"'\x00' at position 14",
    "relay.example%2f": "'%' at position 14",
    "relay\uff0eexample": "U+FF0E FULLWIDTH FULL STOP at position 6",
    "relay\u3002example": "U+3002 IDEOGRAPHIC FULL STOP at position 6",
    "r\u0435lay.example": "U+0435 CYRILLIC SMALL LETTER IE at position 2",
    "relay.ex\u00e4mple": "xn--",
    "relay\u200b.example": "U+200B ZERO WIDTH SPACE at position 6",
    "relay\u00ad.example": "U+00AD SOFT HYPHEN at position 6",
    "\u202eelpmaxe.yaler": "U+202E RIGHT-TO-LEFT OVERRIDE at position 1",
    "relay.example\u2044path": "U+2044 FRACTION SLASH at position 14",
    "relay.example:\uff14\uff14\uff13": "U+FF14 FULLWIDTH DIGIT FOUR at position 15",
    "relay.example\x85": "U+0085 at position 14",
    "relay.example\ud800": "U+D800 at position 14",
    "relay.example:0": "':0' is no port",
    "relay.example:65536": "from 1 to 65535",
    "relay.example:99999999999999999999": "from 1 to 65535",
    "relay.example:": "':' is no port",
    "relay.example:0443": "':0443' is no port",
    "relay.example:443:443": "an IPv6 address stands in brackets",
    ":443": "'' is no part of a name",
    "relay..example": "'' is no part of a name",
    "relay.example.": "'' is no part of a name",
    "-relay.example": "'-relay' is no part of a name",
    "relay-.example": "'relay-' is no part of a name",
    "a" * 64 + ".example": "1 to 63 letters",
    "a." * 127 + "example": "at most 253 characters, not 261",
    "127.1": "an IPv4 address has four numbers",
    "127.0.0.256": "an IPv4 address has four numbers",
    "127.0.0.01": "an IPv4 address has four numbers",
    "2130706433": "an IPv4 address has four numbers",
    "0x7f000001": "an IPv4 address has four numbers",
    "1.2.3.0x7f": "an IPv4 address has four numbers",
    "::1": "an IPv6 address stands in brackets",
    "[::1": "the bracket is never closed",
    "[::1]443": "'443' is no port",
    "[::1]:0": "':0' is no port",
    "[fe80::1%eth0]": "goes without its zone",
    "[127.0.0.1]": "what stands in brackets must be an IPv6 address",
    "[]": "what stands in brackets must be an IPv6 address",
    "[relay.example]": "what stands in brackets must be an IPv6 address",
    "relay[.]example": "is no part of a name",
}
"""What is no host, and words that must stand in the error."""

TAKEN = (
    "relay.example",
    "relay.example:443",
    "RELAY.example:65535",
    "space-1.relay.example",
    "xn--relay-mva.example",
    "my_simulator:8080",
    "localhost",
    "1.example",
    "127.0.0.1:1",
    "[::1]",
    "[::1]:443",
    "[2001:db8::1]:8443",
    "[::ffff:127.0.0.1]",
)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIGNALWIRE_SPACE", raising=False)


@pytest.mark.parametrize("given", REFUSED)
def test_refused(given: str) -> None:
    """The error shows the value, the place in it, and what to do, on one line of ASCII."""
    with pytest.raises(ValueError, match=r"^Invalid host '") as caught:
        environment.host(given, tls=True)
    told = str(caught.value)

    assert (True, True, True) == (REFUSED[given] in told, told.isascii(), told.isprintable())


@pytest.mark.parametrize("given", REFUSED)
def test_nothing_is_sent(given: str) -> None:
    """Neither a new client nor one that exists takes such a host, and no line is asked for."""
    server = ScriptedServer()
    client = server.client(host="relay.example")
    for take in (lambda: server.client(host=given), lambda: setattr(client, "host", given)):
        with pytest.raises(ValueError, match="Invalid host"):
            take()

    assert ("relay.example", []) == (client.host, server.attempts)


@pytest.mark.parametrize("given", REFUSED)
def test_refused_in_the_environment(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment names is looked at in the same way, and the error says that it was there."""
    if "\x00" in given or "\ud800" in given:
        return  # No environment can hold it.
    monkeypatch.setenv("SIGNALWIRE_SPACE", given)

    with pytest.raises(ValueError, match=r"Invalid host '.*' \(SIGNALWIRE_SPACE\): "):
        RelayClient("project-1", "token-1")


@pytest.mark.parametrize("given", TAKEN)
def test_taken(given: str) -> None:
    """A host is taken as it is."""
    assert given == environment.host(given, tls=True)


def test_credentials_in_the_host() -> None:
    """What was given as a password in an address is not shown."""
    with pytest.raises(ValueError, match="credentials go into project and token") as caught:
        environment.host("SECRET-project:SECRET-token@relay.example", tls=True)

    assert ("'***@relay.example'" in str(caught.value), "SECRET" in str(caught.value)) == (True, False)


def test_endless() -> None:
    """Of a value without end, the error shows the beginning."""
    with pytest.raises(ValueError, match=r"\.\.\.'") as caught:
        environment.host("x" * 1_000_000, tls=True)

    assert len(str(caught.value)) < 400


@given(st.text(min_size=1) | st.text("abc.:[]-0123456789@/%", min_size=1))
def test_anything(given: str) -> None:
    """Whatever is given is taken as it is, in letters that can mean one address only, or refused by a ValueError."""
    found = ""
    with contextlib.suppress(ValueError):
        found = environment.host(given, tls=True)

    assert ("", True) == (found.strip(f"{string.ascii_letters}{string.digits}-_.:[]"), found in (given, ""))


@pytest.mark.parametrize("given", ["localhost.", "127.0.0.2", "[::1%lo]", "localhost@example.com", "LOCALHOST\uff0e"])
def test_clear_text_only_here(given: str) -> None:
    """In clear text, nothing but the three names of this machine is a host."""
    with pytest.raises(ValueError, match="Invalid host"):
        environment.host(given, tls=False)
