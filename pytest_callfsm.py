"""The pytest plugin of callfsm, as pytest finds it: its options, and the fixture `relay`.

It stands outside the package so that a test run that uses no relay does not import callfsm. Everything else is in
`callfsm.testing.plugin`, which is loaded with the first test that does. ``-p no:callfsm`` switches it off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from callfsm.testing.relay import Relay

LATER: Final = "callfsm.testing.plugin"
"""The rest of the plugin."""


class Option(NamedTuple):
    """An option, and the value of the ini file that stands in for it: ``--callfsm-speed`` and ``callfsm_speed``."""

    name: str
    default: str
    about: str
    details: Mapping[str, Any] = MappingProxyType({})

    @property
    def flag(self) -> str:
        """How it is written on the command line."""
        return f"--callfsm-{self.name}"

    @property
    def key(self) -> str:
        """How it is written in the ini file."""
        return f"callfsm_{self.name.replace('-', '_')}"


OPTIONS: Final = (
    Option(
        "transport",
        "memory",
        "where the fixture `relay` runs: in memory and virtual time, or on a real socket of this machine",
        {"choices": ("memory", "socket")},
    ),
    Option("speed", "10", "simulated seconds in a real one, on a socket", {"type": float, "metavar": "N"}),
    Option("seed", "0", "what chance in the fixture `relay` begins with", {"type": int, "metavar": "N"}),
    Option("ladders", "", "save the ladders of every test that fails in this folder", {"metavar": "DIR"}),
    Option(
        "time-limit",
        "7200",
        "simulated seconds that a test with `relay` may take",
        {"type": float, "metavar": "SECONDS"},
    ),
    Option("cov", "", "show what the test run took of the machine of a call", {"action": "store_true"}),
    Option("cov-json", "", "write that coverage to a file, as JSON", {"metavar": "FILE"}),
    Option("cov-diagram", "", "draw that coverage into a file, as a Mermaid state diagram", {"metavar": "FILE"}),
    Option(
        "cov-fail-under",
        "",
        "fail when fewer percent of the call machine's transitions were taken",
        {"type": float, "metavar": "N"},
    ),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, each with a value of the ini file."""
    group = parser.getgroup("callfsm", "callfsm: tests of programs that make calls")
    for option in OPTIONS:
        group.addoption(option.flag, dest=option.key, default=None, help=option.about, **option.details)
        parser.addini(option.key, f"the same as {option.flag}: {option.about}", default=option.default)


def pytest_configure(config: pytest.Config) -> None:
    """Load the rest at once when coverage is wanted: it begins before the first test."""
    if any(_wanted(config, option) for option in OPTIONS if option.name.startswith("cov")):
        _load_later(config)


def _wanted(config: pytest.Config, option: Option) -> bool:
    return config.getoption(option.key) is not None or config.getini(option.key) != option.default


def pytest_itemcollected(item: pytest.Item) -> None:
    """Load the rest with the first test that uses the fixture."""
    if "relay" in getattr(item, "fixturenames", ()):
        _load_later(item.config)


def _load_later(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin(LATER):
        from callfsm.testing import plugin  # noqa: PLC0415  # see above

        config.pluginmanager.register(plugin, LATER)


@pytest.fixture
def relay(request: pytest.FixtureRequest) -> Iterator[Relay]:
    """A simulated RELAY of this test's own, which programs are joined to and people call: `callfsm.testing.relay.Relay`.

    A coroutine test that uses it needs no other plugin: it runs in virtual time, inside ``async with relay``. With
    ``--callfsm-transport=socket`` it runs on a real event loop, and programs connect to a real socket.
    """
    from callfsm.testing.plugin import relay_of  # noqa: PLC0415  # see above

    yield from relay_of(request)
