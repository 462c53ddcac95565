"""The README tells the truth: its program runs as it stands, and its picture is the one that runs."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

from callfsm.core.diagram import mermaid
from callfsm.simulator import Caller, CallOverError, Simulator

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first block of code in this language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_picture_is_current() -> None:
    """The call machine in the README is the one that runs."""
    assert mermaid("call").strip() == block("mermaid").strip()


def test_program_takes_a_call(tmp_path: Path) -> None:
    """The first program, as it stands, answers a call and keeps its recording when the caller hangs up."""
    (tmp_path / "office.py").write_text(block("python"))

    printed = asyncio.run(_take_one_call(tmp_path / "office.py"))

    assert re.fullmatch(r"recorded: https://\S+\n", printed)


async def _take_one_call(program: Path) -> str:
    async with Simulator(speed=10) as simulator:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-u", program, env=simulator.environment, stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        caller = await _ring(simulator)
        await caller.hears("after the tone", timeout=120)
        await caller.stays_silent(0.5)
        await caller.says("Please call me back")
        await caller.hangs_up()
        printed = await process.stdout.readline()
        process.terminate()
        await process.communicate()
        return printed.decode()


async def _ring(simulator: Simulator) -> Caller:
    # A call that nobody is there yet to take ends at once; so ring until the program has connected.
    while True:
        caller = simulator.call("office")
        try:
            await caller.is_answered()
        except CallOverError:
            await caller.is_over()
        else:
            return caller
