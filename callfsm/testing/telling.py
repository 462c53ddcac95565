"""What is told of a program that does not keep what it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from callfsm.ladder import ladder_text
from callfsm.simulator.journal import Entry
from callfsm.testing.invariants import SENTENCES, Demands, FlowError
from callfsm.testing.reproduction import Program, reproduction
from callfsm.testing.scripts import Story, indented
from callfsm.testing.trial import Outcome

_LADDERS: Final = 3
_RUNGS: Final = 40
_WIDTH: Final = 100


class Failure(NamedTuple):
    """A story in which something went wrong.

    Attributes:
        invariant: The name of the invariant that was broken.
        story: The story, as short as it could be made.
        outcome: How it went.
        tried: How many stories were tried.
    """

    invariant: str
    story: Story
    outcome: Outcome
    tried: int

    def told(self, program: Program, context: str, demands: Demands) -> FlowError:
        """The error that tells it: the invariant, the story, the ladders of its calls, and a test to paste."""
        troubles = self.outcome.troubles
        test = reproduction(self.story, self.invariant, program, context, demands, self.outcome.seed)
        parts = (
            f"{self.invariant}: {troubles[0].seen}\n({SENTENCES[self.invariant]})",
            f"The shortest story in which that happens, of {self.tried} that were tried:",
            indented(self.story.program(context)),
            *self._ladders(troubles[0].call_id),
            "The same as a test:",
            indented(test.rstrip()),
        )
        return FlowError(troubles, "\n\n".join(parts), self.story, test)

    def _ladders(self, call_id: str) -> Iterator[str]:
        entries = self.outcome.entries
        calls = dict.fromkeys([*([call_id] * bool(call_id)), *(entry.call_id for entry in entries if entry.call_id)])
        for each in list(calls)[:_LADDERS]:
            yield _ladder(f"Call {each}:", [entry for entry in entries if entry.call_id == each])
        texts = [entry for entry in entries if entry.name.startswith("messaging.")]
        if texts:
            yield _ladder("Text messages:", texts)


def _ladder(name: str, entries: list[Entry]) -> str:
    rungs = ladder_text(entries, _WIDTH).splitlines()
    if len(rungs) > _RUNGS:
        left_out = f"{'':8} ... {len(rungs) - _RUNGS} more ..."
        rungs = [*rungs[: _RUNGS // 2], left_out, *rungs[-_RUNGS // 2 :]]
    return "\n".join([name, *rungs])
