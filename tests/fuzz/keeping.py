"""Making a failure small, and keeping it as a file that is played again by the tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from fuzz.drafts import Draft
from fuzz.hostility import Hostile
from fuzz.play import FailedError, Step, again

KEPT: Final = Path(__file__).parent / "kept"
_TRIALS: Final = 400
"""How many smaller failures are tried at each stage."""

Thing = TypeVar("Thing")


def shrink(failed: FailedError) -> list[Step]:
    """The fewest and smallest steps found that break the same; none when the batch by itself breaks nothing."""

    def breaks(steps: list[Step]) -> bool:
        return again(failed.batch, steps) == failed.why

    steps = failed.steps
    if breaks(steps[-1:]):
        steps = steps[-1:]
    elif not breaks(steps):
        return []
    steps = _fewer(steps, breaks)
    for index, step in enumerate(steps):
        if isinstance(step, Hostile) and isinstance(step.message, str):
            told = step

            def still(message: str, index: int = index, told: Hostile = told) -> bool:
                return breaks([*steps[:index], told._replace(message=message), *steps[index + 1 :]])

            steps[index] = told._replace(message=_smaller(step.message, still))
    return steps


def _fewer(things: list[Thing], breaks: Callable[[list[Thing]], bool]) -> list[Thing]:
    size, trials = len(things) // 2, 0
    while size and trials < _TRIALS:
        for begin in range(0, len(things), size):
            fewer = things[:begin] + things[begin + size :]
            trials += 1
            if fewer and breaks(fewer):
                things = fewer
                break
        else:
            size //= 2
    return things


def _smaller(message: str, breaks: Callable[[str], bool]) -> str:
    try:
        frame = json.loads(message)
    except (ValueError, RecursionError):
        return "".join(_fewer(list(message), lambda letters: breaks("".join(letters))))
    tried = islice(_without(frame), _TRIALS)
    shorter = next((text for text in tried if len(text) < len(message) and breaks(text)), None)
    return message if shorter is None else _smaller(shorter, breaks)


def _without(frame: Any) -> Iterator[str]:
    # The frame without one of its parts, or with next to nothing in it.
    for held_by, key in Draft(frame).places():
        value = held_by[key]
        if isinstance(value, dict | list) or len(str(value)) > 1:
            held_by[key] = 0
            yield Draft(frame).text()
            held_by[key] = value
        if isinstance(held_by, dict):
            # What is put back is put back last, which harms nobody.
            del held_by[key]
            yield Draft(frame).text()
            held_by[key] = value


def keep(name: str, failed: FailedError, steps: list[Step]) -> Path:
    """Write a failure down."""
    told = {"breaks": failed.why, "batch": failed.batch, "steps": [_told(step) for step in steps]}
    path = KEPT / f"{name}.json"
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path


def _told(step: Step) -> Any:
    if not isinstance(step, Hostile):
        return step
    return {"text": step.message} if isinstance(step.message, str) else {"bytes": step.message.hex()}


def kept() -> dict[str, tuple[int, list[Step]]]:
    """The batch and the steps of every failure that was kept, by name."""
    found = {path.stem: json.loads(path.read_text()) for path in sorted(KEPT.glob("*.json"))}
    return {name: (told["batch"], [_step(step) for step in told["steps"]]) for name, told in found.items()}


def _step(told: Any) -> Step:
    if not isinstance(told, dict):
        return float(told) if isinstance(told, float) else int(told)
    message: str | bytes = told["text"] if "text" in told else bytes.fromhex(told["bytes"])
    return Hostile(message, "kept", "kept")
