"""Callers and networks as values: short programs that a test draws, shrinks, runs and prints.

A `Script` is what one person does on the phone, a `Network` is what becomes of frames and of people who are called,
and a `Story` is both together. ``str()`` of each is the program that does the same with the `relay` of a test.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from callfsm.simulator import Caller, CallerError
from callfsm.simulator.person import HUMAN, Person

if TYPE_CHECKING:
    from callfsm.testing.relay import Relay

ACTS: Final = ("is_answered", "hears", "press", "says", "stays_silent", "hangs_up")
"""What a person can do: methods of `callfsm.simulator.Caller`."""

NETWORK_ACTS: Final = (
    *("delays", "duplicates", "loses", "replies", "heals"),
    *("drops_connection", "restarts", "answers", "declines", "busy", "no_answer", "message"),
)
"""What a network can do, and people who are called: methods of `callfsm.testing.relay.Relay`."""

_SPOKEN: Final = ("press", "says")
_TROUBLE: Final = frozenset({"loses", "replies", "drops_connection", "restarts"})
_OFFICE: Final = "+15550100001"
_CALLER: Final = "+15550100003"


@dataclass(frozen=True)
class Act:
    """One thing that a person does on the phone: ``Act("press", "1#")``.

    Args:
        does: One of `ACTS`.
        argument: Its first argument; without one, its default.
        cut_off: Whether the call ended meanwhile.

    Raises:
        ValueError: There is no such act.
    """

    does: str
    argument: str | float | None = None
    cut_off: bool = False

    def __post_init__(self) -> None:
        if self.does not in ACTS:
            raise ValueError(f"act {self.does!r}: must be one of {', '.join(ACTS)}")

    def __str__(self) -> str:
        told = "" if self.argument is None else literal(self.argument)
        line = f"await caller.{self.does}({told})"
        return f"with suppress(CallOverError):\n    {line}" if self.cut_off else line

    async def happens(self, caller: Caller) -> Act:
        """Let the person do this.

        Returns:
            What has come of it: words that were not spoken, or an answer that did not come, were silence.
        """
        clock = caller.leg.exchange.clock
        began = clock.now()
        arguments = () if self.argument is None else (self.argument,)
        try:
            await getattr(caller, self.does)(*arguments)
        except CallerError:
            if self.does in _SPOKEN:
                return replace(self, cut_off=True)
            return Act("stays_silent", round(clock.now() - began, 3))
        return self


@dataclass(frozen=True)
class Script:
    """What one person does on the phone, in order.

    Args:
        acts: What they do, one thing after the other; then they wait.
        person: Who they are: a human, an answering machine, a fax machine.
        context: The context that they call; the first one of the program when empty.
        from_: Their number.
        to: The number that they call.
        at: How many seconds after the beginning they call.
    """

    acts: tuple[Act, ...] = ()
    person: Person = HUMAN
    context: str = ""
    from_: str = _CALLER
    to: str = _OFFICE
    at: float = 0.0

    def __str__(self) -> str:
        return "\n".join(str(act) for act in self.acts)

    async def acts_on(self, caller: Caller) -> Script:
        """Let a person do all this, as far as the call lets them.

        Returns:
            The script of what has happened: it ends with the call, and holds no hopes that did not come true.
        """
        done: list[Act] = []
        for act in self.acts:
            if not caller.leg.up:
                break
            done.append(await act.happens(caller))
        return replace(self, acts=tuple(done))

    def rings(self, relay: Relay, context: str) -> Caller:
        """Let this person call in now."""
        return relay.call(self.context or context, self.to, self.from_, person=self.person)

    def call(self, context: str) -> str:
        """The line of a program that lets this person call in."""
        told = [literal(self.context or context)]
        told += [f"to={literal(self.to)}"] * (self.to != _OFFICE)
        told += [f"from_={literal(self.from_)}"] * (self.from_ != _CALLER)
        told += [f"person={_person(self.person)}"] * (self.person != HUMAN)
        return f"caller = relay.call({', '.join(told)})"


@dataclass(frozen=True)
class NetworkAct:
    """One thing that a network does: ``NetworkAct("replies", (500, "calling.play"))``.

    Args:
        does: One of `NETWORK_ACTS`.
        arguments: Its arguments.
        at: How many seconds after the beginning.
        then: What somebody does who has picked up; for ``answers``.

    Raises:
        ValueError: There is no such act.
    """

    does: str
    arguments: tuple[str | float, ...] = ()
    at: float = 0.0
    then: Script | None = None

    def __post_init__(self) -> None:
        if self.does not in NETWORK_ACTS:
            raise ValueError(f"network act {self.does!r}: must be one of {', '.join(NETWORK_ACTS)}")

    def __str__(self) -> str:
        told = ", ".join([*map(literal, self.arguments), *(["then=callee"] if self.then else [])])
        callee = _callee(self.then) if self.then else ""
        if not self.at:
            return f"{callee}relay.{self.does}({told})"
        later = f"relay.{self.does}" if not told else f"lambda: relay.{self.does}({told})"
        return f"{callee}relay.exchange.clock.later({literal(self.at)}, {later})"

    @property
    def hurts(self) -> bool:
        """Whether a program may be told of it by an exception that is no fault of its own."""
        return self.does in _TROUBLE

    def begins(self, relay: Relay) -> None:
        """Let it happen, now or when its time has come."""
        options = {"then": self.then.acts_on} if self.then else {}
        happens: Callable[[], object] = partial(getattr(relay, self.does), *self.arguments, **options)
        if self.at:
            relay.exchange.clock.later(self.at, happens)
        else:
            happens()


@dataclass(frozen=True)
class Network:
    """What becomes of frames, of the line, and of people who are called.

    Args:
        acts: What the network does.
    """

    acts: tuple[NetworkAct, ...] = ()

    def __str__(self) -> str:
        return "\n".join(str(act) for act in self.acts)

    @property
    def hurts(self) -> bool:
        """Whether commands may fail for reasons that are not the program's."""
        return any(act.hurts for act in self.acts)

    def begins(self, relay: Relay) -> None:
        """Let all this happen around a relay, each in its time."""
        for act in self.acts:
            act.begins(relay)


@dataclass(frozen=True)
class Story:
    """People who call in, and what the network does meanwhile.

    Args:
        callers: Who calls; each waits after what they do, until the call is over.
        network: What becomes of frames and of people who are called.
    """

    callers: tuple[Script, ...] = (Script(),)
    network: Network = field(default_factory=Network)

    def __str__(self) -> str:
        return self.program("office")

    def program(self, context: str) -> str:
        """The statements of a coroutine function that lets it all happen with a ``relay``."""
        network = f"{self.network}\n" if self.network.acts else ""
        if not self.callers:
            return network.rstrip()
        if len(self.callers) == 1 and not self.callers[0].at:
            script = self.callers[0]
            return f"{network}{script.call(context)}\n{script}".rstrip()
        people = [f"caller_{number}" for number in range(1, len(self.callers) + 1)]
        defined = "".join(
            f"\nasync def {name}():\n{indented(_life(script, context))}\n"
            for name, script in zip(people, self.callers, strict=True)
        )
        gathered = ", ".join(f"{name}()" for name in people)
        return f"{network}{defined}\nawait asyncio.gather({gathered})".lstrip("\n")

    async def happens(self, relay: Relay, context: str) -> Story:
        """Let it all happen; it is over when everybody has done what they do.

        Args:
            relay: A relay that a program is joined to.
            context: Which context callers call that name none.

        Returns:
            The story as it went, which lets the same happen again.
        """
        self.network.begins(relay)

        async def lives(script: Script) -> Script:
            if script.at:
                await asyncio.sleep(script.at)
            return await script.acts_on(script.rings(relay, context))

        went = await asyncio.gather(*(lives(script) for script in self.callers))
        return replace(self, callers=tuple(went))


def literal(value: object) -> str:
    """A value as it is written in a program, with double quotes."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return repr(value)


def indented(text: str) -> str:
    """A text whose lines, but for the empty ones, are four blanks further to the right."""
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())


def _life(script: Script, context: str) -> str:
    before = f"await asyncio.sleep({literal(script.at)})\n" if script.at else ""
    return f"{before}{script.call(context)}\n{script}".rstrip()


def _callee(script: Script) -> str:
    return f"async def callee(caller):\n{indented(str(script) or 'pass')}\n\n"


def _person(person: Person) -> str:
    told = [f"{name}={value!r}" for name, value in vars(person).items() if value != getattr(HUMAN, name)]
    return f"Person({', '.join(told)})"
