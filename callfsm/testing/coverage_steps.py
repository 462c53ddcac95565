"""What there is to be covered of the machines: every row of every table, in every state in which it is taken."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Final, NamedTuple

from callfsm.core.tables import TABLES, Speaker


class Step(NamedTuple):
    """A row of a table in one of the states in which it is taken."""

    machine: str
    who: Speaker
    trigger: str
    source: str
    guards: tuple[str, ...]
    dest: str
    """The state that follows; ``source`` itself where the state stays."""

    @property
    def under(self) -> str:
        """Who says it, under which guards."""
        return f"{self.who} [{', '.join(self.guards)}]" if self.guards else str(self.who)

    @property
    def moves(self) -> str:
        """What is said, and where it leads."""
        return self.trigger if self.dest == self.source else f"{self.trigger} -> {self.dest}"

    def __str__(self) -> str:
        return f"{self.source}: {self.under}: {self.moves}"


class GuardOutcomes(NamedTuple):
    """How often a guard of one step let it through, and how often it refused."""

    step: Step
    guard: str
    allowed: int
    refused: int


class Sum(NamedTuple):
    """How much was reached of how much there is."""

    reached: int
    all: int

    @property
    def percent(self) -> float:
        """The same in percent; 100 of nothing."""
        return 100 * self.reached / self.all if self.all else 100.0

    def __str__(self) -> str:
        return f"{self.reached}/{self.all}"


class Summary(NamedTuple):
    """What was reached of one machine."""

    machine: str
    states: Sum
    transitions: Sum
    guards: Sum
    """Of the two outcomes of each guard of each step."""
    pairs: Sum


@cache
def steps(machine: str) -> tuple[Step, ...]:
    """Every step of a machine, in the order of its table.

    Raises:
        KeyError: There is no such machine.
    """
    return tuple(
        Step(machine, row.speaker, row.trigger, source, tuple(row.guards.split()), row.dest or source)
        for row in TABLES[machine].rows
        for source in row.sources.split()
    )


STEPS: Final = {
    (step.machine, step.trigger, step.source, step.dest): step for machine in TABLES for step in steps(machine)
}
"""Every step by what is known of it once it was taken."""


@cache
def alternatives(machine: str, trigger: str, source: str) -> tuple[Step, ...]:
    """The steps that a trigger can mean in a state, in the order in which their guards are asked."""
    return tuple(step for step in steps(machine) if (step.trigger, step.source) == (trigger, source))


@cache
def all_pairs(machine: str) -> int:
    """How many pairs of steps there are whose first one leads to the state that the second one begins in."""
    beginning = Counter(step.source for step in steps(machine))
    return sum(beginning[step.dest] for step in steps(machine))
