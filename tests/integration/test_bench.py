"""The programs of `bench`, with as little load as there can be; the official client is not needed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

BENCH = str(Path(__file__).parents[2] / "bench")
RUNS = [
    ("callfsm", "lifecycle", (5,)),
    ("callfsm", "flood", (20,)),
    ("floor, plain", "dial", (5,)),
    ("floor, joined", "growth", (5, 2, 10)),
]


@pytest.fixture(scope="module")
def rounds() -> Iterator[ModuleType]:
    """The module that runs clients against the load server."""
    sys.path.insert(0, BENCH)
    yield import_module("rounds")
    sys.path.remove(BENCH)


def test_every_client_does_all_the_work_of_its_scenario(rounds: ModuleType) -> None:
    """Each runs, and the server has heard of it every frame that it must hear, and no other: else the run would fail."""
    known = {scenario.name: scenario for scenario in import_module("scenarios").SCENARIOS}

    async def each() -> list[bool]:
        async with rounds.bench() as server:
            return [bool(await server.run(client, replace(known[name], sizes=sizes))) for client, name, sizes in RUNS]

    assert [True] * len(RUNS) == asyncio.run(each())


def test_a_client_that_does_other_work_fails_the_run(rounds: ModuleType) -> None:
    """Nothing is measured of a client that has sent other frames than its scenario wants."""
    scenario = replace(import_module("scenarios").SCENARIOS[0], sizes=(1,), frames=lambda _calls: {"events": 1})

    async def one() -> None:
        async with rounds.bench() as server:
            await server.run("floor, plain", scenario)

    with pytest.raises(rounds.DishonestError, match="the server has heard"):
        asyncio.run(one())


CHEATS = {
    "it has connected 2 times, not once": """
        async def open(self):
            await super().open()
            self.first = self._line
            await super().open()

        async def disconnect(self):
            await super().disconnect()
            await self.first.close()
    """,
    "0 acknowledgements \\(not 12\\)": """
        def hear(self, frame):
            self._line._texts = [text for text in self._line._texts if b'"result":{}' not in text]
            super().hear(frame)
    """,
    "its program has ended with status 0 and no figures": """
        async def receive(self, contexts):
            os._exit(0)
    """,
}


@pytest.mark.parametrize("told", CHEATS)
def test_a_client_that_cheats_is_told_of(
    rounds: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    """The error tells who has failed, in what, and how; the client after it is measured as if nothing had been."""
    heading = "import os\nimport floor_joined\n\nclass RelayClient(floor_joined.RelayClient):\n"
    (tmp_path / "cheat.py").write_text(heading + CHEATS[told])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    scenarios = import_module("scenarios")
    monkeypatch.setitem(scenarios.CLIENTS, "cheat", "cheat")
    scenario = replace(scenarios.SCENARIOS[0], sizes=(1,))

    async def both() -> None:
        async with rounds.bench() as server:
            with pytest.raises((rounds.DishonestError, RuntimeError), match=f"cheat in lifecycle: .*{told}"):
                await server.run("cheat", scenario)
            await server.run("floor, joined", scenario)

    asyncio.run(both())
