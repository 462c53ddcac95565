"""What tests over real sockets share: a simulator, a client pointed at it, and waits for conditions."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

from callfsm import RelayClient
from callfsm.simulator import Simulator

Result = TypeVar("Result")

LIMIT: Final = 60.0
"""Seconds that no test over sockets may take."""


def run(main: Coroutine[Any, Any, Result]) -> Result:
    """Run a test over real sockets."""
    return asyncio.run(_limited(main))


async def _limited(main: Coroutine[Any, Any, Result]) -> Result:
    async with asyncio.timeout(LIMIT):
        return await main


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something has come about; the limit of the test is the limit of the wait."""
    while not condition():  # noqa: ASYNC110  # what a test looks at tells nobody when it changes
        await asyncio.sleep(0.005)


def client_of(simulator: Simulator, *contexts: str, **more: Any) -> RelayClient:
    """A client of this simulator."""
    given: dict[str, Any] = {
        "project": simulator.project,
        "token": simulator.token,
        "contexts": list(contexts),
        "tls": simulator.tls,
    }
    return RelayClient(host=f"{simulator.host}:{simulator.port}", **(given | more))


@asynccontextmanager
async def program(text: str, folder: Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that runs in a process of its own; killed if it has not ended."""
    path = folder / "program.py"
    path.write_text(text)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(path),
        env=os.environ | {"PYTHONWARNINGS": "error", "PYTHONUNBUFFERED": "1"} | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
