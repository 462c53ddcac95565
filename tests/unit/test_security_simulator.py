"""The simulator's door: who has not logged in gets nothing, does nothing, and leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from simulator_wire import Desk, Phone

from callfsm.simulator import Simulator
from callfsm.simulator.commands.registry import COMMANDS

LONE = "\ud800"
"""Half a letter: JSON can spell it, UTF-8 cannot."""


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "", "192.0.2.1", "example.com", "localhost.example.com", "127.0.0.1.example.com"],  # noqa: S104  # and refused
)
def test_loopback_only(host: str) -> None:
    """An address that others can reach is refused, unless it is allowed by name; no name but localhost is looked up."""
    with pytest.raises(ValueError, match="not a loopback address; allow_remote=True"):
        Simulator(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback(host: str) -> None:
    """Addresses of this machine alone are taken, and the first of them is where it listens when nothing is said."""
    assert (host, "127.0.0.1") == (Simulator(host).host, Simulator().host)


def test_remote_when_allowed() -> None:
    """Whoever allows it by name gets it."""
    assert Simulator("192.0.2.1", allow_remote=True).host == "192.0.2.1"


def test_tokens_are_made_up() -> None:
    """Tokens that were not given are random, and long; those of the control endpoint always are."""
    first, second = Simulator(), Simulator()

    assert (True, True, True) == (
        first.token != second.token,
        first.control_token != second.control_token,
        min(len(first.token), len(first.control_token)) >= 32,
    )


@pytest.mark.parametrize("method", sorted(COMMANDS))
def test_no_command_without_login(method: str) -> None:
    """Every command of a stranger is refused, and changes nothing."""
    desk = Desk()
    leg = desk.answered()
    before = (leg.state, len(desk.exchange.legs), list(desk.exchange.sessions))
    reply = Phone(desk.exchange).ask(
        method, call_id=leg.call_id, node_id="x", control_id="c", tag="t", contexts=["desk"]
    )

    assert (-32600, before) == (
        reply["error"]["code"],
        (leg.state, len(desk.exchange.legs), list(desk.exchange.sessions)),
    )


@pytest.mark.parametrize(
    "authentication",
    [
        {"project": "simulated-project", "token": "simulated-token "},
        {"project": "simulated-project", "token": "Simulated-token"},
        {"project": "simulated-project", "token": "simulated-token\x00"},
        {"project": "simulated-project", "token": LONE},
        {"project": LONE, "token": "simulated-token"},
        {"project": "simulated-project", "token": ["simulated-token"]},
        {"project": "simulated-project", "token": {"simulated-token": 1}},
        {"project": "simulated-project", "token": True},
        {"project": "", "token": ""},
        {"jwt_token": ""},
        {"jwt_token": LONE},
        {"jwt_token": ["x"]},
        ["simulated-project", "simulated-token"],
    ],
)
def test_wrong_credentials(authentication: Any) -> None:
    """Whatever is not exactly the credentials is refused in the same words, and begins no session."""
    desk = Desk()
    stranger = Phone(desk.exchange)
    sessions = len(desk.exchange.sessions)
    reply = stranger.ask("signalwire.connect", authentication=authentication)

    assert (-32002, "Authentication failed", None, sessions) == (
        reply["error"]["code"],
        reply["error"]["message"],
        stranger.client.session,
        len(desk.exchange.sessions),
    )


def test_a_session_is_not_taken_without_credentials() -> None:
    """Who knows the name of a session, but not the token, does not get it; its client stays."""
    desk = Desk()
    protocol = next(iter(desk.exchange.sessions))
    reply = Phone(desk.exchange).ask(
        "signalwire.connect", protocol=protocol, authentication={"project": "x", "token": "y"}
    )

    assert (-32002, False) == (reply["error"]["code"], desk.phone.closed)


@pytest.mark.parametrize("method", ["signalwire.connect", "calling.play", "calling." + "x" * 50_000])
def test_strangers_leave_nothing_behind(method: str) -> None:
    """Of what strangers say, the journal keeps a few words at most."""
    desk = Desk()
    before = len(desk.exchange.journal)
    stranger = Phone(desk.exchange)
    long = "x" * 50_000
    stranger.say({"jsonrpc": "2.0", "id": long, "method": method, "params": {"call_id": long, "tag": long, long: long}})
    desk.exchange.receive(stranger.client, long)
    kept = desk.exchange.journal.entries()[before:]

    assert (3, True) == (len(kept), len(json.dumps(kept)) < 3_000)


def test_credentials_are_not_shown() -> None:
    """Neither the simulator nor its settings show a token; its statistics have none."""
    simulator = Simulator(token="SECRET-token")  # of this test
    shown = f"{simulator!r}{simulator.settings!r}{simulator.exchange.settings!r}{simulator.statistics!r}"

    assert (0, 0) == (shown.count("SECRET"), shown.count(simulator.control_token))
