"""One program on trial: it is run with one story after the other, each time as if it had just been started."""

from __future__ import annotations

import asyncio
import gc
import random
import zlib
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, NamedTuple

from callfsm import RelayClient
from callfsm.simulator.journal import Entry
from callfsm.testing.invariants import Demands, concludes
from callfsm.testing.relay import MESSAGE, MemoryRelay
from callfsm.testing.remembering import Memory
from callfsm.testing.reproduction import Program
from callfsm.testing.scouting import SCOUTS, Scout
from callfsm.testing.scripts import Act, Script, Story
from callfsm.testing.seen import Edge, Trouble
from callfsm.testing.stage import Stage
from callfsm.testing.virtual_time import DeadEndError
from callfsm.testing.vocabulary import GENERAL, MOST, NOTHING, Vocabulary, of_code, of_run
from callfsm.testing.waiting import waits
from callfsm.testing.watching import MOST_COMMANDS, Watch, quiet_log

RUNS_BETWEEN: Final = 50
"""After how many runs garbage is collected: within a run it would let things happen at any moment."""
RUNS_BETWEEN_ALL: Final = 1_000
"""After how many runs it is looked for among everything that there is, which takes longer."""
MOST_GARBAGE: Final = 1_000_000
"""After how many new objects it is collected earlier."""


class Outcome(NamedTuple):
    """How a story went.

    Attributes:
        troubles: What the run should not have had, the most telling first.
        story: The story as it went, which lets the same happen again.
        entries: What went over the wire, and what the callers did.
        edges: Which rows of the machines were heard, as (machine, source, trigger, dest).
        pairs: Which rows were heard one after the other by the same subject.
        seed: What chance began with in the program; ``None`` when it has used none.
    """

    troubles: list[Trouble]
    story: Story
    entries: list[Entry]
    edges: frozenset[Edge]
    pairs: frozenset[tuple[Edge, Edge]]
    seed: int | None = None


def handlers(program: Program) -> list[object]:
    """The functions of a program that are called with calls and messages."""
    if not isinstance(program, RelayClient):
        return [program]
    pump = program._pump
    return [handler for handler in (pump.on_call, pump.messenger.on_message) if handler is not None]


def refuse_without_handlers(program: Program) -> None:
    """Go on only with a program that can be called.

    Raises:
        TypeError: It is neither a handler nor a client.
        ValueError: It is a client without handlers.
    """
    if not isinstance(program, RelayClient) and not callable(program):
        raise TypeError(f"program {program!r}: must be a handler of calls, or a client with handlers")
    if not handlers(program):
        raise ValueError(f"{program!r} has no handler: nobody would answer a call, or take a message")


def context_of(program: Program) -> str:
    """The context that callers of a program call who name none: its client's first one, or ``office``."""
    return program.contexts[0] if isinstance(program, RelayClient) and program.contexts else "office"


async def joined(relay: MemoryRelay, program: Program, context: str) -> None:
    """Join a program to a relay; a handler gets a client for this context."""
    await relay.serves(program, *(() if isinstance(program, RelayClient) else (context,)))


class Trial:
    """A program, and the loop that it is run on.

    Args:
        program: A handler, or a client with its handlers.
        context: The context that callers call who name none.
        demands: What is demanded of it.
        limit: How many virtual seconds a run may take.
        before: Called before each run, to put back what `Memory` cannot find.
    """

    def __init__(
        self, program: Program, context: str, demands: Demands, limit: float, before: Callable[[], object] | None
    ) -> None:
        self._program = program
        self._demands = demands
        self._before = before
        self._stage = Stage(limit)
        self._memory = Memory(program, *handlers(program))
        self._context = context
        self._runs = 0
        self._collects = gc.isenabled()
        self._chance = random.getstate()
        self.reached = False
        """Whether a handler of the program has run in any story."""

    def close(self) -> None:
        """Leave the program as it was, and close the loop."""
        self._memory.put_back()
        self._stage.close()
        random.setstate(self._chance)
        if self._collects:
            gc.enable()

    def learn(self) -> Vocabulary:
        """Run the program a few times, and learn what it listens for."""
        code = of_code(self._memory)
        learned = replace(NOTHING, texts=self._texts(code))
        tried: Counter[tuple[str, Act]] = Counter()
        for number in range(SCOUTS):
            relay = self._begin(number)
            scout = Scout(number, learned if learned.keys or learned.words else GENERAL, tried)
            # Whoever spins is found again, by the callers that follow.
            with quiet_log(), suppress(DeadEndError, SystemExit):
                self._stage.step(self._scouted(relay, scout, learned.texts[number : number + 1]))
            self._clear(relay)
            if relay.spun:
                break
            routes = (scout.route,) if scout.route else ()
            seen = learned + replace(of_run(relay, code), routes=routes)
            if number > 1 and seen == learned:
                break
            learned = seen
        return learned

    def run(self, story: Story, seed: int | None = None) -> Outcome:
        """Let one story happen.

        Args:
            story: The story.
            seed: What chance begins with in the program; one of the story's own when left out.
        """
        seed = zlib.crc32(repr(story).encode()) if seed is None else seed
        relay = self._begin(seed)
        chance = random.getstate()
        watch = Watch(relay)
        went: list[Story] = []
        try:
            troubles = self._stage.step(self._happens(relay, watch, story, went))
        except DeadEndError as error:
            places = "; ".join(waits(task for task, _ in watch.at_work())) or "nobody of the program"
            troubles = [Trouble("handler returns", f"{error}: {places}")]
        except SystemExit:
            troubles = list(watch.troubles)  # Whoever has raised it was watched.
        finally:
            watch.end()
            self.reached = self.reached or bool(watch.handlers) or any(map(_is_of_message, watch.tasks))
            used = random.getstate() != chance
            entries = relay.journal.entries()
            unseen = list(self._stage.unseen)
            self._clear(relay)
        troubles += [Trouble("no undeclared exception", told) for told in unseen]
        return Outcome(
            troubles,
            went[0] if went else story,
            entries,
            frozenset(watch.edges),
            frozenset(watch.pairs),
            seed if used else None,
        )

    def _begin(self, seed: int) -> MemoryRelay:
        self._memory.put_back()
        random.seed(seed)
        if self._before is not None:
            self._before()
        if self._runs % RUNS_BETWEEN == 0 or gc.get_count()[0] > MOST_GARBAGE:
            # What a failure still held when garbage was collected before is found by looking at everything only.
            gc.collect(2 if self._runs % RUNS_BETWEEN_ALL == RUNS_BETWEEN else 1)
            gc.disable()
        self._runs += 1
        relay = MemoryRelay()
        relay.most_commands = MOST_COMMANDS
        return relay

    def _texts(self, code: Vocabulary) -> tuple[tuple[str, str], ...]:
        if not isinstance(self._program, RelayClient) or self._program._pump.messenger.on_message is None:
            return ()
        return tuple((self._context, body) for body in (*GENERAL.words, *code.words, *code.keys))[:MOST]

    async def _scouted(self, relay: MemoryRelay, scout: Scout, texts: tuple[tuple[str, str], ...]) -> None:
        await joined(relay, self._program, self._context)
        for context, body in texts:
            relay.message(context, body)
        await scout.acts_on(Script().rings(relay, self._context))

    async def _happens(self, relay: MemoryRelay, watch: Watch, story: Story, went: list[Story]) -> list[Trouble]:
        watch.begin()
        await joined(relay, self._program, self._context)
        went.append(await story.happens(relay, self._context))
        return await concludes(watch, self._demands)

    def _clear(self, relay: MemoryRelay) -> None:
        with quiet_log(), suppress(DeadEndError, SystemExit):
            self._stage.step(relay.settles())
        with quiet_log():
            self._stage.clear()


def _is_of_message(begun: tuple[asyncio.Task[Any], str]) -> bool:
    return begun[0].get_name().startswith(MESSAGE)
