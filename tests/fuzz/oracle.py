"""The oracle: the client stays connected, counts and logs the bad frame once, and the next good call works."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final, Self

from clock import turns

from callfsm.core.model import Subject
from callfsm.core.tables import TABLES
from callfsm.observing import Transition
from fuzz.hostility import Hostile
from fuzz.rule import LOUD, expected
from fuzz.world import GOOD, World

SLOW_SECONDS: Final = 0.05
"""How long a megabyte of a frame may take before it is worth a look."""
_MOVES: Final = {
    (name, row.trigger, source, row.dest or source)
    for name, table in TABLES.items()
    for row in table.rows
    for source in row.sources.split()
}
_BOUNDED: Final = ("_finished", "_early", "_over")
"""What may hold something of a batch that is over: dials and ids of ended calls, a thousand of each at most, and reports
of messages that are not known yet, a hundred."""


class BrokenError(AssertionError):
    """The oracle's sentence does not hold.

    Attributes:
        why: Which part of it, in the same words each time.
    """

    def __init__(self, why: str, detail: object = "") -> None:
        super().__init__(f"{why}: {detail}"[:2_000])
        self.why = why


@dataclass
class Figures:
    """What has been tried, and what was seen.

    Attributes:
        tried: How many messages of each family with each mutation.
        heard: How many messages the rule took for what.
        slow: The frames that took longest for their size.
        most: The most that each registry has ever held.
        good: How many good calls have worked.
    """

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    slow: list[tuple[float, float, int, str]] = field(default_factory=list)
    most: Counter[str] = field(default_factory=Counter)
    good: int = 0

    def add(self, others: Figures) -> None:
        """Add the figures of others."""
        self.tried += others.tried
        self.heard += others.heard
        self.most |= others.most
        self.good += others.good
        self.slow = sorted(self.slow + others.slow, reverse=True)[:20]


class _Records(logging.Handler):
    """What has been written to the log since the last look."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.written.append(record)


class Oracle:
    """Watches one client while hostile messages reach it. Use it with ``with``; the log is listened to inside."""

    def __init__(self, world: World, figures: Figures, *, level: int = logging.WARNING) -> None:
        self.world = world
        self.figures = figures
        self._level = level
        self._session = world.client._session
        self._log = logging.getLogger("callfsm")
        self._records = _Records()
        self._strange: list[Transition] = []
        self._good = 0
        self._before: dict[str, int] = {}
        world.client.observe(self._observe)

    def __enter__(self) -> Self:
        self._was = self._log.level, self._log.propagate
        self._log.setLevel(self._level)
        self._log.propagate = False
        self._log.addHandler(self._records)
        return self

    def __exit__(self, *_error: object) -> None:
        self._log.removeHandler(self._records)
        self._log.setLevel(self._was[0])
        self._log.propagate = self._was[1]

    def _observe(self, transition: Transition) -> None:
        move = (transition.machine, transition.trigger, transition.source, transition.dest)
        if move not in _MOVES:
            self._strange.append(transition)

    def hears(self, hostile: Hostile) -> None:
        """Let the client hear a message, and hold what follows against the rule."""
        message, line = hostile.message, self.world.server.line
        hope = expected(message, self._session)
        counted = self.world.client.statistics.frames_unheard
        line.sent.clear()
        self._records.written.clear()
        begun = time.process_time()
        try:
            line.receive([message])
        except Exception as error:
            raise BrokenError("receive raised", repr(error)) from error
        self._clock(time.process_time() - begun, hostile)
        self.figures.tried[hostile.family, hostile.mutation] += 1
        self.figures.heard[hope.kind] += 1
        self._hold("the line was left", "online", self.world.client.state)
        self._hold("counted otherwise", hope.unheard, self.world.client.statistics.frames_unheard - counted)
        self._hold("answered otherwise", list(hope.answers), self._answers())
        told = hope.unheard if hope.kind in LOUD or self._level == logging.DEBUG else 0
        self._hold("logged otherwise", told, self._lines("unheard "))
        if hope.kind == "malformed":
            louder = [record for record in self._records.written if record.levelno > logging.DEBUG]
            self._hold("logged otherwise", 1, len(louder))
        self.look()

    def _clock(self, seconds: float, hostile: Hostile) -> None:
        size = len(hostile.message) / 1e6
        rate = seconds / max(size, 0.1)
        if rate > SLOW_SECONDS:
            what = f"{hostile.family} {hostile.mutation}{' at debug' * (self._level == logging.DEBUG)}"
            slow = (rate * 1e3, seconds * 1e3, len(hostile.message), what)
            self.figures.slow = sorted([*self.figures.slow, slow], reverse=True)[:20]

    def _answers(self) -> list[Any]:
        frames = [json.loads(text) for text in self.world.server.line.sent]
        return [frame["id"] for frame in frames if "method" not in frame]

    def _lines(self, beginning: str) -> int:
        return sum(record.getMessage().startswith(beginning) for record in self._records.written)

    @staticmethod
    def _hold(why: str, hope: object, found: object) -> None:
        if hope != found:
            raise BrokenError(why, f"expected {hope!r}, found {found!r}")

    def look(self) -> None:
        """Look at what may go wrong at any time."""
        for record in self._records.written:
            if record.levelno >= logging.ERROR:
                raise BrokenError("an error was logged", logging.Formatter().format(record))
            if record.levelno > logging.DEBUG and len(record.getMessage().splitlines()) > 1:
                raise BrokenError("a line was forged", repr(record.getMessage()))
        self._records.written.clear()
        self._hold("a machine moved without a row", [], self._strange)
        self._hold("the program met what no program expects", [], self.world.broken)

    def sweep(self) -> None:
        """Look at every machine, and at how much is held."""
        for subject in self._subjects():
            if subject.state not in TABLES[subject.machine].states:
                raise BrokenError("a machine is in no state of its table", f"{subject.name} {subject.state!r}")
        for name, size in self._sizes().items():
            self.figures.most[name] = max(self.figures.most[name], size)

    def _subjects(self) -> list[Subject]:
        session = self._session
        calls = list(session.calls.values())
        operations = [each for call in calls for each in call.operations.values()]
        standings = [each for call in calls for each in call.standings.values()]
        dials, messages = session.switchboard.all_dials(), session.messaging.messages.values()
        return [*calls, *operations, *standings, *dials, *messages, session.connection]

    def _sizes(self) -> dict[str, int]:
        # Whatever holds things, by its name: what is added to the program tomorrow is held to this as well.
        client = self.world.client
        held_by = [client._pump, client._pump.messenger, client._supervisor, self._session]
        held_by += [self._session.messaging, self._session.switchboard, self._session.outbox]
        return {
            f"{type(each).__name__}.{name}": len(held)
            for each in held_by
            for name, held in vars(each).items()
            if hasattr(held, "__len__") and not isinstance(held, str | Counter)
        }

    def remember(self) -> None:
        """Remember how much is held while nothing is up."""
        self._before = self._sizes()

    async def good_call(self) -> None:
        """A good call is answered, is played to, is hung up, and its handler returns."""
        self._good += 1
        call_id = f"good-{self._good}"
        self.world.server.good.add(call_id)
        self.world.server.offers(call_id, context=GOOD)
        for _ in range(40):
            await asyncio.sleep(0)
            if call_id in self.world.handled:
                break
        self._hold("the next good call did not work", "finished", self.world.handled.pop(call_id, "never"))
        self.world.server.good.discard(call_id)
        self.figures.good += 1
        self.look()

    async def clear(self) -> None:
        """End what is up, and hold that nothing of it is left."""
        self.sweep()
        for call_id in list(self._session.calls):
            self.world.server.state("ended", call_id)
        for message_id in list(self._session.messaging.messages):
            self.world.server.reports("messaging.state", message_id=message_id, message_state="delivered")
        self.world.forget()
        await turns()
        await asyncio.sleep(20)
        await turns()  # a ping that was due just now has its reply
        self._hold("something still waits", [], self.world.waiting)
        left = {name: size for name, size in self._sizes().items() if size > self._before.get(name, 0)}
        grown = {name: size for name, size in left.items() if name.rpartition(".")[2] not in _BOUNDED}
        self._hold("something has grown", {}, grown)
        self.look()
