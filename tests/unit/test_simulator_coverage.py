"""The page of what the simulator serves."""

from pathlib import Path

from callfsm.simulator.commands.registry import COMMANDS
from callfsm.simulator.coverage import coverage
from callfsm.simulator.events import EVENTS, NEVER
from callfsm.simulator.parameters import PARAMETERS

PAGE = Path(__file__).parents[2] / "docs" / "simulator.md"


def test_the_page_is_current() -> None:
    """docs/simulator.md is what the tables tell now (`make -B docs/simulator.md` writes it anew)."""
    assert coverage() == PAGE.read_text()


def test_every_method_and_event_is_told() -> None:
    """Nothing that is served is left out."""
    page = coverage()

    assert [] == [name for name in (*COMMANDS, *EVENTS, *NEVER, "signalwire.connect") if f"`{name}`" not in page]


def test_what_is_checked_is_served() -> None:
    """The table of params tells of no method that does not exist."""
    assert set() == set(PARAMETERS) - set(COMMANDS)
