"""Coverage of the machines: which rows a test run took, of all that stand in the tables.

1. What can be reached comes from `callfsm.core.tables` alone. What no test can bring about counts as not reached.
2. A machine counts once it was used at all; the machine of the call always does.
3. A row is counted for each state in which it is taken, and a guard of it twice for each: let through, and refused.
4. A pair is two transitions of the same subject, one right after the other. Every pair counts whose first one leads
   to the state that the second one begins in.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from callfsm.core.effects import Refused, Stale, Transitioned
from callfsm.core.tables import CALL, TABLES, Speaker
from callfsm.diagrams import diagram
from callfsm.testing.coverage_report import never_taken, table
from callfsm.testing.coverage_steps import STEPS, GuardOutcomes, Step, Sum, Summary, all_pairs, alternatives, steps
from callfsm.testing.relay import Relay

FORMAT: Final = 1
"""The version of what `MachineCoverage.to_json` writes."""

Key = TypeVar("Key")


@dataclass(frozen=True)
class MachineCoverage:
    """What was taken of the machines: a value, which can be added to another.

    Attributes:
        taken: How often each step was taken.
        refused: How often each guard of a step has refused.
        pairs: How often one step has followed another, of the same subject.
    """

    taken: Mapping[Step, int] = field(default_factory=dict)
    refused: Mapping[tuple[Step, str], int] = field(default_factory=dict)
    pairs: Mapping[tuple[Step, Step], int] = field(default_factory=dict)

    @classmethod
    def of(cls, relay: Relay) -> MachineCoverage:
        """What the clients of a relay have taken until now."""
        return cls.of_effects(relay.effects)

    @classmethod
    def of_effects(cls, effects: Iterable[Transitioned | Refused | Stale]) -> MachineCoverage:
        """What was taken in the course of these effects, as `Relay.effects` has them."""
        taken: Counter[Step] = Counter()
        refused: Counter[tuple[Step, str]] = Counter()
        pairs: Counter[tuple[Step, Step]] = Counter()
        next_of: dict[int, Step] = {}
        # From the last to the first: what was refused was so in the state that the next step begins in.
        for effect in reversed(list(effects)):
            following = next_of.get(id(effect.subject))
            if isinstance(effect, Transitioned):
                step = STEPS[effect.subject.machine, effect.trigger, effect.source, effect.dest]
                taken[step] += 1
                refused.update(_passed_over(step))
                if following is not None:
                    pairs[step, following] += 1
                next_of[id(effect.subject)] = step
            else:
                refused.update(_refusals(effect, following.source if following else effect.subject.state))
        return cls(taken, refused, pairs)

    def __add__(self, other: MachineCoverage) -> MachineCoverage:
        """What both have taken."""
        return MachineCoverage(
            _sum(self.taken, other.taken), _sum(self.refused, other.refused), _sum(self.pairs, other.pairs)
        )

    @property
    def machines(self) -> list[str]:
        """The machines that count, in the order of the tables."""
        used = {step.machine for step in self.taken} | {step.machine for step, _ in self.refused} | {CALL.name}
        return [name for name in TABLES if name in used]

    def summary(self, machine: str = CALL.name) -> Summary:
        """What was reached of one machine.

        Raises:
            KeyError: There is no such machine.
        """
        taken = [step for step in steps(machine) if step in self.taken]
        visited = {state for step in taken for state in (step.source, step.dest)}
        outcomes = [bool(times) for guard in self.guards(machine) for times in (guard.allowed, guard.refused)]
        return Summary(
            machine,
            states=Sum(len(visited), len(TABLES[machine].states)),
            transitions=Sum(len(taken), len(steps(machine))),
            guards=Sum(sum(outcomes), len(outcomes)),
            pairs=Sum(sum(first.machine == machine for first, _ in self.pairs), all_pairs(machine)),
        )

    def guards(self, machine: str = CALL.name) -> list[GuardOutcomes]:
        """What each guard of each step of a machine has said, in the order of its table.

        Raises:
            KeyError: There is no such machine.
        """
        return [
            GuardOutcomes(step, guard, self.taken.get(step, 0), self.refused.get((step, guard), 0))
            for step in steps(machine)
            for guard in step.guards
        ]

    def unvisited(self, machine: str = CALL.name) -> list[Step]:
        """What of a machine was never taken, in the order of its table.

        Raises:
            KeyError: There is no such machine.
        """
        return [step for step in steps(machine) if step not in self.taken]

    def report(self) -> str:
        """A table for a terminal, with a line for each machine that counts; below it, what the call never took."""
        unvisited = never_taken(self.unvisited())
        below = f"\n\nnever taken by a call:\n{unvisited}" if unvisited else ""
        return table(self.summary(machine) for machine in self.machines) + below

    def diagram(self, machine: str = CALL.name) -> str:
        """A machine as a Mermaid state diagram: each edge with how often it was taken, nought included.

        Raises:
            ValueError: There is no such machine.
        """
        counts = {(step.source, step.trigger, step.dest): self.taken.get(step, 0) for step in _known(machine)}
        return diagram(machine, "mermaid", counts=counts)

    def to_json(self) -> str:
        """Everything as JSON: the sums for a reader, and all that `from_json` needs."""
        machines = {machine: self._data(machine) for machine in self.machines}
        return json.dumps({"format": FORMAT, "machines": machines}, indent=1)

    def _data(self, machine: str) -> dict[str, Any]:
        rows = steps(machine)
        places = {step: place for place, step in enumerate(rows)}
        summary = self.summary(machine)._asdict()
        del summary["machine"]
        return {
            "summary": {name: part._asdict() | {"percent": round(part.percent, 2)} for name, part in summary.items()},
            "transitions": [
                {
                    "who": step.who,
                    "trigger": step.trigger,
                    "from": step.source,
                    "to": step.dest,
                    "taken": self.taken.get(step, 0),
                    "guards": {guard: self.refused.get((step, guard), 0) for guard in step.guards},
                }
                for step in rows
            ],
            "pairs": [
                [places[first], places[second], times]
                for (first, second), times in self.pairs.items()
                if first.machine == machine
            ],
        }

    @classmethod
    def from_json(cls, text: str) -> MachineCoverage:
        """Read what `to_json` has written.

        Raises:
            ValueError: It is something else, or tells of other tables.
        """
        data = json.loads(text)
        try:
            if data["format"] != FORMAT:
                raise ValueError(f"coverage of format {data['format']!r} cannot be read; this is format {FORMAT}")
            return sum((cls._read(name, machine) for name, machine in data["machines"].items()), cls())
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            raise ValueError(f"no coverage of these machines: {error!r}") from error

    @classmethod
    def _read(cls, machine: str, data: dict[str, Any]) -> MachineCoverage:
        rows = [(STEPS[machine, row["trigger"], row["from"], row["to"]], row) for row in data["transitions"]]
        return cls(
            {step: row["taken"] for step, row in rows if row["taken"]},
            {(step, guard): times for step, row in rows for guard, times in row["guards"].items() if times},
            {(rows[first][0], rows[second][0]): times for first, second, times in data["pairs"]},
        )


def _known(machine: str) -> tuple[Step, ...]:
    return steps(machine) if machine in TABLES else ()


def _sum(one: Mapping[Key, int], other: Mapping[Key, int]) -> Counter[Key]:
    both = Counter(one)
    both.update(other)
    return both


def _passed_over(taken: Step) -> list[tuple[Step, str]]:
    """The guards that must have refused so that this step was taken. Where a step has several, any one may have."""
    options = alternatives(taken.machine, taken.trigger, taken.source)
    before = options[: options.index(taken)]
    return [(step, step.guards[0]) for step in before if len(step.guards) == 1]


def _refusals(effect: Refused | Stale, state: str) -> list[tuple[Step, str]]:
    """The guards that have refused an ask or a report."""
    trigger = effect.command if isinstance(effect, Refused) else effect.word
    options = alternatives(effect.subject.machine, trigger, state)
    if isinstance(effect, Refused):
        return [(step, effect.guard) for step in options if effect.guard in step.guards]
    return [(step, step.guards[0]) for step in options if step.who is Speaker.REPORT and len(step.guards) == 1]
