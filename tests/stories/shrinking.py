"""Making a story that went wrong as short as it can be, while the same promise is still broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final, TypeVar

from stories.story import Act, Caller, Fault, Program, Step, Story

Part = TypeVar("Part")
Numbered = TypeVar("Numbered", Step, Act, Fault, Caller)
Fails = Callable[[Story], bool]

MOST: Final = 2_000
"""How many shorter stories are tried."""
_NUMBERS: Final = ("after", "delay", "seconds", "choice", "at")
_ROUND: Final = (0, 1, 2, 5, 10)


def shrink(story: Story, fails: Fails) -> Story:
    """The shortest story that was found for which ``fails`` holds, as it does for this one."""
    left = MOST
    tried: set[Story] = set()
    shorter: Story | None = story
    while shorter is not None:
        story, shorter = shorter, None
        for candidate in _shorter(story):
            if candidate in tried or candidate.size >= story.size:
                continue
            tried.add(candidate)
            left -= 1
            if left < 0:
                return story
            if fails(candidate):
                shorter = candidate
                break
    return story


def _shorter(story: Story) -> Iterator[Story]:
    # What takes away most comes first.
    for callers in _fewer(story.callers):
        yield replace(story, callers=callers)
    for handlers in _fewer(story.handlers):
        yield replace(story, handlers=handlers)
    yield from _shorter_programs(story)
    for faults in _fewer(story.faults):
        yield replace(story, faults=faults)
    for index, caller in enumerate(story.callers):
        for acts in _fewer(caller.acts):
            yield replace(story, callers=_with(story.callers, index, replace(caller, acts=acts)))
    yield from _lower(story)


def _shorter_programs(story: Story) -> Iterator[Story]:
    for errands in _fewer(story.errands):
        yield replace(story, errands=errands)
    for index, program in enumerate(story.handlers):
        for fewer in _fewer(program):
            yield replace(story, handlers=_with(story.handlers, index, fewer))


def _lower(story: Story) -> Iterator[Story]:
    for faults in _lowered(story.faults):
        yield replace(story, faults=faults)
    for errands in _lowered(story.errands):
        yield replace(story, errands=errands)
    for index, program in enumerate(story.handlers):
        lower: Program
        for lower in _lowered(program):
            yield replace(story, handlers=_with(story.handlers, index, lower))
    for callers in _lowered(story.callers):
        yield replace(story, callers=callers)
    for index, caller in enumerate(story.callers):
        for acts in _lowered(caller.acts):
            yield replace(story, callers=_with(story.callers, index, replace(caller, acts=acts)))


def _fewer(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    size = len(parts)
    while size:
        for start in range(0, len(parts), size):
            yield parts[:start] + parts[start + size :]
        size //= 2


def _with(parts: tuple[Part, ...], index: int, part: Part) -> tuple[Part, ...]:
    return (*parts[:index], part, *parts[index + 1 :])


def _lowered(parts: tuple[Numbered, ...]) -> Iterator[tuple[Numbered, ...]]:
    for index, part in enumerate(parts):
        for name in _NUMBERS:
            number = getattr(part, name, 0)
            for lower in [each for each in _ROUND if each < number] + ([number - 1] if number > 1 else []):
                changed: dict[str, Any] = {name: type(number)(lower)}
                yield _with(parts, index, replace(part, **changed))
