"""A story while it happens: the client and its program, the simulator and its callers, and the line between them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

from callfsm import Call, Message, RelayClient, RelayError
from callfsm.builders import phone
from callfsm.line import UNREACHABLE
from callfsm.simulator import Network, Settings
from callfsm.testing.memory import EPOCH, PROJECT, TOKEN
from stories import callers
from stories.acting import HOME, Actor, StoryError, number
from stories.errands import ERRANDS
from stories.faults import FAULTS
from stories.line import Wire
from stories.steps import STEPS
from stories.story import Fault, Program, Step, Story
from stories.watching import Watch

if TYPE_CHECKING:
    from callfsm.testing.virtual_time import VirtualTimeLoop

RUNNING, RETURNED, FAILED = "running", "returned", "failed"


class Scene:
    """A story while it happens.

    Attributes:
        tasks: Every task of the program's own.
        patient: Those of them that may wait until the client disconnects.
        given_up: The calls that the program has passed on.
        raising: How many handlers are to raise at their next step.
        held: What became of the program that was handed each call: `RUNNING`, `RETURNED` or `FAILED`.
        seen: Which steps, errands and faults have happened, and how often.
        pairs: In which state of the connection and of a call each fault has happened.
    """

    def __init__(self, story: Story, loop: VirtualTimeLoop) -> None:
        self.story = story
        self.loop = loop
        numbers = count(1)
        self.board = Network(Settings(epoch=EPOCH), new_id=lambda: f"s{next(numbers)}")
        self.watch = Watch(loop)
        self.wire = Wire(self.board, self.watch.sent)
        self.client = RelayClient(
            PROJECT,
            TOKEN,
            contexts=["office"],
            connector=self.wire.connector,
            randomness=random.Random(story.seed),  # noqa: S311  # nothing here is secret
        )
        self.tasks: list[asyncio.Task[Any]] = []
        self.patient: list[asyncio.Task[None]] = []
        self.raising = 0
        self.given_up: set[str] = set()
        self.held: dict[str, str] = {}
        self.seen: Counter[str] = Counter()
        self.pairs: set[tuple[str, str]] = set()
        self._programs = 0
        self._closing = False
        self.watch.follow(self.client)
        self.client.on_call(self.handle)
        self.client.on_message(self.take)
        callers.people(self.board)

    def arm(self) -> None:
        """Let the faults happen when it is their time."""
        for fault in self.story.faults:
            strike = partial(self.wire.later, fault.delay, partial(self._strike, fault))
            if fault.after:
                self.wire.mark(fault.after, strike)
            else:
                strike()

    def _strike(self, fault: Fault) -> None:
        if not self._closing:
            states = {call.state for call in self.client.calls} or {"no call"}
            self.pairs |= {(f"{self.client.state}/{state}", fault.kind) for state in states}
            self.seen[f"fault {fault.kind}"] += 1
            FAULTS[fault.kind](self, fault)

    def heal(self) -> None:
        """No fault is to come any more."""
        self._closing = True
        self.raising = 0
        self.wire.heal()
        for session in self.board.exchange.sessions.values():
            session.acknowledges = True

    def vanish(self, call_id: Any) -> None:
        """A call ends at the server, which will never say so."""
        leg = self.board.exchange.legs.get(call_id)
        if leg is not None:
            self.seen["leg vanished"] += 1
            leg.session = None
            leg.end("error")

    def forget_events(self) -> None:
        """What was reported while the client was away is not told."""
        for session in self.board.exchange.sessions.values():
            session._waiting.clear()
            session._unacknowledged.clear()
            session.acknowledges = True

    async def wait(self, seconds: float) -> None:
        """Let so many seconds pass."""
        if seconds:
            await asyncio.sleep(seconds)

    def completed(self, _event: object) -> Coroutine[Any, Any, None] | None:
        """What the program does when an operation has ended: nothing, something slow, or something wrong."""
        self.seen["completed"] += 1
        if self.seen["completed"] % 3 == 0:
            raise StoryError("a callback's own fault")
        return asyncio.sleep(0.3) if self.seen["completed"] % 3 == 1 else None

    async def take(self, message: Message) -> None:
        """The program's handler of text messages: some of them it cannot take."""
        self.seen["messages"] += 1
        await asyncio.sleep(0.1)
        if self.seen["messages"] % 2:
            raise StoryError(f"{message} is not taken")

    def next_program(self) -> Program:
        """The program of the next call."""
        program = self.story.handlers[self._programs % len(self.story.handlers)] if self.story.handlers else ()
        self._programs += 1
        return program

    async def handle(self, call: Call) -> None:
        """The program's handler of inbound calls."""
        task = asyncio.current_task()
        assert task is not None, "handlers run as tasks"
        self.tasks.append(task)
        if call.call_id in self.held and call.call_id not in self.given_up:
            self.watch.breach("a call is handled once", f"{call} is handled again")
        await self._hold(call, self.next_program(), FAILED)

    async def _hold(self, call: Call, program: Program, failed: str) -> None:
        self.held[call.call_id] = RUNNING
        actor = Actor(self, call)
        try:
            await self.perform(actor, program)
        except BaseException:
            self.held[call.call_id] = failed
            raise
        self.held[call.call_id] = RETURNED

    async def dial(self, step: Step, program: Program) -> None:
        """Call one or two people, and run a program on the call."""
        one, other = number(step.choice), number(step.choice // 2)
        groups = ([[one]], [[one, other]], [[one], [other]])[step.choice % 3]
        devices = [[phone(each, HOME) for each in dict.fromkeys(group)] for group in groups]
        call = await self.client.dial(devices, dial_timeout=step.seconds or None)
        # What becomes of a call that the program has made is the program's own affair.
        await self._hold(call, program, RETURNED)

    async def perform(self, actor: Actor, program: Program) -> None:
        """Do these steps; a program goes on after whatever a command may raise."""
        for step in program:
            if self.raising:
                self.raising -= 1
                raise StoryError("the program's own fault")
            self.seen[f"step {step.kind}"] += 1
            await self._contained(STEPS[step.kind](actor, step), f"{step}", (RelayError, TimeoutError))

    async def errands(self) -> None:
        """What the program does besides handling calls."""
        for step in self.story.errands:
            self.seen[f"errand {step.kind}"] += 1
            await self._contained(ERRANDS[step.kind](self, step), f"{step}", (RelayError, StoryError, *UNREACHABLE))

    async def _contained(self, work: Any, what: str, documented: tuple[type[Exception], ...]) -> None:
        task = asyncio.current_task()
        assert task is not None, "programs run in tasks"
        try:
            await work
        except documented as error:
            self.seen[f"raised {type(error).__name__}"] += 1
        except StoryError:
            raise
        except asyncio.CancelledError:
            if not task.cancelling():
                self.watch.breach("nobody is cancelled by the client", what)
            raise
        except Exception as error:
            self.watch.breach("what a command raises is documented", f"{what} raised {error!r}")
            raise

    async def contained(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the program; what it raises on purpose goes no further."""
        try:
            await work
        except StoryError:
            self.seen["raised StoryError"] += 1
        except (RelayError, *UNREACHABLE) as error:
            self.seen[f"raised {type(error).__name__}"] += 1

    async def until_told(self, message: Message) -> None:
        """Wait for the last state of a text message, which may be lost, as long as it takes."""
        await message.wait()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside the program, as programs do."""
        task = asyncio.create_task(self.contained(work), name="story errand")
        self.tasks.append(task)
        return task
