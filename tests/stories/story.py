"""A story, as a value: it can be printed as Python, kept as JSON, and made shorter."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Step:
    """One thing that a program does; its kinds stand in `stories.steps.STEPS` and `stories.errands.ERRANDS`."""

    kind: str
    seconds: float = 0.0
    """A duration, or a time limit; 0 is none."""
    choice: int = 0
    """Which of several ways."""


@dataclass(frozen=True)
class Act:
    """One thing that a person on the phone does; its kinds stand in `stories.callers.ACTS`."""

    kind: str
    after: float = 0.0
    """So many seconds after the one before."""
    choice: int = 0


@dataclass(frozen=True)
class Caller:
    """Somebody who calls in."""

    at: float = 0.0
    """So many seconds after the client has logged in."""
    acts: tuple[Act, ...] = ()
    choice: int = 0
    """Who it is: a human, a machine, ..."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong; its kinds stand in `stories.faults.FAULTS`."""

    kind: str
    after: int = 0
    """It happens when so many frames have passed the line, in both directions together, and then ..."""
    delay: float = 0.0
    """... so many seconds later."""
    seconds: float = 0.0
    """How long it lasts, or how late something comes."""
    choice: int = 0
    """Which of several ways, or how many times."""


Program = tuple[Step, ...]


@dataclass(frozen=True)
class Story:
    """What happens, all of it.

    Attributes:
        seed: What chance does, where the client leaves something to it.
        handlers: What the handlers of inbound calls do, each call the next one's program.
        errands: What the program does besides.
        callers: Who calls in.
        faults: What goes wrong.
    """

    seed: int
    handlers: tuple[Program, ...] = ((),)
    errands: Program = ()
    callers: tuple[Caller, ...] = ()
    faults: tuple[Fault, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The story as JSON can hold it."""
        told: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return told

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """The story that was kept."""
        return cls(
            seed=told["seed"],
            handlers=tuple(tuple(Step(**step) for step in program) for program in told["handlers"]),
            errands=tuple(Step(**step) for step in told["errands"]),
            callers=tuple(
                Caller(caller["at"], tuple(Act(**act) for act in caller["acts"]), caller["choice"])
                for caller in told["callers"]
            ),
            faults=tuple(Fault(**fault) for fault in told["faults"]),
        )

    @property
    def size(self) -> tuple[int, float]:
        """How much there is to read, and how large its numbers are; a shrunk story has less of both."""
        steps = [step for program in (*self.handlers, self.errands) for step in program]
        acts = [act for caller in self.callers for act in caller.acts]
        parts = len(steps) + len(acts) + len(self.callers) + len(self.faults) + len(self.handlers)
        numbers = sum(step.seconds + step.choice for step in steps) + sum(act.after + act.choice for act in acts)
        numbers += sum(caller.at + caller.choice for caller in self.callers)
        numbers += sum(fault.after + fault.delay + fault.seconds + fault.choice for fault in self.faults)
        return parts, numbers
