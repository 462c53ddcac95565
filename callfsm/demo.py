"""The demonstration: the example programs take real calls over a real socket, and each call is shown.

It proves what it shows: every scene's script fails when it does not hear what it should, and the sums at
the end decide the exit status.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import ModuleType
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from callfsm.client import RelayClient
from callfsm.core.machine import is_final
from callfsm.ladder import ladder
from callfsm.observing import Transition
from callfsm.programs import examples_folder, load_module, simulated
from callfsm.scenes import BUSY, DIALLED, PATIENT, SCENES, Scene, people
from callfsm.simulator import Caller, CallerError, Simulator, Statistics

SPEED: Final = 12.0
CROWD: Final = 24
_SETTLED_SECONDS: Final = 10.0
_LADDER: Final = 64
_PATH: Final = 31
_SIDE_BY_SIDE: Final = 100
"""The columns of a terminal that has room for a ladder and a path beside it."""


class Screen(Console):
    """A console whose reader may leave: then there is nobody left to show anything to."""

    def on_broken_pipe(self) -> None:
        """End at once and in silence, as any command does whose reader has left."""
        os._exit(1)


class Watch:
    """What the clients' machines have done."""

    def __init__(self) -> None:
        self.steps: dict[str, list[Transition]] = defaultdict(list)
        self.open_operations: set[tuple[str, str]] = set()

    def observe(self, transition: Transition) -> None:
        """Be told of one transition."""
        self.steps[transition.call_id].append(transition)
        if transition.machine not in ("call", "dial", "connection"):
            operation = (transition.call_id, transition.subject)
            self.open_operations.add(operation)
            if is_final(transition.machine, transition.dest):
                self.open_operations.discard(operation)

    def path(self, call_id: str) -> Text:
        """The states a call went through, with what moved it, and those of its operations meanwhile."""
        moves = [step for step in self.steps[call_id] if step.source != step.dest]
        first = next((step.source for step in moves if step.machine == "call"), "created")
        shown = Text(f"● {first}", style="bold")
        for step in moves:
            if step.machine == "call":
                shown.append(f"\n│  {step.speaker}: {step.trigger}", style="dim")
                shown.append(f"\n● {step.dest}", style="bold")
            else:
                shown.append(f"\n│  {step.machine} → {step.dest}", style="cyan")
        return shown

    def ended(self, call_id: str) -> bool:
        """Whether the client has seen the call end."""
        return any(step.machine == "call" and step.dest == "ended" for step in self.steps[call_id])


class Demo:
    """One run of the demonstration."""

    def __init__(self, console: Console, simulator: Simulator, journals: Path | None = None) -> None:
        self.console = console
        self.simulator = simulator
        self.journals = journals
        self.watch = Watch()
        self.failures: list[str] = []
        self.messages_left = 0
        self.outcomes: dict[str, str] = {}
        self.programs: dict[str, ModuleType] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the example programs as their users would, all on this event loop."""
        async with AsyncExitStack() as stack:
            for name in ("ivr", "voicemail", "dialer"):
                program = self.programs[name] = load_module(str(examples_folder() / f"{name}.py"))
                client: RelayClient = program.client
                client.observe(self.watch.observe)
                if self.journals is not None:
                    client.journal = self.journals / f"{name}.jsonl"
                await stack.enter_async_context(client)
            yield

    async def play(self) -> None:
        """Let everybody ring at once, and show each scene as it ends."""
        people(self.simulator)
        crowd = (SCENES[number % len(SCENES)] for number in range(CROWD))
        async with asyncio.TaskGroup() as group:
            for scene in SCENES:
                group.create_task(self._act(scene, show=True))
            for scene in crowd:
                group.create_task(self._act(scene, show=False))
            group.create_task(self._dial())
        await self._settled()

    async def _act(self, scene: Scene, *, show: bool) -> None:
        caller = self.simulator.call(scene.context)
        self.messages_left += scene.context == "voicemail"
        try:
            await scene.script(caller)
        except CallerError as error:
            self.failures.append(f"{scene.title}: {error}")
        if show:
            await self._until(lambda: self.watch.ended(caller.call_id))
            self.show(scene.title, caller)

    async def _dial(self) -> None:
        outcomes: dict[str, str] = await self.programs["dialer"].campaign(list(DIALLED))
        for number, outcome in outcomes.items():
            self.outcomes[number] = outcome
            if outcome != DIALLED[number]:
                self.failures.append(f"dialling {number}: {outcome}, not {DIALLED[number]}")
        for caller in self.simulator.callers.values():
            if caller.leg.direction == "outbound" and PATIENT in str(caller.leg.device):
                self.show("The dialer reaches somebody", caller)
            if caller.leg.direction == "outbound" and BUSY in str(caller.leg.device):
                self.show("The dialer finds a number busy", caller)

    async def _settled(self) -> None:
        # The last report of a recording, and the last ended, are on their way when the callers have gone.
        await self._until(
            lambda: not (self.simulator.statistics.calls_live or self.watch.open_operations or self._calls_known())
        )

    async def _until(self, reached: Callable[[], bool]) -> None:
        # A person looks on, so that looking again a few times a second is often enough.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SETTLED_SECONDS):
                while not reached():  # noqa: ASYNC110  # what is looked at are sums of both ends, which tell nobody
                    await asyncio.sleep(0.02)

    def _calls_known(self) -> int:
        return sum(len(program.client.calls) for program in self.programs.values())

    def show(self, title: str, caller: Caller) -> None:
        """One call: its ladder beside its state path."""
        rungs, path = self.simulator.journal.entries(caller.call_id), self.watch.path(caller.call_id)
        self.console.print(Rule(title, align="left"))
        if self.console.width < _SIDE_BY_SIDE:
            self.console.print(ladder(rungs, self.console.width - 4), "", path, "", sep="\n")
            return
        sheet = Table.grid(padding=(0, 2))
        sheet.add_column(width=_LADDER + 2, no_wrap=True)
        sheet.add_column(width=_PATH, no_wrap=True)
        sheet.add_row(ladder(rungs, _LADDER), path)
        self.console.print(sheet, "")

    def progress(self) -> Text:
        """One line while calls are up."""
        sums = self.simulator.statistics
        return Text(
            f"{sums.calls_live} calls up (most {sums.calls_live_at_most}), {sums.calls_ended} of {sums.calls_made} ended, "
            f"{len(self.watch.open_operations)} operations running",
            style="bold green",
        )

    def summary(self, sums: Statistics) -> Table:
        """What has happened, and what must not have."""
        messages = self.programs["voicemail"].messages
        table = Table(title="Summary", title_justify="left", show_header=False)
        table.add_row("calls", f"{sums.calls_made} made, {sums.calls_ended} ended")
        table.add_row("live at once, at most", str(sums.calls_live_at_most))
        table.add_row("operations", f"{sums.operations_opened} begun, {self.left_open(sums)} left open")
        table.add_row("unexpected frames", str(sums.unexpected_frames))
        table.add_row("voice messages kept", f"{len(messages)}, such as {messages[-1].url}" if messages else "0")
        for number, outcome in self.outcomes.items():
            table.add_row(f"dialled {number}", outcome)
        return table

    def left_open(self, sums: Statistics) -> int:
        """Operations that the clients or the server still think are running."""
        return max(sums.operations_open, len(self.watch.open_operations))

    def check(self, sums: Statistics) -> None:
        """Hold the sums against what was promised."""
        kept = len(self.programs["voicemail"].messages)
        promises = {
            f"{sums.calls_made - sums.calls_ended} calls have not ended": sums.calls_made == sums.calls_ended,
            f"{self.left_open(sums)} operations were left open": not self.left_open(sums),
            f"{sums.unexpected_frames} unexpected frames were sent": not sums.unexpected_frames,
            f"only {sums.calls_live_at_most} calls were live at once": sums.calls_live_at_most >= 20,
            f"{self.messages_left - kept} voice messages were lost": kept == self.messages_left,
        }
        self.failures += [broken for broken, true in promises.items() if not true]


async def run(console: Console, journals: Path | None = None) -> bool:
    """Play the demonstration; true when everything went as it should.

    Args:
        console: Where it is shown.
        journals: A folder for a recording of each program.
    """
    async with Simulator(speed=SPEED) as simulator:
        # The programs read the environment, as programs do.
        with simulated(simulator.environment):
            demo = Demo(console, simulator, journals)
            console.print(f"A RELAY simulator listens at {simulator.url}; time runs {SPEED:g} times as fast.")
            console.print("The programs examples/ivr.py, voicemail.py and dialer.py are connected to it.", "")
            async with demo.running():
                with Live(get_renderable=demo.progress, console=console, refresh_per_second=10, transient=True):
                    await demo.play()
                sums = simulator.statistics
                demo.check(sums)
    console.print(demo.summary(sums))
    for failure in demo.failures:
        console.print(f"[bold red]FAILED[/] {failure}")
    return not demo.failures
