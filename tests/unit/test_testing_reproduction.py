"""From a failure to a test: what is printed can be pasted, and holds what has to be demanded again."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from callfsm import Call, RelayClient
from callfsm.simulator import Person
from callfsm.testing import Act, Network, NetworkAct, Script, Story
from callfsm.testing.invariants import Demands
from callfsm.testing.reproduction import Program, reference, reproduction

WAITS = Story((Script((Act("is_answered"), Act("press", "1"))),))


class BookingError(Exception):
    """Something that a program may raise."""


async def flow(call: Call) -> None:
    """A flow that can be imported."""


class Desk:
    """A flow with a state."""

    async def handle(self, call: Call) -> None:
        """A flow that is bound to an object."""


client = RelayClient("project", "token", contexts=["sales"])


def printed(story: Story = WAITS, program: Program = flow, **demands: Any) -> str:
    """The test of a story."""
    return reproduction(story, "call ends", program, "office", Demands(**demands))


def test_whole() -> None:
    """The test imports the flow, demands the invariant, serves the flow, and tells the story."""
    assert printed() == (
        "from callfsm.testing import keeps\n"
        "from test_testing_reproduction import flow\n"
        "\n"
        "\n"
        "async def test_call_ends(relay):\n"
        '    async with keeps(relay, "call ends"):\n'
        '        await relay.serves(flow, "office")\n'
        '        caller = relay.call("office")\n'
        "        await caller.is_answered()\n"
        '        await caller.press("1")\n'
    )


def test_client() -> None:
    """A client is imported by the name that it has in its module, and served in its own contexts."""
    text = printed(program=client)

    assert "from test_testing_reproduction import client\n" in text
    assert "await relay.serves(client)\n" in text


def test_client_of_another_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a client is, it is found; modules of callfsm itself are not looked into."""
    other = RelayClient("project", "token")
    for name in ("callfsm.example", "somewhere"):
        module = ModuleType(name)
        vars(module)["office"] = other
        monkeypatch.setitem(sys.modules, name, module)

    assert ("from somewhere import office", "office") == reference(other)


@pytest.mark.parametrize("program", [Desk().handle, lambda _call: None, RelayClient("project", "token")])
def test_cannot_be_imported(program: Program) -> None:
    """Of a program that no import leads to the test says so, and what to do."""
    text = printed(program=program)

    assert "# The program under test cannot be imported: " in text
    assert "Define it here, as `flow`.\n" in text
    compile(text, "printed", "exec")


@pytest.mark.parametrize(
    ("demands", "told"),
    [
        ({"raises": (LookupError,)}, 'keeps(relay, "call ends", raises=(LookupError,)):'),
        ({"raises": (LookupError, OSError)}, 'keeps(relay, "call ends", raises=(LookupError, OSError)):'),
        ({"patience": 60.0}, 'keeps(relay, "call ends", patience=60.0):'),
        ({"returns_within": 5.0}, 'keeps(relay, "call ends", returns_within=5.0):'),
    ],
)
def test_demands(demands: dict[str, Any], told: str) -> None:
    """What was demanded otherwise than usual is demanded again."""
    assert told in printed(**demands)


def test_errors_are_imported() -> None:
    """Errors of the program's own are imported, those of Python are not."""
    text = printed(raises=(BookingError, LookupError))

    assert "from test_testing_reproduction import BookingError\n" in text
    assert "import LookupError" not in text


@pytest.mark.parametrize(
    ("story", "line"),
    [
        (Story((Script(), Script(at=1.0))), "import asyncio\n"),
        (Story((Script((Act("says", "yes", cut_off=True),)),)), "from contextlib import suppress\n"),
        (Story((Script((Act("says", "yes", cut_off=True),)),)), "from callfsm.simulator import CallOverError\n"),
        (Story((Script(person=Person(greeting="Hi.")),)), "from callfsm.simulator import Person\n"),
    ],
)
def test_imports(story: Story, line: str) -> None:
    """What a story needs is imported, and nothing that it does not."""
    assert line in printed(story)
    assert line not in printed()


@pytest.mark.parametrize(
    "story",
    [
        WAITS,
        Story((Script(), Script(at=1.0)), Network((NetworkAct("restarts", at=2.0),))),
        Story((), Network((NetworkAct("answers", ("+1555", 1.0), then=Script()),))),
    ],
)
def test_can_be_run(story: Story) -> None:
    """Whatever the story, the text is a program."""
    compile(printed(story), "printed", "exec")
