"""The stories that every flow is held against before any is drawn: those that go wrong most often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from typing import Final

from callfsm.testing.scripts import Act, Network, NetworkAct, Script, Story
from callfsm.testing.vocabulary import Vocabulary

_PAIRS: Final = 15
"""How many pairs of callers who are on the phone at once are tried at most."""
_TRIES: Final = 300
"""How many shorter stories are tried at most."""
_SECOND: Final = "+15550100004"


def openings(vocabulary: Vocabulary) -> Iterator[Story]:
    """Somebody who waits, somebody who hangs up at once, every known way through the flow, each text, and two callers at a time.

    Args:
        vocabulary: What was learned of the flow.
    """
    yield Story()
    yield Story((Script((Act("hangs_up"),)),))
    yield Story((Script((Act("is_answered"), Act("hangs_up"))),))
    scripts = [Script(acts) for acts in dict.fromkeys(vocabulary.routes)]
    # Whoever goes some of the way, and then waits.
    for acts in dict.fromkeys(script.acts[:length] for script in scripts for length in range(1, len(script.acts))):
        if acts[-1].does == "hears":
            yield Story((Script(acts),))
    for script in scripts:
        yield Story((script,))
        yield Story((replace(script, acts=(*script.acts, Act("hangs_up"))),))
    for text in vocabulary.texts:
        yield Story((), Network((NetworkAct("message", text),)))
    for first, second in list(combinations(scripts, 2))[:_PAIRS]:
        yield Story((first, replace(second, from_=_SECOND)))


def reduced(story: Story, fails: Callable[[Story], bool]) -> Story:
    """The shortest story that still fails, found by leaving out one thing after the other."""
    tries = 0
    while tries < _TRIES:
        for shorter in _shorter(story):
            tries += 1
            if fails(shorter):
                story = shorter
                break
        else:
            break
    return story


def _shorter(story: Story) -> Iterator[Story]:
    for number, script in enumerate(story.callers):
        others = story.callers[:number] + story.callers[number + 1 :]
        if others:
            yield replace(story, callers=others)
        for index in range(len(script.acts)):
            fewer = replace(script, acts=script.acts[:index] + script.acts[index + 1 :])
            yield replace(story, callers=(*story.callers[:number], fewer, *story.callers[number + 1 :]))
