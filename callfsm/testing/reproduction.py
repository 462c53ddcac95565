"""From a failure to a test: a story that went wrong, as a pytest function that fails the same way."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterator
from typing import Any, Final

from callfsm import RelayClient
from callfsm.handling import CallHandler
from callfsm.testing.concluding import PATIENCE, RETURNS_WITHIN
from callfsm.testing.invariants import Demands
from callfsm.testing.scripts import Story, indented, literal

Program = RelayClient | CallHandler

_OF_PYTHON: Final = (
    ("asyncio.", "import asyncio"),
    ("random.seed(", "import random"),
    ("suppress(", "from contextlib import suppress"),
)
_OF_THE_SIMULATOR: Final = (
    ("CallOverError", "from callfsm.simulator import CallOverError"),
    ("Person(", "from callfsm.simulator import Person"),
)


def reproduction(
    story: Story, invariant: str, program: Program, context: str, demands: Demands, seed: int | None = None
) -> str:
    """The source of a pytest function that lets a story happen again and finds the same.

    Args:
        story: What has happened.
        invariant: The name of the invariant that it breaks.
        program: The handler or the client that was at work.
        context: The context that callers call who name none.
        demands: What else was demanded.
        seed: What chance begins with in the program; ``None`` when it uses none.

    Returns:
        A module of one test, which uses the fixture ``relay``. Where the program cannot be imported, a comment says so.
    """
    imported, name = reference(program)
    limits = [
        f"{argument}={value!r}"
        for argument, value, usual in (
            ("patience", demands.patience, PATIENCE),
            ("returns_within", demands.returns_within, RETURNS_WITHIN),
        )
        if value != usual
    ]
    errors, told_errors = _errors(demands.raises)
    kept = ", ".join(["relay", literal(invariant), *told_errors, *limits])
    contexts = "" if isinstance(program, RelayClient) else f", {literal(context)}"
    chance = f"random.seed({seed})\n" if seed is not None else ""
    within = f"{chance}await relay.serves({name}{contexts})\n{story.program(context)}"
    body = f"    async with keeps({kept}):\n{indented(indented(within))}\n"
    pythons = [line for word, line in _OF_PYTHON if word in body]
    others = {line for word, line in _OF_THE_SIMULATOR if word in body} | {*errors, imported}
    others.add("from callfsm.testing import keeps")
    blocks = ["\n".join(block) for block in (pythons, sorted(others, key=_place_of_import)) if block]
    imports = "\n\n".join(blocks)
    return f"{imports}\n\n\nasync def test_{_identifier(invariant)}(relay):\n{body}"


def _place_of_import(line: str) -> tuple[bool, str]:
    return line.startswith("#"), line


def reference(program: Program) -> tuple[str, str]:
    """How a program is imported, and what it is called then."""
    module = getattr(program, "__module__", "") or ""
    name = str(getattr(program, "__qualname__", ""))
    if isinstance(program, RelayClient):
        module, name = next(_places(program), ("", "client"))
    if name and module and getattr(sys.modules.get(module), name, None) is program:
        return f"from {module} import {name}", name
    return f"# The program under test cannot be imported: {name or program!r}. Define it here, as `flow`.", "flow"


def _places(program: Any) -> Iterator[tuple[str, str]]:
    for module_name, module in sorted(sys.modules.items()):
        if module_name.startswith("callfsm."):
            continue
        for name, value in list(getattr(module, "__dict__", {}).items()):
            if value is program and name.isidentifier():
                yield module_name, name


def _errors(raises: tuple[type[BaseException], ...]) -> tuple[list[str], list[str]]:
    if not raises:
        return [], []
    imports = [
        f"from {error.__module__} import {error.__name__}"
        for error in raises
        if getattr(builtins, error.__name__, None) is not error
    ]
    names = ", ".join(error.__name__ for error in raises)
    return imports, [f"raises=({names}{',' * (len(raises) == 1)})"]


def _identifier(invariant: str) -> str:
    return re.sub(r"\W+", "_", invariant).strip("_")
