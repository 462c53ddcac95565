"""What is compared: the clients, the scenarios, and the frames that each client must have sent in each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bench_client import warm

OFFICIAL: Final = "official"
OURS: Final = "callfsm"

CLIENTS: Final[Mapping[str, str]] = {
    # name: the package that the client program imports
    OFFICIAL: "signalwire.relay",
    OURS: "callfsm",
    "floor, plain": "floor_plain",
    "floor, joined": "floor_joined",
}

Frames = dict[str, int]


@dataclass(frozen=True)
class Figure:
    """A row of the table.

    Attributes:
        key: What the client program, or the server, calls it.
        name: What the table calls it.
        unit: Its unit.
        goal: The most that callfsm's ratio to the official client may be, if that is promised.
        is_gated: Whether the gate holds it against what was recorded.
    """

    key: str
    name: str
    unit: str = "µs"
    goal: float = 0.0
    is_gated: bool = False


@dataclass(frozen=True)
class Scenario:
    """One scenario.

    Attributes:
        name: Its name on the command line.
        program: The method of the client program.
        sizes: How much of it, as that method wants it.
        quick: The same for ``make bench-quick``.
        frames: Which frames a client must have sent after so much of it; ``events`` is how many events it was told.
        figures: What is measured.
        repetitions: How often it is run; 0 for as often as the others.
    """

    name: str
    program: str
    sizes: tuple[int, ...]
    quick: tuple[int, ...]
    frames: Callable[..., Frames]
    figures: tuple[Figure, ...] = field(default=())
    repetitions: int = 0

    @property
    def reads_memory(self) -> bool:
        """Whether it needs a machine that tells how much memory is resident."""
        return any(figure.unit == "bytes" for figure in self.figures)


def _calls(calls: int) -> Frames:
    return {"calling.answer": calls, "calling.play": calls, "calling.end": calls, "events": 6 * calls}


def _warm_calls(calls: int, _rate: int = 0) -> Frames:
    return _calls(warm(calls) + calls)


def _growing_calls(calls: int, *lives: int) -> Frames:
    return _calls((warm(calls) + calls) * len(lives) + lives[-1])


def _dials(dials: int) -> Frames:
    return {
        "calling.dial": warm(dials) + dials,
        "calling.end": warm(dials) + dials,
        "events": 6 * (warm(dials) + dials),
    }


def _events(events: int) -> Frames:
    return {"calling.answer": 1, "calling.collect": 2, "calling.end": 1, "events": warm(events) + events + 4}


def _commands(commands: int, _at_once: int) -> Frames:
    return {"calling.answer": 1, "calling.user_event": warm(commands) + commands, "calling.end": 1, "events": 4}


def _cpu(name: str, goal: float) -> Figure:
    return Figure("cpu", f"CPU {name}", goal=goal, is_gated=True)


SCENARIOS: Final = (
    Scenario("lifecycle", "lifecycle", (3000,), (1000,), _warm_calls, (_cpu("of a call", 0.25),)),
    Scenario("logged", "logged", (3000,), (), _warm_calls, (Figure("cpu", "CPU of a call, log at info"),)),
    Scenario("flood", "flood", (20000,), (6000,), _events, (_cpu("of an event", 0.23),)),
    Scenario("dial", "dial", (3000,), (1000,), _dials, (_cpu("of a dial", 0.22),)),
    Scenario(
        "commands",
        "commands",
        (15000, 64),
        (5000, 64),
        _commands,
        (_cpu("of a command, 64 in flight", 0.21), Figure("p50", "its p50"), Figure("p99", "its p99", goal=0.6)),
    ),
    Scenario(
        "command",
        "commands",
        (5000, 1),
        (1500, 1),
        _commands,
        (_cpu("of a command, one at a time", 0.65), Figure("p50", "its p50"), Figure("p99", "its p99")),
    ),
    Scenario(
        "paced",
        "paced",
        (1200, 150),
        (150, 150),
        _warm_calls,
        (
            Figure("cpu", "CPU of a call at 150 a second", goal=0.6),
            Figure("turnaround p50", "p50 of its turn-around", goal=0.5),
            Figure("turnaround p99", "p99 of its turn-around"),
            Figure("p50", "p50 of its answer"),
            Figure("p99", "p99 of its answer"),
        ),
    ),
    Scenario(
        "hold-5000",
        "hold",
        (5000,),
        (2000,),
        _warm_calls,
        (Figure("bytes", "a held call", "bytes", 0.6, is_gated=True), Figure("left", "what is left of it", "bytes")),
        repetitions=7,
    ),
    Scenario(
        "hold-20000",
        "hold",
        (20000,),
        (),
        _warm_calls,
        (Figure("bytes", "a held call", "bytes", 0.6), Figure("left", "what is left of it", "bytes")),
        repetitions=3,
    ),
    Scenario(
        "growth",
        "growth",
        # Fewer, and a single full collection of what 20,000 calls hold would be a fifth of what they cost.
        (6000, 10, 100, 1000, 20000),
        (),
        _growing_calls,
        tuple(Figure(f"cpu {live}", f"CPU of a call beside {live:,}") for live in (10, 100, 1000, 20000)),
        repetitions=5,
    ),
    Scenario(
        "memory", "memory", (100_000,), (), _calls, (Figure("bytes", "growth, 90,000 calls", "bytes"),), repetitions=1
    ),
)
