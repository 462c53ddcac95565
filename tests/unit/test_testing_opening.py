"""The first stories of every flow, how stories are made shorter and kept, and what is learned of a flow."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis.database import InMemoryExampleDatabase

from callfsm import Call
from callfsm.testing import Act, Story, stories
from callfsm.testing.invariants import Demands
from callfsm.testing.keeping import Kept
from callfsm.testing.opening import openings, reduced
from callfsm.testing.scripts import Network, NetworkAct, Script
from callfsm.testing.trial import Trial
from callfsm.testing.vocabulary import MOST, NOTHING, Vocabulary, ending_of

MENU = "Welcome. Press 1 for sales, press 2 for our service desk, or 0 to talk to somebody."
DESKS = {"1": "+15550100021", "2": "+15550100022", "31": "+15550100023"}


async def menu(call: Call) -> None:
    """A menu with a hidden choice, and somebody to connect to."""
    await call.answer()
    for _ in range(2):
        prompt = await call.prompt_tts(
            f"<speak>{MENU}</speak>", {"digits": {"max": 2, "terminators": "#"}, "speech": {}}
        )
        event = await prompt.wait()
        number = DESKS.get(event.digits)
        if number is not None:
            await call.connect([[{"type": "phone", "params": {"to_number": number, "from_number": "+1555"}}]])
            await call.wait_for_ended()
            return
    await call.hangup()


@pytest.fixture(scope="module")
def learned() -> Vocabulary:
    """What is learned of the menu."""
    trial = Trial(menu, "office", Demands(), 7_200.0, None)
    try:
        return trial.learn()
    finally:
        trial.close()


@pytest.mark.parametrize("key", ["1#", "2#", "0#", "31", "99"])
def test_learned_keys(learned: Vocabulary, key: str) -> None:
    """Keys are learned from what is said and from the program's tables, and end as they have to."""
    assert key in learned.keys  # no dict has such keys


def test_learned_words(learned: Vocabulary) -> None:
    """Words are learned from what is said, without markup."""
    assert {"sales", "service"} <= set(learned.words)
    assert (MENU,) == learned.prompts


def test_learned_numbers(learned: Vocabulary) -> None:
    """The numbers that are called are learned, and so are the commands."""
    assert set(DESKS.values()) == set(learned.numbers)
    assert {"calling.answer", "calling.play_and_collect", "calling.connect"} <= set(learned.methods)


def test_learned_routes(learned: Vocabulary) -> None:
    """What has led somewhere is learned, as it can be done again."""
    assert (Act("hears", ending_of(MENU)), Act("press", "1#")) in [route[:2] for route in learned.routes]


def test_bounded() -> None:
    """What is known does not grow without end."""
    many = [Vocabulary(keys=(str(number),), moments=(float(number),)) for number in range(100)]
    known = sum(many, start=NOTHING)

    assert MOST == len(known.keys) == len(known.moments)


def test_openings(learned: Vocabulary) -> None:
    """Somebody who waits comes first; then who hangs up; then known ways, alone and two at a time."""
    first, second, third, *others = openings(learned)

    assert Story() == first
    assert ["hangs_up"] == [act.does for act in second.callers[0].acts]
    assert ["is_answered", "hangs_up"] == [act.does for act in third.callers[0].acts]
    assert {1, 2} == {len(story.callers) for story in others}
    assert all(len({script.from_ for script in story.callers}) == len(story.callers) for story in others)


def test_reduced() -> None:
    """A story is made as short as it can be."""
    script = Script((Act("is_answered"), Act("press", "1"), Act("says", "yes"), Act("press", "2")))
    story = Story((script, script))

    assert Story((Script((Act("press", "2"),)),)) == reduced(
        story, lambda shorter: any(act == Act("press", "2") for each in shorter.callers for act in each.acts)
    )


@settings(max_examples=100)
@given(stories(Vocabulary(methods=("calling.detect",), numbers=("+15550100021",))))
def test_kept(story: Story) -> None:
    """A story is kept as it is, and until it is removed."""
    database = InMemoryExampleDatabase()
    kept = Kept(database, "menu")
    kept.add(story)
    read = list(kept)
    others = list(Kept(database, "another program"))
    kept.remove(story)

    assert ([story], [], []) == (read, others, list(kept))


def test_kept_by_others() -> None:
    """What another version has kept is forgotten."""
    database = InMemoryExampleDatabase()
    kept = Kept(database, "menu")
    kept.add(Story(network=Network((NetworkAct("restarts"),))))
    key = next(iter(database.data))
    database.save(key, b'{"callers": [{"acts": [{"does": "dances"}]}]}')
    database.save(key, b"no JSON")

    assert 1 == len(list(kept))
    assert 1 == len(database.data[key])


def test_kept_nowhere() -> None:
    """Without a database nothing is kept."""
    kept = Kept(None, "menu")
    kept.add(Story())
    kept.remove(Story())

    assert [] == list(kept)
