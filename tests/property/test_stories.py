"""Whatever programs, callers and the line do, in whatever order: the promises of `stories.watching` are kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import stories
from stories.drawing import draw
from stories.errands import ERRANDS
from stories.faults import FAULTS
from stories.mutants import MUTANTS
from stories.run import Teller, chunks, failure
from stories.shrinking import shrink
from stories.steps import STEPS
from stories.story import Story

KEPT = sorted((Path(stories.__file__).parent / "kept").glob("*.json"))
TOLD = 5_000
EACH = 250
FIRST = 1_000_000
"""Other stories than those that ``make stories`` begins with."""
MUTANT_STORIES = 1_000


@pytest.fixture
def teller(silent_log: None) -> Iterator[Teller]:
    """Somebody who tells stories, and leaves the log as it was."""
    assert silent_log is None
    teller = Teller()
    yield teller
    teller.close()


@pytest.mark.parametrize("seeds", list(chunks(FIRST, TOLD, EACH)), ids=lambda seeds: str(seeds.start))
def test_stories(teller: Teller, seeds: range) -> None:
    """Every promise is kept in every story."""
    broken = teller.tell_many(seeds).broken

    assert [] == broken, failure(draw(broken[0][0]), broken[0][1].promise)


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_kept(teller: Teller, path: Path) -> None:
    """A story that has found a fault once finds none any more."""
    kept = json.loads(path.read_text())

    assert [] == teller.tell(Story.from_json(kept["story"])).breaches, kept["found"]


@pytest.mark.parametrize("name", MUTANTS)
def test_mutants(teller: Teller, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that is put into the client is found."""
    mutant = MUTANTS[name]
    mutant.applies(monkeypatch)

    assert any(
        breach.promise == mutant.promise
        for seed in range(MUTANT_STORIES)
        for breach in teller.tell(draw(seed)).breaches
    )


def test_everything_happens(teller: Teller) -> None:
    """Every kind of fault, step and errand happens in stories that are drawn."""
    seen = teller.tell_many(range(2_000)).seen
    kinds = [
        *(f"fault {kind}" for kind in FAULTS),
        *(f"step {kind}" for kind in STEPS),
        *(f"errand {kind}" for kind in ERRANDS),
    ]

    assert [] == [kind for kind in kinds if not seen[kind]]


def test_same_story(teller: Teller) -> None:
    """The same seed is the same story, frame by frame."""
    first = [teller.tell(draw(seed)).journal for seed in range(100)]
    second = [teller.tell(draw(seed)).journal for seed in range(100)]

    assert first == second


def test_printed() -> None:
    """A story is printed as what makes it again, and kept as JSON."""
    told = draw(7)

    assert told == Story.from_json(json.loads(json.dumps(told.to_json())))


def test_shrinks() -> None:
    """A story that fails is made as short as it can be."""
    short = shrink(draw(9), lambda story: any(fault.seconds >= 1 for fault in story.faults) or len(story.callers) > 0)

    assert (2, 1.0) >= short.size
